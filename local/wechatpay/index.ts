import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Books, type ByHandResult } from './books';
import { control, CONTROL_PREFIX } from './control';
import { exchange, type Host, readBody, type Simulation } from './exchange';
import { type Fault, Faults } from './faults';
import type { Accepted } from './input';
import { type Journal, openJournal } from './journal';
import { createPlatformKeys, type PlatformKeys } from './keys';
import { type Listener, startListener } from './listener';
import { readMerchants, type SimulatedMerchant } from './merchants';
import { REAL_RULES, type Rules } from './options';
import type { Customer, NewOrder, OrderBooks, OrderKey, SimulatedOrder } from './orders';
import { Recorder, type RecordedRequest } from './recorder';
import { readSigners } from './wire';

export type { ByHandResult } from './books';
export type { Host } from './exchange';
export type { Fault } from './faults';
export { type ApiCertificate, createApiCertificate, createPlatformKeys, type PlatformKeys } from './keys';
export type { SimulatedMerchant, Verification } from './merchants';
export type { Rules } from './options';
export type * from './orders';
export type { Outcome, RecordedRequest } from './recorder';

const DEFAULT_RECORDED_REQUESTS = 2_000;

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
  /**
   * Where the orders are kept from one start to the next, as JSON lines; made when it is missing. One simulator at a time.
   * Starting throws when the file has an order of another merchant, or a line that cannot be read.
   */
  readonly journalFile?: string;
}

export interface Simulator {
  /** http://127.0.0.1:PORT, standing for api.mch.weixin.qq.com. */
  readonly url: string;
  /** Standing for api2.mch.weixin.qq.com: another listener, the same books. */
  readonly backupUrl: string;
  readonly platform: Pick<PlatformKeys, 'certificate' | 'serial_no' | 'public_key' | 'public_key_id'>;
  /** The last calls that arrived, oldest first. */
  readonly requests: readonly RecordedRequest[];
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
  clearFaults: () => void;
  /** While down a host refuses connections. */
  setDown: (host: Host, down: boolean) => Promise<void>;
  close: () => Promise<void>;
}

function insist<T>(what: string, result: Accepted<T>): T {
  if (!result.ok) throw new Error(`${what} refused: ${result.reason}`);
  return result.value;
}

async function answerControl(
  simulation: Simulation,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (body.kind === 'cut_off') return;
  const { status, body: answer } =
    body.kind === 'too_large'
      ? { status: 400, body: { error: 'the body is too large' } }
      : control(simulation, request.method ?? '', request.url ?? '', body.text);
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(`${JSON.stringify(answer, null, 2)}\n`);
}

function listenerFor(simulation: Simulation, host: Host): RequestListener {
  return (request, response) => {
    const handled = request.url?.startsWith(`${CONTROL_PREFIX}/`)
      ? answerControl(simulation, request, response)
      : exchange(simulation, host, request, response);
    // A broken assumption of the simulator itself: say so and drop this one call, keep serving the others.
    handled.catch((error: unknown) => {
      console.error('simulator:', error);
      response.destroy();
    });
  };
}

async function startHosts(
  { port = 0, backupPort = 0 }: SimulatorOptions,
  simulation: Simulation,
  journal: Journal | undefined,
): Promise<Readonly<Record<Host, Listener>>> {
  const main = await startListener(port, listenerFor(simulation, 'main'));
  const started = [main];
  try {
    const backup = await startListener(backupPort, listenerFor(simulation, 'backup'));
    started.push(backup);
    // Not before: a port that is taken may be taken by the process whose journal this is.
    journal?.rewrite();
    return { main, backup };
  } catch (error) {
    await Promise.all(started.map((listener) => listener.close()));
    throw error;
  }
}

/** Starts a WeChat Pay on the loopback interface: two hosts, one set of books. Fails when a port is taken. */
export async function startWechatPay(options: SimulatorOptions): Promise<Simulator> {
  const merchants = readMerchants(options.merchants);
  const now = options.now ?? Date.now;
  const platform = options.platform ?? (await createPlatformKeys());
  const closing = new AbortController();
  const mchids = new Set(merchants.keys());
  const journal = options.journalFile === undefined ? undefined : openJournal(options.journalFile, mchids);
  const books = new Books(now, mchids, journal);
  const faults = new Faults();
  const recorder = new Recorder(options.maxRecordedRequests ?? DEFAULT_RECORDED_REQUESTS);
  const simulation: Simulation = {
    books,
    rules: { ...REAL_RULES, ...options.rules },
    certificates: [platform],
    now,
    merchants,
    faults,
    recorder,
    signers: readSigners(platform),
    closing: closing.signal,
  };
  const { main, backup } = await startHosts(options, simulation, journal);
  const { certificate, serial_no, public_key, public_key_id } = platform;
  return {
    url: main.url,
    backupUrl: backup.url,
    platform: { certificate, serial_no, public_key, public_key_id },
    requests: recorder.entries,
    addOrder: (order) => insist('order', books.add(order)),
    order: (mchid, sub_mchid, out_order_no) => books.order(mchid, sub_mchid, out_order_no),
    orders: () => books.orders(),
    books: () => books.books(),
    payByHand: (key) => books.payByHand(key),
    changeCustomer: (key, customer) => insist('customer', books.changeCustomer(key, customer)),
    lock: (key, forMs) => books.lock(key, forMs),
    fault: (fault) => void insist('fault', faults.add(fault)),
    clearFaults: () => faults.clear(),
    setDown: (host, down) => (host === 'main' ? main : backup).setDown(down),
    close: async () => {
      closing.abort();
      await Promise.all([main.close(), backup.close()]);
    },
  };
}
