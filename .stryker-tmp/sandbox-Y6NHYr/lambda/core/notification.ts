import { isUnasked } from './decide';
import { evolve, type Change } from './evolve';
import type { Instant, Mchid, OrderKey, ServiceId } from './ids';
import { isTerminal, observe, type OrderFacts, type Standing } from './observe';
import type { Observation, Order } from './order';
import { isSame } from './same';

/** What a notification came to, each in a sentence: WeChat Pay is told it where it is refused. */
export const NOTIFICATION_OUTCOMES = {
  applied: 'What it says is in the ledger.',
  known: 'The ledger knows that already, or something later; nothing was written.',
  doubted: 'By itself it proves nothing about now; the schedule asks WeChat Pay about the order at once.',
  other_service: 'The order is registered under another service_id: kept, and WeChat Pay is asked.',
  unregistered: 'Nobody registered the order: kept.',
  other_event: 'Not about a payment: kept.',
  unverified: 'The signature does not prove that WeChat Pay sent this, lately.',
  unreadable: 'The notification is not of the documented form.',
  wrong_tenant: 'The order is not of the merchant that the address names.',
  merchant_unknown: 'The address names no merchant of this service.',
  undecryptable: 'The resource does not decrypt under the APIv3 key held here.',
  too_large: 'The body is too large.',
  unavailable: 'Something behind is out of reach; send it again.',
  out_of_time: 'It took too long; send it again.',
} as const;

export type NotificationOutcome = keyof typeof NOTIFICATION_OUTCOMES;

/** A notification that WeChat Pay did sign. */
export interface Notice {
  readonly id: string;
  readonly event_type: string;
  /** When WeChat Pay wrote it; a delivery that is tried again is signed anew and says what was true then. */
  readonly created_at: Instant;
  readonly signed_at: Instant;
  readonly signed_by: 'public_key' | 'certificate';
  /** Signed longer ago than an answer may be: what it says is only a reason to ask. */
  readonly late: boolean;
}

/** What a payment notification says of an order. */
export interface PaymentNotice {
  readonly notice: Notice;
  readonly key: OrderKey;
  /** Absent when the notification does not say. */
  readonly service_id?: ServiceId;
  readonly facts: OrderFacts;
}

export type NotificationReading =
  /** Nothing proves that WeChat Pay sent it, and nothing in it was looked at. */
  | { readonly kind: 'unverified'; readonly because: string }
  | { readonly kind: 'serial_unknown'; readonly serial: string }
  /** From here on WeChat Pay did sign it. */
  | { readonly kind: 'unreadable' | 'wrong_tenant'; readonly because: string; readonly id?: string }
  | { readonly kind: 'undecryptable'; readonly because: string; readonly id: string }
  | { readonly kind: 'other_event'; readonly notice: Notice }
  | ({ readonly kind: 'order' } & PaymentNotice);

/** A notification that is not applied, and not lost either. */
export interface KeptNotification extends Pick<Notice, 'id' | 'event_type' | 'created_at'> {
  readonly mchid: Mchid;
  readonly received_at: Instant;
  readonly because: Extract<NotificationOutcome, 'unregistered' | 'other_event' | 'other_service'>;
  readonly order?: OrderKey;
  /** The body as it came, still encrypted. */
  readonly envelope: string;
}

export type Judgement =
  | { readonly kind: 'known' }
  /** Without a change: the order is in doubt already. */
  | { readonly kind: 'doubted'; readonly change?: Change }
  | { readonly kind: 'applied'; readonly change: Change };

/**
 * What a notification changes. Deliveries come twice, late and in any order; whatever their order, the same is known in
 * the end: what was written later counts, and an earlier stage of what is known adds nothing to it.
 */
export function judge(
  order: Order,
  { notice, facts }: Pick<PaymentNotice, 'notice' | 'facts'>,
  now: Instant,
): Judgement {
  const at = Math.min(notice.created_at, now);
  const observation: Observation = { at, standing: observe(facts), facts, by: 'notification' };
  const known = order.observed;
  if (known !== undefined && isSame(observation.standing, known.standing)) return { kind: 'known' };
  const change = { kind: 'observe', observation } as const;
  const overtaken = evolve(order, change).observed !== observation;
  if (known !== undefined && (overtaken || known.at >= at)) {
    if (isPassed(observation.standing, known.standing)) return { kind: 'known' };
  }
  // An end that was verified is only left for the answer to a question.
  const leavesEnd = known !== undefined && isTerminal(known.standing) && !isTerminal(observation.standing);
  return notice.late || overtaken || leavesEnd ? doubt(order, now) : { kind: 'applied', change };
}

/** An order in doubt that nobody has asked about since is asked about at once anyway: one more reason changes nothing. */
export function doubt(order: Order, at: Instant): Extract<Judgement, { kind: 'doubted' }> {
  return { kind: 'doubted', ...(isUnasked(order) ? {} : { change: { kind: 'doubt', at } }) };
}

/** Whether a standing is one that an order goes through before it comes to stand as `known`. */
function isPassed(said: Standing, known: Standing): boolean {
  if (said.kind !== 'pending' && said.kind !== 'not_completed') return false;
  if (known.kind !== 'pending' && !isTerminal(known)) return false;
  return paidOf(said) <= paidOf(known);
}

function paidOf(standing: Standing): number {
  return standing.kind === 'pending' || standing.kind === 'paid' ? (standing.paid_amount ?? 0) : 0;
}
