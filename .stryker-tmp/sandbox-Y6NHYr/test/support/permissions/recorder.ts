import { createServer, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { listen, type LocalServer, readBody } from '../../../local/aws/loopback';

/** What a call was about, by what it is to the service and not by its name, which each run and each stage has its own of. */
export type Thing = 'table' | 'queue' | 'bus' | `index/${string}` | `secret/${string}` | `unknown ${string}`;

/** A call of AWS as it arrived. */
export interface RecordedCall {
  /** Whose credentials signed it: of a function, its name. */
  readonly by: string;
  /** What IAM asks permission for. */
  readonly action: string;
  readonly on: Thing;
}

/** What the parts are called where the calls were recorded. */
export interface Names {
  readonly table: string;
  readonly secretPrefix: string;
  readonly queueUrl: string;
  /** Absent: there is none. */
  readonly bus?: string;
}

/** More than a call to any of them may have. */
const REQUEST_BYTES_MAX = 20 * 1_024 * 1_024;

const SERVICES: Readonly<Record<string, string>> = {
  DynamoDB_20120810: 'dynamodb',
  secretsmanager: 'secretsmanager',
  AmazonSQS: 'sqs',
  AWSEvents: 'events',
};

/** Operations that are permitted under another one's name. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html */
const PERMITTED_AS: Readonly<Record<string, string>> = {
  'sqs:SendMessageBatch': 'sqs:SendMessage',
  'sqs:DeleteMessageBatch': 'sqs:DeleteMessage',
};

/** Stands between SDK clients and a stand-in for AWS, passes everything on, and tells what was called. */
export async function startRecorder(
  target: string,
  names: Names,
  record: (call: RecordedCall) => void,
): Promise<LocalServer> {
  async function forward(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await readBody(incoming, REQUEST_BYTES_MAX);
    // A client that has gone, as a function does that is ended while it calls.
    if (body === undefined) return void incoming.socket.destroy();
    for (const call of callsIn(incoming, body, names)) record(call);
    // The stand-in for SQS tells its own address from those of its queues by this header.
    const headers = { ...incoming.headers, host: new URL(target).host };
    const outgoing = httpRequest(
      `${target}${incoming.url ?? '/'}`,
      { method: incoming.method, headers },
      (upstream) => {
        answer.writeHead(upstream.statusCode ?? 500, upstream.headers);
        upstream.pipe(answer);
      },
    );
    outgoing.on('error', () => incoming.socket.destroy());
    outgoing.end(body);
  }
  return listen(createServer((incoming, answer) => void forward(incoming, answer)));
}

/** More than one when it names several resources. */
export function callsIn(
  { headers }: Pick<IncomingMessage, 'headers'>,
  body: Buffer,
  names: Names,
): readonly RecordedCall[] {
  const by = /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? 'nobody';
  const [prefix = '', operation = ''] = String(headers['x-amz-target']).split('.');
  const called = `${SERVICES[prefix] ?? prefix}:${operation}`;
  const action = PERMITTED_AS[called] ?? called;
  return thingsIn(JSON.parse(body.toString('utf8')) as Parameters, names).map((on) => ({ by, action, on }));
}

interface Parameters {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
  readonly SecretId?: string;
  readonly QueueUrl?: string;
  readonly Entries?: readonly { readonly EventBusName?: string }[];
}

function thingsIn(body: Parameters, names: Names): readonly Thing[] {
  const { TableName, IndexName, RequestItems, SecretId, QueueUrl, Entries } = body;
  const table = (name: string): Thing => (name === names.table ? 'table' : `unknown table ${name}`);
  if (TableName !== undefined && IndexName !== undefined)
    return [table(TableName) === 'table' ? `index/${IndexName}` : `unknown index ${TableName}/${IndexName}`];
  if (TableName !== undefined) return [table(TableName)];
  if (RequestItems !== undefined) return Object.keys(RequestItems).map(table);
  if (SecretId !== undefined)
    return SecretId.startsWith(`${names.secretPrefix}/`)
      ? [`secret/${SecretId.slice(names.secretPrefix.length + 1)}`]
      : [`unknown secret ${SecretId}`];
  // Before that of events: a batch of messages has entries, too.
  if (QueueUrl !== undefined) {
    const path = (url: string) => new URL(url).pathname;
    return [path(QueueUrl) === path(names.queueUrl) ? 'queue' : `unknown queue ${path(QueueUrl)}`];
  }
  const buses = new Set((Entries ?? []).map(({ EventBusName = 'default' }) => EventBusName));
  if (buses.size > 0)
    return [...buses].map((bus) => (bus === names.bus ? 'bus' : (`unknown bus ${bus}` as const)));
  return [`unknown ${Object.keys(body).join(', ')}`];
}

/** Each of them once. */
export function distinct<T extends object>(calls: readonly T[]): readonly T[] {
  return [...new Map(calls.map((call) => [JSON.stringify(call), call])).values()];
}
