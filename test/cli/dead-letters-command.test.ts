import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { run } from '../../cli/dead-letters/commands';
import { QUEUE_NAMES } from '../../cli/dead-letters/queues';
import { LOCAL_AWS, LOCAL_REGION } from '../../local/aws/identity';
import { type Queues, startQueues } from '../local/aws/queues';
import { FUNCTION, order, RUN } from './dead-letters.letters';

let queues: Queues;
let work: string;
let dead: string;
/** CloudFormation and Lambda, as far as the command speaks with them. */
let aws: Server;
const outputs = new Map<string, string>();
const requests: string[] = [];

beforeAll(async () => {
  queues = await startQueues();
  aws = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      requests.push(
        `${request.method} ${request.url} ${String(request.headers['x-amz-invocation-type'])} ${body}`,
      );
      if (request.url?.includes('/functions/') === true) response.writeHead(202).end();
      else response.writeHead(200, { 'content-type': 'text/xml' }).end(stacks());
    });
  });
  await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
  Object.assign(process.env, {
    AWS_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: LOCAL_AWS.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_AWS.credentials.secretAccessKey,
    AWS_ENDPOINT_URL_SQS: queues.sqs.url,
    AWS_ENDPOINT_URL_CLOUDFORMATION: url,
    AWS_ENDPOINT_URL_LAMBDA: url,
  });
});
afterAll(async () => {
  aws.closeAllConnections();
  await Promise.all([queues.close(), new Promise((resolve) => aws.close(resolve))]);
});

function stacks(): string {
  const members = [...outputs].map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>s</StackName><CreationTime>2026-03-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}

async function bodies(url: string): Promise<string[]> {
  const { Messages: messages = [] } = await queues.client.send(
    new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, VisibilityTimeout: 30 }),
  );
  return messages.map(({ Body = '' }) => Body).toSorted();
}

const orders = (count: number) => Array.from({ length: count }, (_, n) => order(`B-${n}`)).toSorted();

describe('the command', () => {
  const printed: string[] = [];
  const terminal = { stdout: { write: (text: string) => printed.push(text) }, stderr: { write: () => true } };
  beforeEach(async () => {
    ({
      queue: { url: work },
      dead: { url: dead },
    } = await queues.workQueue());
    printed.length = 0;
    requests.length = 0;
    outputs.clear();
  });

  test('finds the queues of a stage by the outputs of its stack, and has Lambda run what failed', async () => {
    const { dead: failed } = await queues.workQueue();
    await queues.send(failed.url, RUN);
    await queues.send(dead, ...orders(3));
    outputs.set('QueueUrl', work).set('QueueDeadLettersUrl', dead).set('SweepFailedUrl', failed.url);
    outputs.set('ApiUrl', 'https://x');
    expect(await run({ stage: 'prod', max: 50, invoke: true }, terminal)).toBe(0);
    expect(await bodies(work)).toEqual(orders(3));
    expect(requests).toEqual([
      expect.stringMatching(/StackName=payscore-collector-prod/) as string,
      `POST /2015-03-31/functions/${encodeURIComponent(FUNCTION)}/invocations Event {"source":"aws.events"}`,
    ]);
    expect(await run({ stage: 'prod', only: 'SweepFailedUrl', max: 50 }, terminal)).toBe(0);
    await expect(run({ stage: 'prod', only: 'PublishFailedUrl', max: 50 }, terminal)).rejects.toThrow(
      'The stack has no output PublishFailedUrl.',
    );
  });

  test('shows and then redrives a queue, and ends with 0 only when nothing is left', async () => {
    await queues.send(dead, ...orders(5), 'nonsense');
    const queue = [`QueueDeadLettersUrl=${dead}`, `QueueUrl=${work}`];
    const json = path.join(mkdtempSync(path.join(tmpdir(), 'dead-')), 'report.json');
    expect(await run({ queue, max: 50, dryRun: true }, terminal)).toBe(0);
    expect(printed.join('')).toMatch(/│ QueueDeadLettersUrl │ [a-z ]+ │ 6 +│ 0 +│/);
    expect(printed.join('')).toContain('… and 2 more');
    expect(await run({ queue, max: 50, json }, terminal)).toBe(1);
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({
      dry_run: false,
      queues: [{ name: 'QueueDeadLettersUrl', waiting: 6, letters: expect.any(Array) as unknown[] }],
    });
    expect(await bodies(work)).toEqual(orders(5));
    const { queue: emptied } = await queues.workQueue();
    const empty = [`QueueDeadLettersUrl=${emptied.url}`, `QueueUrl=${work}`];
    expect(await run({ queue: empty, max: 50 }, terminal)).toBe(0);
  });

  test('says what it needs: a stage or addresses, outputs that it knows, the work queue for orders', async () => {
    await queues.send(dead, ...orders(1));
    const options = { max: 50 };
    await expect(run(options, terminal)).rejects.toThrow('--stage: give it, or --queue');
    await expect(run({ ...options, queue: ['Other=https://x'] }, terminal)).rejects.toThrow(
      '--queue: Other=https://x is not an output and its address',
    );
    await expect(run({ ...options, queue: [`QueueDeadLettersUrl=${dead}`] }, terminal)).rejects.toThrow(
      'name the work queue, too',
    );
    expect(await queues.depth(dead)).toEqual([1, 0]);
    await expect(run({ ...options, queue: [`QueueDeadLettersUrl=${dead}-gone`] }, terminal)).rejects.toThrow(
      'It is not possible to look at',
    );
  });

  test('knows every output of the stack that is a queue in which failures end', () => {
    const stack = readFileSync(path.join(__dirname, '../../infra/stack.ts'), 'utf8');
    const imports = readFileSync(path.join(__dirname, '../../infra/order-import.ts'), 'utf8');
    const named = `${stack}${imports}`.match(/\b\w+(?:DeadLetters|Failed|Undelivered)Url\b/g);
    expect([...new Set(named)].toSorted()).toEqual([...QUEUE_NAMES].toSorted());
  });
});
