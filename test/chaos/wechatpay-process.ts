import { appendFileSync } from 'node:fs';
import {
  startWechatPay,
  type Delivery,
  type NewOrder,
  type OrderBooks,
  type PlatformKeys,
  type RecordedRequest,
  type SimulatedMerchant,
  type SimulatedOrder,
  type Simulator,
} from '../../local/wechatpay';
import { answerParent } from '../support/child';
import { installClock, type ClockQuestions } from './shared-clock';

/** The simulated WeChat Pay. Its orders are in a journal, what arrived at it goes into a record when it is stopped. */

export interface WechatpayQuestions extends ClockQuestions {
  readonly start: {
    readonly ask: {
      readonly merchant: SimulatedMerchant;
      readonly platform: PlatformKeys;
      readonly now: number;
      /** 0 takes any free ones. */
      readonly ports: readonly [number, number];
      readonly journalFile: string;
      readonly recordFile: string;
    };
    readonly answer: { readonly url: string; readonly backupUrl: string };
  };
  readonly orders: { readonly ask: readonly NewOrder[]; readonly answer: null };
  readonly deliver: { readonly ask: null; readonly answer: number };
  readonly next_event: { readonly ask: null; readonly answer: number | null };
  readonly books: {
    readonly ask: null;
    readonly answer: { readonly books: readonly OrderBooks[]; readonly orders: readonly SimulatedOrder[] };
  };
  /** As if the process were killed, but for its record: connections break, what is under way comes to nothing. */
  readonly stop: { readonly ask: null; readonly answer: null };
}

/** A line of the record. */
export type Recorded =
  | { readonly kind: 'request'; readonly request: RecordedRequest }
  | { readonly kind: 'delivery'; readonly delivery: Delivery };

const RECORDED_MAX = 2_000_000;

const clock = installClock();
let simulator: Simulator | undefined;
let recordFile = '';

function running(): Simulator {
  if (simulator === undefined) throw new Error('asked before it was started');
  return simulator;
}

function record(): void {
  const { requests, deliveries } = running();
  const lines = [
    ...requests
      // Nobody has been answered, and nothing was done.
      .filter(({ outcome, signature }) => outcome.kind !== 'pending' || signature.verdict !== 'unchecked')
      .map((request): Recorded => ({ kind: 'request', request: slim(request) })),
    ...deliveries.map((delivery): Recorded => ({ kind: 'delivery', delivery })),
  ];
  appendFileSync(recordFile, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

/** Without what nobody judges. */
function slim({ headers, signature, ...request }: RecordedRequest): RecordedRequest {
  const { authorization = '' } = headers;
  return { ...request, headers: { authorization }, signature: { ...signature, message: '' } };
}

answerParent<WechatpayQuestions>({
  clock,
  start: async ({ merchant, platform, now, ports: [port, backupPort], journalFile, recordFile: file }) => {
    clock(now);
    recordFile = file;
    simulator = await startWechatPay({
      merchants: [merchant],
      platform,
      now: Date.now,
      port,
      backupPort,
      journalFile,
      maxRecordedRequests: RECORDED_MAX,
      maxRecordedDeliveries: RECORDED_MAX,
    });
    return { url: simulator.url, backupUrl: simulator.backupUrl };
  },
  orders: (orders) => {
    for (const order of orders) running().addOrder(order);
    return null;
  },
  deliver: async () => (await running().deliverNotifications()).length,
  next_event: () => {
    const at = running().nextEventAtMs();
    return Number.isFinite(at) ? at : null;
  },
  books: () => ({ books: running().books(), orders: running().orders() }),
  stop: () => {
    record();
    // After the answer to this question, and before anything else.
    setImmediate(() => process.exit(0));
    return null;
  },
});
