import type { AxiosAdapter, AxiosRequestConfig, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import { PayscoreError } from '../core/errors';
import { AxiosError, AxiosHeaders } from './axios';
import type { VerificationKeys } from './keys';
import { requestId } from './request-id';
import type { RequestSigner } from './sign';
import type { Transport, WireResult } from './transport';
import { verify, type WireHeaders } from './verify';

export interface RequestConfig extends AxiosRequestConfig {
  /** The order's number for `_out_order_no_` in the path; percent-encoded here, once. */
  out_order_no?: string;
  /** Epoch ms: the first byte leaves before this instant, or the call fails as NOT_SENT. */
  send_by?: number;
}

export interface AdapterOptions {
  readonly signer: RequestSigner;
  readonly keys: VerificationKeys;
  /** Which of `keys` WeChat Pay is asked to sign its answers with; none leaves the choice to WeChat Pay. */
  readonly answerKey: string | undefined;
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
  const { signer, transport } = options;
  const fixedHeaders: Record<string, string> = {
    accept: 'application/json',
    // Messages are matched in one place (busy); they are Chinese unless asked otherwise.
    'accept-language': 'zh-CN',
    'user-agent': USER_AGENT,
    ...(options.answerKey === undefined ? {} : { 'wechatpay-serial': options.answerKey }),
  };
  let underWay = 0;

  return async function wechatpay(config) {
    const method = (config.method ?? 'get').toUpperCase();
    const path = pathAndQuery(config);
    const body = bodyOf(config);
    underWay += 1;
    try {
      const timestamp = Math.floor(options.now() / 1000);
      const parts = { method, path, body, timestamp, nonce: options.nonce() };
      const authorization = await signer.authorization(parts, { spread: underWay > 1 }).catch(notSigned);
      const headers: Record<string, string> = { ...fixedHeaders, ...callerHeaders(config), authorization };
      if (body !== '') headers['content-length'] = String(Buffer.byteLength(body));
      // axios spells "no timeout" as 0; here every call has one.
      const timeoutMs = config.timeout || options.timeoutMs;
      const { send_by: sendBy, signal } = config as RequestConfig;
      const result = await transport.send({ method, path, headers, body, timeoutMs, sendBy, signal });
      return conclude(result, config, options);
    } finally {
      underWay -= 1;
    }
  };
}

/** Nothing was sent, and the next try would fail in the same way. */
function notSigned(cause: unknown): never {
  const message = 'The request was not sent: it could not be signed with the key at hand.';
  throw new PayscoreError('NOT_SENT', message, { because: 'not_signed' }, cause);
}

function conclude(
  result: WireResult,
  config: InternalAxiosRequestConfig,
  options: AdapterOptions,
): AxiosResponse {
  switch (result.kind) {
    case 'not_sent':
      throw new PayscoreError('NOT_SENT', `The request was not sent (${result.because}: ${result.detail}).`, {
        because: result.because,
      });
    case 'no_answer':
      throw new PayscoreError(
        'NO_ANSWER',
        `No whole answer came back (${result.because}: ${result.detail}).`,
        {
          because: result.because,
        },
      );
    case 'answered':
      return answered(result, config, options);
  }
}

function answered(
  { status, headers, body }: Extract<WireResult, { kind: 'answered' }>,
  config: InternalAxiosRequestConfig,
  { keys, now }: AdapterOptions,
): AxiosResponse {
  const ok = status >= 200 && status < 300;
  if (ok) requireVerified(status, headers, body, keys, now());
  const response: AxiosResponse = {
    data: body.toString('utf8'),
    status,
    statusText: '',
    headers: Object.assign(new AnswerHeaders(), headers),
    config,
  };
  if (config.validateStatus?.(status) ?? ok) return response;
  // Error answers carry no signature: whoever catches this knows it by TLS alone.
  throw new AxiosError(
    `WeChat Pay answered ${status}`,
    AxiosError.ERR_BAD_REQUEST,
    config,
    undefined,
    response,
  );
}

function requireVerified(
  status: number,
  headers: WireHeaders,
  body: Buffer,
  keys: VerificationKeys,
  now: number,
): void {
  const verification = verify(headers, body, keys, now);
  if (verification.ok) return;
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
function pathAndQuery(config: InternalAxiosRequestConfig): string {
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

/** Headers a caller set on this one call, and axios's content type. */
function callerHeaders(config: InternalAxiosRequestConfig): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(config.headers)) {
    if (typeof value === 'string') headers[name.toLowerCase()] = value;
  }
  return headers;
}
