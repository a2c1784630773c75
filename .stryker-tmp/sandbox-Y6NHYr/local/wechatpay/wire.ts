import { randomBytes } from 'node:crypto';
import { type Answer, type ErrorRow, ERRORS } from './answers';
import type { Disturbance } from './faults';
import { impossible } from './impossible';
import type { Signer } from './platform';
import { PROBE_PREFIX, signatureHeaders } from './signing';

/** An answer before it is signed. */
export interface Plain {
  readonly status: number;
  readonly body: Buffer;
  readonly contentType: string;
  /** WeChat Pay signs 2xx answers and no others. */
  readonly signed: boolean;
  readonly subCode: number;
}

/** An answer as it goes out; of `body` only the first `sendBytes` are sent. */
export interface Wire {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly sendBytes: number;
  readonly requestId: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const EMPTY_BODY = Buffer.alloc(0);
const BODYLESS = new Set([204, 304]);

const json = (status: number, body: unknown, subCode: number): Plain => ({
  status,
  body: Buffer.from(JSON.stringify(body)),
  contentType: JSON_TYPE,
  signed: status < 300,
  subCode,
});

export function plainAnswer(answer: Answer): Plain {
  switch (answer.kind) {
    case 'empty':
      return { status: 204, body: EMPTY_BODY, contentType: JSON_TYPE, signed: true, subCode: 0 };
    case 'json':
      return json(200, answer.body, 0);
    case 'error': {
      const { status, code, message, subCode } = answer.error;
      const detail = answer.detail === undefined ? {} : { detail: answer.detail };
      return json(status, { code, message, ...detail }, subCode);
    }
    default:
      return impossible(answer);
  }
}

function plainStatus(fault: Disturbance & { kind: 'status' }): Plain {
  if (fault.code === undefined) {
    const body = Buffer.from(`<html><body><h1>${fault.status}</h1></body></html>`);
    const subCode = fault.sub_code ?? ERRORS.systemError.subCode;
    return { status: fault.status, body, contentType: 'text/html', signed: false, subCode };
  }
  const known: ErrorRow | undefined = Object.values(ERRORS).find((row) => row.code === fault.code);
  const message = fault.message ?? known?.message ?? '';
  const subCode = fault.sub_code ?? known?.subCode ?? ERRORS.systemError.subCode;
  return { ...json(fault.status, { code: fault.code, message }, subCode), signed: false };
}

const withBody = (plain: Plain, text: string): Plain => ({
  ...plain,
  status: BODYLESS.has(plain.status) ? 200 : plain.status,
  body: Buffer.from(text),
});

/** What the fault makes of the answer before it is signed. */
export function disturbPlain(plain: Plain, fault: Disturbance | undefined): Plain {
  switch (fault?.kind) {
    case 'status':
      return plainStatus(fault);
    case 'body':
      return {
        status: fault.status,
        body: BODYLESS.has(fault.status) ? EMPTY_BODY : Buffer.from(fault.body),
        contentType: JSON_TYPE,
        signed: true,
        subCode: 0,
      };
    case 'garbage_body':
      return withBody(plain, '<!doctype html><p>{"state":"DONE"');
    case 'huge_body':
      return withBody(plain, `{"padding":"${'x'.repeat(fault.bytes - '{"padding":""}'.length)}"}`);
    case 'truncated_body':
      return plain.body.length === 0 ? withBody(plain, '{"trade_state":"SUCCESS"}') : plain;
    case 'refuse':
    case 'lost_request':
    case 'lost_answer':
    case 'signtest':
    case 'bad_signature':
    case 'unknown_serial':
    case 'stale_timestamp':
    case 'unsigned':
    case 'altered_body':
    case undefined:
      return plain;
    default:
      return impossible(fault);
  }
}

function signature(
  plain: Plain,
  signer: Signer,
  nowMs: number,
  fault: Disturbance | undefined,
): Record<string, string> {
  if (!plain.signed || fault?.kind === 'unsigned') return {};
  const backS = fault?.kind === 'stale_timestamp' ? fault.seconds : 0;
  const text = plain.body.toString();
  return signatureHeaders({
    text: fault?.kind === 'bad_signature' ? `${text} ` : text,
    serial: fault?.kind === 'unknown_serial' ? randomBytes(20).toString('hex').toUpperCase() : signer.serial,
    privateKey: signer.privateKey,
    timestampS: Math.floor(nowMs / 1000) - backS,
    ...(fault?.kind === 'signtest' && { prefix: PROBE_PREFIX }),
  });
}

/** One byte of the body is not the one that was signed. */
function altered(plain: Plain): Plain {
  if (plain.body.length === 0) return withBody(plain, ' ');
  const body = Buffer.from(plain.body);
  const middle = Math.floor(body.length / 2);
  body.writeUInt8(body.readUInt8(middle) ^ 1, middle);
  return { ...plain, body };
}

/** Signs an answer and gives it its Request-ID. */
export function compose(answer: Plain, signer: Signer, nowMs: number, fault: Disturbance | undefined): Wire {
  const plain = disturbPlain(answer, fault);
  const signing = signature(plain, signer, nowMs, fault);
  const { status, body, contentType } = fault?.kind === 'altered_body' ? altered(plain) : plain;
  // The digits after the last "-" are the sub-code; 0 when all is well.
  const requestId = `${randomBytes(20).toString('hex').toUpperCase()}-${plain.subCode}`;
  return {
    status,
    headers: {
      'Request-ID': requestId,
      ...(!BODYLESS.has(status) && { 'Content-Type': contentType, 'Content-Length': String(body.length) }),
      ...signing,
    },
    body,
    sendBytes: fault?.kind === 'truncated_body' ? Math.floor(body.length / 2) : body.length,
    requestId,
  };
}
