import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { PATTERNS } from '../../lambda/core/ids';
import { UsageError } from '../../local/usage-error';
import { isLoopback, signerFor, type Signer } from './sign';

export interface ServiceRequest {
  readonly method: 'GET' | 'POST';
  /** From the root of the API, already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: object;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The service's API, as the subcommands call it. */
export interface Service {
  /**
   * The answer, when it is a 2xx. Throttling, an overloaded service and a broken connection are tried again: every
   * route that is called from here may be called twice.
   * @throws ServiceError
   */
  call(request: ServiceRequest): Promise<ServiceAnswer>;
}

/** The service said no, or said nothing; the message is one line that says what and what to do. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  constructor(
    message: string,
    /** Absent when nobody answered. */
    readonly status?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The options by which every subcommand finds its service. */
export interface ServiceOptions {
  readonly url: string;
  readonly region?: string;
}

export interface MerchantOptions extends ServiceOptions {
  readonly mchid: string;
}

/** Adds `--mchid`, `--url` and `--region`; the action gets them as `MerchantOptions`. */
export function withServiceOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--mchid <number>', 'the service provider’s merchant number (服务商商户号)')
        .argParser(merchantNumber)
        .makeOptionMandatory(),
    )
    .requiredOption('--url <url>', 'address of the API: the stack’s output ApiUrl, or what npm start prints')
    .option('--region <region>', 'region of the API, for an address that does not name it (a custom domain)');
}

function merchantNumber(text: string): string {
  if (!PATTERNS.mchid.test(text)) throw new InvalidArgumentError('1 to 32 digits.');
  return text;
}

/** One try; API Gateway itself gives up after 30 s. */
const TRY_TIMEOUT_MS = 35_000;
const TRIES_MAX = 7;
const BACKOFF_FIRST_MS = 500;
const BACKOFF_MS_MAX = 20_000;
const RETRIED: readonly number[] = [429, 503];

export interface ServiceTuning {
  readonly sleepMs?: (ms: number) => Promise<unknown>;
  readonly chance?: () => number;
}

/** @throws UsageError for an address that cannot be used */
export function serviceAt(options: ServiceOptions, tuning: ServiceTuning = {}): Service {
  const { sleepMs = sleep, chance = Math.random } = tuning;
  const base = readUrl(options.url);
  const sign = signerFor(base, options.region);
  return {
    call: async (request) => {
      for (let tries = 1; ; tries += 1) {
        const ended = await attempt(base, sign, request);
        if (ended.kind === 'answered') return ended.answer;
        if (!ended.again || tries === TRIES_MAX) throw ended.error;
        const backoffMs = Math.min(BACKOFF_FIRST_MS * 2 ** (tries - 1), BACKOFF_MS_MAX);
        // Spread out, because the calls in flight fail together.
        await sleepMs(Math.max(ended.waitMs, backoffMs * (0.5 + chance() / 2)));
      }
    },
  };
}

type Ended =
  | { readonly kind: 'answered'; readonly answer: ServiceAnswer }
  | {
      readonly kind: 'failed';
      readonly again: boolean;
      readonly waitMs: number;
      readonly error: ServiceError;
    };

async function attempt(base: URL, sign: Signer, request: ServiceRequest): Promise<Ended> {
  const { method, path, query = {}, body } = request;
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  const sent = {
    method,
    path: `${base.pathname.replace(/\/$/, '')}${path}`,
    query,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  };
  const signed = await sign(sent);
  const search = Object.entries(query)
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .join('&');
  const target = `${base.origin}${sent.path}${search === '' ? '' : `?${search}`}`;
  try {
    const response = await fetch(target, {
      method,
      headers: signed,
      redirect: 'error',
      signal: AbortSignal.timeout(TRY_TIMEOUT_MS),
      ...(sent.body === undefined ? {} : { body: sent.body }),
    });
    const answer = { status: response.status, headers: response.headers, text: await response.text() };
    if (response.ok) return { kind: 'answered', answer };
    const error = new ServiceError(`${method} ${path}: ${spellProblem(answer)}`, answer.status);
    return { kind: 'failed', again: RETRIED.includes(answer.status), waitMs: retryAfterMs(answer), error };
  } catch (error) {
    const message = `${method} ${path}: no answer from ${base.origin} (${causeOf(error)}); is the address right, and the service running?`;
    return {
      kind: 'failed',
      again: true,
      waitMs: 0,
      error: new ServiceError(message, undefined, { cause: error }),
    };
  }
}

/** RFC 3986: what is sent has to be spelled as it was signed. */
function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function retryAfterMs({ headers }: ServiceAnswer): number {
  const seconds = headers.get('retry-after') ?? '';
  return /^\d{1,4}$/.test(seconds) ? Math.min(Number(seconds) * 1_000, BACKOFF_MS_MAX) : 0;
}

const DETAIL_CHARS_MAX = 300;

/** Problem details (RFC 9457) in one line; for anything else its beginning. */
export function spellProblem({ status, text }: Pick<ServiceAnswer, 'status' | 'text'>): string {
  const { title, detail, message, Message, errors } = objectOf(text);
  const faults = (Array.isArray(errors) ? errors : []).map((fault) => {
    const { field, rule } = fault as { field?: unknown; rule?: unknown };
    return [field, rule].filter((part) => typeof part === 'string' && part !== '').join(' ');
  });
  const said = [title, detail ?? message ?? Message].filter((part) => typeof part === 'string');
  const spelled = [...(said.length === 0 ? [text] : [said.join(': ')]), ...faults].join('; ');
  return `${status} ${spelled.replace(/\s+/g, ' ').slice(0, DETAIL_CHARS_MAX)}`.trim();
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    // Not every answer is this service's own: a proxy in between speaks HTML.
    return {};
  }
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}

/** @throws UsageError for an address that cannot be used */
export function readUrl(text: string): URL {
  if (!URL.canParse(text))
    throw new UsageError(`--url: ${text} is not an address such as https://… or http://127.0.0.1:3000`);
  const url = new URL(text);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) return url;
  throw new UsageError('--url: only https, or http to this machine: the orders would travel in the clear');
}
