import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { presentAttempt, presentDecision, presentOrder } from '../lambda/api/present';
import { spellFault } from '../lambda/core/faults';
import type { Mchid, OrderRef } from '../lambda/core/ids';
import { newOrder, type Actor } from '../lambda/core/order';
import { CALL_MS_MAX } from '../lambda/core/outcome';
import { ask } from '../lambda/flow/ask';
import { attempt, type AttemptRequest, type AttemptResult } from '../lambda/flow/attempt';
import { aroundNow } from '../lambda/flow/persist';
import type { Ports } from '../lambda/flow/ports';
import { register } from '../lambda/flow/register';
import { orderFields, parse } from '../lambda/shared/schema';
import { DynamoLedger } from '../lambda/store/ledger';
import { parseCredentials } from '../lambda/wechatpay/credentials';
import { Merchant } from '../lambda/wechatpay/merchant';
import { Transport } from '../lambda/wechatpay/transport';
import { WECHATPAY_HOSTS } from '../infra/manifest';
import { createLedgerTable, startDynamoDb } from './aws/dynamodb';
import { LOCAL_AWS } from './aws/identity';
import { MemoryControls } from './memory-controls';
import { yuan } from './render';
import { UsageError } from './usage-error';

export interface LiveOptions {
  readonly merchant?: string;
  readonly query?: string;
  readonly collect?: string;
  readonly serviceId?: string;
  readonly yes?: true;
  readonly json?: string;
  /** Where the ledger of earlier calls is kept. */
  readonly data: string;
  /** Other hosts than WeChat Pay's own. */
  readonly host?: string[];
}

const DEADLINE_MS = 25_000;
const TABLE_NAME = 'payscore-collector-live';

/**
 * One order at the real WeChat Pay, with the user's own keys and a ledger kept on this machine, so that the rules
 * on open attempts and on the gap hold from run to run. Queries; collects only when that was asked for by name.
 * @returns the exit status
 */
export async function runLive(options: LiveOptions): Promise<number> {
  const merchant = readMerchant(options);
  const request = readRequest(options, merchant.signing.mchid);
  const payscore = await merchantOf(merchant, options);
  mkdirSync(options.data, { recursive: true });
  const dynamodb = await startDynamoDb({ path: path.resolve(options.data) });
  const client = new DynamoDBClient({ endpoint: dynamodb.url, ...LOCAL_AWS });
  try {
    await createLedgerTable(dynamodb.url, TABLE_NAME);
    const ports: Ports = {
      ledger: new DynamoLedger({ client, tableName: TABLE_NAME }),
      controls: await controlsOf(merchant.signing.mchid),
      budget: { take: async () => undefined },
      merchants: { get: async () => payscore, refresh: async () => false },
      now: Date.now,
      newClaimId: randomUUID,
      chance: Math.random,
      record: () => undefined,
    };
    const shown = request.collect
      ? await collectOnce(request, ports, options)
      : await queryOnce(request.ref, ports);
    const text = `${JSON.stringify(shown.answer, null, 2)}\n`;
    process.stdout.write(text);
    if (options.json !== undefined) writeFileSync(options.json, text);
    return shown.status;
  } finally {
    client.destroy();
    await dynamodb.close();
  }
}

interface LiveRequest {
  readonly ref: OrderRef;
  readonly collect: boolean;
}

interface Shown {
  readonly status: number;
  readonly answer: object;
}

const ACTOR: Actor = { kind: 'api', id: 'npm start -- --live' };

/** The person at the keyboard chooses the hour; open attempts, the gap and the caps hold all the same. */
async function controlsOf(mchid: Mchid): Promise<MemoryControls> {
  const controls = new MemoryControls();
  await controls.saveMode('service', 'on', ACTOR.id, Date.now());
  await controls.savePolicy({ mchid }, { first_attempt_after_hours: 0, windows: [] }, ACTOR.id, Date.now());
  return controls;
}

async function queryOnce(ref: OrderRef, ports: Ports): Promise<Shown> {
  const known = await ports.ledger.find(ref);
  const order = known ?? newOrder(ref, { at: ports.now(), actor: ACTOR });
  demandService(order.ref, ref);
  const options = { deadlineAt: ports.now() + DEADLINE_MS, keep: known !== undefined };
  const result = await ask(order, ports, options);
  switch (result.kind) {
    case 'observed': {
      const around = await aroundNow(result.order, ports);
      const shown = presentOrder(result.order, around, ports.now());
      return { status: 0, answer: { ...shown, wechatpay: result.evidence } };
    }
    case 'unobserved':
      return { status: 1, answer: result.report };
    case 'out_of_time':
      return { status: 1, answer: result };
  }
}

function demandService(known: OrderRef, asked: OrderRef): void {
  if (known.service_id !== asked.service_id)
    throw new UsageError(
      `the ledger knows this order under service_id ${known.service_id}, not ${asked.service_id}`,
    );
}

async function collectOnce({ ref }: LiveRequest, ports: Ports, options: LiveOptions): Promise<Shown> {
  const registration = { at: ports.now(), actor: ACTOR };
  // Not in the ledger before it is confirmed: an order that was named wrongly would stay there so.
  const known = (await ports.ledger.find(ref)) ?? newOrder(ref, registration);
  demandService(known.ref, ref);
  const request: AttemptRequest = {
    order: known,
    actor: ACTOR,
    occasion: 'demand',
    dryRun: true,
    deadlineAt: ports.now() + DEADLINE_MS,
  };
  const rehearsed = await attempt(request, ports);
  if (rehearsed.kind !== 'would_collect') return { status: 1, answer: await show(rehearsed, ports) };
  const { out_order_no, sub_mchid, service_id } = ref;
  console.log(`This is pending at WeChat Pay, and this call would be sent for it:\n
  POST /v3/payscore/partner/serviceorder/${encodeURIComponent(out_order_no)}/pay
  ${JSON.stringify({ service_id, sub_mchid })}
  amount to be paid: ${amountOf(rehearsed)}

A deployed service and other machines do not know of this run: its ledger is ${options.data}.\n`);
  if (!options.yes && !(await confirm()))
    return { status: 1, answer: { kind: 'not_confirmed', sent: false } };
  const { order } = await register(ref, registration, ports);
  const result = await attempt(
    { ...request, order, dryRun: false, deadlineAt: ports.now() + DEADLINE_MS },
    ports,
  );
  return { status: result.kind === 'attempted' ? 0 : 1, answer: await show(result, ports) };
}

async function show(result: AttemptResult, ports: Ports): Promise<object> {
  const around = await aroundNow(result.order, ports);
  const shown = { kind: result.kind, ...presentOrder(result.order, around, ports.now()) };
  switch (result.kind) {
    case 'attempted':
      return {
        ...shown,
        ...presentAttempt(result.claim.claim_id, result.report, result.order.open !== undefined),
        recorded: result.recorded,
      };
    case 'held_back':
      return { ...shown, held_back: presentDecision(result.decision) };
    case 'unobserved':
      return { ...shown, because: result.report.because, wechatpay: result.report.evidence };
    case 'would_collect':
    case 'out_of_time':
      return shown;
  }
}

function amountOf({ order }: AttemptResult): string {
  const amount = order.observed?.facts.paying_amount ?? order.observed?.facts.total_amount;
  return amount === undefined ? 'not stated' : yuan(amount);
}

async function confirm(): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (
      (await terminal.question('Type "collect" to send it, anything else to leave it: ')).trim() === 'collect'
    );
  } finally {
    terminal.close();
  }
}

const MerchantFile = z.strictObject({
  signing: z.looseObject({ mchid: orderFields.mchid }),
  verify: z.looseObject({}),
});

function readMerchant({ merchant: file }: LiveOptions): z.infer<typeof MerchantFile> {
  if (file === undefined)
    throw new UsageError(
      '--live needs --merchant FILE, a JSON file with the two secrets: {"signing": {…}, "verify": {…}}',
    );
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`--merchant: ${file} cannot be read`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's message quotes the file, and the file is a secret.
    throw new UsageError(`--merchant: ${file} is not JSON`);
  }
  const read = parse(MerchantFile, json);
  if (!read.ok) throw new UsageError(`--merchant: ${file}: ${read.faults.map(spellFault).join('; ')}`);
  return read.value;
}

async function merchantOf(
  { signing, verify }: z.infer<typeof MerchantFile>,
  options: LiveOptions,
): Promise<Merchant> {
  const secret = (name: string, value: object) => ({
    name: `${options.merchant} ${name}`,
    text: JSON.stringify(value),
  });
  const credentials = parseCredentials(signing.mchid, {
    signing: secret('signing', signing),
    verify: secret('verify', verify),
  });
  const transport = new Transport({ hosts: options.host ?? WECHATPAY_HOSTS, now: Date.now });
  const merchant = Merchant.of(credentials, { transport, now: Date.now });
  if (credentials.platformCertificates) merchant.adopt(await merchant.download(CALL_MS_MAX));
  return merchant;
}

/** The order and what is wanted of it. @throws UsageError with everything that is wrong */
function readRequest(options: LiveOptions, mchid: Mchid): LiveRequest {
  const { query, collect, serviceId } = options;
  const named = collect ?? query;
  if (named === undefined || (collect !== undefined && query !== undefined)) {
    throw new UsageError(
      '--live needs one of --query SUB_MCHID/OUT_ORDER_NO and --collect SUB_MCHID/OUT_ORDER_NO',
    );
  }
  if (collect !== undefined && !options.yes && !process.stdin.isTTY) {
    throw new UsageError(
      '--collect asks before it sends, and there is no terminal to ask on; --yes sends without asking',
    );
  }
  const [sub_mchid, out_order_no, ...more] = named.split('/');
  if (more.length > 0) throw new UsageError(`${named} is not of the form SUB_MCHID/OUT_ORDER_NO`);
  const ref = parse(z.strictObject(orderFields), { mchid, sub_mchid, out_order_no, service_id: serviceId });
  if (!ref.ok)
    throw new UsageError(
      `the order is not usable: ${ref.faults.map(spellFault).join('; ')} (service_id is --service-id)`,
    );
  return { ref: ref.value, collect: collect !== undefined };
}
