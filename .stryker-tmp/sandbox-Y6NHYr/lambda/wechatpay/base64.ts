/**
 * Strict base64: the canonical spelling or nothing. Node's own decoder skips what it does not know, so that two
 * texts could stand for the same bytes and an altered signature could pass for the original.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
