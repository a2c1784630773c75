import { isTerminal } from '../../lambda/core/observe';
import type { Outcome } from '../../lambda/core/outcome';
import { attempt } from '../../lambda/flow/attempt';
import type { Ports } from '../../lambda/flow/ports';
import { work } from '../../lambda/flow/work';
import { endingAt, ENDS, type End } from './support/endings';
import {
  DAY,
  freely,
  HOUR,
  MINUTE,
  noting,
  outside,
  type Outside,
  portsOf,
  REF,
  rowOf,
  SECOND,
  type Step,
  swept,
  T0,
} from './support/memory';

const ACTOR = { kind: 'schedule', id: 'test' } as const;

/** Both who attempt orders: a worker with a message, and somebody who asks for one now. */
const WAYS = {
  schedule: async (world: Outside, ports: Ports): Promise<unknown> =>
    work({ items: [{ message_id: 'M', key: REF }], actor: ACTOR, deadlineAt: world.clock + MINUTE }, ports),
  demand: async (world: Outside, ports: Ports): Promise<unknown> => {
    const order = (await ports.ledger.find(REF)) ?? rowOf(world);
    const deadlineAt = world.clock + 25 * SECOND;
    return attempt({ order, actor: ACTOR, occasion: 'demand', dryRun: false, deadlineAt }, ports);
  },
} as const;
type Way = keyof typeof WAYS;

interface Script {
  readonly name: string;
  readonly outcome: Outcome;
  readonly paysNow?: true;
  /** Least time between two such calls; the merchant's gap unless WeChat Pay did not process them. */
  readonly apartMs?: number;
  /** How many calls leave over some days, least and most; one if it was paid by it, else more than one. */
  readonly calls?: readonly [number, number];
}

const GAP = 6 * HOUR;
const LOCK = 3 * MINUTE;

const SCRIPTS: readonly Script[] = [
  { name: 'accepted and paid', outcome: { kind: 'accepted' }, paysNow: true },
  { name: 'accepted and never paid', outcome: { kind: 'accepted' } },
  { name: 'in progress and paid', outcome: { kind: 'in_progress' }, paysNow: true },
  { name: 'in progress and failed', outcome: { kind: 'in_progress' } },
  { name: 'busy', outcome: { kind: 'busy' } },
  { name: 'unknown and paid', outcome: { kind: 'unknown', because: 'no_answer' }, paysNow: true },
  { name: 'unknown and not paid', outcome: { kind: 'unknown', because: 'unverified' } },
  { name: 'declined', outcome: { kind: 'declined' } },
  { name: 'contradicted', outcome: { kind: 'contradicted', claim: 'done' } },
  { name: 'contradicted and paid', outcome: { kind: 'contradicted', claim: 'done' }, paysNow: true },
  // What is known to be refused waits for a person; a refusal that nobody recorded is met once more.
  { name: 'refused', outcome: { kind: 'refused' }, calls: [1, 2] },
  { name: 'throttled', outcome: { kind: 'throttled' }, apartMs: LOCK },
  {
    name: 'merchant misconfigured',
    outcome: { kind: 'misconfigured', scope: 'merchant' },
    apartMs: LOCK,
  },
  { name: 'pair misconfigured', outcome: { kind: 'misconfigured', scope: 'pair' }, apartMs: LOCK },
  { name: 'not sent', outcome: { kind: 'not_sent', because: 'connect_failed' }, calls: [0, 0] },
];

/** One worker that ends at touch `at`; the touches it made. */
async function interrupted(world: Outside, way: Way, at: number, end: End): Promise<Step[]> {
  const reached: Step[] = [];
  await new Promise<void>((resolve) => {
    const ports = portsOf(world, endingAt(at, end, reached, resolve), 'A');
    // Whatever it came to: the next worker knows nothing of it.
    WAYS[way](world, ports).then(
      () => resolve(),
      () => resolve(),
    );
  });
  return reached;
}

/** What holds at any time, whoever died where. Cheaper than `expect`, which would take longer than all the rest. */
function insistSafe(world: Outside, { paysNow, apartMs = GAP }: Script): void {
  const { sent } = world;
  const insist = (holds: boolean, what: string) => {
    if (!holds) throw new Error(`${what}: ${JSON.stringify({ sent, row: rowOf(world) })}`);
  };
  for (const [index, { at, worker, claim_id }] of sent.entries()) {
    insist(claim_id?.startsWith(worker) === true, 'a call that left without its own claim in the ledger');
    insist(sent.findIndex((other) => other.claim_id === claim_id) === index, 'two calls on one claim');
    const before = sent[index - 1];
    insist(before === undefined || at - before.at >= apartMs, 'two calls too close');
  }
  insist(paysNow !== true || sent.length <= 1, 'a call after the payment');
  const { due_at, observed } = rowOf(world);
  const isEnded = observed !== undefined && isTerminal(observed.standing);
  insist(due_at !== undefined || isEnded, 'neither at its end nor due');
}

/** Quiet: at its end, or at rest with nothing open and a time at which it wakes. */
function isQuiet(world: Outside): boolean {
  const { open, due_at = Infinity } = rowOf(world);
  return open === undefined && due_at > world.clock;
}

/** Duplicates of the message, and impatient people, at once and while the claim is fresh. */
async function pesterWith(world: Outside, script: Script): Promise<void> {
  for (const [index, ms] of [0, 4 * SECOND, SECOND, 3 * MINUTE].entries()) {
    world.clock += ms;
    for (const way of ['schedule', 'demand'] as const) {
      await WAYS[way](world, portsOf(world, freely, `P${way}${index}.`));
      insistSafe(world, script);
    }
  }
}

/** The schedule: whenever the order is due it is swept and worked on by somebody new. How often, until it was quiet. */
async function recover(world: Outside, script: Script, worker: string): Promise<number> {
  for (let rounds = 0; rounds < 10; rounds += 1) {
    if (isQuiet(world)) return rounds;
    await wake(world, script, `${worker}${rounds}.`);
  }
  throw new Error(`not quiet: ${JSON.stringify(rowOf(world))}`);
}

async function wake(world: Outside, script: Script, worker: string): Promise<void> {
  world.clock = Math.max(world.clock, rowOf(world).due_at ?? world.clock);
  if (rowOf(world).due_at !== undefined) swept(world);
  await WAYS.schedule(world, portsOf(world, freely, worker));
  insistSafe(world, script);
}

describe.each(SCRIPTS)('a call that comes to: $name', (script) => {
  const { outcome, paysNow = false } = script;
  const [least, most] = script.calls ?? (paysNow ? [1, 1] : [2, Infinity]);
  test.each(ENDS.flatMap((end) => (['schedule', 'demand'] as const).map((way) => [end, way] as const)))(
    'a worker that %s at any touch of the outside (%s) leaves nothing that is charged twice, lost, or open for ever',
    async (end, way) => {
      let touches = 0;
      for (let at = 0; touches === at; at += 1) {
        const world = outside({ outcome, paysNow });
        swept(world);
        const reached = await interrupted(world, way, at, end);
        // The last round goes through undisturbed, and ends the loop.
        if (reached.length > at) touches = at + 1;
        expect(world.sent.length).toBeLessThanOrEqual(1);
        insistSafe(world, script);

        if (at % 2 === 0) await pesterWith(world, script);
        await recover(world, script, 'R');
        // And on, over the next calls, each of which leaves the order as quiet as the crash did.
        for (let day = 0; day < 2; day += 1) {
          await wake(world, script, `D${day}.`);
          await recover(world, script, `E${day}.`);
        }
        const row = rowOf(world);
        expect(row.status === 'paid').toBe(paysNow);
        expect(row.observed?.standing.kind).toBe(paysNow ? 'paid' : 'pending');
        expect(row.status === 'watched').toBe(outcome.kind === 'refused');
        expect(world.sent.length).toBeGreaterThanOrEqual(least);
        expect(world.sent.length).toBeLessThanOrEqual(most);
      }
      // Load, controls, rate (once an attempt), keys, query, keys, claim with what is known, call, record;
      // whoever is no batch reads the controls each time.
      expect(touches).toBeGreaterThanOrEqual(way === 'schedule' ? 9 : 13);
    },
  );
});

test('an attempt makes its touches in one order: the claim is written before the call', async () => {
  const steps: Step[] = [];
  const world = outside();
  await WAYS.demand(world, portsOf(world, noting(steps)));
  expect(steps.join(' ')).toBe(
    'find controls keys query controls controls keys budget save collect controls controls controls save',
  );
});

test('after a crash with the claim written and nothing sent, the order is asked about at the next sweep and collected again a day later', async () => {
  const world = outside();
  swept(world);
  const COLLECT = 7;
  await interrupted(world, 'schedule', COLLECT, 'dies_before');
  expect(world.sent).toEqual([]);
  expect(rowOf(world).open).toMatchObject({ claim_id: 'A1', claimed_at: T0, send_by: T0 + 5 * SECOND });
  // A duplicate of the message finds it open; it is due when the first question is.
  await WAYS.schedule(world, portsOf(world, freely, 'B'));
  expect(rowOf(world).due_at).toBe(T0 + 4 * MINUTE);
  world.clock = T0 + 4 * MINUTE;
  await WAYS.schedule(world, portsOf(world, freely, 'C'));
  expect(rowOf(world).open).toBeUndefined();
  expect(rowOf(world).calls).toEqual([T0]);
  // The call may have left: the decline ladder counts it.
  expect(rowOf(world).due_at).toBe(T0 + DAY);
  world.clock = T0 + DAY;
  await WAYS.schedule(world, portsOf(world, freely, 'D'));
  expect(world.sent).toMatchObject([{ at: T0 + DAY, worker: 'D', claim_id: 'D1' }]);
});
