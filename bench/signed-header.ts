import { randomBytes, sign, verify } from 'node:crypto';
import axios, { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import { Decorator } from 'wechatpay-axios-plugin';
import { loadOurs } from './bundle';
import type { Group } from './group';
import { guard, measure, medianOf, ratioOf, type Candidate, type Samples } from './harness';
import { MCHID, MERCHANT_SERIAL, newKeys, PAY_DATA, payPath, readAuthorization, type Keys } from './merchant';
import { NODE_V3, NodeV3, PLUGIN, pluginConfig } from './peers';
import { table } from './report';

const OURS = 'payscore-collector';
const LIMIT = 'limit: crypto.sign, key parsed once';
const ORDER = 'BENCH00000001';

/** Makes the `Authorization` header of one `POST …/pay`, body included. */
type Header = () => string | Promise<string>;

async function headers(keys: Keys): Promise<ReadonlyMap<string, Header>> {
  const nodeV3 = new NodeV3(keys);
  return new Map<string, Header>([
    [OURS, await ours(keys)],
    [PLUGIN, plugin(keys)],
    [NODE_V3, () => nodeV3.authorization(ORDER)],
  ]);
}

/** What the adapter does for a call on its own. */
async function ours({ merchant }: Keys): Promise<Header> {
  const { RequestSigner } = await loadOurs();
  const signer = new RequestSigner(MCHID, { serial_no: MERCHANT_SERIAL, privateKey: merchant.privateKey });
  return () =>
    signer.authorization(
      {
        method: 'POST',
        path: payPath(ORDER),
        body: JSON.stringify(PAY_DATA),
        timestamp: Math.floor(Date.now() / 1000),
        nonce: randomBytes(16).toString('hex'),
      },
      { spread: false },
    );
}

/** Its request interceptor, given what axios gives it: the merged configuration of a call. */
function plugin(keys: Keys): Header {
  const signer = Decorator.requestInterceptor() as (
    config: InternalAxiosRequestConfig,
  ) => InternalAxiosRequestConfig;
  const config = { ...axios.defaults, ...pluginConfig(keys), method: 'post', url: payPath(ORDER) };
  return () => {
    const { headers: made } = signer({ ...config, data: PAY_DATA, headers: new AxiosHeaders() });
    return String(made.get('Authorization'));
  };
}

/** Each header must be one that WeChat Pay would accept. */
async function guardHeaders(all: ReadonlyMap<string, Header>, { merchant }: Keys): Promise<void> {
  for (const [name, header] of all) {
    const claim = readAuthorization(await header());
    guard(claim !== undefined, `${name} makes a header of the scheme WECHATPAY2-SHA256-RSA2048`);
    guard(
      claim.mchid === MCHID && claim.serial === MERCHANT_SERIAL,
      `${name} signs as the merchant it was given`,
    );
    const message = `POST\n${payPath(ORDER)}\n${claim.timestamp}\n${claim.nonce}\n${JSON.stringify(PAY_DATA)}\n`;
    const signature = Buffer.from(claim.signature, 'base64');
    guard(
      verify('sha256', Buffer.from(message), merchant.publicKey, signature),
      `the signature that ${name} makes is right`,
    );
  }
}

function candidates(all: ReadonlyMap<string, Header>, { merchant }: Keys): readonly Candidate[] {
  const message = Buffer.from(`POST\n${payPath(ORDER)}\n1700000000\nb2\n${JSON.stringify(PAY_DATA)}\n`);
  return [
    ...[...all].map(([name, header]) => ({
      name,
      async run(operations: number) {
        for (let done = 0; done < operations; done += 1) await header();
      },
    })),
    {
      name: LIMIT,
      run(operations) {
        for (let done = 0; done < operations; done += 1) sign('sha256', message, merchant.privateKey);
      },
    },
  ];
}

/** The table of a group in which every candidate does one thing on one core. */
export function tableOfCpu(samples: Samples, limit: string, digits: number) {
  return table(
    'CPU of one operation',
    [
      { key: 'candidate', heading: '' },
      { key: 'times', heading: '× the limit', digits: 2 },
      { key: 'low', heading: 'half of the', digits: 2 },
      { key: 'high', heading: 'rounds within', digits: 2 },
      { key: 'cpu_us', heading: 'µs of CPU', digits },
    ],
    [...samples.keys()].map((candidate) => {
      const { median, low, high } = ratioOf(samples, candidate, limit, 'cpuUs');
      return { candidate, times: median, low, high, cpu_us: medianOf(samples, candidate, 'cpuUs') };
    }),
  );
}

export const signedHeader: Group = {
  id: 'signed-header',
  title: 'Signed header',
  async run({ quick, progress }) {
    const keys = newKeys();
    const all = await headers(keys);
    await guardHeaders(all, keys);
    const plan = quick
      ? { rounds: 5, operations: 20, warmUpOperations: 60 }
      : { rounds: 25, operations: 150, warmUpOperations: 500 };
    const samples = await measure(candidates(all, keys), plan, {
      onRound: (round) => progress(`round ${round + 1} of ${plan.rounds}`),
    });
    return {
      measured: [
        'The Authorization header of one POST …/pay with its body, nonce and time, made on the calling thread;',
        `${plan.rounds} rounds of ${plan.operations} for each; before that, every signature was checked.`,
      ],
      tables: [tableOfCpu(samples, LIMIT, 0)],
      targets: [],
      notes: ['wechatpay-node-v3 parses its private key from PEM for every signature.'],
    };
  },
};
