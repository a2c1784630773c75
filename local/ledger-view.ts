import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Mchid, OrderKey } from '../lambda/core/ids';
import type { Order } from '../lambda/core/order';
import { DynamoLedger } from '../lambda/store/ledger';
import { LOCAL_AWS } from './aws/identity';
import { MCHID } from './samples';
import type { LocalService } from './service';
import { TABLE_NAME } from './wiring';

/** Where the orders stand, as the ledger has it. */
export interface Snapshot {
  readonly orders: number;
  /** Waiting for their time. */
  readonly waiting: number;
  readonly due: number;
  /** With a worker, or on the way to one. */
  readonly in_flight: number;
  /** An attempt is open and its outcome not known yet. */
  readonly unknown: number;
  /** Among those waiting: WeChat Pay said of the last attempt that it took nothing. */
  readonly declined: number;
  /** Not collected, still asked about. */
  readonly watched: number;
  readonly paid: number;
  /** Of those paid, the ones that a notification told of before anybody asked. */
  readonly told: number;
  /** Settled, cancelled, expired. */
  readonly ended: number;
  /** Fen, verified as paid. */
  readonly recovered: number;
  readonly owed: number;
  readonly attempts: number;
}

/** The running service's ledger, by the code that the functions read it with. */
export function openLedger({ dynamodbUrl }: Pick<LocalService, 'dynamodbUrl'>): {
  readonly view: LedgerView;
  close(): void;
} {
  const client = new DynamoDBClient({ endpoint: dynamodbUrl, ...LOCAL_AWS });
  const view = new LedgerView(new DynamoLedger({ client, tableName: TABLE_NAME }));
  return { view, close: () => client.destroy() };
}

const PAGE_MAX = 100;

/**
 * The ledger as it was when it was last looked at. Reading all of it after every tick would cost more than the tick:
 * what the sweep did not hand to a worker has not changed.
 */
export class LedgerView {
  readonly #ledger: DynamoLedger;
  readonly #orders = new Map<string, Order>();

  constructor(ledger: DynamoLedger) {
    this.#ledger = ledger;
  }

  get orders(): readonly Order[] {
    return [...this.#orders.values()];
  }

  has(key: Key): boolean {
    return this.#orders.has(keyText(key));
  }

  /** Reads those anew that are there, among whatever else is named. */
  async readKnown(keys: readonly Key[]): Promise<void> {
    const known = new Set(keys.map(keyText));
    await this.read([...known].flatMap((key) => this.#orders.get(key)?.ref ?? []));
  }

  /** Every order, page by page as the API lists them. */
  async readAll(): Promise<void> {
    let cursor: string | undefined;
    do {
      const query = {
        mchid: MCHID as Mchid,
        pageMax: PAGE_MAX,
        ...(cursor === undefined ? {} : { cursor }),
      };
      const page = await this.#ledger.list(query);
      await this.read(page.orders);
      ({ cursor } = page);
    } while (cursor !== undefined);
  }

  async read(keys: readonly OrderKey[]): Promise<void> {
    for (const order of await this.#ledger.findMany(keys)) this.#orders.set(keyText(order.ref), order);
  }

  due(now: number): readonly Order[] {
    return this.orders.filter(({ due_at: due = Infinity }) => due <= now);
  }

  nextDueAt(): number {
    return this.orders.reduce((next, { due_at: due = Infinity }) => Math.min(next, due), Infinity);
  }

  /** Of the orders named, as far as they are there. */
  snapshot(keys: readonly Key[], now: number, inFlight: readonly Order[]): Snapshot {
    const flying = new Set(inFlight.map(({ ref }) => keyText(ref)));
    const orders = keys.flatMap((key) => this.#orders.get(keyText(key)) ?? []);
    const resting = orders.filter(({ ref }) => !flying.has(keyText(ref)));
    const waiting = resting.filter(({ status, open }) => status === 'active' && open === undefined);
    const paid = orders.flatMap(({ observed }) =>
      observed?.standing.kind === 'paid' ? [observed.standing] : [],
    );
    const told = orders.filter(
      ({ observed }) => observed?.standing.kind === 'paid' && observed.by === 'notification',
    );
    const due = waiting.filter(({ due_at: dueAt = 0 }) => dueAt <= now).length;
    return {
      orders: orders.length,
      waiting: waiting.length - due,
      due,
      in_flight: orders.length - resting.length,
      unknown: resting.filter(({ open }) => open !== undefined).length,
      declined: waiting.filter((order) => lastOutcome(order) === 'declined').length,
      watched: resting.filter(({ status, open }) => status === 'watched' && open === undefined).length,
      paid: paid.length,
      told: told.length,
      ended: resting.filter(({ status }) => ['settled', 'cancelled', 'expired'].includes(status)).length,
      recovered: paid.reduce((sum, { paid_amount }) => sum + paid_amount, 0),
      owed: orders.reduce((sum, { registration }) => sum + (registration.total_amount ?? 0), 0),
      attempts: orders.reduce((sum, { calls }) => sum + calls.length, 0),
    };
  }
}

export type Key = Readonly<Record<'mchid' | 'sub_mchid' | 'out_order_no', string>>;

export function keyText({ mchid, sub_mchid, out_order_no }: Key): string {
  return `${mchid}/${sub_mchid}/${out_order_no}`;
}

function lastOutcome({ timeline }: Order): string | undefined {
  const last = timeline.findLast((entry) => entry.kind === 'attempt');
  return last?.outcome.kind;
}
