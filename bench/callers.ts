import { randomBytes, sign, verify } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { Ours } from './bundle';
import { MCHID, MERCHANT_SERIAL, PAY_DATA, payPath, PLATFORM_SERIAL, type Keys } from './merchant';
import { createPlugin, NODE_V3, NodeV3, PLUGIN } from './peers';
import type { WechatpayProcess } from './wechatpay';

export const OURS = 'payscore-collector';
export const LIMIT = 'limit: node:http + node:crypto';
export const LIMIT_POOLED = 'limit: the same, signing in the pool';

/** A way of collecting one order; gives the answer's status. */
export interface Caller {
  readonly name: string;
  /** Whether it refuses an answer that WeChat Pay did not sign. */
  readonly verifies: boolean;
  readonly pay: (outOrderNo: string) => Promise<number | undefined>;
}

export interface Callers {
  readonly all: readonly Caller[];
  close(): void;
}

/** All of them over plain HTTP on loopback, none with a hook in its way of signing, sending or verifying. */
export function createCallers(ours: Ours, keys: Keys, wechatpay: WechatpayProcess): Callers {
  // axios asks the environment for a proxy, and loopback never has one.
  process.env['NO_PROXY'] = '127.0.0.1';
  const transport = new ours.Transport({ hosts: [wechatpay.origin], now: Date.now });
  const agent = new Agent({ keepAlive: true, scheduling: 'lifo' });
  const plugin = createPlugin(keys, wechatpay.origin);
  const nodeV3 = new NodeV3(keys, wechatpay.origin);
  return {
    all: [
      { name: OURS, verifies: true, pay: payWithOurs(ours, keys, transport) },
      {
        name: PLUGIN,
        verifies: true,
        pay: async (out_order_no) => (await plugin.post(PAY_DATA, { out_order_no })).status,
      },
      { name: NODE_V3, verifies: false, pay: (outOrderNo) => nodeV3.pay(outOrderNo) },
      { name: LIMIT, verifies: true, pay: barely(keys, wechatpay, agent, signNow) },
      { name: LIMIT_POOLED, verifies: true, pay: barely(keys, wechatpay, agent, signPooled) },
    ],
    close() {
      transport.close();
      agent.destroy();
    },
  };
}

function payWithOurs(
  ours: Ours,
  { merchant, platform }: Keys,
  transport: InstanceType<Ours['Transport']>,
): Caller['pay'] {
  const wxpay = ours.createWxpay({
    mchid: MCHID,
    signingKeys: [{ serial_no: MERCHANT_SERIAL, privateKey: merchant.privateKey }],
    verificationKeys: new Map([[PLATFORM_SERIAL, platform.publicKey]]),
    answerKey: () => PLATFORM_SERIAL,
    transport,
    now: Date.now,
  });
  return async (out_order_no) => {
    const answer = await wxpay.v3.payscore.partner.serviceorder._out_order_no_.pay.post(PAY_DATA, {
      out_order_no,
    });
    return answer.status;
  };
}

type Sign = (message: Buffer, keys: Keys) => Buffer | Promise<Buffer>;

const signNow: Sign = (message, { merchant }) => sign('sha256', message, merchant.privateKey);

const signPooled: Sign = (message, { merchant }) =>
  new Promise((resolve, reject) => {
    sign('sha256', message, merchant.privateKey, (error, signature) =>
      error === null ? resolve(signature) : reject(error),
    );
  });

/** The least that a signed, verified call can be on Node's own parts. No deadline, no faults told apart. */
function barely(
  keys: Keys,
  { port }: WechatpayProcess,
  agent: Agent,
  signMessage: Sign,
): (outOrderNo: string) => Promise<number> {
  const body = JSON.stringify(PAY_DATA);
  const fixed = { accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'bench' };
  return async (outOrderNo) => {
    const path = payPath(outOrderNo);
    const nonce = randomBytes(16).toString('hex');
    const timestamp = Math.floor(Date.now() / 1000);
    const message = Buffer.from(`POST\n${path}\n${timestamp}\n${nonce}\n${body}\n`);
    const signature = (await signMessage(message, keys)).toString('base64');
    const authorization =
      `WECHATPAY2-SHA256-RSA2048 mchid="${MCHID}",nonce_str="${nonce}",signature="${signature}",` +
      `timestamp="${timestamp}",serial_no="${MERCHANT_SERIAL}"`;
    return new Promise((resolve, reject) => {
      const outgoing = request({
        agent,
        host: '127.0.0.1',
        port,
        method: 'POST',
        path,
        headers: { ...fixed, authorization, 'content-length': body.length },
      });
      outgoing.on('error', reject);
      outgoing.on('response', (answer) => {
        const { headers, statusCode = 0 } = answer;
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const signed = Buffer.from(
            `${String(headers['wechatpay-timestamp'])}\n${String(headers['wechatpay-nonce'])}\n${Buffer.concat(chunks).toString()}\n`,
          );
          const proof = Buffer.from(String(headers['wechatpay-signature']), 'base64');
          if (verify('sha256', signed, keys.platform.publicKey, proof)) resolve(statusCode);
          else reject(new Error('answer not verified'));
        });
      });
      outgoing.end(body);
    });
  };
}
