import { Module } from 'node:module';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type * as Fauxqs from 'fauxqs';
import { LOCAL_AWS, LOCAL_REGION } from './identity';
import type { LocalServer } from './loopback';

export interface LocalQueue {
  /** On the server's own address: a client that takes the URL's host for its endpoint arrives as well. */
  readonly url: string;
  readonly arn: string;
}

interface WorkQueueOptions {
  readonly name: string;
  readonly visibilityTimeoutSeconds: number;
  /** How often a message is delivered before it goes to the dead-letter queue. */
  readonly maxReceiveCount: number;
  readonly retentionDays?: number;
}

export interface WorkQueue {
  readonly queue: LocalQueue;
  /** `NAME-dead`. */
  readonly dead: LocalQueue;
}

export interface LocalSqs extends LocalServer {
  /** A standard queue. Attributes are AWS's own: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html */
  createQueue(
    name: string,
    attributes?: Readonly<Partial<Record<QueueAttributeName, string>>>,
  ): Promise<LocalQueue>;
  /** A queue and the dead-letter queue that its redrive policy names. */
  createWorkQueue(options: WorkQueueOptions): Promise<WorkQueue>;
  /** Messages of the queue that were sent with a delay which is not over. */
  heldBack(queueUrl: string): Promise<number>;
}

interface SqsOptions {
  /** Any free port by default. */
  readonly port?: number;
}

/** SQS on this machine, in memory. Rejects when the port is taken. */
export async function startSqs({ port = 0 }: SqsOptions = {}): Promise<LocalSqs> {
  const { buildApp } = await loadFauxqs();
  // Its startFauxqs() would listen on every interface.
  const app = buildApp({ logger: false, defaultRegion: LOCAL_REGION });
  useOwnAddress(app);
  const url = await app.listen({ port, host: '127.0.0.1' });
  const client = new SQSClient({ endpoint: url, ...LOCAL_AWS });
  const createQueue: LocalSqs['createQueue'] = async (name, attributes = {}) => {
    const { QueueUrl } = await client.send(
      new CreateQueueCommand({ QueueName: name, Attributes: attributes }),
    );
    if (QueueUrl === undefined) throw new Error('a queue that was created has a URL');
    return { url: QueueUrl, arn: queueArn(QueueUrl) };
  };
  return {
    url,
    createQueue,
    createWorkQueue: async ({ name, visibilityTimeoutSeconds, maxReceiveCount, retentionDays }) => {
      const dead = await createQueue(`${name}-dead`);
      const queue = await createQueue(name, {
        VisibilityTimeout: String(visibilityTimeoutSeconds),
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount }),
        ...(retentionDays && { MessageRetentionPeriod: String(retentionDays * 24 * 60 * 60) }),
      });
      return { queue, dead };
    },
    heldBack: async (QueueUrl) => {
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({
          QueueUrl,
          AttributeNames: ['ApproximateNumberOfMessagesDelayed'],
        }),
      );
      return Number(Attributes?.['ApproximateNumberOfMessagesDelayed'] ?? 0);
    },
    close: async () => {
      client.destroy();
      await app.close();
    },
  };
}

/** `http://HOST/ACCOUNT/NAME` as an ARN. */
export function queueArn(queueUrl: string): string {
  const [, account, name] = new URL(queueUrl).pathname.split('/');
  if (!account || !name) throw new Error('queueUrl: its path is /ACCOUNT/NAME');
  return `arn:aws:sqs:${LOCAL_REGION}:${account}:${name}`;
}

/**
 * fauxqs is an ES module and nothing else. What is compiled to CommonJS, as jest does it, has a require() where the
 * `import()` was, and jest's own context knows no other; a module that Node itself compiles does. vm's way to Node's
 * loader would do as well, but prints an ExperimentalWarning on Node 20.
 */
async function loadFauxqs(): Promise<typeof Fauxqs> {
  const native = new Module(__filename) as Module & { _compile(code: string, filename: string): void };
  // eslint-disable-next-line no-underscore-dangle -- Node's own name
  native._compile("exports.fauxqs = import('fauxqs');", __filename);
  return native.exports.fauxqs;
}

/** What is needed of a request. */
interface Exchange {
  readonly body: unknown;
  readonly host: string;
}

/**
 * fauxqs knows its queues as http://sqs.REGION.localhost:PORT/…, a name that not every resolver knows, and the SDK
 * follows a QueueUrl rather than AWS_ENDPOINT_URL_SQS. Outside, they are on the address that it listens on.
 */
function useOwnAddress(app: ReturnType<typeof Fauxqs.buildApp>): void {
  app.addHook('preHandler', async ({ body, host }: Exchange) => {
    if (hasQueueUrl(body))
      body.QueueUrl = moved(body.QueueUrl, `sqs.${LOCAL_REGION}.localhost:${new URL(`http://${host}`).port}`);
  });
  app.addHook('preSerialization', async ({ host }: Exchange, _: unknown, payload: unknown) =>
    hasQueueUrl(payload) ? { ...payload, QueueUrl: moved(payload.QueueUrl, host) } : payload,
  );
}

function moved(queueUrl: string, host: string): string {
  return URL.canParse(queueUrl) ? `http://${host}${new URL(queueUrl).pathname}` : queueUrl;
}

function hasQueueUrl(value: unknown): value is { QueueUrl: string } {
  return (
    typeof value === 'object' && value !== null && 'QueueUrl' in value && typeof value.QueueUrl === 'string'
  );
}
