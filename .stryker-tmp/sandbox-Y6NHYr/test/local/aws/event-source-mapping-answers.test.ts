import type { SQSEvent } from 'aws-lambda';
import { type Queues, recorder, startQueues } from './queues';

const ALL = ['a', 'b', 'c'];

interface Rule {
  readonly name: string;
  readonly answer: (event: SQSEvent) => unknown;
  /** Of a, b and c. */
  readonly kept: readonly string[];
  readonly fault?: string;
}

const NOT_OF_THE_BATCH = 'batchItemFailures[0].itemIdentifier: the id of a message in the batch';
const NO_LIST = 'the answer has no batchItemFailures';

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
const RULES: readonly Rule[] = [
  { name: 'an empty list', answer: () => ({ batchItemFailures: [] }), kept: [] },
  { name: 'a null list', answer: () => ({ batchItemFailures: null }), kept: [] },
  { name: 'an empty object', answer: () => ({}), kept: [] },
  { name: 'null', answer: () => null, kept: [] },
  { name: 'an empty array', answer: () => [], kept: [] },
  { name: 'nothing', answer: () => undefined, kept: [] },
  { name: 'an empty string', answer: () => '', kept: [] },
  { name: 'one id', answer: (event) => failures(id(event, 'b')), kept: ['b'] },
  { name: 'one id, twice', answer: (event) => failures(id(event, 'b'), id(event, 'b')), kept: ['b'] },
  { name: 'every id', answer: (event) => failures(...ALL.map((body) => id(event, body))), kept: ALL },
  {
    name: 'a good id and an empty one',
    answer: (event) => failures(id(event, 'b'), ''),
    kept: ALL,
    fault: 'batchItemFailures[1].itemIdentifier: the id of a message in the batch',
  },
  {
    name: 'a good id and an unknown one',
    answer: (event) => failures(id(event, 'b'), '2b32d9e8-e188-46c8-b431-af790caac3c2'),
    kept: ALL,
    fault: 'batchItemFailures[1].itemIdentifier: the id of a message in the batch',
  },
  { name: 'a null id', answer: () => failures(null), kept: ALL, fault: NOT_OF_THE_BATCH },
  { name: 'a number for an id', answer: () => failures(1), kept: ALL, fault: NOT_OF_THE_BATCH },
  { name: 'a body for an id', answer: () => failures('b'), kept: ALL, fault: NOT_OF_THE_BATCH },
  {
    name: 'another key for the id',
    answer: (event) => ({ batchItemFailures: [{ messageId: id(event, 'b') }] }),
    kept: ALL,
    fault: NOT_OF_THE_BATCH,
  },
  {
    name: 'an id outside of an object',
    answer: (event) => ({ batchItemFailures: [id(event, 'b')] }),
    kept: ALL,
    fault: NOT_OF_THE_BATCH,
  },
  {
    name: 'a null entry',
    answer: () => ({ batchItemFailures: [null] }),
    kept: ALL,
    fault: NOT_OF_THE_BATCH,
  },
  {
    name: 'a text for the list',
    answer: () => ({ batchItemFailures: 'none' }),
    kept: ALL,
    fault: 'batchItemFailures: a list or null',
  },
  { name: 'another key for the list', answer: () => ({ BatchItemFailures: [] }), kept: ALL, fault: NO_LIST },
  { name: 'a text', answer: () => 'ok', kept: ALL, fault: NO_LIST },
  { name: 'a truth', answer: () => true, kept: ALL, fault: NO_LIST },
  { name: 'what JSON cannot say', answer: () => 1n, kept: ALL, fault: 'the function threw' },
  {
    name: 'an error',
    answer: () => {
      throw new Error('no');
    },
    kept: ALL,
    fault: 'the function threw',
  },
  {
    name: 'no answer in time',
    answer: async () => new Promise(() => undefined),
    kept: ALL,
    fault: 'Task timed out after 100 ms',
  },
];

function id(event: SQSEvent, body: string): string | undefined {
  return event.Records.find((record) => record.body === body)?.messageId;
}

function failures(...itemIdentifiers: readonly unknown[]): object {
  return { batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })) };
}

interface Result {
  readonly visible: number;
  readonly kept: readonly string[];
  readonly faults: readonly string[];
}

let queues: Queues;
const results = new Map<string, Result>();

/** Side by side, because each waits until its queue has no more to give. */
beforeAll(async () => {
  queues = await startQueues();
  await Promise.all(
    RULES.map(async ({ name, answer }) => {
      const { queue } = await queues.workQueue();
      await queues.send(queue.url, ...ALL);
      const { mapping, faults } = queues.map(queue.url, async (event) => answer(event), { timeoutMs: 100 });
      await mapping.idle();
      const response = await fetch(`${queues.sqs.url}/_fauxqs/queues/${queue.url.split('/').at(-1)}`);
      const { messages } = (await response.json()) as Inspection;
      results.set(name, {
        visible: messages.ready.length,
        kept: messages.inflight.map(({ message }) => message.body).toSorted(),
        faults: faults.map(({ message }) => message),
      });
    }),
  );
});

afterAll(async () => queues.close());

/** What fauxqs tells of a queue besides SQS's own API. */
interface Inspection {
  readonly messages: {
    readonly ready: readonly unknown[];
    readonly inflight: readonly { readonly message: { readonly body: string } }[];
  };
}

test.each(RULES.filter(({ fault }) => fault === undefined))(
  'after $name these messages stay, until their visibility timeout ends: $kept',
  ({ name, kept }) => {
    expect(results.get(name)).toEqual({ visible: 0, kept, faults: [] });
  },
);

test.each(RULES.filter(({ fault }) => fault !== undefined))(
  'after $name the whole batch stays, and the fault is told',
  ({ name, fault }) => {
    expect(results.get(name)).toEqual({ visible: 0, kept: ['a', 'b', 'c'], faults: [fault] });
  },
);

test('a message that failed comes back when its visibility timeout ends, the others do not', async () => {
  const { queue } = await queues.workQueue({ visibilityTimeoutSeconds: 1 });
  const deliveries = recorder<SQSEvent>();
  let secondAtMs = 0;
  await queues.send(queue.url, 'good', 'bad');
  queues.map(queue.url, async (event) => {
    secondAtMs = Date.now();
    deliveries.add(event);
    return deliveries.seen.length === 1 ? failures(id(event, 'bad')) : null;
  });
  await deliveries.reached(2);
  const [first, second] = deliveries.seen.map(({ Records }) => Records);
  expect(first).toMatchObject([
    { body: 'good', attributes: { ApproximateReceiveCount: '1' } },
    { body: 'bad', attributes: { ApproximateReceiveCount: '1' } },
  ]);
  expect(second).toMatchObject([{ body: 'bad', attributes: { ApproximateReceiveCount: '2' } }]);
  expect(second?.[0]?.messageId).toBe(first?.[1]?.messageId);
  const firstAtMs = Number(first?.[1]?.attributes.ApproximateFirstReceiveTimestamp);
  expect(secondAtMs - firstAtMs).toBeGreaterThanOrEqual(1_000);
});

test('a message that failed as often as it may be received goes to the dead-letter queue', async () => {
  const { queue, dead } = await queues.workQueue({ visibilityTimeoutSeconds: 1, maxReceiveCount: 1 });
  const tried = recorder<string | undefined>();
  const died = recorder<string | undefined>();
  await queues.send(queue.url, 'bad');
  queues.map(queue.url, async ({ Records: [record] }) => {
    tried.add(record?.body);
    throw new Error('no');
  });
  queues.map(dead.url, async ({ Records: [record] }) => died.add(record?.body));
  await died.reached(1);
  expect(tried.seen).toEqual(['bad']);
  expect(died.seen).toEqual(['bad']);
  expect(await queues.depth(queue.url)).toEqual([0, 0]);
});
