import type { Context } from 'aws-lambda';
import { deliver, scheduledEvent } from '../../../local/aws/events';

const OPTIONS = { functionName: 'sweep', timeoutMs: 300_000 };
const TICK = { kind: 'constant', input: {} } as const;
const now = () => Date.UTC(2026, 10, 23, 1, 2, 3, 456);

test('a scheduled event has the shape that EventBridge gives it, in whole seconds', () => {
  expect(scheduledEvent({ ruleName: 'sweep', now })).toEqual({
    version: '0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    time: '2026-11-23T01:02:03Z',
    region: 'us-east-1',
    resources: ['arn:aws:events:us-east-1:000000000000:rule/sweep'],
    detail: {},
  });
});

test('with a constant input the function receives exactly that, without an envelope', async () => {
  const input = { orders: [{ mchid: '1900000001' }] };
  expect(await deliver(async (event: unknown) => event, { kind: 'constant', input }, OPTIONS)).toEqual({
    kind: 'returned',
    value: input,
  });
});

test('the function is told how much time it has left', async () => {
  let clock = 1_000;
  const handler = async (_: unknown, context: Context) => {
    const atStart = context.getRemainingTimeInMillis();
    clock += 299_000;
    const later = context.getRemainingTimeInMillis();
    clock += 299_000;
    return [atStart, later, context.getRemainingTimeInMillis(), context.functionName];
  };
  const tick = { kind: 'event', event: scheduledEvent() } as const;
  expect(await deliver(handler, tick, { ...OPTIONS, now: () => clock })).toEqual({
    kind: 'returned',
    value: [300_000, 1_000, 0, 'sweep'],
  });
});

test('what was thrown, and what JSON cannot say, is a failure that nobody runs again', async () => {
  let runs = 0;
  const fault = new Error('no');
  const throws = async () => {
    runs += 1;
    throw fault;
  };
  expect(await deliver(throws, TICK, OPTIONS)).toEqual({ kind: 'threw', error: fault });
  expect(runs).toBe(1);
  expect(await deliver(async () => 1n, TICK, OPTIONS)).toMatchObject({ kind: 'threw' });
});

test('a function that takes too long is not waited for', async () => {
  expect(await deliver(async () => new Promise(() => undefined), TICK, { ...OPTIONS, timeoutMs: 5 })).toEqual(
    {
      kind: 'timed_out',
      timeoutMs: 5,
    },
  );
});

test('the callbacks that the Node 24 runtime dropped are refused', async () => {
  const doneByCallback = deliver(async (_: unknown, context: Context) => context.done(), TICK, OPTIONS);
  expect(await doneByCallback).toMatchObject({
    kind: 'threw',
    error: expect.objectContaining({ message: expect.stringContaining('async functions') }),
  });
});
