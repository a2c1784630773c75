import type { CallLimits, QueryReport } from '../../lambda/core/outcome';
import { attempt, type AttemptResult } from '../../lambda/flow/attempt';
import type { Ports } from '../../lambda/flow/ports';
import { outside, type Outside, portsOf, rowOf, SECOND, type Step, T0 } from './support/memory';

const ACTOR = { kind: 'api', id: 'test' } as const;

function collect(world: Outside, ports: Ports, deadlineAt: number): Promise<AttemptResult> {
  return attempt({ order: rowOf(world), actor: ACTOR, occasion: 'demand', dryRun: false, deadlineAt }, ports);
}

test('a claim that took the time of its call is not called on, burns nothing and says so', async () => {
  const world = outside({ outcome: { kind: 'accepted' } });
  let saves = 0;
  const ports = portsOf(world, async (step, act) => {
    if (step === 'save' && (saves += 1) === 1) world.clock += 4 * SECOND;
    return act();
  });
  expect(await collect(world, ports, T0 + 10 * SECOND)).toMatchObject({
    kind: 'attempted',
    recorded: true,
    report: { outcome: { kind: 'not_sent', because: 'out_of_time' } },
  });
  const { open, calls, last_sent_at } = rowOf(world);
  expect([open, calls, last_sent_at, world.sent]).toEqual([undefined, [], undefined, []]);
});

test.each([
  ['while there is time', 4_000, ['refresh']],
  ['not when the answer would be late for it', 6_000, []],
])('keys refused on the call are read again %s', async (_when, callMs, expected) => {
  const world = outside({ outcome: { kind: 'misconfigured', scope: 'merchant' } });
  const refreshed: Step[] = [];
  const ports = portsOf(world, async (step, act) => {
    if (step === 'collect') world.clock += callMs - 1_000;
    if (step === 'refresh') refreshed.push(step);
    const result = act();
    if (step === 'collect') world.clock += 1_000;
    return result;
  });
  expect(await collect(world, ports, T0 + 10 * SECOND)).toMatchObject({ kind: 'attempted', recorded: true });
  expect(refreshed).toEqual(expected);
});

interface Given {
  readonly what: 'query' | 'collect';
  /** Until when the call may last, from the deadline back. */
  readonly beforeDeadlineMs: number;
}

/** Ports on which everything takes long; what each call was given. */
function slowPorts(
  world: Outside,
  deadlineAt: number,
  took: Partial<Record<Step, number>>,
): { ports: Ports; given: Given[] } {
  const ports = portsOf(world, async (step, act) => {
    world.clock += took[step] ?? 0;
    return act();
  });
  const given: Given[] = [];
  const note = (what: Given['what'], { timeoutMs }: CallLimits) =>
    void given.push({ what, beforeDeadlineMs: deadlineAt - (world.clock + timeoutMs) });
  const REFUSED: QueryReport = { kind: 'refused', because: 'credentials', evidence: {} };
  const merchants: Ports['merchants'] = {
    get: async (mchid) => {
      const calls = await ports.merchants.get(mchid);
      return {
        query: async (ref, limits) => {
          note('query', limits);
          const report = await calls.query(ref, limits);
          return given.filter(({ what }) => what === 'query').length === 1 ? REFUSED : report;
        },
        change: async (...what) => calls.change(...what),
        collect: (ref, limits) => {
          note('collect', limits);
          return calls.collect(ref, limits);
        },
      };
    },
    refresh: async (mchid, used) => {
      await ports.merchants.refresh(mchid, used);
      return true;
    },
  };
  return { ports: { ...ports, merchants }, given };
}

test.each([
  ['slow keys', { keys: 4_000 }],
  ['slow controls', { controls: 2_000 }],
  ['a slow query that is repeated with new keys', { query: 7_000 }],
  ['a slow refresh of keys', { refresh: 4_500 }],
  ['a slow claim', { save: 2_000 }],
  ['a slow rate', { budget: 3_000 }],
  ['everything slow', { controls: 500, keys: 1_500, query: 4_000, refresh: 3_000, budget: 500, save: 1_500 }],
])('the ledger has its 5 s after every call, whatever took long before: %s', async (_name, took) => {
  for (const seconds of [6, 9, 10, 14, 18, 22, 25, 28]) {
    const deadlineAt = T0 + seconds * SECOND;
    const world = outside();
    const { ports, given } = slowPorts(world, deadlineAt, took);
    await collect(world, ports, deadlineAt);
    const late = given.filter(({ beforeDeadlineMs }) => beforeDeadlineMs < 5_000);
    expect({ seconds, late }).toEqual({ seconds, late: [] });
  }
});
