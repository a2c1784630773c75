import type { Merchant } from './merchants';
import { type Letter, type Notice, type Sealing, writeLetter } from './notification';
import type { EventType, NotificationFaults, SetNotificationFault } from './notification-faults';
import type { Rules } from './options';
import type { OrderKey } from './orders';
import type { Platform, Signer } from './platform';
import { type Answered, post } from './post';

/** One time that a notification was sent, or was to be. */
export interface Delivery extends OrderKey {
  /** The same for every delivery of one notification. */
  readonly id: string;
  readonly atMs: number;
  readonly event_type: EventType;
  /** 1 is the first, each retry one more. */
  readonly attempt: number;
  /** What was wrong with it; `probe` goes before one that is right, `forgery` was never WeChat Pay's. */
  readonly wrong?: SetNotificationFault['kind'] | 'probe' | 'forgery';
  /** Absent: nothing was sent. */
  readonly signed_by?: Signer['kind'] | 'somebody_else';
  readonly outcome:
    Answered | { readonly kind: 'lost' } | { readonly kind: 'on_its_way'; readonly untilMs: number };
  /** Absent: nothing follows by itself. */
  readonly retryAtMs?: number;
}

interface Due {
  readonly notice: Notice;
  readonly attempt: number;
  readonly dueAtMs: number;
  /** Was signed before and is on its way since. */
  readonly late?: { readonly letter: Letter; readonly signed_by: Signer['kind'] | 'somebody_else' };
}

export interface OutboxOptions {
  readonly now: () => number;
  readonly chance: () => number;
  readonly rules: () => Rules;
  readonly merchants: ReadonlyMap<string, Merchant>;
  readonly platform: Platform;
  readonly faults: NotificationFaults;
  readonly maxRecorded: number;
  /** Aborted when the simulator closes. */
  readonly closing: AbortSignal;
}

const S = 1_000;
const MINUTE = 60 * S;
const HOUR = 60 * MINUTE;
/**
 * WeChat Pay (通知简介): 15s/15s/30s/3m/10m/20m/30m/30m/30m/60m/3h/3h/3h/6h/6h, 24 h 4 min in all. The Payscore page of 2020 has a
 * shorter one. Each counts from the delivery before.
 */
const RETRY_AFTER_MS: readonly number[] = [
  15 * S,
  15 * S,
  30 * S,
  3 * MINUTE,
  10 * MINUTE,
  20 * MINUTE,
  30 * MINUTE,
  30 * MINUTE,
  30 * MINUTE,
  60 * MINUTE,
  3 * HOUR,
  3 * HOUR,
  3 * HOUR,
  6 * HOUR,
  6 * HOUR,
];
/** Past this a notification is lost; none is promised to arrive. */
const MAX_WAITING = 20_000;
const IN_FLIGHT_MAX = 16;

type Sent = Pick<Delivery, 'wrong' | 'signed_by' | 'outcome'>;

const LOST: Sent = { wrong: 'lost', outcome: { kind: 'lost' } };

/** WeChat Pay: only 200 and 204. The answer to a probe decides nothing: the right one goes after it. */
const isTaken = ({ wrong, outcome }: Sent): boolean =>
  wrong !== 'probe' && outcome.kind === 'answered' && [200, 204].includes(outcome.status);

/** Notifications on their way (回调通知). Nothing in it runs by itself: what is due is sent when somebody says so. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #deliveries: Delivery[] = [];
  #waiting: Due[] = [];

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** The last deliveries, oldest first. */
  get deliveries(): readonly Delivery[] {
    return this.#deliveries;
  }

  /** When the next one is due; Infinity when none waits. */
  nextAtMs(): number {
    return this.#waiting.reduce((next, { dueAtMs }) => Math.min(next, dueAtMs), Infinity);
  }

  add(notice: Notice): void {
    if (this.#waiting.length < MAX_WAITING)
      this.#waiting.push({ notice, attempt: 1, dueAtMs: notice.createdAtMs });
    else this.#record(notice, 1, [LOST], undefined);
  }

  /** Sends everything that is due by now; what is due of one notification goes one after the other. */
  async deliver(): Promise<readonly Delivery[]> {
    const nowMs = this.#options.now();
    const due = this.#waiting.filter(({ dueAtMs }) => dueAtMs <= nowMs);
    this.#waiting = this.#waiting.filter(({ dueAtMs }) => dueAtMs > nowMs);
    const waiting = queuesOf(due.toSorted((a, b) => a.dueAtMs - b.dueAtMs)).values();
    const delivered: Delivery[] = [];
    const worker = async (): Promise<void> => {
      for (const queue of waiting) for (const one of queue) delivered.push(...(await this.#deliver(one)));
    };
    await Promise.all(Array.from({ length: IN_FLIGHT_MAX }, worker));
    return delivered;
  }

  async #deliver({ notice, attempt, late }: Due): Promise<readonly Delivery[]> {
    if (late !== undefined) {
      const outcome = await this.#post(late.letter);
      return this.#record(
        notice,
        attempt,
        [{ wrong: 'late', signed_by: late.signed_by, outcome }],
        undefined,
      );
    }
    const { event_type, key } = notice;
    const fault =
      notice.from === 'forger' ? undefined : this.#options.faults.take({ event_type, attempt, ...key });
    const sent = await this.#send(notice, attempt, fault);
    const over = fault?.kind === 'lost' || notice.from === 'forger' || sent.some(isTaken);
    const retryAfterMs = over ? undefined : RETRY_AFTER_MS[attempt - 1];
    const retryAtMs = retryAfterMs === undefined ? undefined : this.#options.now() + retryAfterMs;
    if (retryAtMs !== undefined) this.#waiting.push({ notice, attempt: attempt + 1, dueAtMs: retryAtMs });
    return this.#record(notice, attempt, sent, retryAtMs);
  }

  /** One attempt: mostly one letter. */
  async #send(
    notice: Notice,
    attempt: number,
    fault: SetNotificationFault | undefined,
  ): Promise<readonly Sent[]> {
    if (fault?.kind === 'lost') return [LOST];
    const sealing = this.#sealing(notice, fault);
    const forged = notice.from === 'forger' || fault?.kind === 'forged';
    const signed_by = forged ? 'somebody_else' : sealing.signer.kind;
    const wrong = notice.from === 'forger' ? 'forgery' : fault?.kind;
    const sent = (outcome: Delivery['outcome']): Sent => ({
      ...(wrong !== undefined && { wrong }),
      signed_by,
      outcome,
    });
    const letter = writeLetter(notice, sealing);
    if (fault?.kind === 'late') {
      const untilMs = sealing.nowMs + fault.delayMs;
      this.#waiting.push({ notice, attempt, dueAtMs: untilMs, late: { letter, signed_by } });
      return [sent({ kind: 'on_its_way', untilMs })];
    }
    if (fault?.kind === 'signtest') {
      const probe = await this.#post(writeLetter(notice, { ...sealing, probe: true }));
      return [{ wrong: 'probe', signed_by, outcome: probe }, sent(await this.#post(letter))];
    }
    if (fault?.kind !== 'duplicated') return [sent(await this.#post(letter))];
    const copies = Array.from({ length: fault.copies }, () => letter);
    if (fault.at_once) return Promise.all(copies.map(async (copy) => sent(await this.#post(copy))));
    const answers: Sent[] = [];
    for (const copy of copies) answers.push(sent(await this.#post(copy)));
    return answers;
  }

  #sealing({ key }: Notice, fault: SetNotificationFault | undefined): Sealing {
    const { platform, chance, rules, now } = this.#options;
    const tenant = this.#merchant(key.mchid);
    const nowMs = now();
    const byPublicKey = chance() < rules().publicKeyShare;
    return {
      merchant: fault?.kind === 'wrong_tenant' ? this.#merchant(fault.mchid) : tenant,
      signer: platform.callbackSigner(tenant.verification, byPublicKey, nowMs),
      nowMs,
      fault,
    };
  }

  #merchant(mchid: string): Merchant {
    const merchant = this.#options.merchants.get(mchid);
    if (merchant === undefined) throw new Error(`simulator: no merchant ${mchid}`);
    return merchant;
  }

  #post(letter: Letter): Promise<Answered> {
    return post(letter, this.#options.rules().notifyTimeoutMs, this.#options.closing);
  }

  #record(
    notice: Notice,
    attempt: number,
    sent: readonly Sent[],
    retryAtMs: number | undefined,
  ): readonly Delivery[] {
    const { id, event_type, key } = notice;
    const atMs = this.#options.now();
    const deliveries = sent.map((one, index) => ({
      id,
      atMs,
      ...key,
      event_type,
      attempt,
      ...one,
      ...(retryAtMs !== undefined && index === sent.length - 1 && { retryAtMs }),
    }));
    this.#deliveries.push(...deliveries);
    this.#deliveries.splice(0, this.#deliveries.length - this.#options.maxRecorded);
    return deliveries;
  }
}

/** What is due of each notification, in its order. */
function queuesOf(due: readonly Due[]): ReadonlyMap<string, readonly Due[]> {
  const queues = new Map<string, Due[]>();
  for (const one of due) {
    const queue = queues.get(one.notice.id);
    if (queue === undefined) queues.set(one.notice.id, [one]);
    else queue.push(one);
  }
  return queues;
}
