import { verify } from 'node:crypto';
import { AxiosHeaders } from 'axios';
import { Decorator } from 'wechatpay-axios-plugin';
import { loadOurs } from './bundle';
import type { Group } from './group';
import { guard, measure, type Candidate } from './harness';
import { forged, newKeys, PLATFORM_SERIAL, signedAnswer, type Keys } from './merchant';
import { NODE_V3, NodeV3, PLUGIN, pluginConfig } from './peers';
import { tableOfCpu } from './signed-header';

const OURS = 'payscore-collector';
const LIMIT = 'limit: crypto.verify, key parsed once';

type Answer = ReturnType<typeof signedAnswer>;
/** Whether WeChat Pay signed this answer without a body. */
type Verifier = (answer: Answer) => boolean | Promise<boolean>;

async function verifiers(keys: Keys): Promise<ReadonlyMap<string, Verifier>> {
  const { verify: ours } = await loadOurs();
  const trusted = new Map([[PLATFORM_SERIAL, keys.platform.publicKey]]);
  const nothing = Buffer.alloc(0);
  return new Map<string, Verifier>([
    [OURS, (answer) => ours(answer, nothing, trusted, Date.now()).ok],
    [PLUGIN, plugin(keys)],
    [NODE_V3, nodeV3(keys)],
  ]);
}

/** Its response transformer, given what axios gives it: `this`, headers of axios's own kind, the status. */
function plugin(keys: Keys): Verifier {
  const { certs } = pluginConfig(keys);
  const transform = Decorator.responseVerifier(certs) as (
    this: object,
    data: string,
    headers: AxiosHeaders,
    status: number,
  ) => unknown;
  const config = { url: '/v3/payscore', validateStatus: (status: number) => status >= 200 && status < 300 };
  // It hands on the data it was given, or an error in its place.
  return (answer) => transform.call(config, '', AxiosHeaders.from(answer), 204) === '';
}

function nodeV3(keys: Keys): Verifier {
  const pay = new NodeV3(keys);
  return (answer) =>
    pay.verifySign({
      timestamp: answer['wechatpay-timestamp'],
      nonce: answer['wechatpay-nonce'],
      serial: answer['wechatpay-serial'],
      signature: answer['wechatpay-signature'],
      body: '',
    });
}

async function guardVerifiers(all: ReadonlyMap<string, Verifier>, answer: Answer): Promise<void> {
  const forgery = { ...answer, 'wechatpay-signature': forged(answer['wechatpay-signature']) };
  for (const [name, verifier] of all) {
    guard(await verifier(answer), `${name} accepts a true answer`);
    guard(!(await verifier(forgery)), `${name} refuses a forged answer`);
  }
}

function candidates(
  all: ReadonlyMap<string, Verifier>,
  answer: Answer,
  { platform }: Keys,
): readonly Candidate[] {
  const { 'wechatpay-timestamp': timestamp, 'wechatpay-nonce': nonce } = answer;
  const message = Buffer.from(`${timestamp}\n${nonce}\n\n`);
  const signature = Buffer.from(answer['wechatpay-signature'], 'base64');
  return [
    ...[...all].map(([name, verifier]) => ({
      name,
      async run(operations: number) {
        for (let done = 0; done < operations; done += 1) await verifier(answer);
      },
    })),
    {
      name: LIMIT,
      run(operations) {
        for (let done = 0; done < operations; done += 1)
          verify('sha256', message, platform.publicKey, signature);
      },
    },
  ];
}

/** Which of them notice that an answer is an hour old. */
async function refusingStale(all: ReadonlyMap<string, Verifier>, stale: Answer): Promise<readonly string[]> {
  const names: string[] = [];
  for (const [name, verifier] of all) if (!(await verifier(stale))) names.push(name);
  return names;
}

export const answerVerified: Group = {
  id: 'answer-verified',
  title: 'Answer verified',
  async run({ quick, progress }) {
    const keys = newKeys();
    const all = await verifiers(keys);
    const seconds = Math.floor(Date.now() / 1000);
    const answer = signedAnswer(keys.platform.privateKey, seconds);
    await guardVerifiers(all, answer);
    const strict = await refusingStale(all, signedAnswer(keys.platform.privateKey, seconds - 3600));
    guard(strict.includes(OURS), `${OURS} refuses an answer that is an hour old`);
    const plan = quick
      ? { rounds: 5, operations: 200, warmUpOperations: 1_000 }
      : { rounds: 25, operations: 2_000, warmUpOperations: 10_000 };
    const samples = await measure(candidates(all, answer, keys), plan, {
      onRound: (round) => progress(`round ${round + 1} of ${plan.rounds}`),
    });
    return {
      measured: [
        'The signature of one 204 without a body, from its headers to yes or no;',
        `${plan.rounds} rounds of ${plan.operations} for each; before that, each accepted a true answer and refused a forged one.`,
      ],
      tables: [tableOfCpu(samples, LIMIT, 1)],
      targets: [],
      notes: [
        `An answer that is an hour old is refused by: ${strict.join(', ')}.`,
        'wechatpay-node-v3 parses the public key from PEM for every answer; it verifies only what its caller hands to verifySign.',
      ],
    };
  },
};
