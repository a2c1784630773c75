import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Books } from './books';
import { control, CONTROL_PREFIX } from './control';
import { exchange, type Host, readBody, type Simulation } from './exchange';
import { Faults } from './faults';
import type { Accepted } from './input';
import { type Journal, openJournal } from './journal';
import { createPlatformCertificate, createPlatformKeys, type PlatformKeys } from './keys';
import { type Listener, startListener } from './listener';
import { readMerchants } from './merchants';
import { Notifier } from './notifier';
import { changeRules, readRules } from './options';
import { Platform } from './platform';
import { Recorder } from './recorder';
import type { Simulator, SimulatorOptions } from './simulator';

export type { ByHandResult } from './books';
export type { Host } from './exchange';
export type { Fault } from './faults';
export {
  type ApiCertificate,
  type CertifiedKey,
  createApiCertificate,
  createPlatformCertificate,
  createPlatformKeys,
  type PlatformKeys,
} from './keys';
export type { SimulatedMerchant, Verification } from './merchants';
export type { EventType, NotificationFault } from './notification-faults';
export type { Rules } from './options';
export type * from './orders';
export type { Delivery } from './outbox';
export type { Outcome, RecordedRequest } from './recorder';
export type { Simulator, SimulatorOptions } from './simulator';

const DEFAULT_RECORDED_REQUESTS = 2_000;
const DEFAULT_RECORDED_DELIVERIES = 2_000;

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
      : await control(simulation, request.method ?? '', request.url ?? '', body.text);
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
  const keys = options.platform ?? (await createPlatformKeys());
  const closing = new AbortController();
  const mchids = new Set(merchants.keys());
  const journal = options.journalFile === undefined ? undefined : openJournal(options.journalFile, mchids);
  const books = new Books(now, mchids, journal);
  const platform = new Platform(keys);
  const faults = new Faults();
  const recorder = new Recorder(options.maxRecordedRequests ?? DEFAULT_RECORDED_REQUESTS);
  let rules = readRules(options.rules);
  const notifier = new Notifier({
    books,
    now,
    chance: options.chance ?? Math.random,
    rules: () => rules,
    merchants,
    platform,
    maxRecorded: options.maxRecordedDeliveries ?? DEFAULT_RECORDED_DELIVERIES,
    closing: closing.signal,
  });
  const simulation: Simulation = {
    books,
    get rules() {
      return rules;
    },
    platform,
    now,
    merchants,
    faults,
    recorder,
    notifier,
    closing: closing.signal,
  };
  const hosts = await startHosts(options, simulation, journal);
  return {
    ...controls(simulation, keys),
    url: hosts.main.url,
    backupUrl: hosts.backup.url,
    changeRules: (changed) => {
      rules = changeRules(rules, changed);
    },
    setDown: (host, down) => hosts[host].setDown(down),
    close: async () => {
      closing.abort();
      await Promise.all([hosts.main.close(), hosts.backup.close()]);
    },
  };
}

type Running = 'url' | 'backupUrl' | 'changeRules' | 'setDown' | 'close';

function controls(simulation: Simulation, keys: PlatformKeys): Omit<Simulator, Running> {
  const { books, faults, recorder, notifier, merchants, platform, now } = simulation;
  const { certificate, serial_no, public_key, public_key_id } = keys;
  return {
    platform: { certificate, serial_no, public_key, public_key_id },
    requests: recorder.entries,
    deliveries: notifier.deliveries,
    addOrder: (order) => insist('order', books.add(order)),
    order: (mchid, sub_mchid, out_order_no) => books.order(mchid, sub_mchid, out_order_no),
    orders: () => books.orders(),
    books: () => books.books(),
    payByHand: (key) => books.payByHand(key),
    changeCustomer: (key, customer) => insist('customer', books.changeCustomer(key, customer)),
    lock: (key, forMs) => books.lock(key, forMs),
    fault: (fault) => void insist('fault', faults.add(fault)),
    notificationFault: (fault) => void insist('notification fault', notifier.faults.add(fault)),
    clearFaults: () => {
      faults.clear();
      notifier.faults.clear();
    },
    merchant: (mchid) => {
      const merchant = merchants.get(mchid);
      if (merchant === undefined) throw new Error(`no merchant ${mchid} here`);
      return merchant;
    },
    rotatePlatformCertificate: async (next) => {
      const made = next ?? (await createPlatformCertificate(now()));
      return { serial_no: made.serial_no, signsFromMs: platform.rotate(made, now()) };
    },
    announce: (key, event_type) => void insist('announcement', notifier.announce(key, event_type)),
    forge: (key) => void insist('forgery', notifier.forge(key)),
    deliverNotifications: () => notifier.deliver(),
    deliverEvery: (everyMs) => notifier.deliverEvery(everyMs),
    nextEventAtMs: () => notifier.nextEventAtMs(),
  };
}
