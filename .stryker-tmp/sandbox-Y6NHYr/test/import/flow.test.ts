import { PayscoreError } from '../../lambda/core/errors';
import type { Fen } from '../../lambda/core/ids';
import { importRows, type GivenRow, type ImportRequest } from '../../lambda/flow/import';
import { readImportRow } from '../../lambda/shared/import-rows';
import {
  DAY,
  empty,
  freely,
  type Gate,
  HOUR,
  noting,
  type Outside,
  portsOf,
  REF,
  refOf,
  registered,
  rowOf,
  SECOND,
  type Step,
  T0,
} from '../flow/support/memory';

const ACTOR = { kind: 'api', id: 'shop' } as const;
const REQUEST: ImportRequest = { actor: ACTOR, dryRun: false, deadlineAt: T0 + 60 * SECOND };

/** A row of the usual sub-merchant and service. */
function row(number: number, out_order_no: string, more: object = {}): GivenRow {
  const { sub_mchid, service_id } = REF;
  return readImportRow(number, { sub_mchid, out_order_no, service_id, ...more }, REF.mchid);
}

async function run(
  world: Outside,
  rows: readonly GivenRow[],
  more: Partial<ImportRequest> = {},
  gate = freely,
) {
  const results = await importRows(rows, { ...REQUEST, ...more }, portsOf(world, gate));
  return results.map(({ row: number, result, duplicate_of, errors }) => [
    number,
    result,
    ...(duplicate_of === undefined ? [] : [duplicate_of]),
    ...(errors ?? []).map(({ field, rule }) => `${field} ${rule}`.trim()),
  ]);
}

const HUNDRED = Array.from({ length: 100 }, (_, index) => row(index + 1, `N_${index + 1}`));

test('a row that is new is registered with what it says, and answered under its number and names', async () => {
  const world = empty();
  const given = row(7, 'NEW', { total_amount: '1250', completed_at: '2026-03-01 12:00' });
  expect(await importRows([given], REQUEST, portsOf(world))).toEqual([
    { row: 7, sub_mchid: '1900000109', out_order_no: 'NEW', result: 'registered' },
  ]);
  expect(rowOf(world, refOf('NEW')).registration).toEqual({
    at: T0,
    actor: ACTOR,
    total_amount: 1_250,
    completed_at: T0 - DAY,
  });
});

test('given again a batch changes nothing, and says so of each row', async () => {
  const world = empty();
  expect(new Set((await run(world, HUNDRED)).map(([, result]) => result))).toEqual(new Set(['registered']));
  const before = structuredClone([...world.rows]);
  world.clock += HOUR;
  const again = await run(world, HUNDRED, { deadlineAt: world.clock + HOUR });
  expect(again).toEqual(HUNDRED.map(({ row: number }) => [number, 'already']));
  expect([...world.rows]).toEqual(before);
});

test('other words replace the earlier ones', async () => {
  const world = empty();
  await run(world, [row(1, 'A', { total_amount: 100 })]);
  expect(await run(world, [row(1, 'A', { total_amount: 90 })])).toEqual([[1, 'changed']]);
  expect(rowOf(world, refOf('A')).registration.total_amount).toBe(90);
});

test('a bad row stops no other, whatever is bad about it, and the results keep the order of the rows', async () => {
  const world = empty();
  registered(world, refOf('CONFIRMED'), { observed: { at: T0, standing: { kind: 'paid' } } as never });
  const results = await run(world, [
    row(3, '=1+1'),
    row(1, 'A'),
    row(2, 'B', { completed_at: '2026-03-03T04:00:01Z' }),
    row(9, 'CONFIRMED', { service_id: '42' }),
    row(4, 'C', { completed_at: '2026-03-03T04:00:00Z' }),
  ]);
  expect(results).toEqual([
    [3, 'refused', 'out_order_no is not an order number: 1 to 32 of 0-9 A-Z a-z _ - | *'],
    [1, 'registered'],
    [2, 'refused', 'completed_at lies more than a day ahead'],
    [9, 'refused', `service_id is ${REF.service_id} for this order, which WeChat Pay confirmed`],
    [4, 'registered'],
  ]);
  expect([...world.rows.keys()].map((key) => key.split('/')[2])).toEqual(['CONFIRMED', 'A', 'C']);
});

test('a completion of more than two years ago is refused', async () => {
  const rows = [
    row(1, 'A', { completed_at: '2024-03-01T04:00:00Z' }),
    row(2, 'B', { completed_at: '2024-03-01T03:59:59Z' }),
  ];
  expect(await run(empty(), rows)).toEqual([
    [1, 'registered'],
    [2, 'refused', 'completed_at lies more than two years behind'],
  ]);
});

describe('an order that a batch names more than once', () => {
  test('is registered once; the rows that say the same again have nothing to add', async () => {
    const world = empty();
    const rows = [row(1, 'A', { total_amount: 100 }), row(2, 'B'), row(3, 'A', { total_amount: '`100' })];
    expect(await run(world, rows)).toEqual([
      [1, 'registered'],
      [2, 'registered'],
      [3, 'already', 1],
    ]);
  });

  test.each([
    ['amount', { total_amount: 90 }],
    ['completion', { total_amount: 100, completed_at: '2026-03-01 12:00' }],
    ['service', { total_amount: 100, service_id: '42' }],
  ])('counts as its first row has it: one with another %s is refused', async (_, other) => {
    const world = empty();
    expect(await run(world, [row(5, 'A', { total_amount: 100 }), row(6, 'A', other)])).toEqual([
      [5, 'registered'],
      [6, 'refused', 5, 'out_order_no is named in row 5 too, which says otherwise and counts'],
    ]);
    expect(rowOf(world, refOf('A'))).toMatchObject({
      ref: { service_id: REF.service_id },
      registration: { total_amount: 100 },
      version: 1,
    });
  });

  test('counts as its first row that is not refused has it', async () => {
    const world = empty();
    const rows = [
      row(1, 'A', { completed_at: '2026-04-01 00:00' }),
      row(2, 'A', { total_amount: 5 }),
      row(3, 'A'),
    ];
    expect(await run(world, rows)).toEqual([
      [1, 'refused', 'completed_at lies more than a day ahead'],
      [2, 'registered'],
      [3, 'refused', 2, 'out_order_no is named in row 2 too, which says otherwise and counts'],
    ]);
  });

  test('is left in all its rows when the first of them is', async () => {
    const down: Gate = async () => {
      throw new PayscoreError('LEDGER_UNAVAILABLE', 'DynamoDB did not answer.');
    };
    expect(await run(empty(), [row(1, 'A'), row(2, 'A')], {}, down)).toEqual([
      [1, 'left', 'DynamoDB did not answer.'],
      [2, 'left', 'DynamoDB did not answer.'],
    ]);
  });

  test('is two orders for two sub-merchants', async () => {
    const rows = [row(1, 'A'), row(2, 'A', { sub_mchid: '42' })];
    expect(await run(empty(), rows)).toEqual([
      [1, 'registered'],
      [2, 'registered'],
    ]);
  });
});

describe('a dry run', () => {
  test('says of each row what would be done, and writes nothing', async () => {
    const world = empty();
    registered(world, refOf('KNOWN'), { registration: { at: T0, actor: ACTOR, total_amount: 100 as Fen } });
    registered(world, refOf('CONFIRMED'), { observed: { at: T0, standing: { kind: 'paid' } } as never });
    const before = structuredClone([...world.rows]);
    const steps: Step[] = [];
    const rows = [
      row(1, 'NEW'),
      row(2, 'KNOWN', { total_amount: 100 }),
      row(3, 'OTHER', { service_id: '' }),
      row(4, 'CONFIRMED', { service_id: '42' }),
      row(5, 'NEW'),
    ];
    expect(await run(world, rows, { dryRun: true }, noting(steps))).toEqual([
      [1, 'would_register'],
      [2, 'already'],
      [3, 'refused', 'service_id is missing'],
      [4, 'refused', `service_id is ${REF.service_id} for this order, which WeChat Pay confirmed`],
      [5, 'already', 1],
    ]);
    expect(await run(world, [row(1, 'KNOWN', { total_amount: 90 })], { dryRun: true })).toEqual([
      [1, 'would_change'],
    ]);
    expect([...world.rows]).toEqual(before);
    expect(new Set(steps)).toEqual(new Set(['find']));
  });
});

describe('what is no fault of a row', () => {
  test('too little time leaves it, and a row that can only be refused is refused all the same', async () => {
    const world = empty();
    const rows = [row(1, 'A'), row(2, '=A')];
    expect(await run(world, rows, { deadlineAt: T0 + 6 * SECOND - 1 })).toEqual([
      [1, 'left', 'was not come to in the time there was; give it again'],
      [2, 'refused', 'out_order_no is not an order number: 1 to 32 of 0-9 A-Z a-z _ - | *'],
    ]);
    expect(world.rows.size).toBe(0);
    expect(await run(world, rows.slice(0, 1), { deadlineAt: T0 + 6 * SECOND })).toEqual([[1, 'registered']]);
  });

  test('rows are begun until the time is up, and the rest is left', async () => {
    const world = empty();
    const slow: Gate = async (step, act) => {
      if (step === 'create') world.clock += SECOND;
      return act();
    };
    const results = await run(world, HUNDRED, { deadlineAt: T0 + 36 * SECOND }, slow);
    const done = results.filter(([, result]) => result === 'registered').length;
    expect(done).toBe(world.rows.size);
    expect(done).toBeGreaterThanOrEqual(30);
    expect(done).toBeLessThanOrEqual(40);
    expect(results.filter(([, result]) => result === 'left')).toHaveLength(100 - done);
  });

  test.each(['LEDGER_UNAVAILABLE', 'LEDGER_ROW_NEWER'] as const)(
    'a ledger that says %s of one order leaves that one',
    async (code) => {
      const world = empty();
      const one: Gate = async (step, act, of) => {
        if (step === 'find' && of === 'B') throw new PayscoreError(code, 'Not now.');
        return act();
      };
      expect(await run(world, [row(1, 'A'), row(2, 'B'), row(3, 'C')], {}, one)).toEqual([
        [1, 'registered'],
        [2, 'left', 'Not now.'],
        [3, 'registered'],
      ]);
    },
  );

  test('a mistake of this program is not passed off as a result', async () => {
    const broken: Gate = async () => {
      throw new TypeError('broken');
    };
    await expect(run(empty(), [row(1, 'A')], {}, broken)).rejects.toThrow(TypeError);
  });
});

test('at most 10 rows are under way at once, and what is decided for the merchant is read once', async () => {
  const world = empty();
  const steps: Step[] = [];
  let underWay = 0;
  let most = 0;
  const counting: Gate = async (step, act) => {
    steps.push(step);
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => void setImmediate(resolve));
    underWay -= 1;
    return act();
  };
  await run(world, HUNDRED, {}, counting);
  expect(most).toBe(10);
  expect(steps.filter((step) => step === 'controls')).toHaveLength(1);
});
