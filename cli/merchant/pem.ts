import path from 'node:path';
import type { X509Certificate } from 'node:crypto';
import { isPayscoreError } from '../../lambda/core/errors';
import type { Instant, Mchid } from '../../lambda/core/ids';
import {
  isPublicKeyId,
  parseCertificate,
  parsePrivateKey,
  parsePublicKey,
} from '../../lambda/wechatpay/keys';
import { UsageError } from '../../local/usage-error';
import { day } from './describe';
import { readText } from './files';
import type { SigningEntry } from './secrets';

interface PemBlock {
  readonly label: string;
  readonly pem: string;
}

/** Where the merchant's own certificate and key are: two files, or the folder that WeChat Pay's zip unpacks to. */
export interface PairOptions {
  readonly cert?: string;
  readonly key?: string;
  readonly from?: string;
}

/** WeChat Pay's names for them. */
const CERT_FILE = 'apiclient_cert.pem';
const KEY_FILE = 'apiclient_key.pem';

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g;

/** The PEM blocks of a text, without whatever stands between them (`Bag Attributes`, of an exported .p12). */
function blocksOf(text: string): readonly PemBlock[] {
  return [...text.matchAll(BLOCK)].map(([, label = '', body = '']) => {
    const lines = body.split('\n').map((line) => line.trim());
    const pem = [
      `-----BEGIN ${label}-----`,
      ...lines.filter((line) => line !== ''),
      `-----END ${label}-----`,
      '',
    ];
    return { label, pem: pem.join('\n') };
  });
}

/**
 * The pair that signs, checked: it belongs together, to this merchant number, and is valid now.
 * @throws UsageError naming option and file, and what to do
 */
export function readPair(options: PairOptions, mchid: Mchid, now: Instant): SigningEntry {
  const { cert, key } = filesOf(options);
  const certName = `--cert: ${cert}`;
  const keyName = `--key: ${key}`;
  const private_key = readPrivateKey(key, keyName);
  const certificates = readCertificates(cert, certName);
  const privateKey = keyOrRefusal(() => parsePrivateKey(private_key, keyName));
  // An exported .p12 may bring the authority's certificates along.
  const own = certificates.find(({ certificate }) => certificate.checkPrivateKey(privateKey));
  if (own === undefined)
    throw new UsageError(
      `${keyName} does not belong to ${cert}; take both from one download of the API certificate (商户API证书)`,
    );
  refuseOther(own.certificate, mchid, certName);
  refuseDates(own.certificate, now, certName);
  return { serial_no: own.certificate.serialNumber.toUpperCase(), private_key, certificate: own.pem };
}

/** @throws UsageError when `id` is not an id of one, or what is in `file` not a public key */
export function readPublicKey(id: string, file: string): string {
  if (!isPublicKeyId(id))
    throw new UsageError(
      `--public-key-id: ${id} is not of the form PUB_KEY_ID_…; it stands beside the key at 账户中心 → API安全 → 微信支付公钥`,
    );
  const name = `--public-key: ${file}`;
  const blocks = blocksOf(readText(file, name));
  const block = blocks.find(({ label }) => label === 'PUBLIC KEY');
  if (block === undefined) {
    if (blocks.some(({ label }) => label === 'CERTIFICATE'))
      throw new UsageError(
        `${name} is a certificate, not the WeChat Pay public key (pub_key.pem); platform certificates are not given here, the service downloads them itself with --platform-certificates`,
      );
    throw new UsageError(
      `${name} is not a public key in PEM form; download it at 账户中心 → API安全 → 微信支付公钥 (pub_key.pem)`,
    );
  }
  keyOrRefusal(() => parsePublicKey(block.pem, name));
  return block.pem;
}

function filesOf({ cert, key, from }: PairOptions): { readonly cert: string; readonly key: string } {
  if (from !== undefined) {
    if (cert !== undefined || key !== undefined)
      throw new UsageError(`--from DIR stands for --cert and --key; give it, or the two of them`);
    return { cert: path.join(from, CERT_FILE), key: path.join(from, KEY_FILE) };
  }
  if (cert === undefined || key === undefined)
    throw new UsageError(
      `give --cert ${CERT_FILE} and --key ${KEY_FILE}, or --from DIR, the folder that holds both`,
    );
  return { cert, key };
}

function readPrivateKey(file: string, name: string): string {
  const blocks = blocksOf(readText(file, name));
  const block = blocks.find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (block === undefined) {
    const swapped = blocks.some(({ label }) => label === 'CERTIFICATE');
    throw new UsageError(
      swapped
        ? `${name} is a certificate; the private key is in ${KEY_FILE}`
        : `${name} is not a private key in PEM form (${KEY_FILE})`,
    );
  }
  if (block.pem.includes('ENCRYPTED'))
    throw new UsageError(
      `${name} is protected by a passphrase, and the functions have nobody to ask; take it off: openssl pkey -in ${file} -out ${KEY_FILE}`,
    );
  return block.pem;
}

function readCertificates(
  file: string,
  name: string,
): readonly { readonly pem: string; readonly certificate: X509Certificate }[] {
  const blocks = blocksOf(readText(file, name));
  const certificates = blocks.filter(({ label }) => label === 'CERTIFICATE');
  if (certificates.length === 0) {
    const swapped = blocks.some(({ label }) => label.endsWith('PRIVATE KEY'));
    throw new UsageError(
      swapped
        ? `${name} is a private key; the certificate is in ${CERT_FILE}`
        : `${name} is not a certificate in PEM form (${CERT_FILE})`,
    );
  }
  return certificates.map(({ pem }) => ({
    pem,
    certificate: keyOrRefusal(() => parseCertificate(pem, name)),
  }));
}

/**
 * An API certificate carries the merchant number it was made for.
 * https://pay.weixin.qq.com/doc/v3/partner/4012073263
 */
function refuseOther({ subject }: X509Certificate, mchid: Mchid, name: string): void {
  const owner = /^CN=(\d{6,32})$/m.exec(subject)?.[1];
  if (owner !== undefined && owner !== mchid)
    throw new UsageError(
      `${name} was made for merchant number ${owner}, not for ${mchid}; the service provider's own number (服务商商户号) signs`,
    );
}

function refuseDates({ validFrom, validTo }: X509Certificate, now: Instant, name: string): void {
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  if (now >= to)
    throw new UsageError(
      `${name} ended on ${day(to)}; apply for a new one at 账户中心 → API安全 → 商户API证书`,
    );
  if (now < from)
    throw new UsageError(
      `${name} is not valid before ${day(from)}; wait for that day, or set this machine's clock`,
    );
}

/** What `parse` makes, or its refusal as one of the person's own. */
function keyOrRefusal<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (isPayscoreError(error, 'KEY_INVALID')) throw new UsageError(error.message);
    throw error;
  }
}
