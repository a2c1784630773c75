import type { Breaker } from '../core/breaker';
import type { ChangeEvent } from '../core/change-event';
import type { BreakerTarget, MerchantControls } from '../core/controls';
import type { FlowEvent } from '../core/event';
import type { Fen, Instant, Mchid, OrderKey, OrderRef, OutOrderNo, SubMchid } from '../core/ids';
import type { KeptCertificates, MerchantRow, SecretFacts } from '../core/key-facts';
import type { KeptNotification, NotificationReading } from '../core/notification';
import type { Operation, Order, OrderStatus } from '../core/order';
import type { Overview, RollupProgress } from '../core/overview';
import type { ClosedDay } from '../core/tally';
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

/** A listed order and its place among all of its merchant's. */
export interface PlacedOrder extends ListedOrder {
  readonly place: string;
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
  /**
   * A stretch of the orders registered in a period, by sub-merchant and then in the order of registration, whatever
   * their status: each keeps its place, so that whoever goes from stretch to stretch (`after` is the last one's
   * `next`, or the place of an order) meets each once, however often its status changes meanwhile. A stretch may be
   * empty and have a next one all the same.
   */
  registered(query: {
    readonly mchid: Mchid;
    readonly sub_mchid?: SubMchid | undefined;
    readonly status?: OrderStatus | undefined;
    /** From then on, and before `to`. */
    readonly from: Instant;
    readonly to: Instant;
    readonly after?: string | undefined;
    /** Read of each status at once. */
    readonly rowsMax: number;
  }): Promise<{ readonly orders: readonly PlacedOrder[]; readonly next?: string }>;
}

/**
 * The ledger by other names of its orders. An order that is found may have changed, or never have come into the ledger:
 * whoever finds one reads it.
 */
export interface OrderSearch {
  /** Of one merchant, whatever the sub-merchant: numbers are only unique within one. */
  byNumber(mchid: Mchid, outOrderNo: OutOrderNo): Promise<readonly OrderKey[]>;
  /** By WeChat Pay's number of a payment (微信支付订单号). */
  byTransaction(mchid: Mchid, transactionId: string): Promise<readonly OrderKey[]>;
}

/** An order that may have come to its end on a day. */
export interface EndedRow {
  readonly date: string;
  readonly key: OrderKey;
  /** The write that says so. */
  readonly at: Instant;
  /** An earlier day among whose orders it was until then. */
  readonly was?: string;
}

/** How merchants stand, as it was last rolled up. Every method may reject with LEDGER_UNAVAILABLE. */
export interface Overviews {
  progress(mchid: Mchid): Promise<RollupProgress | undefined>;
  /** `conflict`: that of a later turn is there. */
  saveProgress(mchid: Mchid, progress: RollupProgress): Promise<Saved>;
  /** `conflict`: a later one is there. */
  save(overview: Overview): Promise<Saved>;
  /** All days that were closed, in no order. */
  days(mchid: Mchid): AsyncIterable<ClosedDay>;
  /** `conflict`: one that was computed later is there. */
  saveDay(mchid: Mchid, day: ClosedDay): Promise<Saved>;
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

/** Where everybody is told of changes, if the deployment has it so. */
export interface EventBus {
  /** Whether each was surely taken, in the order given. Never rejects: what was not taken has to be put again. */
  put(events: readonly ChangeEvent[]): Promise<readonly boolean[]>;
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
  /** Tells WeChat Pay of a decision by hand; never resends. */
  change(order: OrderRef, operation: Operation, limits: CollectLimits): Promise<CallReport>;
}

/** What reads each merchant's notifications: with keys that verify and decrypt, and none that sign. */
export interface NotificationReaders {
  /** Whether a notification has all that a signature consists of. It needs no keys. */
  isSigned(raw: RawNotification): boolean;
  /** Rejects when the merchant's keys cannot be had or used. */
  get(mchid: Mchid): Promise<NotificationReader>;
  /** Whether there are other keys than those of `used`: reads them again, if need be. Never rejects. */
  refresh(mchid: Mchid, used: NotificationReader): Promise<boolean>;
}

export interface NotificationReader {
  read(raw: RawNotification): NotificationReading;
}

/** A notification as it came over HTTP: the very bytes, and header names in lower case. */
export interface RawNotification {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface NotificationsKept {
  /** Once for each merchant and id, however often it is asked. Rejects with LEDGER_UNAVAILABLE. */
  keep(notification: KeptNotification): Promise<void>;
}

/** What is kept of merchants' keys, for all functions. Every method may reject with LEDGER_UNAVAILABLE. */
export interface MerchantRows {
  /** Rejects with LEDGER_ROW_NEWER too. */
  find(mchid: Mchid): Promise<MerchantRow | undefined>;
  all(): Promise<readonly MerchantRow[]>;
  saveFacts(mchid: Mchid, facts: SecretFacts): Promise<void>;
  /** Whether the caller is the one to download now: nobody has tried after `notAfter`. */
  claimDownload(mchid: Mchid, at: Instant, notAfter: Instant): Promise<boolean>;
  /** False: newer ones are there already. */
  saveCertificates(mchid: Mchid, certificates: KeptCertificates): Promise<boolean>;
  /** Asks for a download; false when somebody has after `notAfter`. */
  want(mchid: Mchid, at: Instant, notAfter: Instant): Promise<boolean>;
}
