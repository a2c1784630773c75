import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { isPayscoreError } from '../lambda/core/errors';
import { PAGE_BUILT } from '../infra/bundling';
import { DAY_MS } from '../lambda/core/time';
import { audit } from './audit';
import { runCircle, tick, wake, type CircleProgress } from './circle';
import { Agenda, forgeries } from './circle-agenda';
import { register, switchOn } from './circle-api';
import { keyChanges } from './circle-keys';
import { sampleOrders } from './circle-orders';
import { auditDemo, runDemo, type DemoRow } from './demo';
import { runLive, type LiveOptions } from './live';
import { openLedger } from './ledger-view';
import { ordersOf, readOrdersFile, type FileOrder } from './orders-file';
import { paint, renderRequest, renderTable, yuan } from './render';
import { CircleDisplay } from './render-circle';
import { renderNotifications } from './render-notifications';
import { arrange, BY_HAND, MCHID, SAMPLES, SERVICE_ID, SUB_MCHID } from './samples';
import { UsageError } from './usage-error';
import { startWorld, type LocalWorld } from './world';

interface Options extends Omit<LiveOptions, 'data'> {
  readonly data?: string;
  readonly exit?: true;
  readonly port?: number;
  readonly verbose?: true;
  readonly live?: true;
  readonly orders?: string;
  readonly days: number;
  /** False: nobody signs in at the page. */
  readonly auth: boolean;
}

const LIVE_DATA = '.local/live';

const program = new Command('npm start --')
  .description(
    'The whole service on this machine, with a simulated WeChat Pay; or, with --live, a query of the real one.',
  )
  .option('--exit', 'end after the summary, status 0 when the books of both sides agree')
  .option('--json <file>', 'write what was printed, as data')
  .option('--orders <file>', 'your own orders (CSV) instead of the samples')
  .option('--days <number>', 'how many days the schedule runs', wholeNumber(1, 400), 27)
  .option('--data <dir>', 'keep ledger, books and time there between runs')
  .option('--port <number>', 'port of the API (default: any free one)', wholeNumber(0, 65_535))
  .option('--no-auth', 'the page without signing in: everybody on this machine is an operator')
  .option('--verbose', 'print the functions’ own log lines')
  .option(
    '--live',
    'talk to the real WeChat Pay with your own keys: it only queries, unless --collect asks for one call',
  )
  .option(
    '--merchant <file>',
    'with --live: JSON file {"signing": {…}, "verify": {…}}, the two secrets of one merchant',
  )
  .option('--query <sub_mchid/out_order_no>', 'with --live: the order to ask about')
  .option(
    '--collect <sub_mchid/out_order_no>',
    'with --live: the order to collect, once, after showing the call and asking',
  )
  .option('--service-id <service_id>', 'with --live: the order’s service id')
  .option('--yes', 'with --collect: do not ask (needed where there is no terminal)')
  .option('--host <url...>', 'with --live: other hosts than WeChat Pay’s own, main host first')
  .addHelpText(
    'after',
    `\nWith --live, --data is where the ledger of your calls is kept (default: ${LIVE_DATA}).`,
  );

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d{1,9}$/.test(text) || number < min || number > max)
      throw new InvalidArgumentError(`a whole number from ${min} to ${max}.`);
    return number;
  };
}

/** The exit status, or that the process goes on. */
async function main(): Promise<number | 'serving'> {
  // Node 20 runs everything here; the SDK announces, at the first client made, that a release of 2027 will not.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const { live, data, ...options } = program.parse().opts<Options>();
  if (live) return runLive({ ...options, data: data ?? LIVE_DATA });
  if (options.query !== undefined || options.collect !== undefined)
    throw new UsageError('--query and --collect go with --live');
  // Before anything is done whose result could not be written.
  if (options.json !== undefined) writeReport(options.json, {});
  // The same: a list with a fault in it is told before anything starts.
  const own = options.orders === undefined ? undefined : readOrdersFile(options.orders);
  const world = await startWorld({
    ...options,
    ...(data === undefined ? {} : { data }),
    // It is not there before somebody can look at it, nor when nobody will.
    ...(options.exit ? {} : { page: options.auth ? ('sign_in' as const) : ('no_auth' as const) }),
  });
  let faults: number;
  try {
    faults = await demonstrate(options, own, world);
  } catch (error) {
    await world.close();
    throw error;
  }
  if (options.exit) {
    await world.close();
    return faults === 0 ? 0 : 1;
  }
  leaveOne(world);
  printPage(world.service.apiUrl, options.auth);
  printHowToGoOn(world.service.apiUrl, world.simulator.url);
  serve(world);
  return 'serving';
}

/** Shows the one call, then the circle; the number of things that are not as they should be. */
async function demonstrate(
  { json, days }: Pick<Options, 'json' | 'days'>,
  own: readonly FileOrder[] | undefined,
  world: LocalWorld,
): Promise<number> {
  console.log(
    `\n${paint('bold', 'payscore-collector')}: the functions that would be deployed, a simulated WeChat Pay, no account\n`,
  );
  const { service, simulator, now } = world;
  await switchOn(service.apiUrl);
  const rows = own === undefined && !world.resumed ? await collectByHand(world) : [];
  const orders = own === undefined ? sampleOrders(now()) : ordersOf(own, now());
  const ledger = openLedger(service);
  const { view } = ledger;
  try {
    await view.readAll();
    const known = await register(service.apiUrl, simulator, orders, view, showRegistered);
    await view.readAll();
    printSchedule(orders.length, known);
    const display = new CircleDisplay();
    const until = now() + days * DAY_MS;
    const agenda = new Agenda([...keyChanges(world, until), ...forgeries(simulator, orders, now())]);
    const ran = await runCircle({
      world,
      view,
      orders,
      agenda,
      until,
      onProgress: (at) => display.show(at),
      say: (what) => display.say(what),
    });
    display.end(ran);
    const registered = orders.map(({ order }) => order);
    const books = audit({ ledger: view.orders, simulator, registered, now: now() });
    const faults = [...auditDemo(rows, simulator), ...books];
    // Node counts from its own start.
    const seconds = performance.now() / 1000;
    printSummary(ran, view.orders.length, faults, seconds);
    if (json !== undefined) writeReport(json, { seconds, rows, circle: ran, faults });
    return faults.length;
  } finally {
    ledger.close();
  }
}

async function collectByHand({ service, simulator, now }: LocalWorld): Promise<readonly DemoRow[]> {
  for (const sample of SAMPLES) arrange(simulator, sample, now());
  const rows = await runDemo(service.apiUrl, simulator, showCollected);
  printRows(rows);
  return rows;
}

function writeReport(file: string, report: object): void {
  try {
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  } catch {
    throw new UsageError(`--json: ${file} cannot be written`);
  }
}

const showCollected = (done: number, of: number) => showProgress('collecting', done, of);
const showRegistered = (done: number, of: number) => showProgress('registering', done, of);

function showProgress(what: string, done: number, of: number): void {
  if (process.stderr.isTTY) process.stderr.write(done < of ? `\r  ${what} ${done}/${of}` : '\r\u001B[K');
}

function printRows(rows: readonly DemoRow[]): void {
  const [first] = rows.flatMap(({ call }) => (call === null ? [] : [call]));
  if (first !== undefined)
    console.log(`One collection call as it went over the wire:\n${renderRequest(first)}\n`);
  console.log(
    `${paint('bold', 'On demand')}: ten orders with different fates, collected one by one through the API\n`,
  );
  console.log(renderTable(rows));
  console.log(`
  A 204 alone never counts as paid; what is unknown is asked about, never sent again: the schedule does that below.
`);
}

function printSchedule(orders: number, known: number): void {
  const from = known === 0 ? '' : `, ${known} of them by an earlier run`;
  console.log(
    `${paint('bold', 'The schedule')}: ${orders} orders are registered${from}; from here on nobody names one. Time is moved on while nothing is under way.\n`,
  );
}

function printSummary(
  { snapshot, notifications, now, from }: CircleProgress,
  orders: number,
  faults: readonly string[],
  seconds: number,
): void {
  const days = Math.round((now - from) / DAY_MS);
  console.log(
    `  ${yuan(snapshot.recovered)} of ${yuan(snapshot.owed)} verified as paid, with ${snapshot.attempts} collections in ${days === 1 ? 'a day' : `${days} days`}. This run took ${seconds.toFixed(1)} s, start included.`,
  );
  console.log(renderNotifications(notifications));
  if (faults.length === 0)
    console.log(
      `  Compared with WeChat Pay’s own books, order by order (${orders}): every amount agrees, every call was claimed and kept its distance, nothing forged was believed, no order is forgotten.\n`,
    );
  for (const fault of faults) console.error(paint('red', `  ${fault}`));
}

const TICK_MS = 60_000;
/** How soon a notification is on its way after the money moved, and looked after for its retries. */
const NOTIFY_EVERY_MS = 500;

/** For whoever wants to collect one by hand; an earlier run may have left it already. */
function leaveOne({ simulator, now }: LocalWorld): void {
  if (simulator.order(MCHID, SUB_MCHID, BY_HAND.order.out_order_no) === undefined)
    arrange(simulator, BY_HAND, now());
}

/** Time runs as always now, and EventBridge with it, until somebody ends it. */
function serve(world: LocalWorld): void {
  world.simulator.deliverEvery(NOTIFY_EVERY_MS);
  const ticking = setInterval(() => {
    tick(world.service.sweep).catch((error: unknown) => console.error(error));
    // Oftener than where it is deployed: somebody may be watching.
    wake(world.service.rollup, 'rollup').catch((error: unknown) => console.error(error));
  }, TICK_MS);
  const end = () => {
    clearInterval(ticking);
    world.close().catch((error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    });
  };
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}

function printPage(apiUrl: string, auth: boolean): void {
  const who = auth ? 'sign in as operator or as viewer' : 'nobody signs in, everybody is an operator';
  const unbuilt = existsSync(path.join(PAGE_BUILT, 'index.html'))
    ? ''
    : '\n(The page was not built yet: npm run build:console, and start again.)';
  console.log(`${paint('bold', 'The page')}: ${apiUrl}/console/ (${who})${unbuilt}\n`);
}

function printHowToGoOn(apiUrl: string, simulatorUrl: string): void {
  const merchant = `"$API/v1/merchants/${MCHID}`;
  const order = `${merchant}/orders/${SUB_MCHID}/${BY_HAND.order.out_order_no}`;
  const body = `-H 'content-type: application/json' -d '{"service_id":"${SERVICE_ID}"}'`;
  console.log(`Still serving, with a tick every minute; Ctrl-C ends it. One order is left for you to collect:

  export API=${apiUrl} WECHATPAY=${simulatorUrl}
  curl -sS -w '\\n' -X POST ${order}/collect" ${body}
  curl -sS -w '\\n' -X POST ${order}/query" ${body}
  curl -sS -w '\\n' ${order}"
  curl -sS -w '\\n' ${merchant}/orders?status=watched"
  curl -sS -w '\\n' ${merchant}/policies"
  curl -sS "$WECHATPAY/_simulator/orders"    # WeChat Pay's own books
`);
}

async function run(): Promise<void> {
  try {
    const status = await main();
    if (status !== 'serving') process.exitCode = status;
  } catch (error) {
    // What the user can put right is said in a sentence; a mistake of ours comes with its trace.
    console.error(error instanceof UsageError || isPayscoreError(error) ? error.message : error);
    process.exitCode = 1;
  }
}

void run();
