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
  readonly then: Outcome;
  /** Where the row comes from. */
  readonly source: string;
}

const CLIENT_ERROR = [400, 499] as const;
const OK = [200, 299] as const;
const DOC = 'documented error table of this API family';
const SUB = 'official list of Request-ID sub-codes';
const REP = 'reported by merchants; in no official table';

/**
 * What each answer means; the first row that fits decides. 5xx come before everything that could be read into
 * their bodies: a system error says nothing of what was done. Sub-codes come before codes, and codes before
 * messages: the further down, the less stable.
 */
export const OUTCOME_ROWS: readonly OutcomeRow[] = [
  {
    id: 'userpaying',
    when: { status: OK, tradeState: 'USERPAYING' },
    then: { kind: 'in_progress' },
    source: REP,
  },
  {
    id: 'trade_state_other',
    when: { status: OK, tradeState: 'any' },
    then: unknown('unrecognised'),
    source: 'no other trade_state is known',
  },
  {
    id: 'accepted_empty',
    when: { status: OK, body: 'empty' },
    then: { kind: 'accepted' },
    source: 'documented: 204 without a body',
  },
  {
    id: 'accepted_body',
    when: { status: OK, body: 'without_code' },
    then: { kind: 'accepted' },
    source: 'documented for direct merchants: 200 with the order',
  },
  { id: 'system_error', when: { status: [500, 599] }, then: unknown('server_error'), source: DOC },
  {
    id: 'unauthorised',
    when: { status: 401 },
    then: { kind: 'misconfigured', scope: 'merchant' },
    source: DOC,
  },
  {
    id: 'throttled_status',
    when: { status: 429 },
    then: { kind: 'throttled' },
    source: 'the spelling of the code varies: judged by the status',
  },

  {
    id: 'sub_declined',
    when: { status: CLIENT_ERROR, subCode: ['271316574'] },
    then: { kind: 'declined' },
    source: SUB,
  },
  {
    id: 'sub_busy',
    when: { status: CLIENT_ERROR, subCode: ['271316754'] },
    then: { kind: 'busy' },
    source: SUB,
  },
  {
    id: 'sub_throttled',
    when: { status: CLIENT_ERROR, subCode: ['268435472'] },
    then: { kind: 'throttled' },
    source: SUB,
  },
  {
    id: 'sub_cancelled',
    when: { status: CLIENT_ERROR, subCode: ['271302333'] },
    then: { kind: 'contradicted', claim: 'cancelled' },
    source: SUB,
  },
  {
    id: 'sub_not_pending',
    when: { status: CLIENT_ERROR, subCode: ['271316657', '271302262', '271302332'] },
    then: { kind: 'contradicted', claim: 'not_pending' },
    source: SUB,
  },
  {
    id: 'sub_not_found',
    when: { status: CLIENT_ERROR, subCode: ['271317510'] },
    then: { kind: 'contradicted', claim: 'not_found' },
    source: SUB,
  },
  {
    id: 'sub_no_permission',
    when: { status: CLIENT_ERROR, subCode: ['268503786', '271302144', '271302149'] },
    then: { kind: 'misconfigured', scope: 'pair' },
    source: SUB,
  },
  {
    id: 'sub_bad_authorization',
    when: { status: CLIENT_ERROR, subCode: ['270924332'] },
    then: { kind: 'misconfigured', scope: 'merchant' },
    source: SUB,
  },
  {
    id: 'sub_bad_parameter',
    when: { status: CLIENT_ERROR, subCode: ['268435464'] },
    then: { kind: 'refused' },
    source: SUB,
  },

  { id: 'declined', when: { status: 403, code: ['TRADE_ERROR'] }, then: { kind: 'declined' }, source: REP },
  {
    id: 'order_done',
    when: { status: CLIENT_ERROR, code: ['ORDER_DONE'] },
    then: { kind: 'contradicted', claim: 'done' },
    source: DOC,
  },
  {
    id: 'order_cancelled',
    when: { status: CLIENT_ERROR, code: ['ORDER_CANCELED', 'ORDER_CANCELLED'] },
    then: { kind: 'contradicted', claim: 'cancelled' },
    source: DOC,
  },
  {
    id: 'order_not_found',
    when: { status: CLIENT_ERROR, code: ['ORDER_NOT_EXIST'] },
    then: { kind: 'contradicted', claim: 'not_found' },
    source: DOC,
  },
  {
    id: 'throttled_code',
    when: { status: CLIENT_ERROR, code: /^(FREQUENCY|RATE_?LIMIT)/ },
    then: { kind: 'throttled' },
    source: 'the spelling varies between official tables',
  },
  {
    id: 'busy_message',
    when: { status: CLIENT_ERROR, message: ['扣款中', '收款结果不明'] },
    then: { kind: 'busy' },
    source: 'documented on the pages of cancel, modify and sync',
  },
  {
    id: 'not_pending',
    when: { status: CLIENT_ERROR, code: ['INVALID_ORDER_STATE'] },
    then: { kind: 'contradicted', claim: 'not_pending' },
    source: DOC,
  },
  {
    id: 'sign_error',
    when: { status: CLIENT_ERROR, code: ['SIGN_ERROR'] },
    then: { kind: 'misconfigured', scope: 'merchant' },
    source: DOC,
  },
  {
    id: 'no_permission',
    when: { status: 403, code: ['NO_AUTH'] },
    then: { kind: 'misconfigured', scope: 'pair' },
    source: DOC,
  },
  {
    id: 'route_not_open',
    when: { status: 404 },
    then: { kind: 'misconfigured', scope: 'pair' },
    source: 'collect is a capability that has to be opened for a service_id',
  },
  {
    id: 'refused',
    when: { status: CLIENT_ERROR, code: ['PARAM_ERROR', 'INVALID_REQUEST'] },
    then: { kind: 'refused' },
    source: DOC,
  },
];

/** The row for everything no other row fits: raw answer kept, nothing repeated, asked by query. */
export const DEFAULT_ROW: OutcomeRow = {
  id: 'default',
  when: {},
  then: unknown('unrecognised'),
  source: 'what is not known must not be guessed',
};

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
    (when.message === undefined ||
      when.message.some((part) => String(fields['message'] ?? '').includes(part))) &&
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

function tradeStateFits(expected: 'USERPAYING' | 'any', fields: Readonly<Record<string, unknown>>): boolean {
  return expected === 'any' ? 'trade_state' in fields : fields['trade_state'] === expected;
}

function bodyFits(expected: 'empty' | 'without_code', body: unknown): boolean {
  return expected === 'empty' ? body === '' : isRecord(body) && !('code' in body);
}

function unknown(because: 'unrecognised' | 'server_error'): Outcome {
  return { kind: 'unknown', because };
}
