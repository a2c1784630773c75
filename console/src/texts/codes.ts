import type {
  Because,
  Breaker,
  ClosedAs,
  CollectRule,
  CompletedFrom,
  Mode,
  OperationKind,
  OrderStatus,
  OutcomeKind,
  PolicyKey,
  ProblemKind,
  RefundReason,
  RowResult,
  StandingKind,
} from '../api/types';

/** What a code of WeChat Pay, or of this service, means, and what the user on the phone may be told. */
export interface Told {
  readonly meaning: string;
  readonly tell: string;
}

export interface Named {
  readonly name: string;
  readonly meaning: string;
}

/** The digits after the last `-` of a Request-ID, as far as they are known. */
export const SUB_CODES = [
  '271316754',
  '271316574',
  '268435472',
  '271302333',
  '271316657',
  '271302262',
  '271302332',
  '271317510',
  '268503786',
  '271302144',
  '271302149',
  '270924332',
  '268435464',
  '271316592',
  '271316656',
] as const;
export type SubCode = (typeof SUB_CODES)[number];

/** The `code` of an error answer. Those that tell of frequency are spelled in several ways. */
export const ERROR_CODES = [
  'TRADE_ERROR',
  'ORDER_DONE',
  'ORDER_CANCELED',
  'ORDER_CANCELLED',
  'ORDER_NOT_EXIST',
  'FREQUENCY_LIMITED',
  'RATE_LIMITED',
  'RATELIMIT_EXCEEDED',
  'INVALID_ORDER_STATE',
  'SIGN_ERROR',
  'NO_AUTH',
  'PARAM_ERROR',
  'INVALID_REQUEST',
  'SYSTEM_ERROR',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export type UnknownBecause = 'no_answer' | 'unverified' | 'server_error' | 'unrecognised';
export type Claim = 'done' | 'cancelled' | 'not_found' | 'not_pending';
export type Refusal =
  | Exclude<StandingKind, 'pending'>
  | 'not_lower'
  | 'record_full'
  | 'decided_already'
  | 'held_longer'
  | 'not_held'
  | 'not_named'
  | 'refund_differs'
  | 'refund_not_named'
  | 'ended';

/** Everything that the API says by a code, in one language; one that is missing does not compile. */
export interface Codes {
  readonly outcome: Readonly<Record<OutcomeKind, Named & Told>>;
  readonly unknownBecause: Readonly<Record<UnknownBecause, string>>;
  readonly claim: Readonly<Record<Claim, string>>;
  readonly scope: Readonly<Record<'merchant' | 'pair', string>>;
  readonly subCode: Readonly<Record<SubCode, Told>>;
  readonly errorCode: Readonly<Record<ErrorCode, Told>>;
  readonly standing: Readonly<Record<StandingKind, Named>>;
  readonly status: Readonly<Record<OrderStatus, Named>>;
  readonly collect: Readonly<Record<CollectRule, string>>;
  readonly query: Readonly<Record<Because<'query'>, string>>;
  readonly wait: Readonly<Record<Because<'wait'>, string>>;
  readonly stop: Readonly<Record<Because<'stop'>, string>>;
  readonly refund: Readonly<Record<RefundReason, string>>;
  readonly closed: Readonly<Record<ClosedAs, string>>;
  readonly refusal: Readonly<Record<Refusal, string>>;
  readonly problem: Readonly<Record<ProblemKind, string>>;
  readonly policy: Readonly<Record<PolicyKey, Named>>;
  readonly row: Readonly<Record<RowResult, string>>;
  readonly completedFrom: Readonly<Record<CompletedFrom, string>>;
  readonly mode: Readonly<Record<Mode, Named>>;
  readonly operation: Readonly<Record<OperationKind, string>>;
  readonly breaker: Readonly<Record<Breaker['state'], string>>;
  readonly switchLevel: Readonly<Record<'default' | 'service' | 'merchant' | 'sub_merchant', string>>;
  readonly policyLevel: Readonly<Record<'default' | 'provider' | 'sub_merchant' | 'service', string>>;
}

/** What is known of an answer of WeChat Pay: its sub-code is the more precise, its code the next best. */
export function toldOf(
  codes: Codes,
  { sub_code, code }: { readonly sub_code?: string; readonly code?: string },
): Told | undefined {
  if (sub_code !== undefined && isIn(SUB_CODES, sub_code)) return codes.subCode[sub_code];
  if (code === undefined) return undefined;
  if (isIn(ERROR_CODES, code)) return codes.errorCode[code];
  return /^(FREQUENCY|RATE_?LIMIT)/.test(code) ? codes.errorCode.FREQUENCY_LIMITED : undefined;
}

function isIn<T extends string>(known: readonly T[], text: string): text is T {
  return known.some((one) => one === text);
}
