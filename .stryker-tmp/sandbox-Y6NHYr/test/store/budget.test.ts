import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import type { Instant, Mchid } from '../../lambda/core/ids';
import type { Budget } from '../../lambda/flow/ports';
import { DynamoBudget, type BudgetOptions } from '../../lambda/store/budget';
import { createLedgerTable, startDynamoDb } from '../../local/aws/dynamodb';
import { LOCAL_AWS } from '../../local/aws/identity';
import type { LocalServer } from '../../local/aws/loopback';
import { startFlakyProxy, type FlakyProxy } from '../support/flaky';

const TABLE = 'orders';
/** The beginning of a window of ten seconds. */
const T = Date.parse('2026-03-02T04:00:00Z');
const NEXT = Date.parse('2026-03-02T04:00:10Z');

let dynamodb: LocalServer;
let proxy: FlakyProxy;
let client: DynamoDBClient;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  proxy = await startFlakyProxy(dynamodb.url);
  await createLedgerTable(dynamodb.url, TABLE);
  client = new DynamoDBClient({ endpoint: proxy.url, ...LOCAL_AWS, maxAttempts: 2 });
});
afterAll(async () => {
  client.destroy();
  await Promise.all([proxy.close(), dynamodb.close()]);
});
afterEach(() => proxy.heal());

/** Stands before each command; `answered` settles when DynamoDB has answered it. */
type Gate = (send: () => Promise<unknown>) => Promise<unknown>;

let merchants = 0;
const newMchid = () => `${1_900_000_000 + (merchants += 1)}` as Mchid;

/** A rate shared by as many instances as are wanted, the clock they have, and what they ask of the table. */
function shared(callsPerSecondMax: number, gate: Gate = async (send) => send()) {
  const world = { now: T, sent: 0 };
  const counting = {
    send: async (command: never) => {
      world.sent += 1;
      return gate(() => client.send(command));
    },
  } as BudgetOptions['client'];
  const instance = (): Budget & Pick<DynamoBudget, 'usage'> =>
    new DynamoBudget({ client: counting, tableName: TABLE, callsPerSecondMax, now: () => world.now });
  return { world, instance, mchid: newMchid() };
}

/** The answers to so many calls one after the other, `+` for each that may leave. */
async function takes(budget: Budget, mchid: Mchid, times: number): Promise<(Instant | '+')[]> {
  const answers: (Instant | '+')[] = [];
  for (let time = 0; time < times; time += 1) answers.push((await budget.take(mchid)) ?? '+');
  return answers;
}

const granted = (answers: readonly (Instant | undefined)[]) =>
  answers.filter((answer) => answer === undefined).length;

async function rowOf(mchid: Mchid, startsAt: string) {
  const Key = { pk: { S: `budget#${mchid}` }, sk: { S: startsAt } };
  return (await client.send(new GetItemCommand({ TableName: TABLE, Key }))).Item;
}

test('twenty calls are taken from the table at once and handed out one by one', async () => {
  const { world, instance, mchid } = shared(10);
  world.now = T + 9_999;
  const budget = instance();
  expect(await takes(budget, mchid, 20)).toEqual(Array(20).fill('+'));
  expect(world.sent).toBe(1);
  expect(await rowOf(mchid, '2026-03-02T04:00:00.000Z')).toEqual({
    pk: { S: `budget#${mchid}` },
    sk: { S: '2026-03-02T04:00:00.000Z' },
    taken: { N: '20' },
    // 2026-03-02T05:00:10Z
    expires_at: { N: '1772427610' },
  });
  expect(await takes(budget, mchid, 1)).toEqual(['+']);
  expect(world.sent).toBe(2);
});

test('a rate is that of ten seconds; what is over waits for the next window, and nobody asks the table for it', async () => {
  const { world, instance, mchid } = shared(0.3);
  const budget = instance();
  expect(await takes(budget, mchid, 5)).toEqual(['+', '+', '+', NEXT, NEXT]);
  expect(world.sent).toBe(1);
  world.now = NEXT - 1;
  expect(await takes(budget, mchid, 1)).toEqual([NEXT]);
  world.now = NEXT;
  expect(await takes(budget, mchid, 4)).toEqual(['+', '+', '+', NEXT + 10_000]);
});

test.each<[callsPerSecondMax: number, tookAll: number, tries: number]>([
  // 20 do not fit, nor does half of it, …
  [3, 10, 2],
  [2.5, 5, 3],
  [2.3, 3, 5],
  [2.2, 2, 4],
  [2.1, 1, 5],
  [2, 0, 5],
])(
  'at %d a second, what one instance left of a window another takes in ever smaller parts',
  async (callsPerSecondMax, left, tries) => {
    const { world, instance, mchid } = shared(callsPerSecondMax);
    await takes(instance(), mchid, 1);
    world.sent = 0;
    expect(await takes(instance(), mchid, left + 1)).toEqual([...Array<string>(left).fill('+'), NEXT]);
    expect(world.sent).toBe(tries);
  },
);

test('calls of a window that is over are not made in the next', async () => {
  const { world, instance, mchid } = shared(2);
  const [one, other] = [instance(), instance()];
  await takes(one, mchid, 1);
  world.now = NEXT;
  expect(await takes(other, mchid, 21)).toEqual([...Array<string>(20).fill('+'), NEXT + 10_000]);
  expect(await takes(one, mchid, 1)).toEqual([NEXT + 10_000]);
});

test('a clock that is set back makes no calls out of nothing', async () => {
  const { world, instance, mchid } = shared(0.2);
  const budget = instance();
  await takes(budget, mchid, 2);
  world.now = NEXT;
  expect(await takes(budget, mchid, 1)).toEqual(['+']);
  world.now = T;
  expect(await takes(budget, mchid, 1)).toEqual([NEXT]);
});

test('calls that are wanted at once are taken from the table together', async () => {
  const { world, instance, mchid } = shared(5);
  const budget = instance();
  const answers = await Promise.all(Array.from({ length: 80 }, () => budget.take(mchid)));
  expect(granted(answers)).toBe(50);
  expect(answers.filter((answer) => answer === NEXT)).toHaveLength(30);
  // 20, 20 and the 10 that were left.
  expect(world.sent).toBe(3);
});

test('merchants have each a rate of their own', async () => {
  const { instance, mchid } = shared(0.1);
  const budget = instance();
  expect(await takes(budget, mchid, 2)).toEqual(['+', NEXT]);
  expect(await takes(budget, `${mchid}1` as Mchid, 2)).toEqual(['+', NEXT]);
});

test('what all instances took of the window under way can be seen, made or not', async () => {
  const { world, instance, mchid } = shared(3.5);
  const [one, other] = [instance(), instance()];
  expect(await one.usage(mchid)).toEqual({ calls_max: 35, calls_taken: 0, until: NEXT });
  await takes(one, mchid, 1);
  await takes(other, mchid, 1);
  expect(await one.usage(mchid)).toEqual({ calls_max: 35, calls_taken: 30, until: NEXT });
  world.now = NEXT;
  expect(await one.usage(mchid)).toEqual({ calls_max: 35, calls_taken: 0, until: NEXT + 10_000 });
  proxy.disturb({ kind: 'lost_request', action: 'GetItem', times: 100 });
  await expect(one.usage(mchid)).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
});

test('an answer that comes when its window is over is good for nothing, and the call is asked for again', async () => {
  const held: (() => void)[] = [];
  const { world, instance, mchid } = shared(0.1, async (send) => {
    const answer = await send();
    if (held.length === 0) await new Promise<void>((resolve) => void held.push(resolve));
    return answer;
  });
  const budget = instance();
  const waiting = Promise.all([budget.take(mchid), budget.take(mchid)]);
  while (held.length === 0) await new Promise(setImmediate);
  world.now = NEXT;
  held[0]?.();
  expect((await waiting).toSorted()).toEqual([NEXT + 10_000, undefined]);
  expect(world.sent).toBe(2);
});

test('out of reach is LEDGER_UNAVAILABLE for everybody who waits, and no longer when it is back', async () => {
  const { instance, mchid } = shared(1);
  const budget = instance();
  proxy.disturb({ kind: 'lost_request', action: 'UpdateItem', times: 100 });
  const waiting = await Promise.allSettled([budget.take(mchid), budget.take(mchid)]);
  expect(waiting).toMatchObject([
    { status: 'rejected', reason: { code: 'LEDGER_UNAVAILABLE' } },
    { status: 'rejected', reason: { code: 'LEDGER_UNAVAILABLE' } },
  ]);
  proxy.heal();
  expect(await takes(budget, mchid, 11)).toEqual([...Array<string>(10).fill('+'), NEXT]);
});

test('calls whose taking was not confirmed count as made', async () => {
  const { instance, mchid } = shared(3);
  proxy.disturb({ kind: 'lost_answer', action: 'UpdateItem', times: 1 });
  // 20 were taken and the answer was lost; 20 more do not fit, 10 do.
  expect(await takes(instance(), mchid, 11)).toEqual([...Array<string>(10).fill('+'), NEXT]);
});

test.each([0, 0.09, -1, NaN, Infinity])('a rate of %d calls a second is refused', (callsPerSecondMax) => {
  expect(() => shared(callsPerSecondMax).instance()).toThrow(
    new RangeError('callsPerSecondMax is not a number from 0.1 up'),
  );
});

test('a table that answers nothing of what was asked is no budget', async () => {
  const { instance, mchid } = shared(1, async () => ({}));
  await expect(instance().take(mchid)).rejects.toThrow('a counter that was added to has a value');
});

type Step =
  | { readonly kind: 'take'; readonly instance: number }
  /** Lets a command reach the table, or its answer come back. */
  | { readonly kind: 'pass'; readonly waiting: number }
  | { readonly kind: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('take' as const), instance: fc.nat(3) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('pass' as const), waiting: fc.nat(7) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 9_000 }) }),
  },
);

test('however many instances share a rate, and whatever overtakes what, no window has more calls than that', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 4 }),
      fc.array(step, { minLength: 20, maxLength: 120 }),
      async (windowCallsMax, instancesCount, steps) => {
        const waiting: (() => void)[] = [];
        const onTheWay = new Set<Promise<unknown>>();
        const pass = () => new Promise<void>((resolve) => void waiting.push(resolve));
        const { world, instance, mchid } = shared(windowCallsMax / 10, async (send) => {
          await pass();
          const sending = send();
          onTheWay.add(sending);
          await Promise.allSettled([sending]);
          onTheWay.delete(sending);
          await pass();
          return sending;
        });
        const instances = Array.from({ length: instancesCount }, instance);
        const calls = new Map<Instant, number>();
        const untils: [Instant, Instant][] = [];
        const taking: Promise<void>[] = [];
        const take = async (budget: Budget) => {
          const until = await budget.take(mchid);
          const window = Math.floor(world.now / 10_000) * 10_000;
          if (until === undefined) calls.set(window, (calls.get(window) ?? 0) + 1);
          else untils.push([until, window + 10_000]);
        };
        // All that follows from a step is over before the next: no clock moves between a grant and its count.
        const settled = async () => {
          do await new Promise(setImmediate);
          while (onTheWay.size > 0);
        };
        for (const one of steps) {
          const budget = one.kind === 'take' ? instances[one.instance % instancesCount] : undefined;
          if (budget !== undefined) taking.push(take(budget), take(budget), take(budget), take(budget));
          if (one.kind === 'pass') waiting.splice(one.waiting % Math.max(1, waiting.length), 1)[0]?.();
          if (one.kind === 'wait') world.now += one.ms;
          await settled();
        }
        while (waiting.length > 0) {
          for (const go of waiting.splice(0)) go();
          await settled();
        }
        await Promise.all(taking);
        expect([...calls.values()].filter((count) => count > windowCallsMax)).toEqual([]);
        expect(untils.filter(([until, next]) => until !== next)).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
