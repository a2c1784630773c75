import type { KeyObject } from 'node:crypto';
import { isPayscoreError } from '../../lambda/core/errors';
import type { Instant } from '../../lambda/core/ids';
import { openCertificates } from '../../lambda/wechatpay/certificates';
import type { Credentials } from '../../lambda/wechatpay/credentials';
import { KeySet } from '../../lambda/wechatpay/key-set';
import { isPublicKeyId, type PlatformCertificate } from '../../lambda/wechatpay/keys';
import { requestId, subCode } from '../../lambda/wechatpay/request-id';
import { isRecord } from '../../lambda/wechatpay/service-order';
import type { WireResult } from '../../lambda/wechatpay/transport';
import { verify, type VerificationFault } from '../../lambda/wechatpay/verify';
import { day } from './describe';
import type { Asked } from './probe';
import { verdict, type Quoted, type Verdict, type VerdictCode } from './verdicts';

type Answered = Extract<WireResult, { kind: 'answered' }>;
/** A verdict, and what it quotes beyond what is known of the call. */
type Finding = readonly [code: VerdictCode, quotes?: Partial<Quoted>];

export interface WireFacts {
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
  readonly request_id?: string;
}

const TEXT_CHARS_MAX = 256;
const CLOCK_OFF_MS = 60_000;

/** What a call shows of the keys. An answer that is not verified is known by TLS alone: good enough to explain, and for nothing else. */
export function judge(
  asked: Asked,
  credentials: Credentials,
  known: readonly PlatformCertificate[],
  place: string,
): readonly Verdict[] {
  const quoted: Quoted = {
    mchid: credentials.mchid,
    place,
    signer: asked.key.serial_no,
    named: '',
    detail: '',
  };
  return findings(asked, credentials, known).map(([code, quotes]) => verdict(code, { ...quoted, ...quotes }));
}

export function wireFacts({ result }: Asked): WireFacts {
  if (result.kind !== 'answered') return {};
  const id = requestId(result.headers);
  const { code, message } = errorOf(result);
  return {
    status: result.status,
    ...(code === '' ? {} : { code }),
    ...(message === '' ? {} : { message }),
    ...(id === undefined ? {} : { request_id: printable(id) }),
  };
}

/** The platform certificates that an answer lists, for the questions after it. */
export function certificatesIn(
  { question, result }: Asked,
  { apiv3Key }: Credentials,
): readonly PlatformCertificate[] {
  if (question.kind !== 'certificates' || result.kind !== 'answered') return [];
  const list = openList(result.body, apiv3Key);
  return list.kind === 'opened' ? list.certificates : [];
}

function findings(
  asked: Asked,
  credentials: Credentials,
  known: readonly PlatformCertificate[],
): readonly Finding[] {
  const { result } = asked;
  switch (result.kind) {
    case 'not_sent':
      return [[notSent(result), { detail: printable(result.detail) }]];
    case 'no_answer':
      return [['no_answer', { detail: printable(`${result.because}: ${result.detail}`) }]];
    case 'answered': {
      const answer =
        result.status >= 200 && result.status < 300
          ? verifiedFindings(asked, result, credentials, known)
          : refusedFindings(asked, result);
      // Nothing but a list of certificates, or a notification, is encrypted.
      const unused = answer[0]?.[0] === 'signature_accepted' && !credentials.platformCertificates;
      const apiv3Key: readonly Finding[] = unused ? [['apiv3_key_not_checked']] : [];
      return [...answer, ...apiv3Key, ...clockFindings(asked, result)];
    }
  }
}

function notSent({ because, detail }: Extract<WireResult, { kind: 'not_sent' }>): VerdictCode {
  if (because !== 'connect_failed') return 'connection';
  if (/^(ENOTFOUND|EAI_)/.test(detail)) return 'dns';
  return /CERT|ISSUER|LEAF_SIGNATURE|^ERR_(TLS|SSL)|^EPROTO/.test(detail) ? 'tls' : 'connection';
}

/** WeChat Pay's own words for a 401 (签名常见问题); the sub-code is the same for most of them. */
const UNAUTHORISED: readonly (readonly [RegExp, VerdictCode])[] = [
  [/timestamp|5分钟/, 'clock_refused'],
  [/作废/, 'certificate_revoked'],
  [/过期/, 'certificate_ended'],
  [/更换/, 'certificate_replaced'],
  [/序列号/, 'serial_refused'],
  [/商户号/, 'mchid_refused'],
  [/./, 'signature_refused'],
];

/** Authorization 不合法: as good as a 401, whatever status carries it. */
const SUB_BAD_AUTHORIZATION = '270924332';

function refusedFindings({ question }: Asked, answer: Answered): readonly Finding[] {
  const { status } = answer;
  const { code, message } = errorOf(answer);
  const detail = String(status);
  const reason = subCode(requestId(answer.headers));
  if (status >= 500) return [['server_error', { detail }]];
  if (status === 401 || code === 'SIGN_ERROR' || reason === SUB_BAD_AUTHORIZATION) {
    const found = UNAUTHORISED.find(([words]) => words.test(message));
    return [[found?.[1] ?? 'signature_refused']];
  }
  if (status === 429) return [['throttled', { detail }]];
  // What is no error of WeChat Pay's may come from anybody on the way.
  if (status < 400 || code === '') return [['unexpected', { detail, named: code }]];
  const named = `${status} ${code}`;
  switch (question.kind) {
    case 'certificates':
      return [
        ['signature_accepted'],
        [code === 'RESOURCE_NOT_EXISTS' ? 'certificates_none' : 'question_refused', { named }],
      ];
    case 'no_order':
      return [['signature_accepted'], ['answer_not_checked']];
    case 'order':
      return [['signature_accepted'], [orderRefusal(status, code), { named }]];
  }
}

function orderRefusal(status: number, code: string): VerdictCode {
  if (code === 'ORDER_NOT_EXIST') return 'order_unknown';
  if (status === 403) return 'no_permission';
  return status === 404 ? 'route_closed' : 'question_refused';
}

function verifiedFindings(
  { question, answeredAt }: Asked,
  answer: Answered,
  { publicKeys, platformCertificates, apiv3Key }: Credentials,
  known: readonly PlatformCertificate[],
): readonly Finding[] {
  const isList = question.kind === 'certificates';
  const list: List = isList ? openList(answer.body, apiv3Key) : { kind: 'opened', certificates: known };
  const keys = new KeySet(publicKeys, () => answeredAt);
  if (list.kind === 'opened') keys.adopt(list.certificates);
  const verification = verify(answer.headers, answer.body, keys, answeredAt);
  const named = printable(verification.serial ?? '');
  if (verification.ok) {
    const opened: readonly Finding[] = isList ? [listFinding(list)] : [];
    return [['signature_accepted'], ['answer_verified', { named }], ...opened];
  }
  // The list is signed by a certificate that only the right APIv3 key makes readable.
  if (verification.fault === 'serial_unknown' && !isPublicKeyId(named) && list.kind !== 'opened')
    return [['signature_accepted'], listFinding(list)];
  const code = unverified(verification.fault, answer, named, platformCertificates);
  return [...(code === 'answer_unsigned' ? [] : ([['signature_accepted']] as const)), [code, { named }]];
}

type List =
  | { readonly kind: 'opened'; readonly certificates: readonly PlatformCertificate[] }
  | { readonly kind: 'sealed' }
  | { readonly kind: 'unreadable'; readonly because: string };

function openList(body: Buffer, apiv3Key: KeyObject): List {
  try {
    return { kind: 'opened', certificates: openCertificates(body.toString('utf8'), apiv3Key) };
  } catch (error) {
    if (!isPayscoreError(error, 'CERTIFICATES_INVALID')) throw error;
    return isPayscoreError(error.cause, 'DECRYPTION_FAILED')
      ? { kind: 'sealed' }
      : { kind: 'unreadable', because: printable(error.message) };
  }
}

function listFinding(list: List): Finding {
  switch (list.kind) {
    case 'opened': {
      const certificates = list.certificates.map(
        ({ serial_no, validTo }) => `${serial_no} until ${day(validTo)}`,
      );
      return ['apiv3_key_right', { named: certificates.join(', ') }];
    }
    case 'sealed':
      return ['apiv3_key_wrong'];
    case 'unreadable':
      return ['list_unreadable', { detail: list.because }];
  }
}

function unverified(
  fault: VerificationFault,
  { headers }: Answered,
  named: string,
  platformCertificates: boolean,
): VerdictCode {
  const signature = headers['wechatpay-signature'];
  if (typeof signature === 'string' && signature.startsWith('WECHATPAY/SIGNTEST/')) return 'probe';
  switch (fault) {
    case 'header_missing':
    case 'timestamp_malformed':
      return 'answer_unsigned';
    case 'signature_type_unknown':
      return 'answer_scheme';
    case 'serial_unknown':
      if (isPublicKeyId(named)) return 'public_key_unknown';
      return platformCertificates ? 'certificate_unlisted' : 'still_certificate';
    case 'signature_malformed':
    case 'signature_wrong':
      return isPublicKeyId(named) ? 'public_key_wrong' : 'certificate_signature_wrong';
    case 'timestamp_outside_window':
      return 'answer_late';
  }
}

/** The `Date` header is not signed, but nobody gains by a wrong one: it only helps to explain. */
function clockFindings({ askedAt, answeredAt }: Asked, { headers }: Answered): readonly Finding[] {
  const date = Date.parse(typeof headers['date'] === 'string' ? headers['date'] : '');
  if (Number.isNaN(date)) return [];
  const skewMs = skew((askedAt + answeredAt) / 2, date);
  const detail = `${(Math.abs(skewMs) / 1_000).toFixed(1)} s ${skewMs < 0 ? 'behind' : 'ahead of'}`;
  return [[Math.abs(skewMs) > CLOCK_OFF_MS ? 'clock_off' : 'clock_fine', { detail }]];
}

/** Positive when this machine is ahead. A `Date` has whole seconds: the middle of its second is meant. */
function skew(here: Instant, date: Instant): number {
  return Math.round(here - (date + 500));
}

function errorOf({ body, status }: Answered): { readonly code: string; readonly message: string } {
  const nothing = { code: '', message: '' };
  if (status >= 200 && status < 300) return nothing;
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    // Not WeChat Pay's JSON: it is judged by its status alone.
    return nothing;
  }
  const { code, message } = isRecord(json) ? json : {};
  return {
    code: typeof code === 'string' ? printable(code) : '',
    message: typeof message === 'string' ? printable(message) : '',
  };
}

/** Short, and without what would move a terminal's cursor. */
function printable(text: string): string {
  return text.replace(/[^\p{L}\p{N}\p{P}\p{S}\p{Zs}]/gu, '').slice(0, TEXT_CHARS_MAX);
}
