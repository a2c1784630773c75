import { PayscoreError } from '../../lambda/core/errors';
import type { Fen, Mchid } from '../../lambda/core/ids';
import { newOrder, type Order } from '../../lambda/core/order';
import type { Overview, RollupProgress } from '../../lambda/core/overview';
import { rollUp, type RollupPorts } from '../../lambda/flow/rollup';
import { DAY, HOUR, MINUTE, PAID, PENDING, refOf, T0 } from './support/memory';
import { RollupWorld } from './support/rollup';

let world: RollupWorld;
beforeEach(() => {
  world = new RollupWorld();
});

function orderOf(no: string, as: 'pending' | 'paid', at = world.clock): Order {
  const registration = { at: T0, actor: { kind: 'api', id: 'test' }, total_amount: 100 as Fen } as const;
  const order = newOrder(refOf(no), registration);
  if (as === 'pending') return { ...order, observed: { at, standing: { kind: 'pending' }, facts: PENDING } };
  const standing = { kind: 'paid', paid_amount: 100 as Fen } as const;
  return { ...order, status: 'paid', observed: { at, standing, facts: PAID } };
}

/** A run as EventBridge wakes it, every five minutes. */
async function run(ports: RollupPorts = world.ports) {
  const begun = world.clock;
  const summary = await rollUp(begun + 4 * MINUTE, ports);
  world.clock = begun + 5 * MINUTE;
  return summary;
}

test('a day that was added up and not closed does not count when its only order has gone to another', async () => {
  world.put(orderOf('X', 'paid'));
  world.clock += DAY;
  const { ports } = world;
  const error = new PayscoreError('LEDGER_UNAVAILABLE', 'DynamoDB did not answer.');
  const overviews = { ...ports.overviews, save: async () => Promise.reject(error) };
  expect(await run({ ...ports, overviews })).toMatchObject({ failed: 1 });
  world.put(orderOf('X', 'paid'));
  world.clock += DAY;
  for (let times = 0; times < 2; times += 1) {
    await run();
    expect(world.overview?.recovered).toEqual({ orders: 1, amount: 100 });
  }
});

describe('of several merchants', () => {
  const [ONE, TWO] = ['1', '2'] as [Mchid, Mchid];
  const progress = new Map<Mchid, RollupProgress>();
  let made = '';
  beforeEach(() => progress.clear());

  /** The world's, but that each merchant has progress of its own. */
  function ports(): RollupPorts {
    const overviews = {
      ...world.ports.overviews,
      progress: async (mchid: Mchid) => progress.get(mchid),
      saveProgress: async (mchid: Mchid, one: RollupProgress) => {
        progress.set(mchid, one);
        return 'saved' as const;
      },
      save: async ({ mchid }: Overview) => {
        made += mchid;
        return 'saved' as const;
      },
    };
    return { ...world.ports, overviews };
  }

  /** Whose overviews each of some runs makes. */
  async function madeBy(runs: number, these: RollupPorts): Promise<string[]> {
    const all: string[] = [];
    for (let times = 0; times < runs; times += 1) {
      made = '';
      await run(these);
      all.push(made);
    }
    return all;
  }

  /** When what is open takes so many minutes to read, by the merchant. */
  async function madeWhen(minutes: Readonly<Record<string, number>>): Promise<string[]> {
    world.merchants = Object.keys(minutes).map((mchid) => ({ mchid: mchid as Mchid }));
    for (const { mchid } of world.merchants)
      progress.set(mchid, { turn_at: T0 - DAY, closed_through: '2026-03-01' });
    async function* open(mchid: Mchid) {
      world.clock += (minutes[mchid] ?? 0) * MINUTE;
      yield [{ ...refOf('A'), mchid }];
    }
    return madeBy(6, { ...ports(), ledger: { ...world.ports.ledger, open } });
  }

  test('one that takes longer than a run has every second one, and the others come first in between', async () => {
    expect(await madeWhen({ 1: 9, 2: 1, 3: 1 })).toEqual(['', '23', '', '23', '', '23']);
  });

  test('two that take longer than a run take turns, and the others have theirs between them', async () => {
    expect(await madeWhen({ 1: 9, 2: 9, 3: 1 })).toEqual(['', '', '3', '', '', '3']);
  });

  test('one that takes most of a run comes first when the others have left it too little time', async () => {
    expect(await madeWhen({ 1: 1, 2: 1, 3: 3 })).toEqual(['12', '3', '12', '3', '12', '3']);
  });

  test('one that reads its past in several runs takes what time the others leave it', async () => {
    for (const no of ['A', 'B', 'C', 'D', 'E']) {
      world.put(orderOf(no, 'paid'));
      world.clock += DAY;
    }
    world.merchants = [{ mchid: ONE }, { mchid: TWO }];
    world.between = () => (world.clock += 90_000);
    const { ledger } = world.ports;
    const ended: RollupPorts['ledger']['ended'] = (mchid, query) => {
      if (mchid === ONE) return ledger.ended(mchid, query);
      world.clock += 1_000;
      return ledger.ended(mchid, { on: 'never' });
    };
    expect(await madeBy(3, { ...ports(), ledger: { ...ledger, ended } })).toEqual(['', '2', '21']);
    expect(world.reads).toEqual(['A', 'B', 'C', 'C', 'D', 'E', 'E']);
  });

  test('one whose run dies has had its turn', async () => {
    world.merchants = [{ mchid: ONE }, { mchid: TWO }];
    const read = async (mchid: Mchid) => {
      if (mchid === ONE) throw new TypeError('no');
      return world.controls;
    };
    const failing = { ...ports(), controls: { read } };
    made = '';
    await expect(rollUp(world.clock + MINUTE, failing)).rejects.toThrow(TypeError);
    world.clock += MINUTE;
    await expect(rollUp(world.clock + MINUTE, failing)).rejects.toThrow(TypeError);
    expect(made).toBe('2');
  });
});

test('a past that takes longer to read than a run is read in several, each going on where the one before ended', async () => {
  for (const no of ['A', 'B', 'C', 'D', 'E']) {
    world.put(orderOf(no, 'paid'));
    world.clock += DAY;
  }
  world.put(orderOf('F', 'pending'));
  world.between = () => (world.clock += 90_000);
  const runs = [];
  for (let times = 0; times < 3; times += 1) runs.push(await run());
  expect(runs).toMatchObject([
    { closed_days: 2, left: 1 },
    { closed_days: 2, left: 1 },
    { closed_days: 1, left: 0 },
  ]);
  expect(world.reads).toEqual(['A', 'B', 'C', 'C', 'D', 'E', 'E', 'F']);
  expect(world.overview).toMatchObject({ owed: { orders: 1 }, recovered: { orders: 5, amount: 500 } });
});

test('a run whose time is up while it adds up a closed day again makes no overview, and the next one does', async () => {
  world.put(orderOf('A', 'paid'));
  world.put(orderOf('B', 'paid'));
  world.clock += DAY;
  await run();
  const as_of = world.overview?.as_of;
  world.put(orderOf('A', 'pending'));
  world.clock += HOUR;
  let reads = 0;
  world.between = () => {
    reads += 1;
    if (reads === 2) world.clock += 10 * MINUTE;
  };
  expect(await run()).toMatchObject({ left: 1 });
  expect(world.overview?.as_of).toBe(as_of);
  expect(await run()).toMatchObject({ left: 0 });
  expect(world.overview).toMatchObject({ owed: { orders: 1 }, recovered: { orders: 1 } });
});
