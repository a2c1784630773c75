import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen, type LocalServer, readBody } from './loopback';

/** An event as it came in; `detail` parsed. */
export interface ReceivedEvent {
  readonly bus: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What can be asked of it to go wrong, each for one request. */
export type EventBusFault =
  /** The request is refused as a whole. */
  | { readonly kind: 'ThrottlingException' | 'InternalException' }
  /** The connection ends without an answer, before or after the events were taken. */
  | { readonly kind: 'lost_request' | 'lost_answer' }
  /** Of the entries, those at these places are refused. */
  | { readonly kind: 'partial'; readonly refused: readonly number[] };

export interface LocalEventBus extends LocalServer {
  /** Everything that was taken, in the order in which it came. */
  readonly events: readonly ReceivedEvent[];
  /** Entries to each request that arrived, failed ones included. */
  readonly requests: readonly number[];
  /** One for each of the next requests. */
  fail(...faults: EventBusFault[]): void;
}

/** More than PutEvents takes: what is too much has to be seen, to be refused. */
const REQUEST_BYTES_MAX = 2 * 1_024 * 1_024;
const ENTRIES_MAX = 10;
const ENTRIES_BYTES_MAX = 256 * 1_024;
const TIME_BYTES = 14;

/** EventBridge on this machine: PutEvents, in the protocol that the AWS SDK speaks (`AWS_ENDPOINT_URL_EVENTBRIDGE`). */
export async function startEventBus(): Promise<LocalEventBus> {
  const events: ReceivedEvent[] = [];
  const requests: number[] = [];
  const faults: EventBusFault[] = [];
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, REQUEST_BYTES_MAX);
    const entries = entriesIn(request, body);
    requests.push(entries?.length ?? 0);
    const fault = faults.shift();
    if (fault?.kind === 'lost_request') return void request.socket.destroy();
    if (fault?.kind === 'ThrottlingException' || fault?.kind === 'InternalException')
      return answer(response, fault.kind === 'InternalException' ? 500 : 400, { __type: fault.kind });
    const wrong = entries === undefined ? 'Not a PutEvents request.' : faultIn(entries);
    if (entries === undefined || wrong !== undefined)
      return answer(response, 400, { __type: 'ValidationException', message: wrong });
    const refused = fault?.kind === 'partial' ? fault.refused : [];
    events.push(...entries.filter((_entry, place) => !refused.includes(place)).map(received));
    if (fault?.kind === 'lost_answer') return void request.socket.destroy();
    answer(response, 200, {
      FailedEntryCount: entries.filter((_entry, place) => refused.includes(place)).length,
      Entries: entries.map((_entry, place) =>
        refused.includes(place)
          ? { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' }
          : { EventId: randomUUID() },
      ),
    });
  }
  const local = await listen(createServer((request, response) => void respond(request, response)));
  return { ...local, events, requests, fail: (...more) => faults.push(...more) };
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html */
interface Entry {
  readonly EventBusName?: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  readonly Time?: number;
}

function entriesIn(request: IncomingMessage, body: Buffer | undefined): readonly Entry[] | undefined {
  if (request.method !== 'POST' || request.headers['x-amz-target'] !== 'AWSEvents.PutEvents')
    return undefined;
  if (request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') !== true) return undefined;
  const { Entries: entries } = JSON.parse(body?.toString('utf8') ?? '{}') as { Entries?: readonly Entry[] };
  return entries;
}

function faultIn(entries: readonly Entry[]): string | undefined {
  if (entries.length === 0 || entries.length > ENTRIES_MAX) return `1 to ${ENTRIES_MAX} entries are taken.`;
  const bytes = entries.map(
    ({ Source, DetailType, Detail }) => Buffer.byteLength(Source + DetailType + Detail) + TIME_BYTES,
  );
  const all = bytes.reduce((sum, one) => sum + one, 0);
  return all > ENTRIES_BYTES_MAX ? `Total size of the entries in the request is over the limit.` : undefined;
}

function received({ EventBusName, Source, DetailType, Detail, Time }: Entry): ReceivedEvent {
  return {
    bus: EventBusName ?? 'default',
    source: Source,
    type: DetailType,
    time: new Date((Time ?? 0) * 1_000).toISOString(),
    detail: JSON.parse(Detail) as ReceivedEvent['detail'],
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': randomUUID(),
  });
  response.end(JSON.stringify(body));
}
