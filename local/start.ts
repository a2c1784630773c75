import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { isPayscoreError } from '../lambda/core/errors';
import { runDemo, runTick, type DemoRow } from './demo';
import { runLive, UsageError, type LiveOptions } from './live';
import { paint, renderRequest, renderTable, yuan } from './render';
import { arrange, BY_HAND, MCHID, SAMPLES, SERVICE_ID, SUB_MCHID } from './samples';
import { startService, type LocalService } from './service';
import { createApiCertificate, startWechatPay, type Simulator } from './wechatpay';

interface Options extends LiveOptions {
  readonly exit?: true;
  readonly port?: number;
  readonly verbose?: true;
  readonly live?: true;
}

const program = new Command('npm start --')
  .description(
    'The whole service on this machine, with a simulated WeChat Pay; or, with --live, a query of the real one.',
  )
  .option('--exit', 'end after the table, status 0 when all went as it should')
  .option('--json <file>', 'write what was printed, as data')
  .option('--port <number>', 'port of the API (default: any free one)', readPort)
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
  .option('--data <dir>', 'with --live: where the ledger of your calls is kept', '.local/live')
  .option('--host <url...>', 'with --live: other hosts than WeChat Pay’s own, main host first');

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('a port is a whole number from 0 to 65535.');
  return port;
}

/** The exit status, or that the process goes on. */
async function main(): Promise<number | 'serving'> {
  // Node 20 runs everything here; the SDK announces, at the first client made, that a release of 2027 will not.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const options = program.parse().opts<Options>();
  if (options.live) return runLive(options);
  if (options.query !== undefined || options.collect !== undefined)
    throw new UsageError('--query and --collect go with --live');
  // Before anything is done whose result could not be written.
  if (options.json !== undefined) writeReport(options.json, {});
  const { simulator, service } = await boot(options);
  try {
    const faults = await demonstrate(options, simulator, service);
    if (!options.exit) {
      printHowToGoOn(service.apiUrl, simulator.url);
      return 'serving';
    }
    await Promise.all([service.close(), simulator.close()]);
    return faults === 0 ? 0 : 1;
  } catch (error) {
    await Promise.all([service.close(), simulator.close()]);
    throw error;
  }
}

/** Collects the samples, shows and writes what came of it; the number of things that are not as they should be. */
async function demonstrate({ json }: Options, simulator: Simulator, service: LocalService): Promise<number> {
  console.log(
    `\n${paint('bold', 'payscore-collector')}: the functions that would be deployed, a simulated WeChat Pay, no account\n`,
  );
  const rows = await runDemo(service.apiUrl, simulator, showProgress);
  const tick = await runTick(service.sweep);
  // Node counts from its own start.
  const seconds = performance.now() / 1000;
  printRows(rows, seconds);
  console.log(
    `  An EventBridge tick then named the same orders again: ${spellResults(tick)}; nothing was sent twice.\n`,
  );
  const faults = audit(rows, simulator);
  if (faults.length === 0)
    console.log(
      '  Compared with WeChat Pay’s own books: every order called at most once, every amount agrees.\n',
    );
  for (const fault of faults) console.error(paint('red', `  ${fault}`));
  if (json !== undefined) writeReport(json, { seconds, rows, tick, faults });
  return faults.length;
}

function writeReport(file: string, report: object): void {
  try {
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  } catch {
    throw new UsageError(`--json: ${file} cannot be written`);
  }
}

async function boot({ port, verbose }: Options): Promise<{ simulator: Simulator; service: LocalService }> {
  const certificate = await createApiCertificate(MCHID);
  const apiv3_key = 'local-apiv3-key-of-32-characters';
  const simulator = await startWechatPay({
    merchants: [{ mchid: MCHID, apiv3_key, certificates: [certificate] }],
  });
  for (const sample of [...SAMPLES, BY_HAND]) arrange(simulator, sample);
  const { public_key_id, public_key } = simulator.platform;
  const merchant = {
    mchid: MCHID,
    signing: { mchid: MCHID, keys: [certificate] },
    verify: { mchid: MCHID, apiv3_key, public_keys: { [public_key_id]: public_key } },
  };
  try {
    const service = await startService({
      merchants: [merchant],
      wechatpayHosts: [simulator.url, simulator.backupUrl],
      ...(port === undefined ? {} : { apiPort: port }),
      ...(verbose ? { logLevel: 'INFO' as const } : {}),
    });
    return { simulator, service };
  } catch (error) {
    await simulator.close();
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new UsageError(`--port: ${port} is in use`);
    throw error;
  }
}

function showProgress(done: number, of: number): void {
  if (process.stderr.isTTY) process.stderr.write(done < of ? `\r  collecting ${done}/${of}` : '\r\u001B[K');
}

function spellResults(results: Readonly<Record<string, number>>): string {
  return Object.entries(results)
    .map(([name, count]) => `${count} ${name.replace('_', ' ')}`)
    .join(', ');
}

function printRows(rows: readonly DemoRow[], seconds: number): void {
  const [first] = rows.flatMap(({ call }) => (call === null ? [] : [call]));
  if (first !== undefined)
    console.log(`One collection call as it went over the wire:\n${renderRequest(first)}\n`);
  console.log(renderTable(rows));
  const paid = rows.reduce((sum, row) => sum + row.paid_amount, 0);
  console.log(`
  ${yuan(paid)} verified as paid. A 204 alone never counts as paid; what is unknown is asked about, never sent again.
  ${rows.length} orders in ${seconds.toFixed(1)} s, start included.
`);
}

/** The service's word against the simulator's own books: what must hold whatever the sample. */
function audit(rows: readonly DemoRow[], simulator: Simulator): string[] {
  return rows.flatMap((row) => {
    const order = simulator.order(MCHID, SUB_MCHID, row.out_order_no);
    const faults: string[] = [];
    if (row.calls_received > 1)
      faults.push(`${row.out_order_no}: /pay was called ${row.calls_received} times`);
    if (row.paid_amount !== order?.paid_amount) {
      faults.push(
        `${row.out_order_no}: said ${yuan(row.paid_amount)} paid, WeChat Pay's books have ${yuan(order?.paid_amount ?? 0)}`,
      );
    }
    if (row.call !== null && row.call.signature_verdict !== 'valid')
      faults.push(`${row.out_order_no}: signature ${row.call.signature_verdict}`);
    return faults;
  });
}

function printHowToGoOn(apiUrl: string, simulatorUrl: string): void {
  const order = `"$API/v1/merchants/${MCHID}/orders/${SUB_MCHID}/${BY_HAND.order.out_order_no}`;
  const body = `-H 'content-type: application/json' -d '{"service_id":"${SERVICE_ID}"}'`;
  console.log(`Still serving; Ctrl-C ends it. One order is left for you to collect:

  export API=${apiUrl} WECHATPAY=${simulatorUrl}
  curl -sS -w '\\n' -X POST ${order}/collect" ${body}
  curl -sS -w '\\n' -X POST ${order}/query" ${body}
  curl -sS -w '\\n' ${order}"
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
