import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { LOCAL_AWS } from '../../../local/aws/identity';
import { type LocalSqs, queueArn, startSqs } from '../../../local/aws/sqs';

let sqs: LocalSqs;
let client: SQSClient;

beforeEach(async () => {
  sqs = await startSqs();
  client = new SQSClient({ endpoint: sqs.url, ...LOCAL_AWS });
});

afterEach(async () => {
  client.destroy();
  await sqs.close();
});

async function attributes(QueueUrl: string, ...AttributeNames: QueueAttributeName[]): Promise<unknown> {
  return (await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))).Attributes;
}

test('a queue is on the address of its server, and has the attributes that it was made with', async () => {
  const { url, arn } = await sqs.createQueue('collect', { VisibilityTimeout: '90' });
  expect(url).toBe(`${sqs.url}/000000000000/collect`);
  expect(arn).toBe('arn:aws:sqs:us-east-1:000000000000:collect');
  expect(await attributes(url, 'QueueArn', 'VisibilityTimeout')).toEqual({
    QueueArn: arn,
    VisibilityTimeout: '90',
  });
  expect(await client.send(new GetQueueUrlCommand({ QueueName: 'collect' }))).toMatchObject({
    QueueUrl: url,
  });
});

test('messages that are held back are counted, and no others', async () => {
  const { url: QueueUrl } = await sqs.createQueue('collect');
  expect(await sqs.heldBack(QueueUrl)).toBe(0);
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'at once' }));
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'later', DelaySeconds: 1 }));
  expect(await sqs.heldBack(QueueUrl)).toBe(1);
});

test('a work queue hands what was received too often to its dead-letter queue', async () => {
  const { queue, dead } = await sqs.createWorkQueue({
    name: 'collect',
    visibilityTimeoutSeconds: 180,
    maxReceiveCount: 5,
  });
  expect(queue.url).toBe(`${sqs.url}/000000000000/collect`);
  expect(dead.url).toBe(`${sqs.url}/000000000000/collect-dead`);
  expect(await attributes(queue.url, 'VisibilityTimeout', 'RedrivePolicy')).toEqual({
    VisibilityTimeout: '180',
    RedrivePolicy:
      '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:collect-dead","maxReceiveCount":5}',
  });
});

test('a function that knows the URL of its queue and nothing else reaches it', async () => {
  const { url } = await sqs.createQueue('collect');
  const warn = jest.spyOn(console, 'warn').mockImplementation();
  process.env['AWS_ENDPOINT_URL_SQS'] = sqs.url;
  const inFunction = new SQSClient(LOCAL_AWS);
  await inFunction.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'a hint' }));
  const { Messages } = await inFunction.send(new ReceiveMessageCommand({ QueueUrl: url }));
  inFunction.destroy();
  delete process.env['AWS_ENDPOINT_URL_SQS'];
  expect(Messages).toMatchObject([{ Body: 'a hint' }]);
  expect(warn).not.toHaveBeenCalled();
});

test('a queue that does not exist, or whose URL is none, is refused', async () => {
  for (const QueueUrl of [`${sqs.url}/000000000000/nowhere`, 'nowhere'])
    await expect(
      client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a hint' })),
    ).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  expect(() => queueArn(`${sqs.url}/nowhere`)).toThrow('queueUrl: its path is /ACCOUNT/NAME');
});

test('it listens on loopback only, and keeps nothing from other servers', async () => {
  const port = Number(new URL(sqs.url).port);
  await expect(startSqs({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  // Loopback too, but another address: whoever listens on every interface answers here.
  await expect(
    fetch(`http://127.0.0.2:${port}/health`, { signal: AbortSignal.timeout(1_000) }),
  ).rejects.toThrow('fetch failed');
  await sqs.createQueue('collect');
  const other = await startSqs();
  await expect(client.send(new GetQueueUrlCommand({ QueueName: 'collect' }))).resolves.toHaveProperty(
    'QueueUrl',
  );
  const otherClient = new SQSClient({ endpoint: other.url, ...LOCAL_AWS });
  await expect(otherClient.send(new GetQueueUrlCommand({ QueueName: 'collect' }))).rejects.toMatchObject({
    name: 'QueueDoesNotExist',
  });
  otherClient.destroy();
  await other.close();
});

test('it closes while a client waits for messages', async () => {
  const { url } = await sqs.createQueue('collect');
  const patient = new SQSClient({ endpoint: sqs.url, ...LOCAL_AWS, maxAttempts: 1 });
  const waiting = Promise.allSettled([
    patient.send(new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 20 })),
  ]);
  await attributes(url, 'QueueArn');
  await sqs.close();
  await waiting;
  patient.destroy();
  await expect(fetch(sqs.url)).rejects.toThrow('fetch failed');
});
