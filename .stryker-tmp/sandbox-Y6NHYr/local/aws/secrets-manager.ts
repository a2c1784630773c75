import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen, type LocalServer, readBody } from './loopback';
import { SecretStore } from './secret-store';

/** What can be asked of it to go wrong; `hang` never answers. */
export type SecretsFault = 'InternalServiceError' | 'ThrottlingException' | 'AccessDeniedException' | 'hang';

export interface LocalSecretsManager extends LocalServer {
  /** Creates a secret or gives it a new current version. */
  put(name: string, value: string): void;
  /** As after DeleteSecret: it is there, and nothing can be done with it. */
  scheduleDeletion(name: string): void;
  /** The next `calls` calls end in `fault`; with `on`, of those whose `<action> <secret>` has it in it. */
  fail(calls: number, fault: SecretsFault, on?: string): void;
  /** How many calls have arrived, failed ones included. */
  calls(): number;
  /** The names of the secrets that were asked for, the last 1,000 of them, failed calls included. */
  asked(): readonly string[];
}

interface SecretsManagerOptions {
  /** Any free port by default. */
  readonly port?: number;
  readonly now?: () => number;
}

/** A secret's limit is 65,536 bytes, and JSON may escape every one of them. */
const REQUEST_MAX_BYTES = 512 * 1024;
const ASKED_MAX = 1_000;

/**
 * Secrets Manager on this machine, in the protocol that the AWS SDK speaks (`AWS_ENDPOINT_URL_SECRETS_MANAGER`):
 * GetSecretValue, CreateSecret, PutSecretValue.
 */
export async function startSecretsManager(options: SecretsManagerOptions = {}): Promise<LocalSecretsManager> {
  const store = new SecretStore(options.now ?? Date.now);
  const faults: { readonly fault: SecretsFault; readonly on: string }[] = [];
  const asked: string[] = [];
  let calls = 0;
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request, REQUEST_MAX_BYTES);
    calls += 1;
    const name = parse(body)?.['SecretId'];
    if (typeof name === 'string') asked.push(name);
    if (asked.length > ASKED_MAX) asked.shift();
    const called = describeCall(request, body);
    const at = faults.findIndex(({ on }) => called.includes(on));
    const fault = at < 0 ? undefined : faults.splice(at, 1)[0]?.fault;
    if (fault !== 'hang') answer(response, fault === undefined ? serve(store, request, body) : FAULTS[fault]);
  }
  const server = createServer((request, response) => void respond(request, response));
  const local = await listen(server, options.port);
  return {
    ...local,
    put: (name, value) => store.put(name, value),
    scheduleDeletion: (name) => store.scheduleDeletion(name),
    fail: (count, fault, on = '') => faults.push(...Array.from({ length: count }, () => ({ fault, on }))),
    calls: () => calls,
    asked: () => [...asked],
  };
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html */
const FAULTS: Readonly<Record<Exclude<SecretsFault, 'hang'>, Answer>> = {
  InternalServiceError: failure('InternalServiceError', 'An error occurred on the server side.', 500),
  ThrottlingException: failure('ThrottlingException', 'Rate exceeded'),
  AccessDeniedException: failure('AccessDeniedException', 'User is not authorized to perform this action.'),
};

/** `CreateSecret payscore-collector/dev/1900000001/verify`. */
function describeCall(request: IncomingMessage, body: Buffer | undefined): string {
  const { Name, SecretId } = parse(body) ?? {};
  return `${actionOf(request)} ${String(Name ?? SecretId)}`;
}

function actionOf({ headers }: IncomingMessage): string {
  return String(headers['x-amz-target']).replace(/^secretsmanager\./, '');
}

function serve(store: SecretStore, request: IncomingMessage, body: Buffer | undefined): Answer {
  const target = request.headers['x-amz-target'];
  if (request.method !== 'POST' || typeof target !== 'string') return failure('UnknownOperationException');
  if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 '))
    return failure('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const parsed = parse(body);
  if (parsed === undefined) return failure('SerializationException');
  const result = store.handle(actionOf(request), parsed);
  return 'error' in result ? failure(result.error, result.message) : { status: 200, body: result };
}

function parse(body: Buffer | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body?.toString('utf8') ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function failure(type: string, message?: string, status = 400): Answer {
  return { status, body: { __type: type, ...(message === undefined ? {} : { Message: message }) } };
}

function answer(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': randomUUID(),
  });
  response.end(JSON.stringify(body));
}
