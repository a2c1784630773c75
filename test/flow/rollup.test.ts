import { PayscoreError } from '../../lambda/core/errors';
import type { Fen, Mchid } from '../../lambda/core/ids';
import { newOrder, type Order } from '../../lambda/core/order';
import type { Overview } from '../../lambda/core/overview';
import { rollUp } from '../../lambda/flow/rollup';
import { DAY, facts, HOUR, MINUTE, PAID, PENDING, refOf, T0 } from './support/memory';
import { RollupWorld } from './support/rollup';

const LATER = T0 + 400 * DAY;
let world: RollupWorld;
beforeEach(() => {
  world = new RollupWorld();
});

const roll = async (deadlineAt = LATER) => rollUp(deadlineAt, world.ports);
const overview = () => {
  if (world.overview === undefined) throw new Error('there is no overview');
  return world.overview;
};

/** Registered when the world began; its calls are made when the clock says. */
function pending(no: string, change: Partial<Order> = {}): Order {
  const registration = { at: T0, actor: { kind: 'api', id: 'test' }, total_amount: 100 as Fen } as const;
  const observed = { at: world.clock, standing: { kind: 'pending' }, facts: PENDING } as const;
  return { ...newOrder(refOf(no), registration), observed, ...change };
}

function paid(no: string, change: Partial<Order> = {}): Order {
  const standing = { kind: 'paid', paid_amount: 100 as Fen } as const;
  return { ...pending(no), status: 'paid', observed: { at: world.clock, standing, facts: PAID }, ...change };
}

test('an overview counts what is open and what has ended, each order once, and says as of when', async () => {
  world.put(pending('A', { calls: [T0] }));
  world.put(pending('B', { status: 'watched' }));
  world.put(paid('C'));
  expect(await roll()).toEqual({ merchants: 1, orders: 3, closed_days: 0, failed: 0, left: 0 });
  expect(overview()).toMatchObject({
    as_of: T0,
    since: T0,
    owed: { orders: 2, amount: 200 },
    watched: { orders: 1, amount: 100 },
    recovered: { orders: 1, amount: 100 },
    by_day: [{ date: '2026-03-02', orders: 1, amount: 100, attempts: 1 }],
  });
  expect(world.reads).toEqual(['A', 'B', 'C']);
});

test('a day that is over is closed after half an hour, and its orders are not read again', async () => {
  world.put(paid('C'));
  world.clock = Date.parse('2026-03-02T16:29:59Z');
  await roll();
  expect(world.progress?.closed_through).toBe('2026-03-01');
  world.clock += 1_000;
  await roll();
  expect(world.progress?.closed_through).toBe('2026-03-02');
  expect([...world.days.keys()]).toEqual(['2026-03-02']);
  world.reads.length = 0;
  world.clock += 5 * MINUTE;
  expect(await roll()).toMatchObject({ orders: 0, closed_days: 0 });
  expect(world.reads).toEqual([]);
  expect(overview()).toMatchObject({ as_of: world.clock, recovered: { orders: 1, amount: 100 } });
});

test('days that no roll-up saw are closed by the next one', async () => {
  await roll();
  for (const no of ['A', 'B', 'C']) {
    world.put(paid(no));
    world.clock += DAY;
  }
  expect(await roll()).toMatchObject({ orders: 3, closed_days: 3 });
  expect([...world.days.keys()]).toEqual(['2026-03-02', '2026-03-03', '2026-03-04']);
  expect(overview()).toMatchObject({ recovered: { orders: 3, amount: 300 } });
});

test('an order that is corrected after its day was closed leaves that day, and counts where it stands now', async () => {
  world.put(paid('C'));
  world.put(paid('D'));
  world.clock += DAY;
  await roll();
  world.put(pending('C', { doubted_at: world.clock }));
  world.clock += HOUR;
  await roll();
  expect(overview()).toMatchObject({
    owed: { orders: 1, amount: 100 },
    recovered: { orders: 1, amount: 100 },
  });
  // And is paid again, on another day.
  world.clock += DAY;
  world.put(paid('C'));
  await roll();
  expect(overview()).toMatchObject({ owed: { orders: 0, amount: 0 }, recovered: { orders: 2, amount: 200 } });
});

test('a day that was computed anew is not again at every run', async () => {
  world.put(paid('C'));
  world.put(paid('D'));
  world.clock += DAY;
  await roll();
  world.put(pending('C'));
  world.clock += HOUR;
  await roll();
  world.reads.length = 0;
  world.clock += 5 * MINUTE;
  await roll();
  expect(world.reads).toEqual(['C']);
});

test('a row that leads to an order which never came to its end changes nothing', async () => {
  const order = pending('A');
  world.put(order);
  world.lead(paid('A'));
  await roll();
  expect(overview()).toMatchObject({ owed: { orders: 1 }, recovered: { orders: 0 } });
});

test('a writer that died between the two rows of a correction leaves the order in its closed day', async () => {
  world.put(paid('C'));
  const before = world.clock;
  world.clock += DAY;
  await roll();
  world.lead(pending('C'), before);
  world.clock += HOUR;
  await roll();
  expect(overview()).toMatchObject({ owed: { orders: 0 }, recovered: { orders: 1 } });
});

test('an order that is to be refunded is found by its list and its end, and counts once', async () => {
  const overpaid = facts({ ...PAID, total_amount: 60 });
  const order = paid('R', { status: 'refund_due' });
  const { observed } = order;
  if (observed === undefined) throw new Error('a paid order was seen');
  world.put({ ...order, observed: { ...observed, facts: overpaid } });
  await roll();
  const now = {
    recovered: { orders: 1, amount: 100 },
    needs_a_person: { refund_due: { orders: 1, amount: 40 } },
  };
  expect(overview()).toMatchObject(now);
  world.clock += 2 * DAY;
  await roll();
  expect(overview()).toMatchObject(now);
});

test('an order that is paid while others are read counts once, as it was when it was read', async () => {
  world.put(pending('A'));
  let reads = 0;
  world.between = () => {
    reads += 1;
    if (reads === 2) world.put(paid('A'));
  };
  world.put(paid('B'));
  await roll();
  expect(overview()).toMatchObject({ owed: { orders: 1 }, recovered: { orders: 1 } });
});

test('a roll-up that was overtaken by a later one changes nothing', async () => {
  world.put(pending('A'));
  let inner: Promise<unknown> | undefined;
  world.between = () => {
    world.between = () => {};
    world.clock += MINUTE;
    world.put(paid('B'));
    inner = roll();
  };
  await Promise.all([roll(), inner]);
  await inner;
  expect(overview()).toMatchObject({ as_of: T0 + MINUTE, recovered: { orders: 1 } });
});

test('a run without time leaves what was there', async () => {
  world.put(pending('A'));
  expect(await roll(T0)).toMatchObject({ left: 1 });
  world.between = () => (world.clock = LATER);
  expect(await roll()).toMatchObject({ merchants: 1, left: 1 });
  world.between = () => {};
  world.orders.clear();
  world.clock = T0;
  world.put(paid('B'));
  world.between = () => (world.clock = LATER);
  expect(await roll()).toMatchObject({ left: 1 });
  expect(world.overview).toBeUndefined();
});

test('the merchant whose turn was longest ago comes first', async () => {
  const order: string[] = [];
  world.merchants = ['1', '2', '3'].map((mchid) => ({ mchid: mchid as Mchid }));
  const { ports } = world;
  const turns: Readonly<Record<string, number>> = { 1: T0 - 1, 2: T0 - 3 };
  const overviews = {
    ...ports.overviews,
    progress: async (mchid: Mchid) =>
      turns[mchid] === undefined ? undefined : { turn_at: turns[mchid], closed_through: '2026-03-01' },
    save: async ({ mchid }: Overview) => {
      order.push(mchid);
      return 'saved' as const;
    },
  };
  await rollUp(LATER, { ...ports, overviews });
  expect(order).toEqual(['3', '2', '1']);
});

test('a merchant that cannot be read is told of, and the others go on; a mistake of the program is not passed over', async () => {
  world.merchants = ['1', '2'].map((mchid) => ({ mchid: mchid as Mchid }));
  const { ports } = world;
  const failing = (error: Error) => ({
    ...ports,
    controls: {
      read: async (mchid: Mchid) => {
        if (mchid === '1') throw error;
        return world.controls;
      },
    },
  });
  const error = new PayscoreError('LEDGER_UNAVAILABLE', 'DynamoDB did not answer.');
  expect(await rollUp(LATER, failing(error))).toMatchObject({ merchants: 2, failed: 1, left: 0 });
  expect(world.events).toEqual([{ kind: 'rollup_failed', mchid: '1', error }]);
  await expect(rollUp(LATER, failing(new TypeError('no')))).rejects.toThrow(TypeError);
});

test('certificates that end are told from what is known of the keys', async () => {
  const signing = [{ serial_no: 'A1', valid_from: T0 - DAY, valid_to: T0 + 10 * DAY }];
  const platform = [{ serial_no: 'P1', valid_from: T0 - DAY, valid_to: T0 + 5 * DAY }];
  world.merchants = [
    {
      mchid: '1900009191' as Mchid,
      facts: { signing, public_keys: [], uses_certificates: true },
      certificates: { list: '', fetched_at: T0, facts: platform },
    },
  ];
  await roll();
  expect(overview().needs_a_person.keys_ending).toMatchObject([
    { what: 'api_certificate', serial_no: 'A1', days_left: 10 },
    { what: 'platform_certificate', serial_no: 'P1', days_left: 5 },
  ]);
});
