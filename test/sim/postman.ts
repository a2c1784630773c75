import type { OrderKey } from '../../lambda/core/ids';
import type { RawNotification } from '../../lambda/flow/ports';
import {
  forgedNotice,
  type Letter,
  type Notice,
  noticeOf,
  writeLetter,
} from '../../local/wechatpay/notification';
import type { SetNotificationFault } from '../../local/wechatpay/notification-faults';
import type { OrderRecord } from '../../local/wechatpay/record';
import type { Bank } from './bank';
import { HOUR, MINUTE, SECOND, type PlannedOrder } from './plan';
import type { Vault } from './vault';
import type { World } from './world';

/** The status that a delivery was answered with; it never calls back when nobody answered. */
export type Doorbell = (mchid: string, raw: RawNotification, answered: (status: number) => void) => void;

/** The first of the intervals that WeChat Pay documents; the others are no different. */
const RETRY_AFTER_MS = [
  15 * SECOND,
  15 * SECOND,
  30 * SECOND,
  3 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  3 * HOUR,
  6 * HOUR,
];
const ANSWERED_WITHIN_MS = 5 * SECOND;
/** Five minutes, and what clocks differ by. */
const TRUSTED_MS = 6 * MINUTE;
const WRITTEN_AFTER_MS = 1 * SECOND;

/** WeChat Pay's notifications (回调通知), written and signed by `local/wechatpay`, on their way to whoever answers the bell. */
export class Postman {
  #letters = 0;

  constructor(
    private readonly world: World,
    private readonly bank: Bank,
    private readonly vault: Vault,
    private readonly ring: Doorbell,
  ) {
    bank.books.onPaid((order) => {
      // As it is now: the books go on.
      const notice = this.#noticeOf(order);
      if (this.#draws('notice_lost')) return world.history.note(`${notice.id} is lost`);
      world.engine.after(WRITTEN_AFTER_MS, () => this.#deliver(notice, 0));
    });
  }

  /** Somebody who has everything but WeChat Pay's key says, some times, that an order is paid. */
  forge(orders: readonly PlannedOrder[], faultyMs: number): void {
    const { engine, mix } = this.world;
    const random = this.world.random('forger');
    for (let times = 0; times < (mix.notice_forged ?? 0) * orders.length; times += 1) {
      const [order, at] = [orders[random.below(orders.length)], random.below(faultyMs)];
      engine.after(at, () => {
        if (order === undefined || !this.world.faulty) return;
        this.bank.books.use(order.ref, (record) => {
          if (record === undefined) return;
          const forged = {
            ...forgedNotice(record, engine.now, 'http://sim/'),
            id: `F-${(this.#letters += 1)}`,
          };
          this.#post(forged, this.#write(forged, { forged: true }), () => undefined);
        });
      });
    }
  }

  /** Each seed loses its own share of them. */
  #draws(kind: 'notice_lost'): boolean {
    const { mix, faulty } = this.world;
    if (mix[kind] === undefined || !faulty) return false;
    return this.world.random(kind).draw(0.2 + (this.world.seed % 5) * 0.2);
  }

  #noticeOf(order: OrderRecord): Notice {
    const createdAtMs = this.world.engine.now + WRITTEN_AFTER_MS;
    const notice = noticeOf(order, 'PAYSCORE.USER_PAID', createdAtMs, 'http://sim/');
    const resource = JSON.parse(JSON.stringify(notice.resource)) as object;
    return { ...notice, resource, id: `N-${(this.#letters += 1)}` };
  }

  #deliver(notice: Notice, attempt: number): void {
    const { world } = this;
    const { engine } = world;
    let taken = false;
    const answered = (status: number) => {
      world.history.note(`${notice.id} is answered ${status}`);
      taken ||= status === 200 || status === 204;
    };
    if (world.strikes('notice_probe'))
      this.#post(notice, this.#write(notice, { probe: true }), () => undefined);
    const random = world.random('letters');
    const late = world.strikes('notice_late');
    const stale =
      late && random.draw(0.5) ? ({ kind: 'stale', seconds: 3_600, on: {}, times: 1 } as const) : undefined;
    const letter = this.#write(notice, stale === undefined ? {} : { fault: stale });
    const copies = world.strikes('notice_twice') ? random.between(2, 4) : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const ms = late ? random.below(8 * HOUR) : random.below(200);
      engine.after(ms, () => this.#post(notice, letter, answered));
    }
    const retryMs = RETRY_AFTER_MS[attempt];
    if (retryMs === undefined) return;
    engine.after(ANSWERED_WITHIN_MS + retryMs, () => {
      if (!taken) this.#deliver(notice, attempt + 1);
    });
  }

  #write(
    notice: Notice,
    {
      forged,
      ...more
    }: { readonly probe?: true; readonly forged?: true; readonly fault?: SetNotificationFault } = {},
  ): Letter {
    const { mchid } = notice.key;
    const serial = this.vault.signerOf(mchid);
    const privateKey = forged === true ? this.vault.forgersKey : this.vault.privateKeyOf(serial);
    const signer = { kind: 'certificate', serial, privateKey } as const;
    const merchant = { apiv3_key: this.vault.apiv3KeyOf(mchid) };
    // Whose key it is says who it is from.
    return writeLetter(
      { ...notice, from: 'wechatpay' },
      { merchant, signer, nowMs: this.world.engine.now, ...more },
    );
  }

  #post(notice: Notice, { headers, body }: Letter, answered: (status: number) => void): void {
    const lower = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    const { judge, history, engine } = this.world;
    const genuine =
      notice.from === 'wechatpay' && !String(lower['wechatpay-signature']).startsWith('WECHATPAY');
    history.note(`${notice.id} is delivered`);
    const signedAgoMs = engine.now - Number(lower['wechatpay-timestamp']) * SECOND;
    if (genuine && signedAgoMs <= TRUSTED_MS) judge.told(notice.key as OrderKey, notice.resource);
    this.ring(notice.key.mchid, { headers: lower, body }, answered);
  }
}
