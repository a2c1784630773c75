import type { ByHandResult } from './books';
import type { Host } from './exchange';
import type { Fault } from './faults';
import type { CertifiedKey, PlatformKeys } from './keys';
import type { Merchant, SimulatedMerchant } from './merchants';
import type { EventType, NotificationFault } from './notification-faults';
import type { Rules } from './options';
import type { Customer, NewOrder, OrderBooks, OrderKey, SimulatedOrder } from './orders';
import type { Delivery } from './outbox';
import type { RecordedRequest } from './recorder';

export interface SimulatorOptions {
  readonly merchants: readonly SimulatedMerchant[];
  /** Milliseconds since the epoch; default Date.now. Delays asked for as faults are real time all the same. */
  readonly now?: () => number;
  readonly port?: number;
  readonly backupPort?: number;
  /** Default: fresh keys at every start. */
  readonly platform?: PlatformKeys;
  readonly rules?: Partial<Rules>;
  readonly maxRecordedRequests?: number;
  readonly maxRecordedDeliveries?: number;
  /** From 0 to below 1, for what happens with a probability; default Math.random. */
  readonly chance?: () => number;
  /**
   * Where the orders are kept from one start to the next, as JSON lines; made when it is missing. One simulator at a time.
   * Notifications on their way and faults that wait are not kept: to the merchant such a notification is lost.
   * Starting throws when the file has an order of another merchant, or a line that cannot be read.
   */
  readonly journalFile?: string;
}

export interface Simulator {
  /** http://127.0.0.1:PORT, standing for api.mch.weixin.qq.com. */
  readonly url: string;
  /** Standing for api2.mch.weixin.qq.com: another listener, the same books. */
  readonly backupUrl: string;
  /** As it was at the start. */
  readonly platform: Pick<PlatformKeys, 'certificate' | 'serial_no' | 'public_key' | 'public_key_id'>;
  /** The last calls that arrived, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** The last notifications that were sent or lost, each as often as it was; oldest first. */
  readonly deliveries: readonly Delivery[];
  /** Throws when the order is malformed, of an unknown merchant, or exists. */
  addOrder: (order: NewOrder) => SimulatedOrder;
  order: (mchid: string, sub_mchid: string, out_order_no: string) => SimulatedOrder | undefined;
  orders: () => readonly SimulatedOrder[];
  /** Per order: every movement of money, and how often /pay was called. */
  books: () => readonly OrderBooks[];
  payByHand: (key: OrderKey) => ByHandResult;
  /** Throws when the customer is malformed or the order unknown. */
  changeCustomer: (key: OrderKey, customer: Customer) => SimulatedOrder;
  /** As if the customer had the cashier open; false when there is no such order. */
  lock: (key: OrderKey, forMs: number) => boolean;
  /** Throws when the fault is malformed. */
  fault: (fault: Fault) => void;
  /** What goes wrong with a delivery. Throws when it is malformed, or names an unknown merchant. */
  notificationFault: (fault: NotificationFault) => void;
  /** Of both kinds. */
  clearFaults: () => void;
  /** The keys and settings of a merchant number, to be changed. Throws when it is unknown. */
  merchant: (mchid: string) => Merchant;
  /** Throws on a rule that cannot be. */
  changeRules: (rules: Partial<Rules>) => void;
  /**
   * Another platform certificate: listed from now on, signing a day later.
   * @returns the certificate, and when it signs; throws while the last rotation is not over
   */
  rotatePlatformCertificate: (next?: CertifiedKey) => Promise<{ serial_no: string; signsFromMs: number }>;
  /** Tells of the order as it is, once more or of another event. Throws when it is unknown, or there is nowhere to tell. */
  announce: (key: OrderKey, event_type: EventType) => void;
  /**
   * A notification that the order was paid in full, by somebody who has everything but the platform's key.
   * Throws when it is unknown, or there is nowhere to send to.
   */
  forge: (key: OrderKey) => void;
  /** Sends, over HTTP, every notification that is due by now. Nothing is sent by itself. */
  deliverNotifications: () => Promise<readonly Delivery[]>;
  /** From now on they are sent by themselves, looked after so often in true time. */
  deliverEvery: (everyMs: number) => void;
  /** When money next moves by itself, or a notification is due; Infinity when neither will be. */
  nextEventAtMs: () => number;
  /** While down a host refuses connections. */
  setDown: (host: Host, down: boolean) => Promise<void>;
  close: () => Promise<void>;
}
