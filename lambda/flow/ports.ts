import type { Breaker } from '../core/breaker';
import type { BreakerTarget, MerchantControls } from '../core/controls';
import type { FlowEvent } from '../core/event';
import type { Fen, Instant, Mchid, OrderKey, OrderRef, SubMchid } from '../core/ids';
import type { Order, OrderStatus } from '../core/order';
import type { CallLimits, CallReport, CollectLimits, QueryReport } from '../core/outcome';

/** What the flows need of the world; `store/` and `wechatpay/` provide it. */
export interface Ports {
  readonly ledger: Ledger;
  readonly controls: Controls;
  readonly budget: Budget;
  readonly merchants: Merchants;
  readonly now: () => Instant;
  /** A new random id for each claim. */
  readonly newClaimId: () => string;
  /** A random number in [0, 1): what spreads orders that become due together. */
  readonly chance: () => number;
  readonly record: (event: FlowEvent) => void;
}

/** Saving says `conflict` when somebody else was there first, or when an earlier try of this very write got through. */
export type Saved = 'saved' | 'conflict';

export interface Ledger {
  find(key: OrderKey): Promise<Order | undefined>;
  /** Many at once, in no order; those that are not there, or that a newer release wrote, are missing. */
  findMany(keys: readonly OrderKey[]): Promise<readonly Order[]>;
  create(order: Order): Promise<Saved>;
  save(before: Order, after: Order): Promise<Saved>;
}

/** An order that is due, as the index knows it. */
export interface DueOrder {
  readonly key: OrderKey;
  readonly service_id: OrderRef['service_id'];
  readonly due_at: Instant;
  readonly planned_at: Instant;
}

/** The ledger as the sweep sees it. */
export interface DueOrders {
  /** What is due at `now`, longest due first within each part of the index, at most `ordersMax`. */
  due(now: Instant, ordersMax: number): Promise<readonly DueOrder[]>;
  /** Moves the due time on, if it is still as seen. */
  postpone(order: DueOrder, until: Instant): Promise<Saved>;
}

/** An order as lists show it. */
export interface ListedOrder extends OrderRef {
  readonly status: OrderStatus;
  readonly registered_at: Instant;
  readonly total_amount?: Fen;
  /** Of an order that is paid. */
  readonly paid_amount?: Fen;
}

/** The ledger as a merchant's lists: by status, then by sub-merchant, then in the order of registration. */
export interface OrderList {
  /**
   * One page of at most `pageMax` (1 to 100) orders; without a status those of every status, one after the other.
   * A page that another one follows has a cursor, which is good for the same query only. An order whose status
   * changes between two pages may be on both, or on neither. Rejects with PayscoreError CURSOR_INVALID.
   */
  list(query: {
    readonly mchid: Mchid;
    readonly status?: OrderStatus | undefined;
    readonly sub_mchid?: SubMchid | undefined;
    readonly pageMax: number;
    readonly cursor?: string | undefined;
  }): Promise<{ readonly orders: readonly ListedOrder[]; readonly cursor?: string }>;
}

/** An order on its way to a worker. */
export interface Dispatch {
  readonly key: OrderKey;
  /** Nobody sees it before that many seconds, 0 to 900, have passed. */
  readonly delaySeconds: number;
}

/** Where due orders wait for a worker. */
export interface WorkQueue {
  /** Whether each was taken, in the order given. Never rejects: what was not taken is due again. */
  send(orders: readonly Dispatch[]): Promise<readonly boolean[]>;
}

export interface Controls {
  read(mchid: Mchid): Promise<MerchantControls>;
  /** Writes one breaker, or removes it, if it is still as seen. */
  saveBreaker(target: BreakerTarget, before: Breaker | undefined, after: Breaker | undefined): Promise<Saved>;
}

export interface Budget {
  /** Takes one call of a merchant's rate; when it is used up, until then. */
  take(mchid: Mchid): Promise<Instant | undefined>;
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
