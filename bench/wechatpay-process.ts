import { verify } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { forged, readAuthorization, signedAnswer } from './merchant';

/**
 * The other side of the round trip, in a process of its own so that its CPU is nobody's: it answers every POST
 * with the same signed 204, whose signature it makes once a minute.
 */

export type Ask =
  | { readonly kind: 'start'; readonly platformPem: string; readonly merchantPem: string }
  | { readonly kind: 'mode'; readonly mode: Mode };

export type Told =
  { readonly kind: 'listening'; readonly port: number } | { readonly kind: 'mode'; readonly mode: Mode };

/** `strict` checks each request as WeChat Pay would, `forging` answers with a wrong signature. */
export type Mode = 'fast' | 'strict' | 'forging';

const RENEW_MS = 60_000;
/** As WeChat Pay's front does. */
const IDLE_MS = 8_000;

let mode: Mode = 'fast';

function start(platformPem: string, merchantPem: string): void {
  let headers = answerHeaders(platformPem);
  setInterval(() => (headers = answerHeaders(platformPem)), RENEW_MS).unref();
  const server = createServer((request, response) => {
    if (mode === 'fast') {
      request.resume();
      request.on('end', () => response.writeHead(204, headers).end());
      return;
    }
    slowly(request, response, { ...headers }, merchantPem);
  });
  server.keepAliveTimeout = IDLE_MS;
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address !== 'string') tell({ kind: 'listening', port: address.port });
  });
}

type AnswerHeaders = ReturnType<typeof answerHeaders>;

function answerHeaders(platformPem: string) {
  return {
    server: 'nginx',
    'content-type': 'application/json; charset=utf-8',
    'content-language': 'zh-CN',
    'cache-control': 'no-cache, must-revalidate',
    'x-content-type-options': 'nosniff',
    'request-id': '08F4C2B0B10610E20518A4B2C1582083B80128CE8901-0',
    ...signedAnswer(platformPem, Math.floor(Date.now() / 1000)),
  };
}

function slowly(
  request: IncomingMessage,
  response: ServerResponse,
  headers: AnswerHeaders,
  merchantPem: string,
): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (mode === 'forging') headers['wechatpay-signature'] = forged(headers['wechatpay-signature']);
    const authentic = signedByMerchant(request, Buffer.concat(chunks).toString('utf8'), merchantPem);
    response.writeHead(authentic ? 204 : 401, headers).end();
  });
}

function signedByMerchant(request: IncomingMessage, body: string, merchantPem: string): boolean {
  const claim = readAuthorization(request.headers.authorization ?? '');
  if (claim === undefined) return false;
  const message = `${request.method}\n${request.url}\n${claim.timestamp}\n${claim.nonce}\n${body}\n`;
  return verify('sha256', Buffer.from(message), merchantPem, Buffer.from(claim.signature, 'base64'));
}

function tell(told: Told): void {
  process.send?.(told);
}

process.on('message', (ask: Ask) => {
  switch (ask.kind) {
    case 'start':
      return start(ask.platformPem, ask.merchantPem);
    case 'mode':
      mode = ask.mode;
      return tell({ kind: 'mode', mode });
  }
});
process.on('disconnect', () => process.exit(0));
