import { DeleteQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { type Queues, recorder, startQueues } from './queues';

let queues: Queues;

beforeAll(async () => {
  queues = await startQueues();
});

afterAll(async () => queues.close());

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `m${at + 1}`);
}

function bodies(event: SQSEvent): string[] {
  return event.Records.map(({ body }) => body);
}

function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe('the event', () => {
  test('has the shape that Lambda gives it', async () => {
    const { queue } = await queues.workQueue();
    const calls = recorder<readonly [SQSEvent, string, number]>();
    await queues.client.send(
      new SendMessageCommand({
        QueueUrl: queue.url,
        MessageBody: '{"out_order_no":"中"}',
        MessageAttributes: {
          trace: { DataType: 'String', StringValue: 'a' },
          bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255) },
        },
      }),
    );
    const { faults } = queues.map(
      queue.url,
      async (event, context) => calls.add([event, context.functionName, context.getRemainingTimeInMillis()]),
      { now: () => 1_000 },
    );
    await calls.reached(1);
    await queues.settled(queue.url, [0, 0]);
    expect(calls.seen).toEqual([
      [
        {
          Records: [
            {
              messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
              receiptHandle: expect.stringMatching(/./),
              body: '{"out_order_no":"中"}',
              attributes: {
                ApproximateReceiveCount: '1',
                SentTimestamp: expect.stringMatching(/^\d{13}$/),
                SenderId: '000000000000',
                ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
              },
              messageAttributes: {
                trace: { stringValue: 'a', stringListValues: [], binaryListValues: [], dataType: 'String' },
                bytes: {
                  binaryValue: 'AP8=',
                  stringListValues: [],
                  binaryListValues: [],
                  dataType: 'Binary',
                },
              },
              md5OfBody: '2b32d9e8e18856c8f431af790caac3c2',
              md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
              eventSource: 'aws:sqs',
              eventSourceARN: queue.arn,
              awsRegion: 'us-east-1',
            },
          ],
        },
        'collect',
        60_000,
      ],
    ]);
    expect(faults).toEqual([]);
  });
});

describe('a batch', () => {
  test('without a window is what one receive brings, and never more than its size', async () => {
    const { queue } = await queues.workQueue();
    const calls = recorder<string[]>();
    await queues.send(queue.url, ...numbered(7));
    queues.map(queue.url, async (event) => calls.add(bodies(event)), { batchSize: 3 });
    await calls.reached(3);
    expect(calls.seen).toEqual([['m1', 'm2', 'm3'], ['m4', 'm5', 'm6'], ['m7']]);
  });

  test('that is full does not wait for its window to close', async () => {
    const { queue } = await queues.workQueue();
    const calls = recorder<string[]>();
    await queues.send(queue.url, ...numbered(25));
    queues.map(queue.url, async (event) => calls.add(bodies(event)), { batchSize: 25, windowMs: 300_000 });
    await calls.reached(1);
    expect(calls.seen).toEqual([numbered(25)]);
    await queues.settled(queue.url, [0, 0]);
  });

  test('that is not full is handed on when its window closes', async () => {
    const { queue } = await queues.workQueue();
    const calls = recorder<number>();
    await queues.send(queue.url, 'alone');
    queues.map(
      queue.url,
      async ({ Records: [record] }) => calls.add(Date.now() - Number(record?.attributes.SentTimestamp)),
      { windowMs: 100 },
    );
    await calls.reached(1);
    expect(calls.seen[0]).toBeGreaterThanOrEqual(100);
  });

  test('takes in what arrives while its window is open, and a mapping that is stopped closes it', async () => {
    const { queue } = await queues.workQueue();
    const calls = recorder<string[]>();
    const { mapping } = queues.map(queue.url, async (event) => calls.add(bodies(event)), {
      batchSize: 100,
      windowMs: 300_000,
    });
    await queues.send(queue.url, 'first');
    await queues.settled(queue.url, [0, 1]);
    await queues.send(queue.url, 'second', 'third');
    await queues.settled(queue.url, [0, 3]);
    expect(calls.seen).toEqual([]);
    await mapping.stop();
    expect(calls.seen).toEqual([['first', 'second', 'third']]);
    expect(await queues.depth(queue.url)).toEqual([0, 0]);
  });
});

test('a mapping is idle when nothing is left to receive and nothing is under way', async () => {
  const { queue } = await queues.workQueue();
  const started = recorder<string[]>();
  const { opened, open } = gate();
  await queues.send(queue.url, 'under way');
  const { mapping } = queues.map(queue.url, async (event) => {
    started.add(bodies(event));
    await opened;
  });
  const steps: string[] = [];
  const idle = mapping.idle().then(() => steps.push('idle'));
  await started.reached(1);
  // Time enough for receives that come back empty.
  for (let trip = 0; trip < 20; trip += 1) expect(await queues.depth(queue.url)).toEqual([0, 1]);
  expect(mapping.busy()).toBe(true);
  steps.push('done');
  open();
  await idle;
  expect(mapping.busy()).toBe(false);
  expect(steps).toEqual(['done', 'idle']);
  expect(await queues.depth(queue.url)).toEqual([0, 0]);
});

test('what no invocation is free for stays in the queue', async () => {
  const { queue } = await queues.workQueue();
  const started = recorder<string>();
  const { opened, open } = gate();
  let running = 0;
  let runningMax = 0;
  await queues.send(queue.url, ...numbered(12));
  queues.map(
    queue.url,
    async (event) => {
      running += 1;
      runningMax = Math.max(runningMax, running);
      started.add(bodies(event).join());
      await opened;
      running -= 1;
    },
    { batchSize: 1, concurrencyMax: 3 },
  );
  await started.reached(3);
  expect(await queues.depth(queue.url)).toEqual([9, 3]);
  open();
  await queues.settled(queue.url, [0, 0]);
  expect(started.seen).toEqual(numbered(12));
  expect(runningMax).toBe(3);
});

describe('a mapping that is stopped', () => {
  test('finishes what is under way and receives no more', async () => {
    const { queue } = await queues.workQueue();
    const started = recorder<string[]>();
    const { opened, open } = gate();
    await queues.send(queue.url, 'under way');
    const { mapping } = queues.map(queue.url, async (event) => {
      started.add(bodies(event));
      await opened;
    });
    await started.reached(1);
    const stopped = mapping.stop();
    expect(await queues.depth(queue.url)).toEqual([0, 1]);
    open();
    await stopped;
    expect(await queues.depth(queue.url)).toEqual([0, 0]);
    await queues.send(queue.url, 'later');
    expect(await queues.depth(queue.url)).toEqual([1, 0]);
    expect(started.seen).toEqual([['under way']]);
  });

  test('will not become idle', async () => {
    const { queue } = await queues.workQueue();
    const { opened, open } = gate();
    await queues.send(queue.url, 'under way');
    const { mapping } = queues.map(queue.url, async () => opened, { concurrencyMax: 1 });
    await queues.settled(queue.url, [0, 1]);
    const idle = Promise.allSettled([mapping.idle()]);
    const stopped = mapping.stop();
    open();
    await stopped;
    expect(await idle).toEqual([{ status: 'rejected', reason: new Error('the mapping was stopped') }]);
    await expect(mapping.idle()).rejects.toThrow('the mapping was stopped');
  });
});

describe('a queue that does not answer', () => {
  test('is asked again after a while, and the fault is told', async () => {
    const told = recorder<Error>();
    const { mapping } = queues.map(`${queues.sqs.url}/000000000000/nowhere`, async () => undefined, {
      onFault: (fault) => told.add(fault),
    });
    await told.reached(2);
    await mapping.stop();
    expect(told.seen).toEqual(
      told.seen.map(() =>
        expect.objectContaining({
          message: 'the queue could not be read',
          cause: expect.objectContaining({ name: 'QueueDoesNotExist' }),
        }),
      ),
    );
  });

  test('when messages are to be deleted is a fault as well', async () => {
    const { queue } = await queues.workQueue();
    const told = recorder<string>();
    await queues.send(queue.url, 'done');
    queues.map(
      queue.url,
      async () => {
        await queues.client.send(new DeleteQueueCommand({ QueueUrl: queue.url }));
      },
      { concurrencyMax: 1, onFault: (fault) => told.add(fault.message) },
    );
    await told.reached(1);
    expect(told.seen[0]).toBe('messages could not be deleted');
  });
});

test.each([
  ['no message in a batch', { batchSize: 0 }, 'batchSize: a whole number from 1 to 10000'],
  [
    'a batch that is too large',
    { batchSize: 10_001, windowMs: 1 },
    'batchSize: a whole number from 1 to 10000',
  ],
  [
    'more than one receive without a window',
    { batchSize: 11 },
    'windowMs: a batchSize over 10 needs a window',
  ],
  ['a window of over five minutes', { windowMs: 300_001 }, 'windowMs: a whole number from 0 to 300000'],
  ['half a millisecond', { windowMs: 0.5 }, 'windowMs: a whole number from 0 to 300000'],
  ['no invocation', { concurrencyMax: 0 }, 'concurrencyMax: a whole number from 1 to 9007199254740991'],
])('%s is refused', (_, options, message) => {
  expect(() => queues.map(`${queues.sqs.url}/000000000000/work`, async () => undefined, options)).toThrow(
    message,
  );
});
