/** What a verdict may quote. */
export interface Quoted {
  readonly mchid: string;
  /** The options that name where the secrets are, for commands. */
  readonly place: string;
  /** Serial number of the key that signed the request. */
  readonly signer: string;
  /** `Wechatpay-Serial` of the answer, or the error's code. */
  readonly named: string;
  /** Error code of the network, or an HTTP status. */
  readonly detail: string;
}

interface Row {
  /** `unproven`: nothing speaks against it, and this call cannot show it. */
  readonly level: 'ok' | 'unproven' | 'warning' | 'failed';
  readonly says: (quoted: Quoted) => string;
}

const command = ({ mchid, place }: Quoted, what: string) =>
  `npm run merchant -- ${what} --mchid ${mchid} ${place}`;

/** Everything that a check can find, each with what to do about it. */
export const VERDICTS = {
  dns: row(
    'failed',
    ({ detail }) => `The hosts' names do not resolve here (${detail}). Look at DNS, or at the network.`,
  ),
  tls: row(
    'failed',
    ({ detail }) =>
      `The TLS handshake failed (${detail}). If a proxy opens TLS here, name its authority in NODE_EXTRA_CA_CERTS; if not, somebody else answers. Checking certificates cannot be turned off.`,
  ),
  connection: row(
    'failed',
    ({ detail }) => `No connection to WeChat Pay (${detail}). Look at firewall and outgoing HTTPS (443).`,
  ),
  no_answer: row(
    'failed',
    ({ detail }) => `No whole answer came (${detail}). Try again; if it stays, look at proxies.`,
  ),
  server_error: row(
    'failed',
    ({ detail }) => `WeChat Pay answers ${detail}: a fault of its own. Try again in a minute.`,
  ),
  throttled: row(
    'failed',
    ({ detail }) => `WeChat Pay answers ${detail}: too many calls now. Try again in a minute.`,
  ),
  unexpected: row(
    'failed',
    ({ detail, named }) =>
      `The answer ${detail} ${named} is not one that WeChat Pay is known to give. Look at proxies and at --host.`,
  ),

  signature_accepted: row('ok', () => 'WeChat Pay accepts the signature of this key.'),
  clock_refused: row(
    'failed',
    () =>
      "WeChat Pay refuses the time of the request: this machine's clock is more than 5 minutes off. Set it (NTP).",
  ),
  certificate_revoked: row(
    'failed',
    ({ signer }) =>
      `Certificate ${signer} was revoked (已作废). Rotate to one that is listed at 账户中心 → API安全.`,
  ),
  certificate_ended: row(
    'failed',
    ({ signer }) =>
      `Certificate ${signer} ended (已过期). Apply for a new one at 账户中心 → API安全, then rotate.`,
  ),
  certificate_replaced: row(
    'failed',
    ({ signer }) => `Certificate ${signer} was replaced by another one (已更换). Rotate to that one.`,
  ),
  serial_refused: row(
    'failed',
    ({ signer, mchid }) =>
      `WeChat Pay has no certificate ${signer} for merchant number ${mchid}: it is another merchant's, or was never activated. Compare it with 账户中心 → API安全 → 商户API证书.`,
  ),
  mchid_refused: row(
    'failed',
    ({ mchid }) =>
      `WeChat Pay does not know merchant number ${mchid}. Give the service provider's own (服务商商户号).`,
  ),
  signature_refused: row(
    'failed',
    ({ signer }) =>
      `WeChat Pay finds the signature wrong: the private key is not that of certificate ${signer}, or something on the way alters the request.`,
  ),

  no_permission: row(
    'failed',
    () =>
      'The signature is accepted and the question is not allowed: sub-merchant and provider have not authorised each other (双向授权), or the service_id is not bound to them.',
  ),
  route_closed: row(
    'failed',
    () =>
      'The signature is accepted and the address is not open to this merchant number. Ask WeChat Pay for Payscore (支付分).',
  ),
  order_unknown: row(
    'failed',
    () =>
      'WeChat Pay does not know this order: compare sub_mchid, out_order_no and --service-id. Its signature was not seen, error answers have none.',
  ),
  question_refused: row(
    'failed',
    ({ named }) =>
      `The signature is accepted and the question is refused (${named}): compare the order and --service-id.`,
  ),
  answer_not_checked: row(
    'unproven',
    () =>
      "Whether WeChat Pay's answers can be verified is not shown: error answers are not signed. Name any order of yours: --order SUB_MCHID/OUT_ORDER_NO --service-id ID.",
  ),
  apiv3_key_not_checked: row(
    'unproven',
    () =>
      'Whether the APIv3 key is the right one is not shown: no call uses it; the first notification will.',
  ),

  answer_verified: row('ok', ({ named }) => `The answer is signed by WeChat Pay (${named}), and verified.`),
  answer_unsigned: row(
    'failed',
    () => 'The answer bears no signature: it is not from WeChat Pay itself. Look at proxies and at --host.',
  ),
  answer_scheme: row(
    'failed',
    () => 'The answer is signed in a scheme that is not WECHATPAY2-SHA256-RSA2048 (国密?).',
  ),
  still_certificate: row(
    'failed',
    (quoted) =>
      `WeChat Pay signs with platform certificate ${quoted.named}: this merchant number has not begun to change to the public key. Begin at 账户中心 → API安全, or: ${command(quoted, 'rotate --platform-certificates on')}`,
  ),
  public_key_unknown: row(
    'failed',
    (quoted) =>
      `WeChat Pay signs with public key ${quoted.named}, which is not in the secret. Download it, then: ${command(quoted, `rotate --public-key-id ${quoted.named} --public-key pub_key.pem`)}`,
  ),
  certificate_unlisted: row(
    'failed',
    ({ named }) =>
      `The answer names certificate ${named}, which the list of platform certificates does not have (or not for now). Try again.`,
  ),
  public_key_wrong: row(
    'failed',
    (quoted) =>
      `The signature does not fit the key stored as ${quoted.named}: another pub_key.pem stands under this id. Download it anew, then: ${command(quoted, `rotate --public-key-id ${quoted.named} --public-key pub_key.pem`)}`,
  ),
  certificate_signature_wrong: row(
    'failed',
    ({ named }) =>
      `The signature does not fit platform certificate ${named}: the answer was altered on the way.`,
  ),
  probe: row(
    'failed',
    () =>
      'WeChat Pay answered with a wrong signature on purpose (探测流量, SIGNTEST), to see that it is refused. Try again.',
  ),
  answer_late: row(
    'failed',
    () => "The answer's time is more than 5 minutes from this machine's clock. Set the clock (NTP).",
  ),
  apiv3_key_right: row('ok', ({ named }) => `The APIv3 key decrypts the platform certificates: ${named}.`),
  apiv3_key_wrong: row(
    'failed',
    () =>
      'The platform certificates do not decrypt under the APIv3 key: it was changed at 账户中心 → API安全, or mistyped. Write the right one: add … --replace.',
  ),
  list_unreadable: row(
    'failed',
    ({ detail }) => `${detail} Try again; if it stays, look at proxies and at --host.`,
  ),
  certificates_none: row(
    'failed',
    (quoted) =>
      `WeChat Pay has no platform certificate for this merchant number, it only has the public key: ${command(quoted, 'rotate --platform-certificates off')}`,
  ),

  clock_fine: row('ok', ({ detail }) => `This machine's clock is ${detail} WeChat Pay's.`),
  clock_off: row(
    'warning',
    ({ detail }) => `This machine's clock is ${detail} WeChat Pay's; 5 minutes is the end. Set it (NTP).`,
  ),
} as const satisfies Record<string, Row>;

export type VerdictCode = keyof typeof VERDICTS;

export interface Verdict {
  readonly code: VerdictCode;
  readonly level: Row['level'];
  readonly says: string;
}

export function verdict(code: VerdictCode, quoted: Quoted): Verdict {
  const { level, says } = VERDICTS[code];
  return { code, level, says: says(quoted) };
}

function row(level: Row['level'], says: Row['says']): Row {
  return { level, says };
}
