import type { Outcome } from '../../lambda/core/outcome';
import { attempt, type AttemptResult } from '../../lambda/flow/attempt';
import {
  claimsIn,
  facts,
  outside,
  type Outside,
  PENDING,
  portsOf,
  REF,
  type Step,
  T0,
} from './support/memory';
import { everySchedule, happenings, Worker } from './support/schedules';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const ACCEPTED: Outcome = { kind: 'accepted' };

interface Played {
  readonly outside: Outside;
  readonly results: Map<string, AttemptResult>;
}

/** Two workers on one order, and what else happens meanwhile. */
function twoWorkers(
  change: Partial<Outside>,
  meanwhile: (world: Outside) => (() => void)[],
  gapMs?: number,
  free: readonly Step[] = [],
) {
  const world = outside(change);
  const results = new Map<string, AttemptResult>();
  const workers = [new Worker('A', free), new Worker('B', free)];
  const request = {
    ref: REF,
    actor: { kind: 'api', id: 'test' },
    dryRun: false,
    deadlineAt: T0 + 60 * MINUTE,
  } as const;
  const runs = workers.map(async ({ name, gate }) => {
    results.set(name, await attempt(request, portsOf(world, gate, name, gapMs)));
  });
  return {
    world: { outside: world, results },
    actors: [...workers, happenings('.', meanwhile(world))],
    done: Promise.all(runs),
  };
}

/** The order as a worker finds it that knows it to be pending and may collect at once. */
const known = (): Partial<Outside> => ({
  rows: new Map([
    [
      REF.out_order_no,
      {
        ref: REF,
        version: 1,
        observed: { at: T0, standing: { kind: 'pending' }, facts: PENDING },
        timeline: [],
      },
    ],
  ]),
});

/** Cheaper than `expect`, which would take longer than all the schedules. */
function insist(holds: boolean, what: string, schedule: string, { outside: world }: Played): void {
  if (holds) return;
  throw new Error(
    `${what} in schedule ${schedule}: ${JSON.stringify({ sent: world.sent, rows: [...world.rows] })}`,
  );
}

function claimsOf({ outside: { rows } }: Played): string[] {
  return claimsIn(rows.get(REF.out_order_no));
}

test('in every order of their steps, two workers on one new order make one call, and the other is told', async () => {
  const schedules = await everySchedule(
    () => twoWorkers({ outcome: ACCEPTED }, () => []),
    (played, schedule) => {
      const { sent } = played.outside;
      const kinds = [...played.results.values()].map(({ kind }) => kind).toSorted();
      insist(sent.length === 1, 'not one call', schedule, played);
      insist(kinds.join(' ') === 'attempted held_back', kinds.join(' '), schedule, played);
      const claims = claimsOf(played);
      insist(
        claims.length === 1 && claims[0]?.startsWith(sent[0]?.worker ?? '?') === true,
        'not the one claim of the one call',
        schedule,
        played,
      );
    },
  );
  // Eight steps each make 12,870 orders; a lost race makes the loser take more than eight.
  expect(schedules).toBe(38_906);
});

test('in every order of their steps, and wherever the lock and send_by pass between them, no two calls are closer than the gap', async () => {
  const gapMs = 3 * MINUTE;
  let twice = 0;
  let slept = 0;
  const schedules = await everySchedule(
    () =>
      twoWorkers(
        { ...known(), outcome: ACCEPTED },
        (world) => [() => void (world.clock += 4 * MINUTE)],
        gapMs,
        // Neither keys nor what a query answers depend on anybody's turn here.
        ['keys', 'query'],
      ),
    (played, schedule) => {
      const { sent, rows } = played.outside;
      const [first, second, third] = sent;
      insist(third === undefined, 'more than two calls', schedule, played);
      if (first !== undefined && second !== undefined) {
        twice += 1;
        insist(second.at - first.at >= gapMs, 'calls too close', schedule, played);
      }
      for (const result of played.results.values()) {
        if (result.kind === 'attempted' && result.report.outcome.kind === 'not_sent') slept += 1;
      }
      // Whoever was called has an entry, or is still open; nobody is forgotten.
      const claims = [...claimsOf(played), rows.get(REF.out_order_no)?.open?.claim_id ?? ''];
      for (const { worker } of sent)
        insist(
          claims.some((claim) => claim.startsWith(worker)),
          'a call without its claim',
          schedule,
          played,
        );
    },
  );
  expect(schedules).toBeGreaterThan(1_000);
  // The second call after the gap, and the worker that slept over its send_by, are among what was played.
  expect(twice).toBeGreaterThan(0);
  expect(slept).toBeGreaterThan(0);
});

test('in every order of steps, an order that is cancelled meanwhile gets at most the one call that had begun', async () => {
  const schedules = await everySchedule(
    () =>
      twoWorkers(
        { outcome: { kind: 'contradicted', claim: 'cancelled' } },
        (world) => [() => void (world.facts = facts({ state: 'REVOKED' }))],
        undefined,
        // Keys are nobody else's business: when they are had makes no difference.
        ['keys'],
      ),
    (played, schedule) => {
      insist(played.outside.sent.length <= 1, 'more than one call', schedule, played);
      insist(
        played.outside.rows.get(REF.out_order_no)?.open === undefined,
        'an attempt stays open',
        schedule,
        played,
      );
    },
  );
  expect(schedules).toBeGreaterThan(10_000);
});
