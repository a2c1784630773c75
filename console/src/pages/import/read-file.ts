/** More rows are for `npm run orders -- import`, which keeps no file in memory. */
export const ROWS_MAX = 20_000;
const BYTES_MAX = 10 * 1024 * 1024;

export interface FileRow {
  /** Its line in the file, as a spreadsheet counts. */
  readonly row: number;
  readonly cells: Readonly<Record<string, string>>;
}

export type ReadFile =
  | { readonly ok: true; readonly name: string; readonly rows: readonly FileRow[] }
  | { readonly ok: false; readonly fault: 'too_large' | 'too_many' | 'not_text' | 'empty' | 'not_csv' };

/** The rows of a CSV file with a header, in UTF-8 or what Excel in China writes. */
export async function readCsv(file: File): Promise<ReadFile> {
  if (file.size > BYTES_MAX) return { ok: false, fault: 'too_large' };
  const text = decode(await file.arrayBuffer());
  if (text === undefined) return { ok: false, fault: 'not_text' };
  const { parse } = (await import('papaparse')).default;
  const { data, meta, errors } = parse<Record<string, string>>(text, {
    header: true,
    skipEmptyLines: 'greedy',
    transformHeader: (name) => name.trim(),
  });
  if (errors.some(({ type }) => type === 'Quotes') || (meta.fields ?? []).length < 2)
    return { ok: false, fault: 'not_csv' };
  if (data.length === 0) return { ok: false, fault: 'empty' };
  if (data.length > ROWS_MAX) return { ok: false, fault: 'too_many' };
  const rows = data.map((cells, at) => ({ row: at + 2, cells: onlyText(cells) }));
  return { ok: true, name: file.name, rows };
}

/** What stands beyond the header's columns is put under a name that the API refuses. */
function onlyText(cells: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(cells).map(([name, value]) => [name, typeof value === 'string' ? value : String(value)]),
  );
}

function decode(bytes: ArrayBuffer): string | undefined {
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      return text.includes('\0') ? undefined : text;
    } catch {
      // Not in this encoding: the next one may be it.
    }
  }
  return undefined;
}
