import { MODES } from '../../lambda/core/switch';
import { DAY_MS } from '../../lambda/core/time';
import type { Signer } from '../orders/sign';
import { causeOf, type Ask, type Asked, type Tls } from './ask';

export type Verdict = 'passed' | 'failed' | 'skipped';

export interface Check {
  readonly check: string;
  readonly expected: string;
  readonly seen: string;
  readonly verdict: Verdict;
  readonly took_ms: number | null;
}

export interface Checked {
  readonly ask: Ask;
  readonly sign: Signer;
  /** Absent of an address without TLS. */
  readonly tls: (() => Promise<Tls>) | undefined;
  /** Whether the address wants signatures: one on this machine does not. */
  readonly guarded: boolean;
  readonly mchid: string | undefined;
  /** The mode that the switch of the whole service has to be on. */
  readonly mode: string | undefined;
  /** Of this checkout: what is deployed has to be the same. */
  readonly description: { readonly info: { readonly version: string } };
  readonly now: () => number;
}

/** A certificate that ends earlier was not renewed in time: those of AWS are renewed 60 days before. */
const CERTIFICATE_DAYS_MIN = 14;
/** AWS refuses signatures that are 5 minutes off, WeChat Pay those of the service. */
const SKEW_MS_MAX = 60_000;

function unanswered(error: unknown): Seen {
  return { seen: `no answer (${causeOf(error)})`, ok: false };
}

type Seen = { readonly seen: string; readonly ok: boolean; readonly took_ms?: number };

/** All checks, one after the other; each reads only, and none keeps another from being made. */
export async function smokeChecks(on: Checked): Promise<readonly Check[]> {
  const checks: Check[] = [];
  const add = async (check: string, expected: string, look: (() => Promise<Seen>) | string) => {
    if (typeof look === 'string') {
      checks.push({ check, expected, seen: look, verdict: 'skipped', took_ms: null });
      return;
    }
    const { seen, ok, took_ms = null } = await look().catch(unanswered);
    checks.push({ check, expected, seen, verdict: ok ? 'passed' : 'failed', took_ms });
  };
  await checkConnection(on, add);
  await checkService(on, add);
  await checkMerchant(on, add);
  await checkNotifications(on, add);
  return checks;
}

type Add = (check: string, expected: string, look: (() => Promise<Seen>) | string) => Promise<void>;

async function checkConnection({ tls, now, ...on }: Checked, add: Add): Promise<void> {
  await add(
    'TLS',
    `TLS 1.2 or later, a certificate that is trusted and good for ${CERTIFICATE_DAYS_MIN} days`,
    tls === undefined
      ? 'an address on this machine'
      : async () => {
          const { protocol, endsAt } = await tls();
          const days = Math.floor((endsAt - now()) / DAY_MS);
          const modern = protocol === 'TLSv1.2' || protocol === 'TLSv1.3';
          return { seen: `${protocol}, ${days} days`, ok: modern && days >= CERTIFICATE_DAYS_MIN };
        },
  );
  await add('clock', 'this clock and that of the answer at most 60 s apart', async () => {
    const { aheadMs, tookMs } = await on.ask({ method: 'GET', path: '/openapi.json', sign: on.sign });
    if (aheadMs === undefined) return { seen: 'no date', ok: false };
    const seconds = Math.round(aheadMs / 1000);
    return { seen: `${seconds} s`, ok: Math.abs(aheadMs) <= SKEW_MS_MAX, took_ms: tookMs };
  });
}

async function checkService({ ask, sign, guarded, mode, description }: Checked, add: Add): Promise<void> {
  const { version } = description.info;
  await add('description', `version ${version}, described as in this checkout`, async () => {
    const asked = await ask({ method: 'GET', path: '/openapi.json', sign });
    const { info } = asObject(asked.body);
    const seen = asObject(info)['version'];
    const same = JSON.stringify(asked.body) === JSON.stringify(description);
    const words = same ? 'the same' : 'another description';
    return seeing(asked, 200, `version ${String(seen)}, ${words}`, same && seen === version);
  });
  const unsigned = 'a request without a signature';
  const elsewhere = 'an address on this machine asks for none';
  await add(
    unsigned,
    '403, refused by API Gateway',
    guarded ? async () => seeing(await ask({ method: 'GET', path: '/v1/switch' }), 403) : elsewhere,
  );
  await add(
    'a request with a wrong signature',
    '403, refused by API Gateway',
    guarded
      ? async () => seeing(await ask({ method: 'GET', path: '/v1/switch', sign: spoilt(sign) }), 403)
      : elsewhere,
  );
  await add('switch', mode === undefined ? '200, a mode' : `200, ${mode}`, async () => {
    const asked = await ask({ method: 'GET', path: '/v1/switch', sign });
    const is = asObject(asked.body)['mode'];
    const known = MODES.some((one) => one === is);
    return seeing(asked, 200, String(is), known && (mode === undefined || is === mode));
  });
  await add('a path that does not exist', '404, said by the service', async () => {
    const asked = await ask({ method: 'GET', path: '/v1/no-such-route', sign });
    const { type } = asObject(asked.body);
    return seeing(asked, 404, String(type), type === 'urn:payscore-collector:problem:route-not-found');
  });
}

async function checkMerchant({ ask, sign, mchid }: Checked, add: Add): Promise<void> {
  const path = `/v1/merchants/${mchid}`;
  const unnamed = 'give --mchid';
  let first: Readonly<Record<string, unknown>> | undefined;
  const look = (what: () => Promise<Seen>) => (mchid === undefined ? unnamed : what);
  await add(
    'merchant',
    '200, its keys can be used',
    look(async () => {
      const asked = await ask({ method: 'GET', path, sign });
      return seeing(asked, 200, titleOf(asked) ?? 'keys are there', asObject(asked.body)['mchid'] === mchid);
    }),
  );
  await add(
    'orders',
    '200, a list',
    look(async () => {
      const asked = await ask({ method: 'GET', path: `${path}/orders`, query: { limit: '1' }, sign });
      const { orders } = asObject(asked.body);
      first = Array.isArray(orders) && orders.length > 0 ? asObject(orders[0]) : undefined;
      const count = Array.isArray(orders) ? (first === undefined ? 'no order' : 'an order') : 'no list';
      return seeing(asked, 200, titleOf(asked) ?? count, Array.isArray(orders));
    }),
  );
  const { sub_mchid, out_order_no } = first ?? {};
  await add(
    'an order',
    '200, with what is done next',
    typeof sub_mchid !== 'string' || typeof out_order_no !== 'string'
      ? mchid === undefined
        ? unnamed
        : 'there is none'
      : async () => {
          const order = `${path}/orders/${sub_mchid}/${encodeURIComponent(out_order_no)}`;
          const asked = await ask({ method: 'GET', path: order, sign });
          const { action } = asObject(asObject(asked.body)['next']);
          return seeing(asked, 200, titleOf(asked) ?? `next: ${String(action)}`, typeof action === 'string');
        },
  );
}

/** What is not signed is refused before anything is read or written; only a line in the log tells of it. */
async function checkNotifications({ ask, mchid }: Checked, add: Add): Promise<void> {
  await add('a notification that WeChat Pay did not sign', '401, refused by the service', async () => {
    const path = `/notifications/${mchid ?? '0'}`;
    const asked = await ask({ method: 'POST', path, body: '{}' });
    const { code } = asObject(asked.body);
    return seeing(asked, 401, String(code), code === 'FAIL');
  });
}

/** Of which one character is another. */
function spoilt(sign: Signer): Signer {
  return async (request) => {
    const headers = await sign(request);
    const signature = headers['authorization'] ?? '';
    const last = signature.endsWith('0') ? '1' : '0';
    return { ...headers, authorization: `${signature.slice(0, -1)}${last}` };
  };
}

function seeing({ status, tookMs }: Asked, expected: number, more = '', ok = true): Seen {
  const seen = more === '' || more === 'undefined' ? String(status) : `${status}, ${more}`;
  return { seen, ok: status === expected && ok, took_ms: tookMs };
}

/** What a problem says it is. */
function titleOf({ status, body }: Asked): string | undefined {
  if (status < 400) return undefined;
  const { title, message } = asObject(body);
  return [title, message].find((part) => typeof part === 'string');
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
