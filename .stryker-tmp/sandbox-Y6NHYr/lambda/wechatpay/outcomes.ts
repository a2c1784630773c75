import type { Outcome } from '../core/outcome';
import { isRecord } from './service-order';

/** An answer to `/pay` as far as its outcome is decided from it. */
export interface Answer {
  readonly status: number;
  /** Parsed JSON, or the text itself when it is not JSON. */
  readonly body: unknown;
  readonly subCode: string | undefined;
}

interface When {
  /** Exact, or from–to inclusive. */
  readonly status?: number | readonly [from: number, to: number];
  readonly subCode?: readonly string[];
  readonly code?: readonly string[] | RegExp;
  readonly message?: readonly string[];
  readonly tradeState?: 'USERPAYING' | 'any';
  readonly body?: 'empty' | 'without_code';
}

export interface OutcomeRow {
  /** Names the row in tests, logs and documentation. */
  readonly id: string;
  readonly when: When;
  readonly outcome: Outcome;
  /** Where the row comes from. */
  readonly source: string;
}

const OK = [200, 299] as const;
const ERROR = [400, 499] as const;
const DECLINED: Outcome = { kind: 'declined' };
const BUSY: Outcome = { kind: 'busy' };
const THROTTLED: Outcome = { kind: 'throttled' };
const ACCEPTED: Outcome = { kind: 'accepted' };
const REFUSED: Outcome = { kind: 'refused' };
const MERCHANT: Outcome = { kind: 'misconfigured', scope: 'merchant' };
const PAIR: Outcome = { kind: 'misconfigured', scope: 'pair' };
const NOT_PENDING: Outcome = { kind: 'contradicted', claim: 'not_pending' };
const NOT_FOUND: Outcome = { kind: 'contradicted', claim: 'not_found' };
const CANCELLED: Outcome = { kind: 'contradicted', claim: 'cancelled' };
const DONE: Outcome = { kind: 'contradicted', claim: 'done' };
const UNRECOGNISED: Outcome = { kind: 'unknown', because: 'unrecognised' };
const SERVER_ERROR: Outcome = { kind: 'unknown', because: 'server_error' };

const DOC = 'documented error table of this API family';
const SUB = 'official list of Request-ID sub-codes';
const REP = 'reported by merchants; in no official table';
const VARIES = 'the spelling varies between official tables';
const OPENED = 'collect is a capability that has to be opened for a service_id';

/**
 * What each answer means; the first row that fits decides. 5xx come before everything that could be read into
 * their bodies: a system error says nothing of what was done. "A deduction is running" comes next, whatever carries it,
 * because it alone keeps the attempt open. Sub-codes come before codes: they are the more stable of the two.
 */
export const OUTCOME_ROWS: readonly OutcomeRow[] = [
  row('userpaying', { status: OK, tradeState: 'USERPAYING' }, { kind: 'in_progress' }, REP),
  row('trade_state_other', { status: OK, tradeState: 'any' }, UNRECOGNISED, 'no other trade_state is known'),
  row('accepted_empty', { status: OK, body: 'empty' }, ACCEPTED, 'documented: 204 without a body'),
  row(
    'accepted_body',
    { status: OK, body: 'without_code' },
    ACCEPTED,
    'documented for direct merchants: 200',
  ),
  row('system_error', { status: [500, 599] }, SERVER_ERROR, DOC),
  row('unauthorised', { status: 401 }, MERCHANT, DOC),
  row('sub_busy', { status: ERROR, subCode: ['271316754'] }, BUSY, SUB),
  row(
    'busy_message',
    { status: ERROR, message: ['扣款中', '收款结果不明'] },
    BUSY,
    'documented for cancel, modify, sync',
  ),
  row('throttled_status', { status: 429 }, THROTTLED, VARIES),

  row('sub_declined', { status: ERROR, subCode: ['271316574'] }, DECLINED, SUB),
  row('sub_throttled', { status: ERROR, subCode: ['268435472'] }, THROTTLED, SUB),
  row('sub_cancelled', { status: ERROR, subCode: ['271302333'] }, CANCELLED, SUB),
  row(
    'sub_not_pending',
    { status: ERROR, subCode: ['271316657', '271302262', '271302332'] },
    NOT_PENDING,
    SUB,
  ),
  row('sub_not_found', { status: ERROR, subCode: ['271317510'] }, NOT_FOUND, SUB),
  row('sub_no_permission', { status: ERROR, subCode: ['268503786', '271302144', '271302149'] }, PAIR, SUB),
  row('sub_bad_authorization', { status: ERROR, subCode: ['270924332'] }, MERCHANT, SUB),
  row('sub_bad_parameter', { status: ERROR, subCode: ['268435464'] }, REFUSED, SUB),
  row('sub_not_possible', { status: ERROR, subCode: ['271316592', '271316656'] }, REFUSED, SUB),

  row('declined', { status: 403, code: ['TRADE_ERROR'] }, DECLINED, REP),
  row('order_done', { status: ERROR, code: ['ORDER_DONE'] }, DONE, DOC),
  row('order_cancelled', { status: ERROR, code: ['ORDER_CANCELED', 'ORDER_CANCELLED'] }, CANCELLED, DOC),
  row('order_not_found', { status: ERROR, code: ['ORDER_NOT_EXIST'] }, NOT_FOUND, DOC),
  row('throttled_code', { status: ERROR, code: /^(FREQUENCY|RATE_?LIMIT)/ }, THROTTLED, VARIES),
  row('not_pending', { status: ERROR, code: ['INVALID_ORDER_STATE'] }, NOT_PENDING, DOC),
  row('sign_error', { status: ERROR, code: ['SIGN_ERROR'] }, MERCHANT, DOC),
  row('no_permission', { status: 403, code: ['NO_AUTH'] }, PAIR, DOC),
  row('route_not_open', { status: 404 }, PAIR, OPENED),
  row('refused', { status: ERROR, code: ['PARAM_ERROR', 'INVALID_REQUEST'] }, REFUSED, DOC),
];

function row(id: string, when: When, outcome: Outcome, source: string): OutcomeRow {
  return { id, when, outcome, source };
}

/** The row for everything no other row fits: raw answer kept, nothing repeated, asked by query. */
export const DEFAULT_ROW = row('default', {}, UNRECOGNISED, 'what is not known must not be guessed');

/** The row that decides an answer. Never throws, and no row says "paid". */
export function classify(answer: Answer): OutcomeRow {
  return OUTCOME_ROWS.find(({ when }) => fits(when, answer)) ?? DEFAULT_ROW;
}

function fits(when: When, { status, body, subCode }: Answer): boolean {
  const fields = isRecord(body) ? body : {};
  return (
    (when.status === undefined || withinStatus(when.status, status)) &&
    (when.subCode === undefined || (subCode !== undefined && when.subCode.includes(subCode))) &&
    (when.code === undefined || codeFits(when.code, fields['code'])) &&
    (when.message === undefined || messageFits(when.message, fields['message'])) &&
    (when.tradeState === undefined || tradeStateFits(when.tradeState, fields)) &&
    (when.body === undefined || bodyFits(when.body, body))
  );
}

function withinStatus(expected: number | readonly [number, number], status: number): boolean {
  return typeof expected === 'number' ? status === expected : status >= expected[0] && status <= expected[1];
}

function codeFits(expected: readonly string[] | RegExp, code: unknown): boolean {
  if (typeof code !== 'string') return false;
  return expected instanceof RegExp ? expected.test(code) : expected.includes(code);
}

function messageFits(parts: readonly string[], message: unknown): boolean {
  return typeof message === 'string' && parts.some((part) => message.includes(part));
}

function tradeStateFits(expected: 'USERPAYING' | 'any', fields: Readonly<Record<string, unknown>>): boolean {
  return expected === 'any' ? 'trade_state' in fields : fields['trade_state'] === expected;
}

function bodyFits(expected: 'empty' | 'without_code', body: unknown): boolean {
  return expected === 'empty' ? body === '' : isRecord(body) && !('code' in body);
}
