import { ReceiveMessageCommand, SendMessageBatchCommand, SQSClient, type Message } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import type { OrderKey } from '../../lambda/core/ids';
import type { Dispatch, WorkQueue } from '../../lambda/flow/ports';
import { readWorkMessage, SqsWorkQueue, type WorkQueueOptions } from '../../lambda/store/work-queue';
import { LOCAL_AWS } from '../../local/aws/identity';
import { startSqs, type LocalSqs } from '../../local/aws/sqs';
import { startFlakyProxy, type FlakyProxy } from '../support/flaky';

let sqs: LocalSqs;
let proxy: FlakyProxy;
let client: SQSClient;

beforeAll(async () => {
  sqs = await startSqs();
  proxy = await startFlakyProxy(sqs.url);
  client = new SQSClient({
    endpoint: proxy.url,
    ...LOCAL_AWS,
    maxAttempts: 1,
    // A client follows a queue's URL rather than its endpoint, and so would pass the proxy by.
    useQueueUrlAsEndpoint: false,
  });
  // The stand-in knows its queues by the address that it is asked at, which the proxy's is not.
  client.middlewareStack.add(
    (next) => async (args) => {
      Object.assign((args.request as { headers: object }).headers, { host: new URL(sqs.url).host });
      return next(args);
    },
    { step: 'finalizeRequest' },
  );
});
afterAll(async () => {
  client.destroy();
  await Promise.all([proxy.close(), sqs.close()]);
});
afterEach(() => {
  proxy.heal();
  refusals.length = 0;
});

let queues = 0;
async function newQueue(): Promise<string> {
  return (await sqs.createQueue(`collect-${(queues += 1)}`)).url;
}

/** Why messages were not taken, as the queue tells it. */
const refusals: string[] = [];
const queueOf = (queueUrl: string, through: WorkQueueOptions['client'] = client) =>
  new SqsWorkQueue({ client: through, queueUrl, onRefused: (reason) => void refusals.push(reason) });

const keyOf = (out_order_no: string, sub_mchid = '1900000109') =>
  ({ mchid: '1900009191', sub_mchid, out_order_no }) as OrderKey;
const keys = (count: number) => Array.from({ length: count }, (_, index) => keyOf(`O${index}`));
const at = (delaySeconds: number, key: OrderKey): Dispatch => ({ key, delaySeconds });
const atOnce = (orders: readonly OrderKey[]) => orders.map((key) => at(0, key));

async function received(QueueUrl: string): Promise<Message[]> {
  const all: Message[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return all;
    all.push(...Messages);
  }
}

async function ordersIn(queueUrl: string): Promise<string[]> {
  const messages = (await received(queueUrl)).map(({ Body = '' }) => readWorkMessage(Body));
  return messages.map((message) => (message.ok ? message.key.out_order_no : message.because));
}

test('a message names the order and the version of its form, and nothing else', async () => {
  const queueUrl = await newQueue();
  const queue: WorkQueue = queueOf(queueUrl);
  const key = { ...keyOf('A_b-|*'), service_id: '3', total_amount: 100 } as OrderKey;
  expect(await queue.send(atOnce([key]))).toEqual([true]);
  const [message] = await received(queueUrl);
  expect(message?.Body).toBe('{"v":1,"mchid":"1900009191","sub_mchid":"1900000109","out_order_no":"A_b-|*"}');
  expect(readWorkMessage(message?.Body ?? '')).toStrictEqual({ ok: true, key: keyOf('A_b-|*') });
});

test('a message is in the group of its sub-merchant', async () => {
  const queueUrl = await newQueue();
  // As it is sent: the stand-in takes a group on a standard queue, and forgets it.
  const groups: unknown[] = [];
  const watched = {
    send: async (command: SendMessageBatchCommand) => {
      groups.push(...(command.input.Entries ?? []).map(({ MessageGroupId }) => MessageGroupId));
      return client.send(command);
    },
  } as WorkQueueOptions['client'];
  const queue = queueOf(queueUrl, watched);
  expect(await queue.send(atOnce([keyOf('A'), keyOf('B', '1900000110')]))).toEqual([true, true]);
  expect(groups).toEqual(['1900000109', '1900000110']);
});

test.each([0, 1, 9, 10, 11, 100, 257])('%d orders are sent, each once', async (count) => {
  const queueUrl = await newQueue();
  const queue = queueOf(queueUrl);
  expect(await queue.send(atOnce(keys(count)))).toEqual(Array(count).fill(true));
  const arrived = await ordersIn(queueUrl);
  expect(arrived.toSorted()).toEqual(
    keys(count)
      .map(({ out_order_no }) => out_order_no)
      .toSorted(),
  );
});

test('a message is seen once the seconds it was sent with have passed, and not before', async () => {
  const queueUrl = await newQueue();
  const queue = queueOf(queueUrl);
  expect(await queue.send([at(1, keyOf('LATER')), at(0, keyOf('NOW'))])).toEqual([true, true]);
  expect(await ordersIn(queueUrl)).toEqual(['NOW']);
  // The stand-in keeps its own time: it answers as soon as there is a message.
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 2 }),
  );
  expect(Messages.map(({ Body = '' }) => readWorkMessage(Body))).toEqual([{ ok: true, key: keyOf('LATER') }]);
});

test('every message of a call has its own delay', async () => {
  const delays: unknown[] = [];
  const keeping = {
    send: async ({ input: { Entries = [] } }: SendMessageBatchCommand) => {
      delays.push(...Entries.map(({ DelaySeconds }) => DelaySeconds));
      return { Successful: Entries };
    },
  } as unknown as WorkQueueOptions['client'];
  const orders = [0, 0, 1, 59, 600].map((seconds, index) => at(seconds, keyOf(`O${index}`)));
  await queueOf('q', keeping).send(orders);
  expect(delays).toEqual([0, 0, 1, 59, 600]);
});

test('an order that is named twice is sent twice: the claim decides', async () => {
  const queueUrl = await newQueue();
  expect(await queueOf(queueUrl).send(atOnce([keyOf('A'), keyOf('A')]))).toEqual([true, true]);
  expect(await ordersIn(queueUrl)).toEqual(['A', 'A']);
});

test('ten messages go in a call, and no more than ten calls at once', async () => {
  const queueUrl = await newQueue();
  const sizes: number[] = [];
  let underWay = 0;
  let most = 0;
  const watched = {
    send: async (command: SendMessageBatchCommand) => {
      sizes.push(command.input.Entries?.length ?? 0);
      most = Math.max(most, (underWay += 1));
      try {
        return await client.send(command);
      } finally {
        underWay -= 1;
      }
    },
  } as WorkQueueOptions['client'];
  await queueOf(queueUrl, watched).send(atOnce(keys(253)));
  expect(sizes.toSorted((one, other) => other - one)).toEqual([...Array<number>(25).fill(10), 3]);
  expect(most).toBe(10);
});

test('a call that is lost is false for its orders and no others', async () => {
  const queueUrl = await newQueue();
  proxy.disturb({ kind: 'lost_request', action: 'SendMessageBatch', times: 1, after: 1 });
  const taken = await queueOf(queueUrl).send(atOnce(keys(35)));
  proxy.heal();
  const arrived = await ordersIn(queueUrl);
  expect([25, 30]).toContain(arrived.length);
  expect(keys(35).map(({ out_order_no }) => arrived.includes(out_order_no))).toEqual(taken);
});

test('an order whose answer was lost is false although it is in the queue', async () => {
  const queueUrl = await newQueue();
  proxy.disturb({ kind: 'lost_answer', action: 'SendMessageBatch', times: 1 });
  expect(await queueOf(queueUrl).send(atOnce([keyOf('A')]))).toEqual([false]);
  expect(await ordersIn(queueUrl)).toEqual(['A']);
});

test('an entry that SQS refuses is false, and the others of its call are true', async () => {
  const queueUrl = await newQueue();
  // Stands for a fault of SQS's own: one that it finds in an entry is not to be had with orders that are orders.
  const faulty = {
    send: async ({ input }: SendMessageBatchCommand) => {
      const [first, second, ...rest] = input.Entries ?? [];
      const { Successful = [] } = await client.send(
        new SendMessageBatchCommand({
          ...input,
          Entries: [first, ...rest].filter((one) => one !== undefined),
        }),
      );
      const failed = { Id: second?.Id, Code: 'InternalError', SenderFault: false };
      return { Successful: Successful.toReversed(), Failed: [failed] };
    },
  } as WorkQueueOptions['client'];
  expect(await queueOf(queueUrl, faulty).send(atOnce(keys(13)))).toEqual([
    true,
    false,
    true,
    true,
    true,
    true,
    true,
    true,
    true,
    true,
    true,
    false,
    true,
  ]);
  // One entry in each of two calls.
  expect(refusals).toEqual(['InternalError', 'InternalError']);
});

test('an answer that speaks of no entry is false for all, and a queue that is not there too', async () => {
  const silent = { send: async () => ({}) } as unknown as WorkQueueOptions['client'];
  expect(await queueOf('q', silent).send(atOnce(keys(2)))).toEqual([false, false]);
  expect(refusals).toEqual([]);
  const nowhere = `${sqs.url}/000000000000/nowhere`;
  expect(await queueOf(nowhere).send(atOnce(keys(2)))).toEqual([false, false]);
  expect(refusals).toEqual(['QueueDoesNotExist']);
});

test('of one call each reason is told once, and what is no error and has no code by that', async () => {
  const failed = ['InternalError', undefined, 'InternalError'].map((Code, index) => ({
    Id: String(index),
    Code,
  }));
  const refusing = { send: async () => ({ Failed: failed }) } as unknown as WorkQueueOptions['client'];
  expect(await queueOf('q', refusing).send(atOnce(keys(3)))).toEqual([false, false, false]);
  expect(refusals).toEqual(['InternalError', 'unknown']);
  // oxlint-disable-next-line typescript/only-throw-error
  const odd = {
    send: async () => {
      throw 'odd';
    },
  } as unknown as WorkQueueOptions['client'];
  await queueOf('q', odd).send(atOnce(keys(1)));
  expect(refusals).toEqual(['InternalError', 'unknown', 'unknown']);
});

const GOOD = { v: 1, mchid: '1900009191', sub_mchid: '1900000109', out_order_no: 'A' };

test.each<[body: string, because: string]>([
  ['', 'is not a JSON object'],
  ['{"v":1', 'is not a JSON object'],
  ['null', 'is not a JSON object'],
  ['1', 'is not a JSON object'],
  ['"{}"', 'is not a JSON object'],
  ['[]', 'v is not 1'],
  ['{}', 'v is not 1'],
  [JSON.stringify({ ...GOOD, v: 2 }), 'v is not 1'],
  [JSON.stringify({ ...GOOD, v: '1' }), 'v is not 1'],
  ['{"v":1}', 'mchid, sub_mchid, out_order_no: not as WeChat Pay writes it'],
  [JSON.stringify({ ...GOOD, mchid: 1900009191 }), 'mchid: not as WeChat Pay writes it'],
  [JSON.stringify({ ...GOOD, mchid: '1900009191\n' }), 'mchid: not as WeChat Pay writes it'],
  [JSON.stringify({ ...GOOD, sub_mchid: '1#2' }), 'sub_mchid: not as WeChat Pay writes it'],
  [JSON.stringify({ ...GOOD, sub_mchid: ['1'] }), 'sub_mchid: not as WeChat Pay writes it'],
  [JSON.stringify({ ...GOOD, out_order_no: 'x'.repeat(33) }), 'out_order_no: not as WeChat Pay writes it'],
  [
    JSON.stringify({ ...GOOD, mchid: '', out_order_no: '../A' }),
    'mchid, out_order_no: not as WeChat Pay writes it',
  ],
  [
    '{"__proto__":{"mchid":"1","sub_mchid":"2","out_order_no":"A"},"v":1}',
    'mchid, sub_mchid, out_order_no: not as WeChat Pay writes it',
  ],
])('a message that names no order is told why: %s', (body, because) => {
  expect(readWorkMessage(body)).toEqual({ ok: false, because });
});

test('what a message says besides is passed over', () => {
  expect(readWorkMessage(JSON.stringify({ ...GOOD, hint: 'x', service_id: '3' }))).toStrictEqual({
    ok: true,
    key: { mchid: '1900009191', sub_mchid: '1900000109', out_order_no: 'A' },
  });
});

test('whatever arrives is read without an error, and nothing comes out that is not an order', () => {
  const digits = fc.stringMatching(/^\d{0,33}$/);
  const almost = fc.record(
    {
      v: fc.oneof(fc.constant(1), fc.jsonValue()),
      mchid: fc.oneof(digits, fc.jsonValue()),
      sub_mchid: fc.oneof(digits, fc.jsonValue()),
      out_order_no: fc.oneof(fc.stringMatching(/^[0-9A-Za-z_\-|*]{0,33}$/), fc.string(), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    almost.map((one) => JSON.stringify(one)),
  );
  fc.assert(
    fc.property(body, (text) => {
      const message = readWorkMessage(text);
      const { mchid, sub_mchid, out_order_no } = message.ok ? message.key : keyOf('A');
      const spelled = `${mchid}#${sub_mchid}#${out_order_no}`;
      expect(spelled).toMatch(/^[0-9]{1,32}#[0-9]{1,32}#[-0-9A-Za-z_|*]{1,32}$/);
      expect(Object.keys(message)).toEqual(message.ok ? ['ok', 'key'] : ['ok', 'because']);
    }),
    { numRuns: 2_000 },
  );
});

test('every order that can be named comes back out of its message as it was', async () => {
  const number = fc.stringMatching(/^\d{1,32}$/);
  const order = fc.record({
    mchid: number,
    sub_mchid: number,
    out_order_no: fc.stringMatching(/^[0-9A-Za-z_\-|*]{1,32}$/),
  }) as fc.Arbitrary<OrderKey>;
  const bodies: string[] = [];
  const keeping = {
    send: async ({ input: { Entries = [] } }: SendMessageBatchCommand) => {
      bodies.push(...Entries.map(({ MessageBody = '' }) => MessageBody));
      return { Successful: Entries };
    },
  } as unknown as WorkQueueOptions['client'];
  const queue = queueOf('q', keeping);
  await fc.assert(
    fc.asyncProperty(fc.array(order, { minLength: 1, maxLength: 10 }), async (orders) => {
      bodies.length = 0;
      await queue.send(atOnce(orders));
      expect(bodies.map(readWorkMessage)).toEqual(orders.map((key) => ({ ok: true, key })));
    }),
  );
});
