import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { csvRows } from '../../cli/orders/csv-rows';
import { encodingOf, textOf, type Encoding } from '../../cli/orders/encoding';
import { linesOf } from '../../cli/orders/lines';
import { ndjsonRows, type FileRow } from '../../cli/orders/rows';

const folder = mkdtempSync(path.join(tmpdir(), 'orders-import-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

function fileOf(content: string | Buffer): string {
  const file = path.join(folder, `${(files += 1)}`);
  writeFileSync(file, content);
  return file;
}

async function* inPieces(text: string, chars: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += chars) yield text.slice(at, at + chars);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const got: T[] = [];
  for await (const item of items) got.push(item);
  return got;
}

function brief(rows: readonly FileRow[]): unknown[] {
  return rows.map((row) => [row.line, row.kind === 'row' ? Object.values(row.fields).join('|') : row.fault]);
}

/** The rows of a file, the same however it is cut into pieces. */
async function csv(text: string): Promise<unknown[]> {
  const [whole, ...cut] = await Promise.all(
    [1_000_000, 1, 2, 7].map(async (chars) => brief(await all(csvRows(linesOf(inPieces(text, chars)))))),
  );
  for (const one of cut) expect(one).toEqual(whole);
  return whole ?? [];
}

async function ndjson(text: string): Promise<unknown[]> {
  return brief(await all(ndjsonRows(linesOf(inPieces(text, 5)))));
}

const HEADER = 'sub_mchid,out_order_no,service_id';

describe('a CSV file', () => {
  test('is rows below a header, each under the number of its line', async () => {
    expect(await csv(`${HEADER}\n1,A,5\n2,B,5\n`)).toEqual([
      [2, '1|A|5'],
      [3, '2|B|5'],
    ]);
  });

  test.each([
    ['CRLF', '\r\n'],
    ['LF', '\n'],
    ['CR', '\r'],
  ])('may end its lines in %s, the last one too or not', async (_, end) => {
    const rows = [
      [2, '1|A|5'],
      [3, '2|B|5'],
    ];
    expect(await csv([HEADER, '1,A,5', '2,B,5'].join(end))).toEqual(rows);
    expect(await csv([HEADER, '1,A,5', '2,B,5', ''].join(end))).toEqual(rows);
  });

  test('may have blank lines and rows of commas anywhere', async () => {
    expect(await csv(`\n\n${HEADER}\n\n1,A,5\n,,\n  \n2,B,5\n\n,,\n\n`)).toEqual([
      [5, '1|A|5'],
      [8, '2|B|5'],
    ]);
  });

  test('may quote cells, with commas, quotes and line ends in them', async () => {
    expect(await csv(`"sub_mchid","out_order_no","service_id"\r\n"1","A,""B""\r\nC",5\r\n2,B,5`)).toEqual([
      [2, '1|A,"B"\nC|5'],
      [4, '2|B|5'],
    ]);
  });

  test('may leave out the last cells of a row; a row with too many is refused', async () => {
    expect(await csv(`${HEADER},total_amount\n1,A,5\n1,A,5,1,250\n2,B,5,`)).toEqual([
      [2, '1|A|5|'],
      [3, 'has 5 cells, the header 4'],
      [4, '2|B|5|'],
    ]);
  });

  test.each([
    ['in the middle of a cell', '1,5" pipe,5', 'has a quote that does not close'],
    ['that never closes', '1,"A,5', 'has a quote that does not close'],
    ['twice in the middle of a cell', '1,5"x" pipe,5', 'has a quote in the middle of a cell'],
    ['before more text', '1,"A"B,5', 'has a quote in the middle of a cell'],
  ])('a quote %s costs that row and no other', async (_, bad, fault) => {
    const rest = Array.from({ length: 300 }, (__, index) => `2,B_${index},5`);
    expect(await csv([HEADER, bad, ...rest].join('\n'))).toEqual([
      [2, fault],
      ...rest.map((text, index) => [3 + index, text.replaceAll(',', '|')]),
    ]);
  });

  test('two rows with a stray quote each do not swallow what is between them', async () => {
    expect(await csv(`${HEADER}\n1,"A,5\n2,B,5\n3,C"x,5\n4,D,5`)).toEqual([
      [2, 'has a quote in the middle of a cell'],
      [3, '2|B|5'],
      [4, 'has a quote that does not close'],
      [5, '4|D|5'],
    ]);
  });

  test('a row of several lines is known by its first and its last one', async () => {
    const text = `${HEADER}\n1,"A\n2,B,5\n3,C",5\n4,D,5\n5,"E\n",5,6\n`;
    const rows = await all(csvRows(linesOf(inPieces(text, 7))));
    expect(rows.map(({ line, lastLine }) => [line, lastLine])).toEqual([
      [2, 4],
      [5, undefined],
      [6, 7],
    ]);
  });

  test('a row of many lines is read by reading each of them a few times, not once for every other', async () => {
    let looks = 0;
    const texts = [HEADER, '1,"A', ...Array.from({ length: 4_000 }, () => ''), '",5'];
    const lines = (async function* () {
      for (const [index, text] of texts.entries())
        yield {
          line: index + 1,
          cut: false,
          get text() {
            looks += 1;
            return text;
          },
        };
    })();
    expect(await all(csvRows(lines))).toMatchObject([{ kind: 'row', line: 2, lastLine: 4_003 }]);
    expect(looks).toBeLessThan(5 * texts.length);
  });

  test('a line of 10 MB is that row’s fault, quoted or not, and the rest goes on', async () => {
    const long = 'x'.repeat(10_000_000);
    const text = `${HEADER}\n1,${long},5\n2,B,5\n1,"${long}",5\n3,C,5\n`;
    expect(brief(await all(csvRows(linesOf(inPieces(text, 65_536)))))).toEqual([
      [2, 'has more than 4096 characters'],
      [3, '2|B|5'],
      [4, 'has more than 4096 characters'],
      [5, '3|C|5'],
    ]);
  });

  test('a cell may hold any text: what is no id is refused by whoever knows what ids are', async () => {
    expect(await csv(`${HEADER}\n1,=cmd|' /C calc'!A0,5\n\u00001,A,5`)).toEqual([
      [2, "1|=cmd|' /C calc'!A0|5"],
      [3, '\u00001|A|5'],
    ]);
  });

  test('without rows has none, with or without a header', async () => {
    expect(await csv(`${HEADER}\r\n`)).toEqual([]);
    expect(await csv('\n\n')).toEqual([]);
  });

  test.each([
    [
      'a column that nobody knows',
      `${HEADER},total_amout`,
      'total_amout is not a column of an import; did you mean total_amount?',
    ],
    ['a column twice', `${HEADER},sub_mchid`, 'sub_mchid is there more than once'],
    ['a column missing', 'sub_mchid,out_order_no', 'service_id is missing'],
    ['a row where the header belongs', '1900000109,A,5', '1900000109 is not a column of an import'],
    ['semicolons', HEADER.replaceAll(',', ';'), 'its columns are separated by ";": save it with commas'],
    ['tabs', HEADER.replaceAll(',', '\t'), 'its columns are separated by "\\t": save it with commas'],
    ['a quote that does not close', `"${HEADER}`, 'the header has a quote that does not close'],
  ])('with %s is refused before any row', async (_, header, said) => {
    await expect(all(csvRows(linesOf(inPieces(`${header}\n1,A,5\n`, 1_000))))).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining(said) as string,
    });
  });
});

describe('an NDJSON file', () => {
  test('is an object a line; any other line is refused alone', async () => {
    expect(await ndjson('{"a":1}\r\n[1]\n"x"\n{"a":\n\n{"b":"\\u0000"}\n{"a":1}{"a":2}')).toEqual([
      [1, '1'],
      [2, 'is not a JSON object'],
      [3, 'is not a JSON object'],
      [4, 'is not a JSON object'],
      [6, '\u0000'],
      [7, 'is not a JSON object'],
    ]);
  });

  test('a line of 10 MB is that row’s fault', async () => {
    const text = `{"a":1}\n{"a":"${'x'.repeat(10_000_000)}"}\n{"a":2}`;
    expect(brief(await all(ndjsonRows(linesOf(inPieces(text, 65_536)))))).toEqual([
      [1, '1'],
      [2, 'is too long'],
      [3, '2'],
    ]);
  });
});

describe('the encoding of a file', () => {
  // 订单 and 备注 in GB18030.
  const GB = Buffer.concat([Buffer.from('a,'), Buffer.from('b6a9b5a5', 'hex'), Buffer.from('\n')]);

  async function read(content: string | Buffer, said: Encoding | 'auto' = 'auto'): Promise<unknown> {
    const file = fileOf(content);
    const encoding = await encodingOf(file, said);
    return [encoding, (await all(textOf(file, encoding))).join('')];
  }

  test('is UTF-8 where it is valid UTF-8, and its byte order mark is taken off', async () => {
    expect(await read('a,订单\n')).toEqual(['utf-8', 'a,订单\n']);
    expect(await read('\uFEFFa,订单\n')).toEqual(['utf-8', 'a,订单\n']);
  });

  test('is GB18030 where it is not UTF-8: so Excel in China saves CSV', async () => {
    expect(await read(GB)).toEqual(['gb18030', 'a,订单\n']);
    expect(await read(GB, 'gb18030')).toEqual(['gb18030', 'a,订单\n']);
  });

  test('is judged by the whole file, not by its beginning', async () => {
    const [encoding] = (await read(Buffer.concat([Buffer.alloc(1_000_000, 'a'), GB]))) as [string];
    expect(encoding).toBe('gb18030');
  });

  test('is read right where a character lies across two pieces', async () => {
    for (const before of [262_141, 262_142, 262_143])
      expect(await read(`${'a'.repeat(before)}订`)).toEqual(['utf-8', `${'a'.repeat(before)}订`]);
  });

  test.each([
    ['UTF-16 with its mark', Buffer.from('\uFEFFsub_mchid', 'utf16le'), 'auto', 'is written in UTF-16'],
    ['UTF-16 without its mark', Buffer.from('sub_mchid,out', 'utf16le'), 'auto', 'is written in UTF-16'],
    [
      'UTF-16, big end first',
      Buffer.from('\uFEFFsub_mchid', 'utf16le').swap16(),
      'utf-8',
      'is written in UTF-16',
    ],
    ['neither UTF-8 nor GB18030', Buffer.from('61ff62', 'hex'), 'auto', 'is neither UTF-8 nor GB18030'],
    ['other than it was said to be', GB, 'utf-8', 'is not utf-8 throughout'],
    ['nothing at all', '', 'auto', 'is empty'],
  ] as const)('that is %s is refused with what to do', async (_, content, said, message) => {
    await expect(encodingOf(fileOf(content), said)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining(message) as string,
    });
  });

  test('of a file that is not there cannot be told', async () => {
    await expect(encodingOf(path.join(folder, 'none'), 'auto')).rejects.toThrow('cannot be read (ENOENT)');
  });
});
