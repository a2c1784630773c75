import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Aes } from 'wechatpay-axios-plugin';
import Pay from 'wechatpay-node-v3';
import type { PlatformKeys } from '../../../local/wechatpay/index';
import { APIV3_KEY, type Keys, MCHID } from './caller';

/** One notification as it arrived at the merchant. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A merchant's own receiver of notifications. */
export interface Receiver {
  readonly url: string;
  /** Oldest first. */
  readonly received: readonly Received[];
  /** Statuses of the next answers, `silence` for none; 204 when there are no more. */
  readonly answers: (number | 'silence')[];
  close(): Promise<void>;
}

export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: (number | 'silence')[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      received.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
      const answer = answers.shift() ?? 204;
      if (answer !== 'silence') response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/notify`,
    received,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** wechatpay-node-v3, as the merchant has it: not the code that signs here. */
const merchantCode = ({ api }: Pick<Keys, 'api'>): Pay =>
  new Pay({
    appid: 'wx0000000000000001',
    mchid: MCHID,
    publicKey: Buffer.from(api.certificate),
    privateKey: Buffer.from(api.private_key),
    key: APIV3_KEY,
  });

const header = (value: string | string[] | undefined): string => (typeof value === 'string' ? value : '');

/** Which of the platform's keys signed it; `nobody` when the signature does not hold. */
export async function verifiedBy(
  { headers, body }: Received,
  keys: Keys,
  platform: Pick<PlatformKeys, 'serial_no' | 'certificate' | 'public_key_id' | 'public_key'> = keys.platform,
): Promise<'certificate' | 'public_key' | 'nobody'> {
  const serial = header(headers['wechatpay-serial']);
  const given = { [platform.serial_no]: platform.certificate, [platform.public_key_id]: platform.public_key };
  if (given[serial] === undefined) return 'nobody';
  Object.assign((Pay as unknown as { certificates: object }).certificates, given);
  const valid = await merchantCode(keys).verifySign({
    timestamp: header(headers['wechatpay-timestamp']),
    nonce: header(headers['wechatpay-nonce']),
    body,
    serial,
    signature: header(headers['wechatpay-signature']),
  });
  if (!valid) return 'nobody';
  return serial === platform.serial_no ? 'certificate' : 'public_key';
}

interface Envelope {
  readonly id: string;
  readonly create_time: string;
  readonly event_type: string;
  readonly resource: {
    readonly ciphertext: string;
    readonly associated_data: string;
    readonly nonce: string;
  };
}

export const envelopeOf = ({ body }: Received): Envelope => JSON.parse(body) as Envelope;

/** Decrypts with the npm package's own code; throws when it was encrypted under another key, or altered. */
export function opened(received: Received, apiv3Key = APIV3_KEY): Record<string, unknown> {
  const { ciphertext, associated_data, nonce } = envelopeOf(received).resource;
  return JSON.parse(Aes.AesGcm.decrypt(ciphertext, apiv3Key, nonce, associated_data)) as Record<
    string,
    unknown
  >;
}
