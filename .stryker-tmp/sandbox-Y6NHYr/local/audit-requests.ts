import { keyText } from './ledger-view';
import type { OrderKey, RecordedRequest, Simulator } from './wechatpay';
import { RECORDED_REQUESTS_MAX } from './world';

/** The default policy's least distance between two calls that may have reached the user's account. */
const GAP_MS = 6 * 3_600_000;
/** What WeChat Pay itself keeps between any two. */
const LOCK_MS = 3 * 60_000;
/** Distances hold between claims, which WeChat Pay does not see; the call follows its claim within this. */
const ARRIVES_WITHIN_MS = 15_000;

/**
 * What arrived at WeChat Pay in this run, by its own record and its own time: signatures and distances do not rest on
 * the ledger's word. Of a request that was reset before it was read nothing can be said but that nothing came of it.
 */
export function auditRequests({ requests, order }: Pick<Simulator, 'requests' | 'order'>): string[] {
  const faults: string[] = [];
  if (requests.length >= RECORDED_REQUESTS_MAX)
    faults.push(`only the last ${RECORDED_REQUESTS_MAX} requests are known: distances are not proven`);
  const unsigned = requests.filter((request) => request.signature.verdict !== 'valid' && !isUnread(request));
  const [first] = unsigned;
  if (first !== undefined)
    faults.push(
      `requests that were not signed validly: ${unsigned.length}, the first ${first.signature.verdict} at ${new Date(first.atMs).toISOString()}`,
    );
  for (const [key, { of, calls }] of callsByOrder(requests)) {
    const access = order(of.mchid, of.sub_mchid, of.out_order_no)?.access;
    const close = calls.filter((call, index) => {
      const before = calls[index - 1];
      if (before === undefined) return false;
      const least = access !== 'open' || isRefusedUnprocessed(before) ? LOCK_MS : GAP_MS;
      return call.atMs - before.atMs < least - ARRIVES_WITHIN_MS;
    });
    if (close.length > 0) faults.push(`${key}: calls that came too close upon another: ${close.length}`);
  }
  return faults;
}

function isUnread({ outcome }: RecordedRequest): boolean {
  return outcome.kind === 'reset' && outcome.when === 'before_reading';
}

/** Keys and frequency are judged before anything is done; what else is refused may have been tried. */
function isRefusedUnprocessed({ outcome }: RecordedRequest): boolean {
  return outcome.kind === 'answered' && [401, 429].includes(outcome.status);
}

interface Calls {
  readonly of: OrderKey;
  /** Oldest first. */
  readonly calls: RecordedRequest[];
}

const PAY_PATH = /^\/v3\/payscore\/partner\/serviceorder\/([^/]+)\/pay$/;
const MCHID = /mchid="(\d+)"/;

function callsByOrder(requests: readonly RecordedRequest[]): ReadonlyMap<string, Calls> {
  const found = new Map<string, Calls>();
  for (const request of requests) {
    const [, outOrderNo] = PAY_PATH.exec(request.url) ?? [];
    if (outOrderNo === undefined || request.signature.verdict !== 'valid') continue;
    const { sub_mchid } = JSON.parse(request.body) as { sub_mchid: string };
    const [, mchid = ''] = MCHID.exec(request.headers['authorization'] ?? '') ?? [];
    const of = { mchid, sub_mchid, out_order_no: decodeURIComponent(outOrderNo) };
    const key = keyText(of);
    const entry: Calls = found.get(key) ?? { of, calls: [] };
    entry.calls.push(request);
    found.set(key, entry);
  }
  return found;
}
