import type { Books } from './books';
import type { Accepted } from './input';
import { forgedNotice, type Notice, noticeOf } from './notification';
import { EVENT_TYPES, NotificationFaults } from './notification-faults';
import { keyText, type OrderKey } from './orders';
import { type Delivery, Outbox, type OutboxOptions } from './outbox';
import type { OrderRecord } from './record';

export interface NotifierOptions extends Omit<OutboxOptions, 'faults'> {
  readonly books: Books;
}

/** Tells merchants what became of their orders: what there is to tell, whom, and when it is looked after. */
export class Notifier {
  readonly faults: NotificationFaults;
  readonly #options: NotifierOptions;
  readonly #outbox: Outbox;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: NotifierOptions) {
    this.faults = new NotificationFaults(new Set(options.merchants.keys()));
    this.#options = options;
    this.#outbox = new Outbox({ ...options, faults: this.faults });
    options.books.onPaid((order, atMs) => {
      const url = this.#urlOf(order);
      const createdAtMs = atMs + options.rules().notifyAfterMs;
      if (url !== undefined) this.#outbox.add(noticeOf(order, 'PAYSCORE.USER_PAID', createdAtMs, url));
    });
    options.closing.addEventListener('abort', () => clearInterval(this.#timer));
  }

  get deliveries(): readonly Delivery[] {
    return this.#outbox.deliveries;
  }

  /** Of the order as it is, once more or of another event. */
  announce(key: OrderKey, event_type: unknown): Accepted<object> {
    const known = EVENT_TYPES.find((one) => one === event_type);
    if (known === undefined)
      return { ok: false, reason: `event_type must be one of ${EVENT_TYPES.join(', ')}` };
    return this.#add(key, (order, url) => noticeOf(order, known, this.#options.now(), url));
  }

  forge(key: OrderKey): Accepted<object> {
    return this.#add(key, (order, url) => forgedNotice(order, this.#options.now(), url));
  }

  /** Everything that is due by now, of orders that nobody has looked at too. */
  async deliver(): Promise<readonly Delivery[]> {
    this.#options.books.settle();
    return this.#outbox.deliver();
  }

  deliverEvery(everyMs: number): void {
    clearInterval(this.#timer);
    // Of two at a time each sends what the other did not.
    this.#timer = setInterval(() => {
      this.deliver().catch((error: unknown) => console.error('simulator:', error));
    }, everyMs);
  }

  nextEventAtMs(): number {
    return Math.min(this.#options.books.nextEventAtMs(), this.#outbox.nextAtMs());
  }

  #add(key: OrderKey, write: (order: OrderRecord, url: string) => Notice): Accepted<object> {
    return this.#options.books.use(key, (order) => {
      if (order === undefined) return { ok: false, reason: `no order ${keyText(key)}` };
      const url = this.#urlOf(order);
      if (url === undefined) return { ok: false, reason: `no notify_url for ${keyText(key)}` };
      const notice = write(order, url);
      this.#outbox.add(notice);
      return { ok: true, value: { id: notice.id, url } };
    });
  }

  #urlOf({ given, key }: OrderRecord): string | undefined {
    return given.notify_url ?? this.#options.merchants.get(key.mchid)?.notifyUrl;
  }
}
