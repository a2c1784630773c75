import { Command } from 'commander';
import * as z from 'zod/mini';
import { spellFault } from '../../lambda/core/faults';
import { orderFields, parse } from '../../lambda/shared/schema';
import type { Credentials } from '../../lambda/wechatpay/credentials';
import type { PlatformCertificate } from '../../lambda/wechatpay/keys';
import { Transport } from '../../lambda/wechatpay/transport';
import { WECHATPAY_HOSTS } from '../../infra/manifest';
import { paint } from '../../local/render';
import { UsageError } from '../../local/usage-error';
import { demandOutputs, writeOutput } from '../outputs';
import { describe, renderDescription, signerOf } from './describe';
import { certificatesIn, judge, wireFacts, type WireFacts } from './judge';
import { withPlace, type WhereOptions } from './options';
import { ask, type Asked, type Question } from './probe';
import { readMerchant } from './secrets';
import type { Verdict } from './verdicts';
import { placeOf } from './which-place';

interface CheckOptions extends WhereOptions {
  readonly order?: string;
  readonly serviceId?: string;
  readonly host?: readonly string[];
  readonly json?: string;
}

interface Call extends WireFacts {
  readonly call: string;
  readonly signed_with: string;
  /** Whether the functions sign with this key now. */
  readonly signs: boolean;
  readonly took_ms: number;
  readonly verdicts: readonly Verdict[];
}

export function checkCommand(): Command {
  const command = new Command('check').description(
    'Tries the keys on WeChat Pay with one harmless call for each certificate, and says what it shows.',
  );
  return withPlace(command)
    .option(
      '--order <sub_mchid/out_order_no>',
      'an order of yours to ask about: its answer is signed, and verified',
    )
    .option('--service-id <service_id>', "with --order: the order's service id")
    .option('--host <url...>', "other hosts than WeChat Pay's own, main host first")
    .option('--json <file>', 'write what was printed, as data')
    .addHelpText(
      'after',
      `
Examples:
  npm run merchant -- check --mchid 1900000001 --stage prod
  npm run merchant -- check --mchid 1900000001 --stage prod --order 1230000109/BIKE-1002 --service-id 00004000000000159540000000000001

It only asks: for the platform certificates where they are used, else for an order. Nothing is collected or changed.
The status is 0 when nothing failed; what a call cannot show is listed as unproven.`,
    )
    .action(check);
}

async function check(options: CheckOptions): Promise<void> {
  const order = readOrder(options);
  const transport = new Transport({ hosts: options.host ?? WECHATPAY_HOSTS, now: Date.now });
  demandOutputs({ '--json': options.json }, { '--file': options.file });
  const place = await placeOf(options);
  const { credentials } = await readMerchant(options.mchid, place);
  const description = describe(credentials, place, Date.now());
  console.log(renderDescription(description));
  const calls = await callAll(credentials, questionsOf(credentials, order), transport, place.option);
  transport.close();
  for (const call of calls) console.log(`\n${renderCall(call)}`);
  const usable = !calls.some((call) => call.signs && failed(call));
  console.log(`\n${conclusion(usable, calls)}`);
  if (options.json !== undefined) writeOutput('--json', options.json, { ...description, usable, calls });
  if (!usable) process.exitCode = 1;
}

/** @throws UsageError with everything that is wrong */
function readOrder({ mchid, order, serviceId }: CheckOptions): OrderQuestion | undefined {
  if (order === undefined) {
    if (serviceId !== undefined) throw new UsageError('--service-id goes with --order');
    return undefined;
  }
  const [sub_mchid, out_order_no, ...more] = order.split('/');
  if (more.length > 0) throw new UsageError('--order is not of the form SUB_MCHID/OUT_ORDER_NO');
  const ref = parse(z.strictObject(orderFields), { mchid, sub_mchid, out_order_no, service_id: serviceId });
  if (!ref.ok)
    throw new UsageError(`--order: ${ref.faults.map(spellFault).join('; ')} (service_id is --service-id)`);
  return { kind: 'order', ...ref.value };
}

type OrderQuestion = Extract<Question, { kind: 'order' }>;

function questionsOf(
  { platformCertificates }: Credentials,
  order: OrderQuestion | undefined,
): readonly Question[] {
  const about = order ?? (platformCertificates ? [] : { kind: 'no_order' as const });
  return [platformCertificates ? { kind: 'certificates' as const } : [], about].flat();
}

/** With the key that signs everything is asked; with another one only whether WeChat Pay accepts it. */
async function callAll(
  credentials: Credentials,
  questions: readonly Question[],
  transport: Transport,
  place: string,
): Promise<readonly Call[]> {
  const signer = signerOf(credentials, Date.now());
  const calls: Call[] = [];
  let known: readonly PlatformCertificate[] = [];
  for (const key of [signer, ...credentials.signingKeys.filter((one) => one !== signer)]) {
    const signs = key === signer;
    for (const question of signs ? questions : questions.slice(0, 1)) {
      const asked = await ask(question, key, credentials, transport);
      known = [...known, ...certificatesIn(asked, credentials)];
      const verdicts = judge(asked, credentials, known, place);
      // Of the other one nothing but its signature is asked.
      calls.push(
        callOf(asked, signs, signs ? verdicts : verdicts.filter(({ level }) => level !== 'unproven')),
      );
    }
  }
  return calls;
}

function callOf(asked: Asked, signs: boolean, verdicts: readonly Verdict[]): Call {
  const { path, key, askedAt, answeredAt } = asked;
  return {
    call: `GET ${path}`,
    signed_with: key.serial_no,
    signs,
    took_ms: answeredAt - askedAt,
    ...wireFacts(asked),
    verdicts,
  };
}

function failed({ verdicts }: Call): boolean {
  return verdicts.some(({ level }) => level === 'failed');
}

function conclusion(usable: boolean, calls: readonly Call[]): string {
  if (!usable) return paint('red', 'The keys do not work yet: see what failed above.');
  return calls.some(failed)
    ? paint(
        'yellow',
        'The certificate that signs works. The second one does not: "rotate --finish" drops it.',
      )
    : paint('green', 'Nothing failed.');
}

const LEVEL_STYLES = { ok: 'green', unproven: 'yellow', warning: 'yellow', failed: 'red' } as const;

function renderCall({
  call,
  signed_with,
  took_ms,
  status,
  code,
  message,
  request_id,
  verdicts,
}: Call): string {
  const answer = status === undefined ? 'no answer' : [status, code, message].filter(Boolean).join(' ');
  return [
    paint('bold', call),
    `  signed with ${signed_with}`,
    `  ${answer}, ${took_ms} ms${request_id === undefined ? '' : `, Request-ID ${request_id}`}`,
    ...verdicts.map(({ level, says }) => `  ${paint(LEVEL_STYLES[level], level.padEnd(8))}  ${says}`),
  ].join('\n');
}
