import type { Outcome } from '../../lambda/core/outcome';
import { attempt, type AttemptResult } from '../../lambda/flow/attempt';
import type { Ports } from '../../lambda/flow/ports';
import {
  claimsIn,
  freely,
  type Gate,
  outside,
  type Outside,
  portsOf,
  REF,
  type Step,
} from './support/memory';

const ACTOR = { kind: 'api', id: 'test' } as const;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const GAP = 6 * 60 * MINUTE;

async function collect(world: Outside, ports: Ports): Promise<AttemptResult> {
  return attempt({ ref: REF, actor: ACTOR, dryRun: false, deadlineAt: world.clock + 25 * SECOND }, ports);
}

/** How a worker ends at one touch of the outside: `dies` never comes back, `throws` does with an error. */
const ENDS = ['dies_before', 'dies_after', 'throws_before', 'throws_after', 'conflict_after'] as const;
type End = (typeof ENDS)[number];

/** Passes everything but the touch with number `at`. */
function endingAt(at: number, end: End, reached: Step[], over: () => void): Gate {
  return async (step, act) => {
    reached.push(step);
    if (reached.length - 1 !== at) return act();
    if (end === 'dies_after' || end === 'throws_after') act();
    if (end === 'dies_before' || end === 'dies_after') {
      over();
      return new Promise<never>(() => undefined);
    }
    if (end === 'conflict_after') {
      const result = act();
      // Only a write has an answer that can say so.
      return step === 'save' ? ('conflict' as typeof result) : result;
    }
    throw new Error(`${step} failed`);
  };
}

interface Script {
  readonly name: string;
  /** Least time between two such calls; the merchant's gap unless WeChat Pay did not process them. */
  readonly apartMs?: number;
  readonly outcome: Outcome;
  readonly paysNow: boolean;
}

const SCRIPTS: readonly Script[] = [
  { name: 'accepted and paid', outcome: { kind: 'accepted' }, paysNow: true },
  { name: 'accepted and never paid', outcome: { kind: 'accepted' }, paysNow: false },
  { name: 'in progress and paid', outcome: { kind: 'in_progress' }, paysNow: true },
  { name: 'in progress and failed', outcome: { kind: 'in_progress' }, paysNow: false },
  { name: 'busy', outcome: { kind: 'busy' }, paysNow: false },
  { name: 'unknown and paid', outcome: { kind: 'unknown', because: 'no_answer' }, paysNow: true },
  { name: 'unknown and not paid', outcome: { kind: 'unknown', because: 'unverified' }, paysNow: false },
  { name: 'declined', outcome: { kind: 'declined' }, paysNow: false },
  { name: 'throttled', outcome: { kind: 'throttled' }, paysNow: false, apartMs: 3 * MINUTE },
  { name: 'contradicted', outcome: { kind: 'contradicted', claim: 'done' }, paysNow: false },
  { name: 'contradicted and paid', outcome: { kind: 'contradicted', claim: 'done' }, paysNow: true },
  { name: 'refused', outcome: { kind: 'refused' }, paysNow: false },
  {
    name: 'merchant misconfigured',
    outcome: { kind: 'misconfigured', scope: 'merchant' },
    paysNow: false,
    apartMs: 3 * MINUTE,
  },
  {
    name: 'pair misconfigured',
    outcome: { kind: 'misconfigured', scope: 'pair' },
    paysNow: false,
    apartMs: 3 * MINUTE,
  },
  { name: 'not sent', outcome: { kind: 'not_sent', because: 'connect_failed' }, paysNow: false },
];

/** One attempt that ends at touch `at`; the touches it made. */
async function interrupted(world: Outside, at: number, end: End): Promise<Step[]> {
  const reached: Step[] = [];
  await new Promise<void>((resolve) => {
    const ports = portsOf(world, endingAt(at, end, reached, resolve), 'A');
    // Whatever it came to: the next worker knows nothing of it.
    collect(world, ports).then(
      () => resolve(),
      () => resolve(),
    );
  });
  return reached;
}

/** Calls that left, no two of them closer than that. */
function expectBetween(world: Outside, apartMs: number): void {
  for (const [index, { at }] of world.sent.entries()) {
    const next = world.sent[index + 1];
    if (next !== undefined) expect(next.at - at).toBeGreaterThanOrEqual(apartMs);
  }
}

/** Fresh workers from then on, well after the crash: quiet again within two gaps, whatever happened. */
async function recover(world: Outside, apartMs: number): Promise<AttemptResult> {
  const AFTER = [0, 4 * SECOND, SECOND, 3 * MINUTE, 30 * MINUTE, GAP - 34 * MINUTE, 10 * MINUTE, 40 * MINUTE];
  let last: AttemptResult | undefined;
  for (const [index, ms] of AFTER.entries()) {
    world.clock += ms;
    last = await collect(world, portsOf(world, freely, `B${index}.`));
    expectBetween(world, apartMs);
  }
  if (last === undefined) throw new Error('there were workers');
  return last;
}

describe.each(SCRIPTS)('a call that comes to: $name', ({ outcome, paysNow, apartMs = GAP }) => {
  test.each(ENDS)(
    'a worker that %s at any touch of the outside leaves nothing that is charged twice',
    async (end) => {
      let touches = 0;
      for (let at = 0; touches === at; at += 1) {
        const world = outside({ outcome, paysNow });
        const reached = await interrupted(world, at, end);
        // The last round goes through undisturbed, and ends the loop.
        if (reached.length > at) touches = at + 1;
        const sentByFirst = world.sent.length;
        expect(sentByFirst).toBeLessThanOrEqual(1);

        const last = await recover(world, apartMs);
        const row = world.rows.get(REF.out_order_no);
        // Every call that left has its claim in the ledger.
        for (const { worker } of world.sent)
          expect(claimsIn(row).some((claim) => claim.startsWith(worker))).toBe(true);
        const paid = world.sent.length > 0 && paysNow;
        expect(row?.observed?.standing.kind === 'paid').toBe(paid);
        expect(last.kind === 'held_back' && last.decision.kind === 'stop').toBe(paid);
        expect(paid && world.sent.length > 1).toBe(false);
      }
      // Load, keys, query, write what is known, keys, claim, call, record: fewer would mean that something was skipped.
      expect(touches).toBeGreaterThanOrEqual(8);
    },
  );
});

test('an attempt makes its touches in one order: the claim is written before the call', async () => {
  const steps: Step[] = [];
  const world = outside();
  await collect(
    world,
    portsOf(world, async (step, act) => {
      steps.push(step);
      return act();
    }),
  );
  expect(steps).toEqual(['load', 'keys', 'query', 'save', 'keys', 'save', 'collect', 'save']);
});

test('after a crash with the claim written and nothing sent, the order is collected again after the gap', async () => {
  const world = outside();
  const CLAIMED = 6;
  await interrupted(world, CLAIMED, 'dies_before');
  expect(world.sent).toEqual([]);
  expect(world.rows.get(REF.out_order_no)?.open).toBeDefined();
  const start = world.clock;
  for (const ms of [0, 15 * SECOND + 3 * MINUTE, GAP - 3 * MINUTE - 15 * SECOND - 1]) {
    world.clock += ms;
    expect(await collect(world, portsOf(world, freely, 'B'))).toMatchObject({ kind: 'held_back' });
  }
  world.clock += 1;
  expect(await collect(world, portsOf(world, freely, 'C'))).toMatchObject({ kind: 'attempted' });
  expect(world.sent).toEqual([{ at: start + GAP, worker: 'C' }]);
});
