import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { UsageError } from '../../local/usage-error';

/** What a file may be written in: Excel in China saves CSV in GB18030 (GBK), unless told «CSV UTF-8». */
export const ENCODINGS = ['utf-8', 'gb18030'] as const;
export type Encoding = (typeof ENCODINGS)[number];

const CHUNK_BYTES = 256 * 1024;
const UTF16_ADVICE =
  'is written in UTF-16 («Unicode text»); in Excel, save it as «CSV UTF-8 (comma delimited)» and give it again';

/**
 * The encoding of a whole file, read once for it: of a file that is only sometimes UTF-8 no row should have been sent.
 * @throws UsageError when it is empty, UTF-16, or not what was said
 */
export async function encodingOf(file: string, said: Encoding | 'auto'): Promise<Encoding> {
  const first = await firstBytes(file);
  if (first.length === 0) throw new UsageError(`${file} is empty`);
  if (isUtf16(first)) throw new UsageError(`${file} ${UTF16_ADVICE}`);
  if (said !== 'auto') {
    if (await isWrittenIn(said, file)) return said;
    throw new UsageError(`${file} is not ${said} throughout; leave --encoding out to have it found`);
  }
  for (const encoding of ENCODINGS) if (await isWrittenIn(encoding, file)) return encoding;
  throw new UsageError(
    `${file} is neither UTF-8 nor GB18030 throughout; save it as «CSV UTF-8 (comma delimited)» and give it again`,
  );
}

/** The text of a file, in pieces. */
export async function* textOf(file: string, encoding: Encoding): AsyncGenerator<string> {
  // Takes a byte order mark off.
  const decoder = new TextDecoder(encoding, { fatal: true });
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES }))
    yield decoder.decode(chunk as Buffer, { stream: true });
  yield decoder.decode();
}

async function isWrittenIn(encoding: Encoding, file: string): Promise<boolean> {
  try {
    for await (const text of textOf(file, encoding)) void text;
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return false;
    throw error;
  }
}

async function firstBytes(file: string): Promise<Buffer> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${file} cannot be read (${code})`, { cause: error });
  }
}

/** By its mark; or by every other byte being zero, as it is of plain letters. */
function isUtf16(first: Buffer): boolean {
  const mark = first.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') return true;
  const zeros = [0, 1].map((from) => first.filter((byte, at) => at % 2 === from && byte === 0).length);
  return Math.max(...zeros) > first.length * 0.4;
}
