import type { OrderKey } from '../../lambda/core/ids';
import type { Order } from '../../lambda/core/order';
import type { SimulatedOrder } from '../../local/wechatpay/orders';
import type { Rules } from './judge-policy';
import type { PlannedOrder } from './plan';

/** What the judge needs of an instance: who it is, and how far its clock is off. */
export interface Suspect {
  readonly name: string;
  readonly skewMs: number;
  readonly beganAt: number;
}

/** A request that left. */
export interface Left {
  readonly action: string;
  readonly at: number;
  readonly by: Suspect;
  readonly claim_id: string | undefined;
  /** What was heard of it: status, and WeChat Pay's sub-code. */
  heard?: { readonly status: number; readonly subCode: number; readonly userPaying: boolean } | 'unsigned';
}

/** Something about an order that WeChat Pay said and that could be verified. */
export interface Evidence {
  readonly says: string;
  readonly isEnd: boolean;
  /** By the clock of whoever asked; of a notification, nothing. */
  readonly askedAt?: number;
}

/** A claim, as it was written, and whether its one call was made. */
export interface Claim {
  readonly by: Suspect;
  readonly open: NonNullable<Order['open']>;
  /** When it took effect: whoever read the order before that did not know of it. */
  readonly writtenAt: number;
  used: boolean;
}

/** What the judge knows of an order. */
export interface Known {
  readonly key: OrderKey;
  planned?: PlannedOrder;
  registered: boolean;
  row?: Order;
  readonly calls: Left[];
  /** Who claimed, and whether the claim was used. */
  readonly claims: Map<string, Claim>;
  readonly evidence: Evidence[];
  /** When it was last known not to be completed, and first known to be after that. */
  notCompletedAt: number;
  seenCompletedAt: number;
  /** The amounts that somebody named as refunded, rightly or not. */
  readonly refunded: Set<number>;
  /** Somebody named the refund, or took back the decision it comes of. */
  refundMeant: boolean;
  /** When somebody first said that nothing more is to be paid. */
  forgivenAt: number;
  consentedAt: number;
  releasedAt: number;
  /** When it was last no longer in doubt: whoever read it before that asks all the same. */
  doubtEndedAt: number;
}

/** Where promises are held against what happened. */
export interface Court {
  readonly rules: Rules;
  readonly now: () => number;
  /** WeChat Pay's own books. */
  readonly truth: (key: OrderKey) => SimulatedOrder | undefined;
  insist(holds: boolean, promise: string, known: Pick<Known, 'key'>, more?: unknown): void;
}

/** The same of what the ledger says that WeChat Pay said. */
export function saidIn({ facts }: NonNullable<Order['observed']>): string {
  const { state, state_description, collection_state, total_amount, paid_amount } = facts;
  return [state, state_description, collection_state, total_amount, paid_amount].join('|');
}
