import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type {
  Delivery,
  NewOrder,
  PlatformKeys,
  RecordedRequest,
  SimulatedMerchant,
} from '../../local/wechatpay';
import { startChild, type Child } from '../support/child';
import type { Recorded, WechatpayQuestions } from './wechatpay-process';

type Books = WechatpayQuestions['books']['answer'];

/** The simulated WeChat Pay, which is there or not; its books and its addresses outlive its process. */
export class WechatpayHost {
  /** Known to the process that is started next. */
  notifyUrl: string | undefined;
  #child: Child<WechatpayQuestions> | undefined;
  #coming: Child<WechatpayQuestions> | undefined;
  #ports: readonly [number, number] = [0, 0];
  readonly #journalFile: string;
  readonly #recordFile: string;

  constructor(
    folder: string,
    private readonly platform: PlatformKeys,
    private readonly merchant: SimulatedMerchant,
  ) {
    this.#journalFile = path.join(folder, 'wechatpay.jsonl');
    this.#recordFile = path.join(folder, 'record.jsonl');
  }

  async start(): Promise<{ readonly url: string; readonly backupUrl: string }> {
    const child = startChild<WechatpayQuestions>(path.join(__dirname, 'wechatpay-process.ts'));
    this.#coming = child;
    const { notifyUrl, merchant, platform } = this;
    const urls = await child.ask('start', {
      merchant: { ...merchant, ...(notifyUrl === undefined ? {} : { notifyUrl }) },
      platform,
      now: Date.now(),
      ports: this.#ports,
      journalFile: this.#journalFile,
      recordFile: this.#recordFile,
    });
    this.#coming = undefined;
    this.#ports = [Number(new URL(urls.url).port), Number(new URL(urls.backupUrl).port)];
    this.#child = child;
    return urls;
  }

  get isUp(): boolean {
    return this.#child !== undefined;
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    await child?.ask('stop', null);
    await child?.kill();
  }

  async kill(): Promise<void> {
    await (this.#child ?? this.#coming)?.kill();
  }

  /** One that comes up is told too: it listens before it has said so, and a call must not find it at an older time. */
  async clock(now: number): Promise<void> {
    // It may be stopped meanwhile; the next one is told when it starts.
    await (this.#child ?? this.#coming)?.ask('clock', now).catch(() => null);
  }

  async orders(orders: readonly NewOrder[]): Promise<void> {
    await this.#up().ask('orders', orders);
  }

  /** Notifications that are due go out, if there is anybody to send them. */
  async deliver(): Promise<number> {
    try {
      return (await this.#child?.ask('deliver', null)) ?? 0;
    } catch (error) {
      // It was stopped meanwhile, and they are lost.
      if (this.isUp) throw error;
      return 0;
    }
  }

  async nextEventAt(): Promise<number> {
    try {
      return (await this.#child?.ask('next_event', null)) ?? Infinity;
    } catch (error) {
      if (this.isUp) throw error;
      return Infinity;
    }
  }

  async books(): Promise<Books> {
    return this.#up().ask('books', null);
  }

  /** Of all its processes that have been stopped. */
  async record(): Promise<{ readonly requests: RecordedRequest[]; readonly deliveries: Delivery[] }> {
    const text = existsSync(this.#recordFile) ? await readFile(this.#recordFile, 'utf8') : '';
    const requests: RecordedRequest[] = [];
    const deliveries: Delivery[] = [];
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const recorded = JSON.parse(line) as Recorded;
      if (recorded.kind === 'request') requests.push(recorded.request);
      else deliveries.push(recorded.delivery);
    }
    return { requests, deliveries };
  }

  #up(): Child<WechatpayQuestions> {
    if (this.#child === undefined) throw new Error('the simulated WeChat Pay is not there now');
    return this.#child;
  }
}
