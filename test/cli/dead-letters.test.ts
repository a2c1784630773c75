import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { DeadLetterQueue } from '../../cli/dead-letters/queue';
import { redrive, type Done, type RedriveOptions, type RedriveWorld } from '../../cli/dead-letters/redrive';
import type { Holds } from '../../cli/dead-letters/queues';
import { type Queues, startQueues } from '../local/aws/queues';
import { CHANGES, FUNCTION, order, RUN, TICK, UPLOAD } from './dead-letters.letters';

let queues: Queues;
let work: string;
let dead: string;
const invoked: unknown[] = [];

beforeAll(async () => {
  queues = await startQueues();
});
afterAll(async () => queues.close());
beforeEach(async () => {
  ({
    queue: { url: work },
    dead: { url: dead },
  } = await queues.workQueue());
  invoked.length = 0;
});

interface Given extends Partial<Omit<RedriveOptions, 'invoke'>> {
  readonly client?: Pick<SQSClient, 'send'>;
  readonly signal?: AbortSignal;
  readonly invoke?: RedriveWorld['invoke'];
}

async function redriven(holds: Holds, given: Given = {}): Promise<readonly Done[]> {
  const { client = queues.client, signal = new AbortController().signal, invoke, ...options } = given;
  const take: RedriveWorld['invoke'] = async (...one) => void invoked.push(one);
  return redrive(
    holds,
    new DeadLetterQueue(client, dead, 0),
    { lettersMax: 1_000, invoke: invoke !== undefined, discard: false, dryRun: false, ...options },
    {
      client,
      work,
      invoke: invoke ?? take,
      // SQS's clock is this machine's; what was sent a moment ago is not new.
      now: () => Date.now() + 1,
      signal,
      progress: () => undefined,
    },
  );
}

/** The client, with some commands answered otherwise. */
function otherwise(
  answer: (command: object, real: () => Promise<unknown>) => unknown,
): Pick<SQSClient, 'send'> {
  const real = queues.client;
  return {
    send: async (command: object): Promise<never> =>
      (await answer(command, async () => real.send(command as never))) as never,
  };
}

/** Everything that can be received, and is left where it is. */
async function bodies(url: string): Promise<string[]> {
  const found: string[] = [];
  for (;;) {
    const { Messages: messages = [] } = await queues.client.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: 30 }),
    );
    if (messages.length === 0) return found.toSorted();
    found.push(...messages.map(({ Body = '' }) => Body));
  }
}

const orders = (count: number) => Array.from({ length: count }, (_, n) => order(`B-${n}`)).toSorted();
const fates = (done: readonly Done[]) => done.map(({ fate }) => fate).toSorted();
const count = (done: readonly Done[], fate: Done['fate']) => done.filter((one) => one.fate === fate).length;

describe('orders whose message failed', () => {
  test('go back to the work queue as they are, every one once, and are deleted', async () => {
    await queues.send(dead, ...orders(25), order('newer', { hint: 'of a newer release' }));
    const done = await redriven('work');
    expect(count(done, 'sent')).toBe(26);
    expect(done[0]?.what).toMatch(/^order 1900009191\/1900000109\/B-/);
    expect(await queues.depth(dead)).toEqual([0, 0]);
    expect(await bodies(work)).toEqual(
      [...orders(25), order('newer', { hint: 'of a newer release' })].toSorted(),
    );
  });

  test('are only shown by a dry run, and can be received by others at once after it', async () => {
    await queues.send(dead, ...orders(12));
    expect(fates(await redriven('work', { dryRun: true }))).toEqual(Array(12).fill('sent'));
    expect(await queues.depth(dead)).toEqual([12, 0]);
    expect(await queues.depth(work)).toEqual([0, 0]);
  });

  test('that are no order, or of another version, are left where they are', async () => {
    const strange = ['{', '[]', '{"v":2,"mchid":"1"}', order('x').replace('1900009191', 'A|B')];
    await queues.send(dead, ...strange, ...orders(1));
    const done = await redriven('work', { discard: true });
    expect(fates(done)).toEqual(['sent', ...Array<string>(4).fill('unknown')]);
    expect(await bodies(dead)).toEqual(strange.toSorted());
  });

  test('are taken up to a bound', async () => {
    await queues.send(dead, ...orders(25));
    expect(count(await redriven('work', { lettersMax: 12 }), 'sent')).toBe(12);
    expect(await queues.depth(dead)).toEqual([13, 0]);
    expect(await queues.depth(work)).toEqual([12, 0]);
  });

  test('of which the queue takes only some: the others stay, and go the next time', async () => {
    await queues.send(dead, ...orders(20));
    const client = otherwise(async (command, real) => {
      if (!(command instanceof SendMessageBatchCommand)) return real();
      const { Entries = [], QueueUrl } = command.input;
      const odd = Entries.filter((_, index) => index % 2 === 1);
      const sent = (await queues.client.send(
        new SendMessageBatchCommand({ QueueUrl, Entries: Entries.filter((one) => !odd.includes(one)) }),
      )) as object;
      return { ...sent, Failed: odd.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })) };
    });
    const done = await redriven('work', { client });
    expect([count(done, 'sent'), count(done, 'refused')]).toEqual([10, 10]);
    expect(done.find(({ fate }) => fate === 'refused')?.advice).toBe(
      'Not taken (InternalError); give it again.',
    );
    expect(await queues.depth(dead)).toEqual([10, 0]);
    expect(count(await redriven('work'), 'sent')).toBe(10);
    expect(await bodies(work)).toEqual(orders(20));
  });

  test('are all kept when the queue takes nothing, and it is not asked for ever', async () => {
    await queues.send(dead, ...orders(60));
    let asked = 0;
    const client = otherwise((command, real) => {
      if (!(command instanceof SendMessageBatchCommand)) return real();
      asked += 1;
      throw Object.assign(new Error('no'), { name: 'QueueDoesNotExist' });
    });
    expect(count(await redriven('work', { client }), 'refused')).toBe(30);
    expect(asked).toBe(3);
    expect(await queues.depth(dead)).toEqual([60, 0]);
  });

  test('that cannot be deleted once they were sent are told, and only deleted the next time if they come again at once', async () => {
    await queues.send(dead, ...orders(10));
    let refusals = 2;
    const client = otherwise((command, real) => {
      if (!(command instanceof DeleteMessageBatchCommand) || (refusals -= 1) < 0) return real();
      const [first, ...rest] = command.input.Entries ?? [];
      // One is deleted and nobody is told, one is refused each time.
      return real().then(() => ({ Successful: rest, Failed: [{ Id: first?.Id, Code: 'InternalError' }] }));
    });
    const done = await redriven('work', { client });
    expect([count(done, 'sent'), count(done, 'doubled')]).toEqual([9, 1]);
    expect(await bodies(work)).toEqual(orders(10));
  });

  test('when the command dies between sending and deleting, are there twice, and none is missing', async () => {
    await queues.send(dead, ...orders(15));
    const client = otherwise((command, real) => {
      if (command instanceof DeleteMessageBatchCommand) throw new Error('killed');
      return real();
    });
    const died = await redriven('work', { client, lettersMax: 10 });
    expect(count(died, 'doubled')).toBe(10);
    expect(await queues.depth(dead)).toEqual([15, 0]);
    expect(count(await redriven('work'), 'sent')).toBe(15);
    expect(await queues.depth(dead)).toEqual([0, 0]);
    const there = await bodies(work);
    expect(there).toHaveLength(25);
    expect([...new Set(there)]).toEqual(orders(15));
  });

  test('after an interruption stay where they are, but for those in hand', async () => {
    await queues.send(dead, ...orders(40));
    const stop = new AbortController();
    const client = otherwise((command, real) => {
      if (command instanceof SendMessageBatchCommand) stop.abort();
      return real();
    });
    expect(count(await redriven('work', { client, signal: stop.signal }), 'sent')).toBe(10);
    expect(await queues.depth(dead)).toEqual([30, 0]);
    expect(await queues.depth(work)).toEqual([10, 0]);
  });

  test('that come into the queue meanwhile are left: what fails again does not go round in a circle', async () => {
    await queues.send(dead, ...orders(10));
    const later = Array.from({ length: 30 }, (_, n) => order(`L-${n}`)).values();
    const client = otherwise(async (command, real) => {
      const answer = await real();
      // Every message that is sent back fails again, and lies there anew.
      if (command instanceof SendMessageBatchCommand)
        for (const body of [later.next().value, later.next().value])
          await queues.client.send(new SendMessageCommand({ QueueUrl: dead, MessageBody: String(body) }));
      return answer;
    });
    const done = await redriven('work', { client });
    expect(count(done, 'sent')).toBe(10);
    expect(await queues.depth(work)).toEqual([10, 0]);
    expect(await queues.depth(dead)).toEqual([2, 0]);
  });
});

describe('what belongs to a person', () => {
  test.each<[Holds, string, RegExp]>([
    ['run', RUN, /Nothing is lost/],
    ['upload', UPLOAD, /aws s3 cp 's3:\/\/files\/import\/1900009191\/a b'\\''c\.csv'/],
    ['changes', CHANGES, /--since 2026-03-02T03:00:00\.000Z --until 2026-03-02T04:07:00\.000Z/],
  ])('%s: it says what is to be done, and leaves it; discarded, it is gone', async (holds, body, advice) => {
    await queues.send(dead, body);
    const [left] = await redriven(holds);
    expect(left).toMatchObject({ fate: 'for_a_person', advice: expect.stringMatching(advice) as string });
    expect(await queues.depth(dead)).toEqual([1, 0]);
    expect(fates(await redriven(holds, { discard: true }))).toEqual(['discarded']);
    expect(await queues.depth(dead)).toEqual([0, 0]);
  });

  test.each<[Holds, string]>([
    ['run', '{"requestContext":{"functionArn":"arn:aws:s3:::bucket"},"requestPayload":{}}'],
    ['tick', '{"version":"0"}'],
    ['upload', '{"detail":{"bucket":{}}}'],
    ['changes', '{"DDBStreamBatchInfo":{"batchSize":3}}'],
    ['changes', 'nonsense'],
  ])('%s that is not known is left, whatever is asked: %s', async (holds, body) => {
    await queues.send(dead, body);
    expect(fates(await redriven(holds, { discard: true, invoke: async () => undefined }))).toEqual([
      'unknown',
    ]);
    expect(await queues.depth(dead)).toEqual([1, 0]);
  });

  test('a run or a tick is invoked again if that is asked for, and deleted once Lambda has taken it', async () => {
    await queues.send(dead, RUN);
    const take = async (...one: unknown[]) => void invoked.push(one);
    expect(fates(await redriven('run', { invoke: take }))).toEqual(['invoked']);
    expect(invoked).toEqual([[FUNCTION, { source: 'aws.events' }]]);
    await queues.client.send(
      new SendMessageCommand({
        QueueUrl: dead,
        MessageBody: TICK,
        MessageAttributes: { TARGET_ARN: { DataType: 'String', StringValue: FUNCTION } },
      }),
    );
    const refuse = async () => {
      throw Object.assign(new Error('slow down'), { name: 'TooManyRequestsException' });
    };
    const [refused] = await redriven('tick', { invoke: refuse });
    expect(refused).toMatchObject({
      fate: 'refused',
      advice: 'Lambda did not take it (TooManyRequestsException: slow down).',
    });
    const [told] = await redriven('tick');
    expect(told?.advice).toMatch(/^It names 1 orders to be registered\. .+ invoke it again\.$/);
    expect(fates(await redriven('tick', { invoke: take }))).toEqual(['invoked']);
    expect(await queues.depth(dead)).toEqual([0, 0]);
  });
});
