import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { ChangeEvent } from '../../lambda/core/change-event';
import { EventBridgeBus } from '../../lambda/store/event-bus';
import { startEventBus, type LocalEventBus } from '../../local/aws/event-bus';
import { LOCAL_AWS } from '../../local/aws/identity';

const AT = Date.parse('2026-03-02T04:00:00Z');

let local: LocalEventBus;
let client: EventBridgeClient;
const refused: string[] = [];
const pauses: number[] = [];
beforeEach(async () => {
  local = await startEventBus();
  client = new EventBridgeClient({ endpoint: local.url, ...LOCAL_AWS, maxAttempts: 1 });
  refused.length = 0;
  pauses.length = 0;
});
afterEach(async () => {
  client.destroy();
  await local.close();
});

const bus = () =>
  new EventBridgeBus({
    client,
    busName: 'company',
    onRefused: (reason) => refused.push(reason),
    pause: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
  });
const events = (count: number, padding = ''): ChangeEvent[] =>
  Array.from({ length: count }, (_, n) => ({
    type: 'OrderPaid',
    at: AT + n,
    detail: { schema: 1, id: `e${n}`, padding },
  })) as unknown as ChangeEvent[];
const ids = () => local.events.map(({ detail }) => detail['id']);
const named = (...numbers: readonly number[]) => numbers.map((n) => `e${n}`);
const upTo = (count: number) => named(...Array.from({ length: count }, (_, n) => n));

test('an event bears its type, its time and where it is from', async () => {
  expect(await bus().put(events(1))).toEqual([true]);
  expect(local.events).toEqual([
    {
      bus: 'company',
      source: 'payscore-collector',
      type: 'OrderPaid',
      // PutEvents knows whole seconds; the detail has the time as it is.
      time: '2026-03-02T04:00:00.000Z',
      detail: { schema: 1, id: 'e0', padding: '' },
    },
  ]);
});

test('nothing is put when there is nothing to tell', async () => {
  expect(await bus().put([])).toEqual([]);
  expect(local.requests).toEqual([]);
});

test('ten go into a request, in their order', async () => {
  expect(await bus().put(events(23))).toEqual(Array(23).fill(true));
  expect(local.requests).toEqual([10, 10, 3]);
  expect(ids()).toEqual(upTo(23));
});

test('no request is larger than EventBridge takes, however large the events are', async () => {
  // Three bytes a character: two of these are within 256 KB, three are not.
  expect(await bus().put(events(5, '单'.repeat(40_000)))).toEqual(Array(5).fill(true));
  expect(local.requests).toEqual([2, 2, 1]);
  expect(ids()).toEqual(upTo(5));
});

test('of a request of which some were refused, only those are sent again', async () => {
  local.fail({ kind: 'partial', refused: [1, 3] });
  expect(await bus().put(events(4))).toEqual([true, true, true, true]);
  expect(local.requests).toEqual([4, 2]);
  expect(ids()).toEqual(named(0, 2, 1, 3));
  expect([refused, pauses]).toEqual([['ThrottlingException'], [200]]);
});

test('what is refused three times is told to be, and holds back all that follows its request', async () => {
  local.fail(
    { kind: 'partial', refused: [4] },
    { kind: 'partial', refused: [0] },
    { kind: 'partial', refused: [0] },
  );
  const taken = await bus().put(events(23));
  expect(taken.indexOf(false)).toBe(4);
  expect(taken.map((one, n) => (one ? `e${n}` : '')).filter(Boolean)).toEqual(
    named(0, 1, 2, 3, 5, 6, 7, 8, 9),
  );
  expect(local.requests).toEqual([10, 1, 1]);
  expect([refused.length, pauses]).toEqual([3, [200, 1_000]]);
});

test.each(['ThrottlingException', 'InternalException'] as const)(
  'a request that is refused as a whole (%s) is sent again',
  async (kind) => {
    local.fail({ kind });
    expect(await bus().put(events(2))).toEqual([true, true]);
    expect(ids()).toEqual(named(0, 1));
    expect(refused).toEqual([kind]);
  },
);

test('an answer that is lost is not taken for a yes: the events are told twice, under their ids', async () => {
  local.fail({ kind: 'lost_answer' });
  expect(await bus().put(events(2))).toEqual([true, true]);
  expect(ids()).toEqual(named(0, 1, 0, 1));
});

test('a bus out of reach is no error of this program: nothing was taken', async () => {
  local.fail({ kind: 'lost_request' }, { kind: 'lost_request' }, { kind: 'lost_request' });
  expect(await bus().put(events(12))).toEqual(Array(12).fill(false));
  expect(local.requests).toEqual([10, 10, 10]);
  expect(local.events).toEqual([]);
});

test('an answer that says less than was asked is no yes for the rest', async () => {
  const short = new EventBridgeBus({
    client: { send: () => Promise.resolve({ Entries: [{ EventId: '1' }] }) } as never,
    busName: 'company',
    onRefused: () => {},
    pause: () => Promise.resolve(),
  });
  // Of three two are left, of two one, of one none.
  expect(await short.put(events(4))).toEqual([true, true, true, false]);
});
