import { sign, type KeyObject } from 'node:crypto';

// The few ASN.1 shapes an X.509 certificate is made of (RFC 5280 §4.1), in DER.

const TAG = {
  integer: 0x02,
  bitString: 0x03,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
} as const;

const OID = {
  sha256WithRSAEncryption: '2a864886f70d01010b',
  country: '550406',
  locality: '550407',
  organization: '55040a',
  unit: '55040b',
  commonName: '550403',
} as const;

export type NameAttribute = 'country' | 'locality' | 'organization' | 'unit' | 'commonName';
export type DistinguishedName = readonly (readonly [NameAttribute, string])[];

export interface CertificateRequest {
  /** Positive, as hexadecimal digits; the highest bit must be clear, else DER would need a 21st byte. */
  readonly serialHex: string;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly publicKey: KeyObject;
  readonly signingKey: KeyObject;
}

function element(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const hex = body.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
}

const oid = (hex: string): Buffer => element(TAG.oid, Buffer.from(hex, 'hex'));

const signatureAlgorithm = (): Buffer =>
  element(TAG.sequence, oid(OID.sha256WithRSAEncryption), element(TAG.null));

function name(attributes: DistinguishedName): Buffer {
  const parts = attributes.map(([attribute, value]) => {
    // RFC 5280: a country is a PrintableString, everything else may be UTF-8.
    const tag = attribute === 'country' ? TAG.printableString : TAG.utf8String;
    return element(TAG.set, element(TAG.sequence, oid(OID[attribute]), element(tag, Buffer.from(value))));
  });
  return element(TAG.sequence, ...parts);
}

function time(ms: number): Buffer {
  const digits = `${new Date(ms)
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/\D/g, '')}Z`;
  // RFC 5280 §4.1.2.5: two-digit years end with 2049.
  return digits < '2050'
    ? element(TAG.utcTime, Buffer.from(digits.slice(2)))
    : element(TAG.generalizedTime, Buffer.from(digits));
}

/** One signed X.509 v3 certificate (RSA, SHA-256) as PEM. */
export function issueCertificate(request: CertificateRequest): string {
  const body = element(
    TAG.sequence,
    element(TAG.version, element(TAG.integer, Buffer.from([2]))),
    element(TAG.integer, Buffer.from(request.serialHex, 'hex')),
    signatureAlgorithm(),
    name(request.issuer),
    element(TAG.sequence, time(request.fromMs), time(request.untilMs)),
    name(request.subject),
    request.publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = element(TAG.bitString, Buffer.from([0]), sign('sha256', body, request.signingKey));
  const base64 = element(TAG.sequence, body, signatureAlgorithm(), signature).toString('base64');
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
