import type { AxiosAdapter, AxiosRequestConfig, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import { PayscoreError } from '../core/errors';
import { AxiosError, AxiosHeaders } from './axios';
import { CERTIFICATES_PATH } from './certificates';
import { isPublicKeyId, type VerificationKeys } from './keys';
import { classify } from './outcomes';
import { requestId, subCode } from './request-id';
import type { Generation, SigningRotation } from './signing-rotation';
import type { Transport, WireResult } from './transport';
import { isProbe, verify } from './verify';

export interface RequestConfig extends AxiosRequestConfig {
  /** The order's number for `_out_order_no_` in the path; percent-encoded here, once. */
  out_order_no?: string;
  /** Epoch ms: the first byte leaves before this instant, or the call fails as NOT_SENT. */
  send_by?: number;
  /** Changes nothing, and is asked first when it is not known which signing key works. */
  question?: Question;
}

type Question = Pick<AxiosRequestConfig, 'url' | 'params'>;

/** Who is told of what the answers say about the keys. */
export interface KeyWatch {
  /** An answer was verified. `skewMs`: by how much our clock is ahead of the time at which WeChat Pay signed it. */
  verified(by: 'public_key' | 'certificate', skewMs: number): void;
  /** An answer was refused for its time. */
  outsideWindow(skewMs: number): void;
  /** An answer's signature is missing or wrong. `probe`: it says that it is meant to be. */
  unsigned(probe: boolean): void;
  /** The first generation was refused and another one worked: that one signs from now on. */
  rotated(from: string, to: string): void;
  /** An answer is signed with a key that is not known: has it fetched, if that can be. Never rejects. */
  wanted(timeoutMs: number): Promise<unknown>;
}

export interface AdapterOptions {
  readonly signing: SigningRotation;
  readonly keys: VerificationKeys;
  /** The platform certificates in the answer that lists them; throws when they are not WeChat Pay's. */
  readonly listed: (list: Buffer) => VerificationKeys;
  /** Which of `keys` WeChat Pay is asked to sign its answers with, as of now; none leaves the choice to WeChat Pay. */
  readonly answerKey: () => string | undefined;
  readonly watch: Partial<KeyWatch>;
  readonly transport: Pick<Transport, 'send'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A new random text of at most 32 characters. */
  readonly nonce: () => string;
  readonly timeoutMs: number;
}

/** WeChat Pay may refuse requests without one. */
const USER_AGENT = `payscore-collector/0.1.0 Node.js/${process.versions.node}`;

/**
 * The axios adapter that signs what goes out and verifies what comes in. It stands below everything that
 * axios does to a request, so what is signed is byte for byte what is sent; and every 2xx answer is verified here,
 * over its raw bytes, before anything may read it.
 */
export function createAdapter(options: AdapterOptions): AxiosAdapter {
  const { signing, transport, now, watch } = options;
  let underWay = 0;

  async function send(request: Request, { signer }: Generation): Promise<WireResult> {
    const { config, method, path, body, deadline } = request;
    const timestamp = Math.floor(now() / 1000);
    const parts = { method, path, body, timestamp, nonce: options.nonce() };
    const authorization = await signer.authorization(parts, { spread: underWay > 1 }).catch(notSigned);
    const headers = { ...headersOf(config, body, options.answerKey()), authorization };
    const { send_by: sendBy, signal } = config as RequestConfig;
    const timeoutMs = Math.max(1, deadline - now());
    return transport.send({ method, path, headers, body, timeoutMs, sendBy, signal });
  }

  /**
   * A collection, or whatever else moves an order, is never sent twice by reason of its signature. Its question finds the
   * key that works, unless one has just worked here: what another function instance has found out is not known here.
   */
  async function sendOnce(request: Request): Promise<WireResult> {
    const { question } = request.config as RequestConfig;
    if (question !== undefined && !signing.isProven()) {
      const config = { ...request.config, headers: new AxiosHeaders() };
      const path = pathAndQuery(question);
      // It takes from the call's own time, and leaves it half.
      const deadline = (now() + request.deadline) / 2;
      const asked = await sendWithKeyThatWorks({ config, method: 'GET', path, body: '', deadline });
      if (!isSignatureTaken(asked)) throw notProven(asked);
    }
    return sendWithKeyThatWorks(request);
  }

  /** Refused by reason of its signature, a question, and only a question, is asked again at once with the other key. */
  async function sendWithKeyThatWorks(request: Request): Promise<WireResult> {
    const first = signing.current();
    const refused = await send(request, first);
    if (isSignatureTaken(refused)) signing.took(first);
    if (request.method !== 'GET' || !isSignatureRefused(refused)) return refused;
    for (const other of signing.others(first)) {
      if (now() >= request.deadline) break;
      const result = await send(request, other);
      if (result.kind !== 'answered' || isSignatureRefused(result)) continue;
      if (isSignatureTaken(result)) {
        signing.choose(other);
        watch.rotated?.(first.key.serial_no, other.key.serial_no);
      }
      return result;
    }
    return refused;
  }

  return async function wechatpay(config) {
    const method = (config.method ?? 'get').toUpperCase();
    // axios spells "no timeout" as 0; here every call has one.
    const deadline = now() + (config.timeout || options.timeoutMs);
    const request = { config, method, path: pathAndQuery(config), body: bodyOf(config), deadline };
    underWay += 1;
    try {
      const result = await sendOnce(request);
      if (result.kind !== 'answered') throw notAnswered(result);
      if (isSuccess(result)) await requireVerified(result, request, options);
      return respond(result, config);
    } finally {
      underWay -= 1;
    }
  };
}

/** A request as it goes out: path, query and body are computed once, whoever signs them. */
interface Request {
  readonly config: InternalAxiosRequestConfig;
  readonly method: string;
  readonly path: string;
  readonly body: string;
  /** Epoch ms; the answer is given up then. */
  readonly deadline: number;
}

type Answered = Extract<WireResult, { kind: 'answered' }>;

/** Nothing was sent, and the next try would fail in the same way. */
function notSigned(cause: unknown): never {
  const message = 'The request was not sent: it could not be signed with the key at hand.';
  throw new PayscoreError('NOT_SENT', message, { because: 'not_signed' }, cause);
}

/** Signed with the wrong key, a collection would be refused, and the breaker stop all of the merchant's. */
function notProven(asked: WireResult): PayscoreError {
  const why = asked.kind === 'answered' ? `answered ${asked.status}` : asked.because;
  const message = `The request was not sent: a question about the order, to find the signing key that works, came to nothing (${why}).`;
  return new PayscoreError('NOT_SENT', message, { because: 'key_unproven' });
}

function notAnswered({ kind, because, detail }: Exclude<WireResult, Answered>): PayscoreError {
  return kind === 'not_sent'
    ? new PayscoreError('NOT_SENT', `The request was not sent (${because}: ${detail}).`, { because })
    : new PayscoreError('NO_ANSWER', `No whole answer came back (${because}: ${detail}).`, { because });
}

/** Node tells nothing below 200 as an answer. */
function isSuccess({ status }: Answered): boolean {
  return status < 300;
}

/** Whether WeChat Pay refuses the key, the certificate or the signature, and not what was asked. */
function isSignatureRefused(result: WireResult): boolean {
  if (result.kind !== 'answered' || isSuccess(result)) return false;
  const { status, headers, body } = result;
  const { outcome } = classify({
    status,
    body: parsedOrText(body.toString('utf8')),
    subCode: subCode(requestId(headers)),
  });
  return outcome.kind === 'misconfigured' && outcome.scope === 'merchant';
}

/** An answer to what was throttled, or met a fault, says nothing: its signature may never have been looked at. */
function isSignatureTaken(result: WireResult): boolean {
  if (result.kind !== 'answered' || isSignatureRefused(result)) return false;
  return result.status < 500 && result.status !== 429;
}

/** What is not JSON is handed on as it is: it was verified, or it is an error answer, which may be anything. */
export function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function respond(answer: Answered, config: InternalAxiosRequestConfig): AxiosResponse {
  const { status, headers, body } = answer;
  const response: AxiosResponse = {
    data: body.toString('utf8'),
    status,
    statusText: '',
    headers: Object.assign(new AnswerHeaders(), headers),
    config,
  };
  if (config.validateStatus?.(status) ?? isSuccess(answer)) return response;
  // Error answers carry no signature: whoever catches this knows it by TLS alone.
  throw new AxiosError(
    `WeChat Pay answered ${status}`,
    AxiosError.ERR_BAD_REQUEST,
    config,
    undefined,
    response,
  );
}

async function requireVerified(
  { status, headers, body }: Answered,
  { path, deadline }: Request,
  options: AdapterOptions,
): Promise<void> {
  const { keys, now, watch } = options;
  const isList = path === CERTIFICATES_PATH;
  let verification = verify(headers, body, isList ? options.listed(body) : keys, now());
  if (!verification.ok && verification.fault === 'serial_unknown' && !isList) {
    // The answer is here and only its key is missing: it is fetched, and nothing is asked or sent twice.
    await watch.wanted?.(deadline - now());
    verification = verify(headers, body, keys, now());
  }
  if (verification.ok) {
    const by = isPublicKeyId(verification.serial) ? 'public_key' : 'certificate';
    watch.verified?.(by, now() - verification.signedAt);
    return;
  }
  if (verification.fault === 'timestamp_outside_window') watch.outsideWindow?.(now() - verification.signedAt);
  else watch.unsigned?.(isProbe(headers));
  const { fault, serial } = verification;
  throw new PayscoreError(
    'ANSWER_UNVERIFIED',
    `WeChat Pay's answer (${status}) could not be verified: ${fault}${serial === undefined ? '' : ` (serial ${serial})`}. ` +
      'If it was more than a query, it may have taken effect.',
    { status, fault, serial, request_id: requestId(headers) },
  );
}

/** Node gives each header once and in lower case; axios would look every one up again to make sure. */
class AnswerHeaders extends AxiosHeaders {
  override normalize(): this {
    return this;
  }
}

/** Path and query exactly once percent-encoded: signed and sent are this one string. */
function pathAndQuery(config: Question): string {
  const path = config.url ?? '';
  if (!path.startsWith('/v3/')) {
    throw new PayscoreError('REQUEST_INVALID', `url ${JSON.stringify(path)} does not begin with /v3/`);
  }
  const query = Object.entries((config.params ?? {}) as Record<string, unknown>)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&');
  return query === '' ? path : `${path}?${query}`;
}

function bodyOf(config: InternalAxiosRequestConfig): string {
  const data: unknown = config.data;
  if (data === undefined || data === null) return '';
  if (typeof data === 'string') return data;
  throw new PayscoreError(
    'REQUEST_INVALID',
    'the body reached the adapter unserialised; leave transformRequest alone',
  );
}

function headersOf(
  config: InternalAxiosRequestConfig,
  body: string,
  answerKey: string | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    // Messages are matched in one place (busy); they are Chinese unless asked otherwise.
    'accept-language': 'zh-CN',
    'user-agent': USER_AGENT,
  };
  if (answerKey !== undefined) headers['wechatpay-serial'] = answerKey;
  // What a caller set on this one call, and axios's content type.
  for (const [name, value] of Object.entries(config.headers)) {
    if (typeof value === 'string') headers[name.toLowerCase()] = value;
  }
  if (body !== '') headers['content-length'] = String(Buffer.byteLength(body));
  return headers;
}
