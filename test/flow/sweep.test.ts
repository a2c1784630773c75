import { PayscoreError } from '../../lambda/core/errors';
import type { OrderRef } from '../../lambda/core/ids';
import { newOrder, TIMELINE_MAX_ENTRIES, type Order } from '../../lambda/core/order';
import type { Ports } from '../../lambda/flow/ports';
import { incomplete, summarise, sweep, undoneBecause, type SweepRequest } from '../../lambda/flow/sweep';
import { facts, outside, PAID, portsOf, REF, T0, type Outside } from './support/memory';

const ACTOR = { kind: 'schedule', id: 'sweep' } as const;

function refs(count: number): OrderRef[] {
  return Array.from({ length: count }, (_, i) => ({
    ...REF,
    out_order_no: `O${i}` as OrderRef['out_order_no'],
  }));
}

function request(change: Partial<SweepRequest> = {}): SweepRequest {
  return { orders: refs(3), actor: ACTOR, dryRun: false, deadlineAt: T0 + 300_000, ...change };
}

/** Ports whose ledger cannot be read for one order. */
function failingFor(world: Outside, number: string, error: unknown): Ports {
  const ports = portsOf(world);
  const { ledger } = ports;
  const load: Ports['ledger']['load'] = async (ref) => {
    if (ref.out_order_no === number) throw error;
    return ledger.load(ref);
  };
  return { ...ports, ledger: { ...ledger, load } };
}

test.each([
  ['an error of a part behind', new PayscoreError('LEDGER_UNAVAILABLE', 'no ledger'), 'no ledger'],
  // Whatever it is: calls of other orders are under way, and must not be left without their record.
  ['an error that nobody foresaw', new TypeError('row is broken'), 'row is broken'],
])('%s stops no other order, and is told with its order', async (_name, error, failure) => {
  const world = outside();
  const orders = refs(30);
  const swept = await sweep(request({ orders }), failingFor(world, 'O3', error));
  expect(swept.map(({ ref }) => ref.out_order_no)).toEqual(orders.map(({ out_order_no }) => out_order_no));
  const third = swept[3];
  expect(third).toMatchObject({ kind: 'failed', cause: error });
  expect(third && undoneBecause(third)).toBe(failure);
  expect(summarise(swept)).toEqual({ orders: 30, results: { declined: 29, failed: 1 } });
  expect(world.sent).toHaveLength(29);
});

test('never more than ten orders are under way at once', async () => {
  const world = outside();
  let underWay = 0;
  let most = 0;
  const ports = portsOf(world, async (step, act) => {
    if (step === 'load') {
      underWay += 1;
      most = Math.max(most, underWay);
    }
    await Promise.resolve();
    const result = act();
    // Loaded and held back or called and recorded: either way its last touch is over.
    if (step === 'collect') underWay -= 1;
    return result;
  });
  await sweep(request({ orders: refs(50) }), ports);
  expect(most).toBe(10);
  expect(world.sent).toHaveLength(50);
});

test('an order is not begun in the last 25 s, and is said to be left', async () => {
  const world = outside();
  const ports = portsOf(world, async (step, act) => {
    if (step === 'collect') world.clock += 300;
    return act();
  });
  const swept = await sweep(request({ orders: refs(50), deadlineAt: T0 + 34_000 }), ports);
  const left = swept.filter(({ kind }) => kind === 'left');
  expect(swept).toHaveLength(50);
  expect(left.length).toBeGreaterThan(0);
  expect(world.sent).toHaveLength(50 - left.length);
  expect(summarise(swept).results).toEqual({ declined: 50 - left.length, left: left.length });
});

test('nothing is begun when too little time is left from the start', async () => {
  const world = outside();
  const swept = await sweep(request({ deadlineAt: T0 + 24_999 }), portsOf(world));
  expect(summarise(swept)).toEqual({ orders: 3, results: { left: 3 } });
  expect(world.sent).toEqual([]);
});

test('the same order twice in one list is called once', async () => {
  const world = outside();
  const orders = [...refs(5), ...refs(5)];
  const swept = await sweep(request({ orders }), portsOf(world));
  expect(world.sent).toHaveLength(5);
  expect(summarise(swept)).toEqual({ orders: 10, results: { declined: 5, held_back: 5 } });
});

test('a dry run calls nothing and writes nothing', async () => {
  const world = outside();
  const swept = await sweep(request({ dryRun: true }), portsOf(world));
  expect(summarise(swept)).toEqual({ orders: 3, results: { would_collect: 3 } });
  expect(world.rows.size).toBe(0);
});

test('an order that WeChat Pay could not be asked about was not attempted, and says why', async () => {
  const world = outside();
  const ports = portsOf(world);
  const silent: Ports = {
    ...ports,
    merchants: {
      refresh: async () => false,
      get: async (mchid) => ({
        collect: async (...call) => (await ports.merchants.get(mchid)).collect(...call),
        query: async () => ({ kind: 'unanswered', because: 'no_answer', evidence: {} }),
      }),
    },
  };
  const [one] = await sweep(request({ orders: refs(1) }), silent);
  expect(one && undoneBecause(one)).toBe('WeChat Pay could not be asked (no_answer)');
});

test('an order that was held back has been decided about: nothing is left undone', async () => {
  const world = outside();
  const ports = portsOf(world);
  await sweep(request({ orders: refs(1) }), ports);
  const [again] = await sweep(request({ orders: refs(1) }), ports);
  expect(again).toMatchObject({ kind: 'done', result: { kind: 'held_back' } });
  expect(again && undoneBecause(again)).toBeUndefined();
});

describe('what a person has to look at', () => {
  async function because(world: Outside, ref: OrderRef = REF): Promise<string | undefined> {
    const [one] = await sweep(request({ orders: [ref] }), portsOf(world));
    if (one === undefined) throw new Error('there is one');
    expect(one.kind).toBe('done');
    return undoneBecause(one);
  }

  test('is an order that the ledger knows under another service_id', async () => {
    const world = outside();
    await sweep(request({ orders: [REF] }), portsOf(world));
    const why = await because(world, { ...REF, service_id: '2' as OrderRef['service_id'] });
    expect(why).toBe(`the ledger knows it under service_id ${REF.service_id}`);
    expect(world.sent).toHaveLength(1);
  });

  test.each(['merchant', 'pair'] as const)('is a refusal of the %s', async (scope) => {
    const why = await because(outside({ outcome: { kind: 'misconfigured', scope } }));
    expect(why).toMatch(
      /^WeChat Pay says that it refused, not because of the order: .+ Correct that first\.$/,
    );
  });

  test('is a state that is not known', async () => {
    const world = outside({ facts: facts({ state: 'PAID_IN_FULL' }) });
    expect(await because(world)).toMatch(/a person has to look\.$/);
    expect(world.sent).toEqual([]);
  });

  test('is an order whose record is full', async () => {
    const world = outside();
    const order = newOrder(REF);
    const entry = { kind: 'observed', at: T0, standing: 'pending' } as unknown as Order['timeline'][number];
    const timeline = Array.from({ length: TIMELINE_MAX_ENTRIES }, () => entry);
    world.rows.set(REF.out_order_no, { ...order, timeline });
    expect(await because(world)).toMatch(/not collected any more; a person has to look\.$/);
    expect(world.sent).toEqual([]);
  });

  test.each([
    ['declined', { outcome: { kind: 'declined' } }],
    ['paid', { facts: PAID }],
    ['accepted', { outcome: { kind: 'accepted' } }],
  ] as const)('is not an order that is %s', async (_name, change) => {
    expect(await because(outside(change))).toBeUndefined();
  });
});

test('a sweep that did all is not incomplete; one that did not names every order left, its count and a cause', async () => {
  const world = outside();
  expect(incomplete(await sweep(request(), portsOf(world)))).toBeUndefined();
  const cause = new TypeError('row is broken');
  const swept = await sweep(request(), failingFor(world, 'O1', cause));
  expect(incomplete(swept)).toMatchObject({
    code: 'SWEEP_INCOMPLETE',
    message: '1 of 3 orders need a look or another sweep: O1: row is broken',
    data: { undone: 1, orders: 3 },
    cause,
  });
});
