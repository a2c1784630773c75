import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { BYTE_ORDER_MARK, csvOf, type Cell } from '../../lambda/shared/csv';

const rowsIn = (csv: string): string[][] => parse(csv, { bom: true, relax_column_count: false });
/** As whoever reads the file has it back: without the backtick that a cell may begin with. */
const plain = (cell: string): string => cell.replace(/^`/, '');

test('rows end with CRLF, the last one too', () => {
  expect(csvOf([['a', 'b'], [1]])).toBe('a,b\r\n1\r\n');
});

test('no rows are no text', () => {
  expect(csvOf([])).toBe('');
});

test('what is not known is an empty cell, and zero is not', () => {
  expect(csvOf([[undefined, 0, '', undefined]])).toBe(',0,,\r\n');
});

test.each<[string, string]>([
  ['00004000000000159540000000000001', '`00004000000000159540000000000001'],
  ['1900000109', '`1900000109'],
  ['1E10', '`1E10'],
  ['3-4', '`3-4'],
  ['-1', '`-1'],
])('the id %s keeps every digit in a spreadsheet: it stands behind a backtick', (id, cell) => {
  expect(csvOf([[{ id }]])).toBe(`${cell}\r\n`);
});

test('an amount stays a number that a spreadsheet can add up', () => {
  expect(csvOf([[350, Number.MAX_SAFE_INTEGER]])).toBe('350,9007199254740991\r\n');
});

test.each([
  '=1+1',
  "=cmd|' /C calc'!A0",
  '+1',
  '-1+1',
  '@SUM(A1)',
  '\t=1',
  '\tx',
  '\r=1',
  '\nx',
  ' =1',
  '\u00A0=1',
  '\u200B=1',
  '\uFEFF=1',
  '\u0000=1',
  '＝1+1',
  '＋1',
  '－1',
  '＠SUM(A1)',
  '`x',
])('%j is no formula: it stands behind a backtick', (text) => {
  expect(rowsIn(csvOf([[text, 'after']]))).toEqual([[`\`${text}`, 'after']]);
});

test.each(['1=1', 'a-b', 'x@y', '扣款失败', '💰', ' x', '—', "'", ''])('%j stands as it is', (text) => {
  expect(rowsIn(csvOf([[text, 'after']]))).toEqual([[text, 'after']]);
});

test.each([
  ['a,b', '"a,b"'],
  ['say "no"', '"say ""no"""'],
  ['one\ntwo', '"one\ntwo"'],
  ['one\rtwo', '"one\rtwo"'],
  ['=HYPERLINK("x")', '"`=HYPERLINK(""x"")"'],
])('%j is quoted', (text, cell) => {
  expect(csvOf([[text]])).toBe(`${cell}\r\n`);
});

test('what was written is read again cell by cell, whatever it is', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc
      .array(fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', ';', '`', ' ', '付', '💰', '1'))
      .map((signs) => signs.join('')),
  );
  const row = fc.array(text, { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
      const csv = `${BYTE_ORDER_MARK}${csvOf([['a', 'b', 'c'] as Cell[], ...rows])}`;
      expect(rowsIn(csv).map((cells) => cells.map(plain))).toEqual([['a', 'b', 'c'], ...rows]);
    }),
    { numRuns: 500 },
  );
});

test('no cell of any text begins with what a spreadsheet takes for a formula', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 6 }), (text) => {
      const [[cell = ''] = []] = rowsIn(csvOf([[text, 'after']]));
      expect(cell).not.toMatch(/^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/u);
      expect(cell).not.toMatch(/^[\t\r\n]/);
    }),
    { numRuns: 500 },
  );
});
