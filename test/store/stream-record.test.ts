import type { DynamoDBRecord } from 'aws-lambda';
import { STREAM_FILTERS } from '../../lambda/store/stream-filters';
import { eventsOfRecord } from '../../lambda/store/stream-record';
import { RECORDED } from './support/records';

type Image = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;

const recordOf = (sk: string, nth = 0): DynamoDBRecord => {
  const found = RECORDED.filter(({ dynamodb }) => dynamodb?.Keys?.['sk']?.S === sk)[nth];
  if (found === undefined) throw new Error(`no record of ${sk}`);
  return found;
};
const changed = (record: DynamoDBRecord, change: Partial<NonNullable<DynamoDBRecord['dynamodb']>>) => ({
  ...record,
  dynamodb: { ...record.dynamodb, ...change },
});
const image = (record: DynamoDBRecord, which: 'NewImage' | 'OldImage' = 'NewImage'): Image =>
  record.dynamodb?.[which] ?? {};
const types = (record: DynamoDBRecord) => eventsOfRecord(record).map(({ type }) => type);

const REGISTERED = recordOf('order');
const HELD = RECORDED.find((record) => types(record).includes('OrderHeld')) as DynamoDBRecord;
const NEWER = { schema: { N: '99' } };

test('a row that comes into the table is told as new', () => {
  expect(types(REGISTERED)).toEqual(['OrderRegistered']);
});

test('a due time that the sweep has moved is nothing that happened', () => {
  const swept = RECORDED.filter(
    (record) =>
      record.eventName === 'MODIFY' &&
      image(record)['version']?.N === image(record, 'OldImage')['version']?.N,
  );
  expect(swept.length).toBeGreaterThan(5);
  expect(swept.flatMap(types)).toEqual([]);
});

test('a row of a newer release is not passed over: before or after, it is an error that says so', () => {
  const after = changed(REGISTERED, { NewImage: { ...image(REGISTERED), ...NEWER } });
  expect(() => eventsOfRecord(after)).toThrow(
    expect.objectContaining({ code: 'LEDGER_ROW_NEWER', message: expect.stringContaining('schema 99') }),
  );
  const before = changed(HELD, { OldImage: { ...image(HELD, 'OldImage'), ...NEWER } });
  expect(() => eventsOfRecord(before)).toThrow(expect.objectContaining({ code: 'LEDGER_ROW_NEWER' }));
  const breaker = recordOf('breaker#merchant');
  expect(() => eventsOfRecord(changed(breaker, { NewImage: { ...image(breaker), ...NEWER } }))).toThrow(
    expect.objectContaining({ code: 'LEDGER_ROW_NEWER' }),
  );
});

test('a row that somebody removed by hand is told to nobody', () => {
  const { NewImage: _gone, ...rest } = REGISTERED.dynamodb ?? {};
  expect(
    types({ ...REGISTERED, eventName: 'REMOVE', dynamodb: { ...rest, OldImage: image(REGISTERED) } }),
  ).toEqual([]);
});

test('policies, switches, the rate, notifications and certificates are told to nobody', () => {
  expect(types(recordOf('policy#provider'))).toEqual([]);
  expect(types(recordOf('mode#merchant'))).toEqual([]);
  const as = (pk: string, sk: string) =>
    changed(recordOf('breaker#merchant'), {
      NewImage: { ...image(recordOf('breaker#merchant')), pk: { S: pk }, sk: { S: sk } },
    });
  for (const [pk, sk] of [
    ['notification#1900009191', 'EV-2026'],
    ['merchants', '1900009191'],
    ['service', 'mode'],
    ['merchant#1900009191', 'breaker#something'],
    ['merchants', 'breaker#merchant'],
  ] as const)
    expect(types(as(pk, sk))).toEqual([]);
});

test('a record without images says nothing', () => {
  expect(types({ eventName: 'MODIFY' })).toEqual([]);
});

/** How Lambda matches a record: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
function matches(pattern: unknown, value: unknown): boolean {
  if (Array.isArray(pattern))
    return pattern.some((one: unknown) =>
      typeof one === 'object' && one !== null && 'prefix' in one
        ? typeof value === 'string' && value.startsWith(String(one.prefix))
        : one === value,
    );
  return Object.entries(pattern as object).every(([key, inner]) =>
    matches(inner, (value as Record<string, unknown> | undefined)?.[key]),
  );
}

test('the filters of the stream let through whatever is told, and no policy, no switch, and nothing that leads to an order', () => {
  const through = RECORDED.filter((record) => STREAM_FILTERS.some((pattern) => matches(pattern, record)));
  expect(RECORDED.filter((record) => types(record).length > 0).every((one) => through.includes(one))).toBe(
    true,
  );
  const leads = (one: (typeof RECORDED)[number]) =>
    /^(number|transaction|ended)#/.test(one.dynamodb?.Keys?.['pk']?.S ?? '');
  expect(RECORDED.filter(leads).length).toBeGreaterThan(0);
  expect(through.filter(leads)).toEqual([]);
  expect(RECORDED.filter((one) => !through.includes(one) && !leads(one))).toEqual([
    recordOf('policy#provider'),
    recordOf('mode#merchant'),
  ]);
});
