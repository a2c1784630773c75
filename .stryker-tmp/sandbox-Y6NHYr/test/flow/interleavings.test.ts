import type { OrderStatus } from '../../lambda/core/order';
import type { Outcome } from '../../lambda/core/outcome';
import { attempt, type AttemptResult } from '../../lambda/flow/attempt';
import type { Ports } from '../../lambda/flow/ports';
import { work } from '../../lambda/flow/work';
import {
  facts,
  HOUR,
  MINUTE,
  outside,
  type Outside,
  PENDING,
  portsOf,
  REF,
  registered,
  rowOf,
  type Step,
  swept,
  T0,
} from './support/memory';
import { everySchedule, happenings, Worker } from './support/schedules';

const ACCEPTED: Outcome = { kind: 'accepted' };
const PERSON = { kind: 'api', id: 'test' } as const;
const SCHEDULE = { kind: 'schedule', id: 'collect' } as const;

/** Those who attempt an order: a worker with a message about it, and somebody who asks for it by the API. */
const WAYS = {
  message: async (ports: Ports): Promise<AttemptResult> => {
    const items = [{ message_id: 'M', key: REF }];
    const [worked] = await work({ items, actor: SCHEDULE, deadlineAt: T0 + HOUR }, ports);
    if (worked?.kind !== 'done') throw new Error(`the message was ${worked?.kind}`);
    return worked.result;
  },
  demand: async (ports: Ports): Promise<AttemptResult> => {
    const order = await ports.ledger.find(REF);
    if (order === undefined) throw new Error('the order is registered');
    return attempt({ order, actor: PERSON, occasion: 'demand', dryRun: false, deadlineAt: T0 + HOUR }, ports);
  },
} as const;
type Way = keyof typeof WAYS;

const PAIRS: readonly (readonly [Way, Way])[] = [
  ['demand', 'demand'],
  ['message', 'demand'],
  ['message', 'message'],
];

interface Played {
  readonly outside: Outside;
  readonly results: Map<string, AttemptResult>;
}

/** What nobody changes here: when it is read makes no difference. */
const FREE: readonly Step[] = ['controls', 'keys', 'budget'];

/** Two at once on one order, and what else happens meanwhile. */
function twoOf(
  ways: readonly [Way, Way],
  world: Outside,
  meanwhile: readonly (() => void)[] = [],
  free = FREE,
) {
  swept(world);
  const results = new Map<string, AttemptResult>();
  const workers = [new Worker('A', free), new Worker('B', free)] as const;
  const runs = workers.map(async ({ name, gate }, index) => {
    results.set(name, await WAYS[index === 0 ? ways[0] : ways[1]](portsOf(world, gate, name)));
  });
  return {
    world: { outside: world, results },
    actors: [...workers, happenings('.', meanwhile)],
    done: Promise.all(runs),
  };
}

/** The order as somebody finds it who knows it to be pending, and may collect at once. */
function known(change: Partial<Outside>): Outside {
  const world = outside(change);
  registered(world, REF, { observed: { at: T0, standing: { kind: 'pending' }, facts: PENDING } });
  return world;
}

/** Cheaper than `expect`, which would take longer than all the schedules. */
function insist(holds: boolean, what: string, schedule: string, { outside: world }: Played): void {
  if (holds) return;
  throw new Error(
    `${what} in schedule ${schedule}: ${JSON.stringify({ sent: world.sent, rows: [...world.rows] })}`,
  );
}

/** Every call left on an attempt of its own that was open in the ledger. */
function insistClaimed(played: Played, schedule: string): void {
  const { sent } = played.outside;
  const claims = new Set(sent.map(({ claim_id }) => claim_id));
  for (const { worker, claim_id } of sent)
    insist(claim_id?.startsWith(worker) === true, 'a call without its claim', schedule, played);
  insist(claims.size === sent.length, 'two calls on one claim', schedule, played);
}

/** At its end, or due again. */
function insistKept(played: Played, schedule: string, end?: OrderStatus): void {
  const { due_at, status } = rowOf(played.outside);
  insist(status === end || (due_at ?? 0) >= T0, 'an order that is not due again', schedule, played);
}

test.each(PAIRS)(
  'in every order of their steps, %s and %s on one new order make one call, and the other is told',
  async (...ways) => {
    const schedules = await everySchedule(
      () => twoOf(ways, outside({ outcome: ACCEPTED })),
      (played, schedule) => {
        insistClaimed(played, schedule);
        insistKept(played, schedule);
        const kinds = [...played.results.values()].map(({ kind }) => kind).toSorted();
        insist(kinds.join(' ') === 'attempted held_back', kinds.join(' '), schedule, played);
        insist(played.outside.sent.length === 1, 'not one call', schedule, played);
        const { open } = rowOf(played.outside);
        insist(open?.claim_id === played.outside.sent[0]?.claim_id, 'not the claim', schedule, played);
      },
    );
    // Load, query, write, claim, call, record: six steps each make 924 orders; a lost race makes the loser take more.
    expect(schedules).toBeGreaterThanOrEqual(200);
  },
);

test.each(PAIRS)(
  'in every order of the steps of %s and %s, and wherever the lock and send_by pass between them, no two calls are closer than the gap',
  async (...ways) => {
    let twice = 0;
    let slept = 0;
    await everySchedule(
      () => {
        const layer = { ...outside().layer, min_gap_minutes: 3 };
        const world = known({ outcome: ACCEPTED, layer });
        // Neither does it depend on anybody's turn what a query answers.
        return twoOf(ways, world, [() => void (world.clock += 4 * MINUTE)], [...FREE, 'query']);
      },
      (played, schedule) => {
        insistClaimed(played, schedule);
        insistKept(played, schedule);
        const [first, second, third] = played.outside.sent;
        insist(third === undefined, 'more than two calls', schedule, played);
        if (first !== undefined && second !== undefined) {
          twice += 1;
          insist(second.at - first.at >= 3 * MINUTE, 'calls too close', schedule, played);
        }
        for (const result of played.results.values())
          if (result.kind === 'attempted' && result.report.outcome.kind === 'not_sent') slept += 1;
      },
    );
    // Somebody slept over send_by in some of what was played; where a person asks, the gap passed and a second call was made.
    expect(slept).toBeGreaterThan(0);
    expect(twice > 0).toBe(ways.includes('demand'));
  },
);

test('in every order of the steps of a message and somebody who asks, an order that is cancelled meanwhile gets at most the one call that had begun', async () => {
  const schedules = await everySchedule(
    () => {
      const world = outside({ outcome: { kind: 'contradicted', claim: 'cancelled' } });
      const cancel = () => void (world.facts = facts({ state: 'REVOKED' }));
      // Both know the order before anything happens: whoever comes later is played above.
      return twoOf(['message', 'demand'], world, [cancel], [...FREE, 'find', 'findMany']);
    },
    (played, schedule) => {
      insistKept(played, schedule, 'cancelled');
      insist(played.outside.sent.length <= 1, 'more than one call', schedule, played);
      insist(rowOf(played.outside).open === undefined, 'an attempt stays open', schedule, played);
    },
  );
  expect(schedules).toBeGreaterThan(300);
});

test.each(PAIRS)(
  'in every order of the steps of %s and %s, an order that is paid by the first call gets no second one',
  async (...ways) => {
    const schedules = await everySchedule(
      () => twoOf(ways, outside({ outcome: { kind: 'unknown', because: 'no_answer' }, paysNow: true })),
      (played, schedule) => {
        insist(played.outside.sent.length <= 1, 'a call after the payment', schedule, played);
        insistKept(played, schedule, 'paid');
      },
    );
    expect(schedules).toBeGreaterThanOrEqual(200);
  },
);
