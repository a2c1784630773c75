import type { Mchid } from '../../lambda/core/ids';
import { faultsOfHeader, readImportRow } from '../../lambda/shared/import-rows';

const MCHID = '1900009191' as Mchid;
const ROW = { sub_mchid: '1900000109', out_order_no: 'ORDER_1', service_id: '500001' };

function said(more: object): unknown {
  const { parsed } = readImportRow(7, { ...ROW, ...more }, MCHID);
  return parsed.ok ? parsed.value.said : parsed.faults;
}

function faults(given: unknown): unknown {
  const { parsed } = readImportRow(7, given, MCHID);
  return parsed.ok ? [] : parsed.faults;
}

test('a row of the three needed columns is an order of the merchant that the import is for', () => {
  expect(readImportRow(7, ROW, MCHID)).toEqual({
    row: 7,
    sub_mchid: '1900000109',
    out_order_no: 'ORDER_1',
    parsed: { ok: true, value: { ref: { ...ROW, mchid: '1900009191' }, said: {} } },
  });
});

test.each([
  ['text, as in CSV', '1250', 1250],
  ['a number, as in JSON', 1250, 1250],
  ['nothing', 0, 0],
  ['the largest that is exact', '9007199254740991', 9_007_199_254_740_991],
])('an amount in fen may be %s', (_, total_amount, read) => {
  expect(said({ total_amount })).toEqual({ total_amount: read });
});

test.each([['12.50'], ['1,250'], ['-1'], ['1e3'], ['9007199254740993'], [12.5], [-1], [true], ['1250元']])(
  'the amount %p is refused: it is not a whole number of fen',
  (total_amount) => {
    expect(said({ total_amount })).toEqual([{ field: 'total_amount', rule: 'is not a whole number of fen' }]);
  },
);

test.each([
  ['RFC 3339 with a zone', '2026-03-01T01:05:00Z'],
  ['RFC 3339 in Beijing time', '2026-03-01T09:05:00+08:00'],
  ['Beijing time with seconds', '2026-03-01 09:05:00'],
  ['Beijing time without seconds', '2026-03-01 09:05'],
  ['as WeChat Pay writes it', '20260301090500'],
  ['as Excel in China saves it', '2026/3/1 9:05'],
  ['with what WeChat Pay’s bills put before it', '`2026-03-01 09:05:00'],
])('a completion may be %s', (_, completed_at) => {
  expect(said({ completed_at })).toEqual({ completed_at: Date.UTC(2026, 2, 1, 1, 5) });
});

test.each([
  ['without a zone', '2026-03-01T09:05:00'],
  ['a day without a time', '2026-03-01'],
  ['a day that is not there', '2026-02-30 09:00:00'],
  ['an hour that is not there', '2026-03-01 24:30'],
  ['a month that is not there', '20261301090500'],
  ['a serial number of Excel', '46082.378'],
])('a completion %s is refused', (_, completed_at) => {
  expect(said({ completed_at })).toEqual([
    {
      field: 'completed_at',
      rule: 'is not a time such as 2026-10-01T00:00:00+08:00 or, in Beijing, 2026-10-01 00:00:00',
    },
  ]);
});

test.each(['1999-12-31 23:59:59', '00010101000000', '3000-01-01T00:00:00Z'])(
  'a completion of %s is a slip and is refused',
  (completed_at) => {
    expect(said({ completed_at })).toEqual([
      { field: 'completed_at', rule: 'is not in the years 2000 to 2999' },
    ]);
  },
);

test('an empty cell says nothing, like a column that is not there and like null', () => {
  expect(said({ total_amount: '', completed_at: '  ' })).toEqual({});
  expect(said({ total_amount: null, completed_at: null })).toEqual({});
  expect(faults({ ...ROW, service_id: '' })).toEqual([{ field: 'service_id', rule: 'is missing' }]);
});

test.each([['`'], ["'"], ['\t'], [' '], ['\t`'], ['` ']])(
  'an id is read without the %p that keeps its digits in Excel',
  (before) => {
    const { parsed } = readImportRow(
      1,
      { sub_mchid: `${before}1900000109`, out_order_no: `${before}ORDER_1 `, service_id: `${before}500001` },
      MCHID,
    );
    expect(parsed).toMatchObject({ ok: true, value: { ref: ROW } });
  },
);

test.each([
  ["=cmd|' /C calc'!A0"],
  ['=1+1'],
  ['+861380'],
  ['@SUM(A1)'],
  ['1.9E+09'],
  ['订单一'],
  ['A\u0000B'],
  ['A\nB'],
  ['``A'],
  ['A'.repeat(33)],
])('the order number %p is refused by its pattern', (out_order_no) => {
  expect(faults({ ...ROW, out_order_no })).toEqual([
    { field: 'out_order_no', rule: 'is not an order number: 1 to 32 of 0-9 A-Z a-z _ - | *' },
  ]);
});

test('an id that is a number is refused: it may have lost digits on the way', () => {
  expect(faults({ ...ROW, sub_mchid: 1900000109 })).toEqual([
    { field: 'sub_mchid', rule: 'is not of type string' },
  ]);
});

test('a merchant number that the row names has to be the one of the import', () => {
  expect(faults({ ...ROW, mchid: '`1900009191' })).toEqual([]);
  expect(faults({ ...ROW, mchid: '1900009192' })).toEqual([
    {
      field: 'mchid',
      rule: 'is not the merchant that this import is for; import the orders of each merchant by themselves',
    },
  ]);
});

test('every fault of a row is told at once, an unknown field with the known one it resembles', () => {
  expect(faults({ sub_mchid: 'x', out_order_no: 'ORDER_1', total_amout: 1, 'remark 备注': 'x' })).toEqual([
    { field: 'total_amout', rule: 'is not a column of an import; did you mean total_amount?' },
    {
      field: 'remark 备注',
      rule: 'is not a column of an import; they are sub_mchid, out_order_no, service_id, total_amount, completed_at, mchid',
    },
    { field: 'sub_mchid', rule: 'is not a merchant number: 1 to 32 digits' },
    { field: 'service_id', rule: 'is missing' },
  ]);
});

test.each([[undefined], [null], [[]], ['text'], [7]])('a row that is %p is refused as a whole', (given) => {
  expect(faults(given)).toEqual([{ field: '', rule: 'the row is not a JSON object' }]);
});

test('a byte order mark that stuck to the first column is not part of its name', () => {
  const { sub_mchid, ...rest } = ROW;
  expect(faults({ '\uFEFFsub_mchid': sub_mchid, ...rest })).toEqual([]);
});

test('a report calls a row by what it says, shortened', () => {
  const { sub_mchid, out_order_no } = readImportRow(
    1,
    { sub_mchid: '`1', out_order_no: 'A'.repeat(99) },
    MCHID,
  );
  expect([sub_mchid, out_order_no]).toEqual(['1', 'A'.repeat(64)]);
});

test('of unknown columns five are named, in 32 characters each, and the others are counted', () => {
  const names = Array.from({ length: 27 }, (_, n) => `${String.fromCharCode(97 + n)}${'列'.repeat(99)}`);
  const wrong = Object.fromEntries(names.map((name) => [name, 'x']));
  const rule =
    'is not a column of an import; they are sub_mchid, out_order_no, service_id, total_amount, completed_at, mchid';
  const told = [
    { field: `a${'列'.repeat(31)}`, rule },
    { field: `b${'列'.repeat(31)}`, rule },
    { field: `c${'列'.repeat(31)}`, rule },
    { field: `d${'列'.repeat(31)}`, rule },
    { field: `e${'列'.repeat(31)}`, rule },
    { field: '', rule: 'and 22 more are not columns of an import' },
  ];
  expect(faults({ ...ROW, ...wrong })).toEqual(told);
  expect(faultsOfHeader([...Object.keys(ROW), ...names])).toEqual(told);
});

test('five unknown columns are named and nothing is counted', () => {
  expect(faults({ ...ROW, a: 1, b: 1, c: 1, d: 1, e: 1 })).toHaveLength(5);
});

test('a report has no control character and no half of a character', () => {
  const { sub_mchid, out_order_no } = readImportRow(
    1,
    { sub_mchid: 'a\u001b[2Jb\u0000', out_order_no: `${'A'.repeat(63)}😀` },
    MCHID,
  );
  expect([sub_mchid, out_order_no]).toEqual(['a\uFFFD[2Jb\uFFFD', `${'A'.repeat(63)}\uFFFD`]);
});

test('a field called like a part of every object is a field like any other', () => {
  expect(
    faults(JSON.parse('{"__proto__": 1, "sub_mchid": "1", "out_order_no": "A", "service_id": "1"}')),
  ).toEqual([expect.objectContaining({ field: '__proto__' })]);
});

describe('the header of a file', () => {
  test('may have its columns in any order, with spaces and a byte order mark', () => {
    expect(faultsOfHeader(['\uFEFFservice_id', ' out_order_no ', 'sub_mchid', 'completed_at'])).toEqual([]);
  });

  test('names every column that is unknown, missing or there twice', () => {
    expect(faultsOfHeader(['sub_mchid', 'sub_mchid', 'sub_mchid', 'out_oder_no', 'service_id'])).toEqual([
      { field: 'out_oder_no', rule: 'is not a column of an import; did you mean out_order_no?' },
      { field: 'sub_mchid', rule: 'is there more than once' },
      { field: 'out_order_no', rule: 'is missing' },
    ]);
  });
});
