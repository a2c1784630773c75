import { isFen, type Fen } from './ids';

/**
 * What a verified answer or notification says about an order: the state triple and the amounts, verbatim.
 * Values this release does not know stay as they came and lead to `unrecognised`, never to "paid".
 */
export interface OrderFacts {
  readonly state: string;
  readonly state_description?: string;
  readonly collection_state?: string;
  readonly need_collection?: boolean;
  readonly total_amount?: Fen;
  readonly paying_amount?: Fen;
  readonly paid_amount?: Fen;
  readonly details: readonly PaymentDetail[];
  /** `time_range.end_time` as WeChat Pay wrote it. */
  readonly end_time?: string;
  /** WeChat Pay's own number for the service order (微信支付服务订单号). */
  readonly order_id?: string;
}

export interface PaymentDetail {
  readonly seq?: number;
  readonly amount?: Fen;
  readonly paid_type?: string;
  readonly paid_time?: string;
  readonly transaction_id?: string;
}

/** Where an order stands, by verified word of WeChat Pay. */
export type Standing =
  | { readonly kind: 'pending'; readonly paying_amount?: Fen; readonly paid_amount?: Fen }
  | { readonly kind: 'paid'; readonly paid_amount: Fen; readonly transaction_id?: string }
  | { readonly kind: 'settled'; readonly because: 'paid_elsewhere' | 'nothing_due' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'not_completed' }
  | { readonly kind: 'unrecognised'; readonly because: string };

export type StandingKind = Standing['kind'];

/** Standings after which no collection can follow. */
export type TerminalKind = 'paid' | 'settled' | 'cancelled' | 'expired';
const TERMINAL: readonly StandingKind[] = [
  'paid',
  'settled',
  'cancelled',
  'expired',
] satisfies TerminalKind[];

export function isTerminal(standing: Standing): standing is Extract<Standing, { kind: TerminalKind }> {
  return TERMINAL.includes(standing.kind);
}

/** What each standing means, for the operator on the phone. */
export const STANDING_MEANINGS: Readonly<Record<StandingKind, string>> = {
  pending: 'Completed and not wholly paid (待支付).',
  paid: 'Paid, verified by WeChat Pay (已支付).',
  settled: 'Done at WeChat Pay without a collection: paid through another channel, or nothing was due.',
  cancelled: 'Cancelled (已取消): nothing can be collected.',
  expired: 'Lapsed (已失效): nothing can be collected.',
  not_completed: 'Not completed yet (未完结): call complete (完结) before it can be collected.',
  unrecognised:
    'WeChat Pay answered a combination of states that this release does not know. Nothing was concluded from it.',
};

// The official troubleshooting manual uses these two values although no API page lists them.
const STATE_SYNONYMS: Readonly<Record<string, string>> = { CLOSED: 'REVOKED' };
const COLLECTION_SYNONYMS: Readonly<Record<string, string>> = { WAIT_PAY: 'USER_PAYING' };

/**
 * The one door by which what WeChat Pay says becomes where an order stands. Feed it only what was verified.
 * The triple is judged as a whole, never `state` alone; "paid" needs DONE + USER_PAID and an amount that
 * covers what is due.
 */
export function observe(facts: OrderFacts): Standing {
  const state = STATE_SYNONYMS[facts.state] ?? facts.state;
  const given = facts.collection_state ?? '';
  const collection = COLLECTION_SYNONYMS[given] ?? given;
  switch (state) {
    case 'CREATED':
      return unlessMoney(facts, collection, { kind: 'not_completed' });
    case 'REVOKED':
      return unlessMoney(facts, collection, { kind: 'cancelled' });
    case 'EXPIRED':
      return unlessMoney(facts, collection, { kind: 'expired' });
    case 'DOING':
      return observeDoing(facts, collection);
    case 'DONE':
      return observeDone(facts, collection);
    default:
      return { kind: 'unrecognised', because: `state ${quote(facts.state)} is not known` };
  }
}

/** These states know of no money; where WeChat Pay speaks of some all the same, a person has to look. */
function unlessMoney(facts: OrderFacts, collection: string, standing: Standing): Standing {
  if (collection !== 'USER_PAID' && !speaksOfMoney(facts)) return standing;
  return { kind: 'unrecognised', because: `${facts.state} although something was paid` };
}

function observeDoing(facts: OrderFacts, collection: string): Standing {
  if (facts.state_description === 'USER_CONFIRM')
    return unlessMoney(facts, collection, { kind: 'not_completed' });
  if (facts.state_description !== 'MCH_COMPLETE') {
    return {
      kind: 'unrecognised',
      because: `state_description ${quote(facts.state_description)} is not known`,
    };
  }
  if (collection !== 'USER_PAYING') {
    return { kind: 'unrecognised', because: `DOING with collection.state ${quote(facts.collection_state)}` };
  }
  if (facts.need_collection === false) {
    return { kind: 'unrecognised', because: 'USER_PAYING although need_collection is false' };
  }
  if (facts.paying_amount === 0) {
    return { kind: 'unrecognised', because: 'USER_PAYING although paying_amount is 0' };
  }
  return {
    kind: 'pending',
    ...(facts.paying_amount === undefined ? {} : { paying_amount: facts.paying_amount }),
    ...(facts.paid_amount === undefined ? {} : { paid_amount: facts.paid_amount }),
  };
}

function observeDone(facts: OrderFacts, collection: string): Standing {
  // Zero-fee completion (0 元结单) and orders that WeChat Pay was never asked to collect: no money anywhere.
  const nothingDue = facts.need_collection === false || facts.total_amount === 0;
  const paid = facts.paid_amount ?? sumOf(facts.details);
  const noMoney = !speaksOfMoney(facts) && (facts.paying_amount ?? 0) === 0;
  if (nothingDue && noMoney && (collection === '' || collection === 'USER_PAID')) {
    return { kind: 'settled', because: 'nothing_due' };
  }
  if (collection !== 'USER_PAID') {
    return { kind: 'unrecognised', because: `DONE with collection.state ${quote(facts.collection_state)}` };
  }
  if (nothingDue) return { kind: 'unrecognised', because: 'nothing was due although something was paid' };
  if (paid === undefined) return { kind: 'unrecognised', because: 'USER_PAID without any paid amount' };
  if (facts.total_amount === undefined)
    return { kind: 'unrecognised', because: 'USER_PAID without a total_amount' };
  if (paid < facts.total_amount) {
    return { kind: 'unrecognised', because: `USER_PAID with ${paid} of ${facts.total_amount} fen` };
  }
  const types = facts.details.map((detail) => detail.paid_type);
  if (types.length > 0 && types.every((type) => type === 'MCH'))
    return { kind: 'settled', because: 'paid_elsewhere' };
  const transaction = facts.details.find((detail) => detail.transaction_id !== undefined)?.transaction_id;
  return {
    kind: 'paid',
    paid_amount: paid,
    ...(transaction === undefined ? {} : { transaction_id: transaction }),
  };
}

function speaksOfMoney({ paid_amount: paid, details }: OrderFacts): boolean {
  return [paid, ...details.map(({ amount }) => amount)].some((amount) => amount !== undefined && amount > 0);
}

function sumOf(details: readonly PaymentDetail[]): Fen | undefined {
  if (details.length === 0) return undefined;
  let sum = 0;
  for (const { amount } of details) {
    if (amount === undefined) return undefined;
    sum += amount;
  }
  return isFen(sum) ? sum : undefined;
}

function quote(value: string | undefined): string {
  return value === undefined ? '(absent)' : JSON.stringify(value);
}
