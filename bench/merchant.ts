import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** The merchant number and order that every candidate of every group works for. */
export const MCHID = '1900009191';
export const MERCHANT_SERIAL = '4A1B2C3D4E5F60718293A4B5C6D7E8F901234567';
export const PLATFORM_SERIAL = '7132D72A03E93CDDF8C03BBD1F37EEDF5A0C1E2B';
export const PAY_DATA = { service_id: '500001', sub_mchid: '1900000109' } as const;

export function payPath(outOrderNo: string): string {
  return `/v3/payscore/partner/serviceorder/${outOrderNo}/pay`;
}

export interface KeyPair {
  readonly privatePem: string;
  readonly publicPem: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Two RSA-2048 key pairs, as WeChat Pay issues them: the merchant's, and WeChat Pay's own. */
export interface Keys {
  readonly merchant: KeyPair;
  readonly platform: KeyPair;
}

export function newKeys(): Keys {
  return { merchant: newKeyPair(), platform: newKeyPair() };
}

function newKeyPair(): KeyPair {
  const { privateKey: privatePem, publicKey: publicPem } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return {
    privatePem,
    publicPem,
    privateKey: createPrivateKey(privatePem),
    publicKey: createPublicKey(publicPem),
  };
}

/** The headers that prove an answer without a body, as WeChat Pay would make them. */
export function signedAnswer(platformKey: KeyObject | string, timestamp: number) {
  const nonce = 'c5ac7061fccab6bf3e254dcf98995b8c';
  const signature = sign('sha256', Buffer.from(`${timestamp}\n${nonce}\n\n`), platformKey);
  return {
    'wechatpay-timestamp': String(timestamp),
    'wechatpay-nonce': nonce,
    'wechatpay-signature': signature.toString('base64'),
    'wechatpay-serial': PLATFORM_SERIAL,
    'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
  };
}

/** The same length and alphabet, another signature. */
export function forged(signature: string): string {
  return (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
}

/** What an `Authorization` header claims was signed, and the signature; `undefined` when it is not of the scheme. */
export function readAuthorization(header: string) {
  if (!header.startsWith('WECHATPAY2-SHA256-RSA2048 ')) return undefined;
  const field = (name: string) => new RegExp(`\\b${name}="([^"]+)"`).exec(header)?.[1];
  const [nonce, timestamp, signature] = [field('nonce_str'), field('timestamp'), field('signature')];
  if (nonce === undefined || timestamp === undefined || signature === undefined) return undefined;
  return { nonce, timestamp, signature, mchid: field('mchid'), serial: field('serial_no') };
}
