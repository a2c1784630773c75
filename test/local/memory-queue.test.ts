import { setTimeout as after } from 'node:timers/promises';
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { LOCAL_AWS } from '../../local/aws/identity';
import { startSqs, type LocalSqs } from '../../local/aws/sqs';
import { MemoryQueue } from '../../local/memory-queue';
import { type AnyQueue, describeQueue, RECEIVES_MAX, VISIBILITY_SECONDS } from './memory-queue.contract';

describeQueue('MemoryQueue', async (): Promise<AnyQueue> => {
  let now = 0;
  const queue = new MemoryQueue({
    visibilityTimeoutMs: VISIBILITY_SECONDS * 1_000,
    receivesMax: RECEIVES_MAX,
    now: () => now,
  });
  return {
    send: async (body, delaySeconds) => void queue.send(body, delaySeconds * 1_000),
    receive: async (messagesMax) => queue.receive(messagesMax),
    delete: async (receipt) => queue.delete(receipt),
    pass: async (seconds) => void (now += seconds * 1_000),
    dead: async () => queue.dead,
  };
});

let sqs: LocalSqs;
let client: SQSClient;
beforeAll(async () => {
  sqs = await startSqs();
  client = new SQSClient({ endpoint: sqs.url, ...LOCAL_AWS });
});
afterAll(async () => {
  client.destroy();
  await sqs.close();
});

async function received(QueueUrl: string, MaxNumberOfMessages: number) {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    }),
  );
  return Messages.map(({ Body: body = '', ReceiptHandle: receipt = '', Attributes }) => ({
    body,
    receipt,
    receives: Number(Attributes?.ApproximateReceiveCount),
  }));
}

let queues = 0;
describeQueue('a queue of SQS (fauxqs)', async (): Promise<AnyQueue> => {
  const { queue, dead } = await sqs.createWorkQueue({
    name: `contract-${(queues += 1)}`,
    visibilityTimeoutSeconds: VISIBILITY_SECONDS,
    maxReceiveCount: RECEIVES_MAX,
  });
  const QueueUrl = queue.url;
  return {
    send: async (MessageBody, DelaySeconds) =>
      void (await client.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds }))),
    receive: async (messagesMax) => received(QueueUrl, messagesMax),
    delete: async (ReceiptHandle) =>
      void (await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))),
    // It has no clock but the real one.
    pass: async (seconds) => after(seconds * 1_000 + 150),
    dead: async () => (await received(dead.url, 10)).map(({ body }) => body),
  };
});
