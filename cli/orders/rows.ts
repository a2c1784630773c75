import type { Line } from './lines';

/** A row of a file, as far as it can be read without knowing what its fields mean. */
export type FileRow =
  | {
      readonly kind: 'row';
      /** Where it begins in the file; the header of a CSV file is line 1. */
      readonly line: number;
      /** Where it ends, when its quotes made one row of several lines. */
      readonly lastLine?: number;
      readonly fields: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'refused'; readonly line: number; readonly lastLine?: number; readonly fault: string };

/** The lines of NDJSON: one object each. */
export async function* ndjsonRows(lines: AsyncIterable<Line>): AsyncGenerator<FileRow> {
  for await (const { line, text, cut } of lines) {
    if (text.trim() === '') continue;
    const object = cut ? undefined : objectOf(text);
    if (object !== undefined) yield { kind: 'row', line, fields: object };
    else yield { kind: 'refused', line, fault: cut ? 'is too long' : 'is not a JSON object' };
  }
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
