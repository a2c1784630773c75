import type { OrderRef } from '../../lambda/core/ids';
import { pathOf } from '../support/api';
import { joined, pagesOf, rowsOf, type Row } from '../support/exports';
import { MCHID, OTHER_MCHID } from '../support/keys';
import { DAY, HOUR, MINUTE, startWorld, type World } from '../support/world';

const OVERVIEW = `/v1/merchants/${MCHID}/overview`;
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

interface Sum {
  readonly orders: number;
  readonly amount: number;
}
interface Overview {
  readonly as_of: string;
  readonly since: string;
  readonly owed: Sum;
  readonly recovered: Sum;
  readonly due_today: Sum;
  readonly watched: Sum;
  readonly in_flight: { readonly orders: number };
  readonly unknown: { readonly orders: number; readonly older_than_24h: number };
  readonly stopped: readonly (Sum & { readonly because: string; readonly reason: string })[];
  readonly by_day: readonly (Sum & { readonly date: string; readonly attempts: number })[];
  readonly by_attempt: readonly {
    readonly attempt: number;
    readonly attempts: number;
    readonly paid: number;
  }[];
  readonly by_hour: readonly {
    readonly weekday: number;
    readonly hour: number;
    readonly attempts: number;
    readonly paid: number;
  }[];
  readonly by_sub_code: readonly {
    readonly sub_code: string | null;
    readonly outcome: string;
    readonly attempts: number;
  }[];
}

async function overview(): Promise<Overview> {
  const answer = await world.api.at('GET', OVERVIEW);
  expect(answer.status).toBe(200);
  return answer.body as unknown as Overview;
}

test('before the first roll-up there is none, and that is no fault', async () => {
  expect(await world.api.at('GET', OVERVIEW)).toMatchObject({
    status: 200,
    body: { mchid: MCHID, as_of: null },
  });
});

test('the merchants are those that the service knows', async () => {
  for (const mchid of [OTHER_MCHID, MCHID]) await world.register(world.order({ mchid }));
  expect((await world.api.at('GET', '/v1/merchants')).body).toEqual({
    merchants: [OTHER_MCHID, MCHID].toSorted().map((mchid) => ({ mchid })),
  });
});

/** A fortnight in which people pay at once, later, by hand, or not at all, and things go wrong. */
async function fortnight(): Promise<void> {
  const orders: OrderRef[] = [];
  for (let day = 0; day < 14; day += 1) {
    const payer = world.order({ total_amount: 100 + day });
    const decliner = world.order({ total_amount: 1_000 + day, customer: { kind: 'declines' } });
    const left = world.order({ total_amount: 10_000, sub_mchid: '1900000110' });
    orders.push(payer, decliner);
    for (const ref of [payer, decliner])
      await world.register(ref, { total_amount: ref === payer ? 100 + day : 1_000 + day });
    await world.register(left, day % 2 === 0 ? {} : { total_amount: 10_000 });
    await world.api.at('POST', `${pathOf(left)}/hold`, { reason: 'disputed' });
    if (day % 5 === 1) world.fault({ kind: 'lost_answer', on: { action: 'pay' } });
    await world.api.collect(payer);
    await world.api.collect(decliner);
    if (day % 3 === 0) await world.rollup();
    world.clock.forward(8 * HOUR);
    // What is open is asked about, and closed; some are left for the schedule.
    for (const ref of orders.slice(-4)) if (day % 4 !== 3) await world.api.query(ref);
    await world.api.collect(decliner);
    world.clock.forward(16 * HOUR + MINUTE);
  }
  // The last one is neither known to be paid nor not.
  world.fault({ kind: 'lost_answer', on: { action: 'pay' } });
  const unknown = world.order({ total_amount: 77 });
  await world.register(unknown, { total_amount: 77 });
  await world.api.collect(unknown);
}

const exported = async (what: 'orders' | 'attempts'): Promise<readonly Row[]> =>
  rowsOf(
    joined(
      await pagesOf(
        world.api,
        `/v1/merchants/${MCHID}/export/${what}?from=2026-02-01T00:00:00Z&to=2026-05-01T00:00:00Z`,
      ),
    ),
  );

const number = (cell: string | undefined) => Number(cell === '' ? 0 : cell);
const sumOf = (rows: readonly Row[], amount: (row: Row) => number): Sum => ({
  orders: rows.length,
  amount: rows.reduce((sum, row) => sum + amount(row), 0),
});
const counted = (keys: readonly string[]): Readonly<Record<string, number>> =>
  keys.reduce<Record<string, number>>((counts, key) => ({ ...counts, [key]: (counts[key] ?? 0) + 1 }), {});

describe('what is told of a merchant agrees with what an export of that instant comes to', () => {
  let shown: Overview;
  let orders: readonly Row[];
  let attempts: readonly Row[];
  /** Those whose call may have reached the deduction. */
  let made: readonly Row[];
  beforeAll(async () => {
    await fortnight();
    const rolled = await world.rollup();
    if (rolled.merchants !== 2 || rolled.failed + rolled.left > 0)
      throw new Error('not every overview was made');
    shown = await overview();
    [orders, attempts] = [await exported('orders'), await exported('attempts')];
    made = attempts.filter(
      ({ outcome = '' }) => !['not_sent', 'throttled', 'misconfigured'].includes(outcome),
    );
  }, 180_000);

  test('as of the instant of the roll-up', () => {
    expect(Date.parse(shown.as_of)).toBe(world.clock.now());
    expect(orders.length).toBeGreaterThan(40);
    expect(attempts.length).toBeGreaterThan(30);
  });

  test('what is owed, watched and recovered', () => {
    const owed = orders.filter(({ status = '' }) => ['active', 'watched'].includes(status));
    const due = (row: Row) => number(row['total_amount']) - number(row['paid_amount']);
    expect(shown.owed).toEqual(sumOf(owed, due));
    expect(shown.watched).toEqual(
      sumOf(
        owed.filter(({ status }) => status === 'watched'),
        due,
      ),
    );
    const paid = orders.filter(({ status }) => status === 'paid');
    expect(shown.recovered).toEqual(sumOf(paid, (row) => number(row['paid_amount'])));
    expect([shown.owed.orders, shown.recovered.orders, shown.watched.orders].every((one) => one > 5)).toBe(
      true,
    );
  });

  test('what is due today', () => {
    const today = new Date(world.clock.now() + 8 * HOUR).toISOString().slice(0, 10);
    const due = orders.filter(
      ({ status, next_due_at: at = '' }) => status === 'active' && at !== '' && at.slice(0, 10) <= today,
    );
    expect(shown.due_today).toEqual(sumOf(due, (row) => number(row['total_amount'])));
  });

  test('what is held', () => {
    const held = orders.filter((row) => row['held'] === 'yes');
    expect(shown.stopped.find(({ because }) => because === 'held')).toMatchObject({
      ...sumOf(held, (row) => number(row['total_amount'])),
      reason: 'The order is held: until the end of the hold, or until somebody releases it.',
    });
    expect(held.length).toBe(14);
  });

  test('what is in flight: attempts that nothing has closed, and whose answer left them open', () => {
    const open = attempts.filter(
      ({ outcome = '', closed_as: closed }) =>
        closed === '' && ['accepted', 'in_progress', 'busy', 'unknown', 'unreported'].includes(outcome),
    );
    expect(shown.in_flight.orders).toBe(open.length);
    expect(shown.unknown.orders).toBe(open.filter(({ outcome }) => outcome === 'unknown').length);
    expect(shown.unknown.orders).toBeGreaterThan(0);
  });

  test('what was recovered on each day, by the time of the payment, and what was attempted', () => {
    const paid = orders.filter(({ status }) => status === 'paid');
    const days = new Map<string, { orders: number; amount: number; attempts: number }>();
    const day = (time: string) => {
      const date = time.slice(0, 10);
      const known = days.get(date) ?? { orders: 0, amount: 0, attempts: 0 };
      days.set(date, known);
      return known;
    };
    for (const row of paid) {
      const sums = day(row['paid_at'] ?? '');
      sums.orders += 1;
      sums.amount += number(row['paid_amount']);
    }
    for (const row of made) day(row['at'] ?? '').attempts += 1;
    const expected = [...days]
      .map(([date, sums]) => ({ date, ...sums }))
      .toSorted((a, b) => (a.date < b.date ? -1 : 1));
    expect(shown.by_day).toEqual(expected);
  });

  test('success by number and by hour of the attempt', () => {
    const keyOf = (row: Row) => `${row['sub_mchid']}/${row['out_order_no']}`;
    const seen: Record<string, number> = {};
    const numbered = made.map((row) => ({ row, attempt: (seen[keyOf(row)] = (seen[keyOf(row)] ?? 0) + 1) }));
    const by = (key: (one: (typeof numbered)[number]) => string) => ({
      attempts: counted(numbered.map(key)),
      paid: counted(numbered.filter(({ row }) => row['closed_as'] === 'paid').map(key)),
    });
    const numbers = by(({ attempt }) => String(attempt));
    expect(shown.by_attempt).toEqual(
      Object.entries(numbers.attempts).map(([key, count]) => ({
        attempt: Number(key),
        attempts: count,
        paid: numbers.paid[key] ?? 0,
      })),
    );
    expect(shown.by_attempt.reduce((sum, { attempts: count }) => sum + count, 0)).toBe(
      orders.reduce((sum, row) => sum + number(row['attempts']), 0),
    );
    const hours = by(({ row }) => {
      const at = new Date((row['at'] ?? '').replace('+08:00', 'Z'));
      return `${at.getUTCDay() === 0 ? 7 : at.getUTCDay()}/${at.getUTCHours()}`;
    });
    const shownHours = shown.by_hour.map(({ weekday, hour, ...counts }) => [`${weekday}/${hour}`, counts]);
    expect(Object.fromEntries(shownHours)).toEqual(
      Object.fromEntries(
        Object.entries(hours.attempts).map(([key, count]) => [
          key,
          { attempts: count, paid: hours.paid[key] ?? 0 },
        ]),
      ),
    );
    expect(shown.by_attempt.some(({ paid }) => paid > 3)).toBe(true);
  });

  test('what attempts came to, by sub-code', () => {
    const codes = attempts.reduce<Record<string, number>>((sums, row) => {
      const key = `${row['outcome']}/${row['sub_code']}`;
      return { ...sums, [key]: (sums[key] ?? 0) + number(row['count']) };
    }, {});
    const told = shown.by_sub_code.map(({ outcome, sub_code, attempts: count }) => [
      `${outcome}/${sub_code ?? ''}`,
      count,
    ]);
    expect(Object.fromEntries(told)).toEqual(codes);
  });

  test('and nothing of another merchant is in it', async () => {
    const other = await world.api.at('GET', `/v1/merchants/${OTHER_MCHID}/overview`);
    expect(other.body).toMatchObject({ mchid: OTHER_MCHID, owed: { orders: 1, amount: 0 }, by_day: [] });
  });

  test('one more roll-up days later agrees too, although it read only what is open and what has ended since', async () => {
    world.clock.forward(2 * DAY);
    const { orders: read } = await world.rollup();
    const [later, all] = [await overview(), await exported('orders')];
    expect(read).toBeLessThan(all.length);
    expect(later.recovered).toEqual(shown.recovered);
    expect(later.owed).toEqual(shown.owed);
    expect(later.by_day).toEqual(shown.by_day);
  });
});
