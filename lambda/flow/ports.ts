import type { FlowEvent } from '../core/event';
import type { Instant, Mchid, OrderKey, OrderRef } from '../core/ids';
import type { Order } from '../core/order';
import type { CallLimits, CallReport, CollectLimits, QueryReport } from '../core/outcome';
import type { Policy } from '../core/decide';

/** What the flows need of the world; `store/` and `wechatpay/` provide it. */
export interface Ports {
  readonly ledger: Ledger;
  readonly merchants: Merchants;
  readonly policy: Policy;
  readonly now: () => Instant;
  /** A new random id for each claim. */
  readonly newClaimId: () => string;
  readonly record: (event: FlowEvent) => void;
}

export interface Ledger {
  /** The order, or a new one of version 0. */
  load(ref: OrderRef): Promise<Order>;
  /** The order, if there is one. */
  find(key: OrderKey): Promise<Order | undefined>;
  save(before: Order, after: Order): Promise<'saved' | 'conflict'>;
}

export interface Merchants {
  /** The calls of one merchant. Rejects when its keys cannot be had or used. */
  get(mchid: Mchid): Promise<MerchantCalls>;
  /** Whether there are other keys than those of `used`, which WeChat Pay refused: reads them again, if need be. Never rejects. */
  refresh(mchid: Mchid, used: MerchantCalls): Promise<boolean>;
}

export interface MerchantCalls {
  collect(order: OrderRef, limits: CollectLimits): Promise<CallReport>;
  query(order: OrderRef, limits: CallLimits): Promise<QueryReport>;
}
