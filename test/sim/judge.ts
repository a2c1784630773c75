import type { OrderKey } from '../../lambda/core/ids';
import type { Order } from '../../lambda/core/order';
import type { PolicyLayer } from '../../lambda/core/policy';
import type { SimulatedOrder } from '../../local/wechatpay/orders';
import { lawfulCall } from './judge-calls';
import { lawfulEnd } from './judge-end';
import type { Claim, Court, Evidence, Known, Left, Suspect } from './judge-known';
import { Rules } from './judge-policy';
import { lawfulWrite } from './judge-writes';
import { HOUR, MINUTE, type PlannedOrder } from './plan';

interface Request {
  readonly mchid: string;
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/**
 * Watches from outside: what leaves for WeChat Pay and comes back, what is written into the ledger, what people decide, and
 * WeChat Pay's own books. It knows the promises of docs/reliability.md and none of the code that is to keep them: nothing
 * but types is imported from lambda/.
 */
export class Judge implements Court {
  readonly rules = new Rules();
  readonly known = new Map<string, Known>();
  /** The first broken promise, if one was broken. */
  verdict: string | undefined;
  now: () => number = () => 0;
  truth: (key: OrderKey) => SimulatedOrder | undefined = () => undefined;
  /** Whether counters may have been taken from without anybody having got anything. */
  ratesMayLeak = false;
  /** Whether breakers may not have been written, or be lifted by hand. */
  breakersMayFail = false;
  readonly #asked = new WeakMap<object, Left>();
  readonly #grants = new Map<string, number>();
  readonly #asks = new Map<string, number>();
  /** Of those, who has no answer yet. */
  readonly #waiting = new Map<string, number>();
  /** When a sub-merchant's collection was last refused for want of permission. */
  readonly #forbidden = new Map<string, number>();

  constructor(private readonly callsPerSecondMax: number) {}

  fail(what: string): void {
    this.verdict ??= what;
  }

  insist(holds: boolean, promise: string, { key }: Pick<Known, 'key'>, more?: unknown): void {
    if (holds || this.verdict !== undefined) return;
    this.fail(
      `${promise} (${key.mchid}/${key.sub_mchid}/${key.out_order_no}${more === undefined ? '' : ` ${JSON.stringify(more)}`})`,
    );
  }

  /** An order that somebody is going to register. */
  expect(planned: PlannedOrder): void {
    this.of(planned.ref).planned = planned;
  }

  registered({ ref }: PlannedOrder, kind: string): void {
    const known = this.of(ref);
    known.registered = true;
    this.insist(kind !== 'service_mismatch', 'an order is registered as it was given', known);
  }

  ruled(level: 'provider' | 'sub_merchant' | 'service', ref: PlannedOrder['ref'], layer: PolicyLayer): void {
    this.rules.ruled(this.now(), level, ref, layer);
  }

  switched(
    level: 'service' | 'merchant' | 'sub_merchant',
    ref: PlannedOrder['ref'],
    mode: 'off' | 'observe' | 'on' | undefined,
  ): void {
    this.rules.switched(this.now(), level, ref, mode);
  }

  consented(key: OrderKey): void {
    this.of(key).consentedAt = this.now();
  }

  released(key: OrderKey): void {
    this.of(key).releasedAt = this.now();
  }

  /** Somebody is going to say that a refund of so much has been dealt with. */
  refunded(key: OrderKey, amount: number): void {
    this.of(key).refunded.add(amount);
  }

  wrote(before: Order | undefined, after: Order, by: Suspect): void {
    const known = this.of(after.ref);
    lawfulWrite(this, known, before, after, by);
    known.row = after;
  }

  /** The first byte of a request leaves. */
  left(request: Request, by: Suspect): void {
    const { action, key } = read(request);
    const known = this.of(key);
    const left: Left = { action, at: this.now(), by, claim_id: claimOf(known, by) };
    this.#asked.set(request, left);
    lawfulCall(this, known, left);
    if (action !== 'query') known.calls.push(left);
    if (action !== 'pay') return;
    this.#useGrant(known, by);
    const refusedAt = this.#forbidden.get(pairOf(key)) ?? -Infinity;
    const heeded = this.now() - refusedAt < IN_FLIGHT_MS || this.now() - refusedAt >= HOUR - MINUTE;
    this.insist(
      heeded || this.breakersMayFail,
      'who was refused for want of permission does not go on trying',
      known,
    );
  }

  /** What came back, and reached whoever had asked. */
  heard(
    request: Request,
    by: Suspect,
    answer: { readonly status: number; readonly body: unknown; readonly subCode: number } | 'unsigned',
  ): void {
    const left = this.#asked.get(request);
    if (left === undefined) return;
    if (answer === 'unsigned') {
      left.heard = answer;
      return;
    }
    const { status, subCode, body } = answer;
    const userPaying = (body as { trade_state?: string }).trade_state === 'USERPAYING';
    left.heard = { status, subCode, userPaying };
    const { key } = read(request);
    if (left.action === 'pay' && subCode === NO_PERMISSION) this.#forbidden.set(pairOf(key), this.now());
    if (left.action === 'query' && status === 200)
      this.of(key).evidence.push({ ...evidenceIn(body), askedAt: left.at + by.skewMs });
  }

  /** A notification that WeChat Pay did sign, lately, was delivered: an old one is only a reason to ask. */
  told(key: OrderKey, resource: object): void {
    this.of(key).evidence.push(evidenceIn(resource));
  }

  /** Somebody asks for one call of a merchant's rate: in which ten seconds, by his clock. */
  asksForRate(mchid: string, { skewMs }: Suspect): number {
    const window = Math.floor((this.now() + skewMs) / 10_000);
    const id = `${mchid} ${window}`;
    remember(this.#asks, id, (this.#asks.get(id) ?? 0) + 1);
    remember(this.#waiting, id, (this.#waiting.get(id) ?? 0) + 1);
    return window;
  }

  rate(mchid: string, by: Suspect, askedIn: number, granted: boolean): void {
    const window = Math.floor((this.now() + by.skewMs) / 10_000);
    const began = `${mchid} ${askedIn}`;
    remember(this.#waiting, began, (this.#waiting.get(began) ?? 0) - 1);
    // Who waited for an answer into another window may have taken of that one.
    const here = `${mchid} ${window}`;
    if (askedIn !== window) remember(this.#asks, here, (this.#asks.get(here) ?? 0) + 1);
    if (!granted) {
      const stillWait = (this.#waiting.get(`${mchid} ${window - 1}`) ?? 0) > 0;
      const isAlone = this.#asks.get(here) === 1 && !stillWait;
      const wronged = isAlone && askedIn === window && !this.ratesMayLeak;
      if (wronged) this.fail(`a merchant is refused its rate only by its own calls (${mchid})`);
      return;
    }
    const [all, own] = [`${mchid} ${window}`, `${mchid} ${by.name}`];
    const grants = (this.#grants.get(all) ?? 0) + 1;
    remember(this.#grants, all, grants);
    remember(this.#grants, own, (this.#grants.get(own) ?? 0) + 1);
    if (grants > Math.floor(this.callsPerSecondMax * 10))
      this.fail(`no more calls of a merchant than its rate (${mchid}: ${grants})`);
  }

  /** All is calm, and has been for longer than the longest wait. */
  end(calmFrom: number): void {
    for (const known of this.known.values()) lawfulEnd(this, known, calmFrom);
  }

  of({ mchid, sub_mchid, out_order_no }: OrderKey): Known {
    const id = `${mchid}/${sub_mchid}/${out_order_no}`;
    const known = this.known.get(id) ?? {
      key: { mchid, sub_mchid, out_order_no },
      registered: false,
      calls: [],
      claims: new Map<string, Claim>(),
      evidence: [],
      notCompletedAt: -Infinity,
      seenCompletedAt: -Infinity,
      refunded: new Set<number>(),
      refundMeant: false,
      forgivenAt: Infinity,
      consentedAt: -Infinity,
      releasedAt: -Infinity,
      doubtEndedAt: -Infinity,
    };
    this.known.set(id, known);
    return known;
  }

  #useGrant(known: Known, by: Suspect): void {
    const own = `${known.key.mchid} ${by.name}`;
    const left = (this.#grants.get(own) ?? 0) - 1;
    this.insist(left >= 0, 'every collection has its share of the rate', known);
    this.#grants.set(own, left);
  }
}

/** What is open; if nothing is, what its claimer may still have been about to send. */
function claimOf({ row, claims }: Known, by: Suspect): string | undefined {
  const own = [...claims.values()].findLast((claim) => claim.by === by && !claim.used);
  return row?.open?.claim_id ?? own?.open.claim_id;
}

const REMEMBERED_MAX = 500;
/** 当前无权限进行此操作. */
const NO_PERMISSION = 268503786;
/** What was decided before it was known is still on its way. */
const IN_FLIGHT_MS = 2 * MINUTE;

function pairOf({ mchid, sub_mchid }: OrderKey): string {
  return `${mchid}/${sub_mchid}`;
}

function remember(counts: Map<string, number>, id: string, count: number): void {
  counts.delete(id);
  counts.set(id, count);
  const [oldest] = counts.keys();
  if (counts.size > REMEMBERED_MAX && oldest !== undefined) counts.delete(oldest);
}

/** Which order a request is about, as WeChat Pay reads it. */
function read({ mchid, method, url, body }: Request): { readonly action: string; readonly key: OrderKey } {
  if (method === 'GET') {
    const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
    const key = { mchid, sub_mchid: query.get('sub_mchid'), out_order_no: query.get('out_order_no') };
    return { action: 'query', key: key as OrderKey };
  }
  const [out_order_no = '', action = ''] = url.split('/').slice(-2);
  const { sub_mchid } = JSON.parse(body) as { sub_mchid: string };
  return { action, key: { mchid, sub_mchid, out_order_no: decodeURIComponent(out_order_no) } as OrderKey };
}

interface Told {
  readonly state?: string;
  readonly state_description?: string;
  readonly total_amount?: number;
  readonly collection?: {
    readonly state?: string;
    readonly paid_amount?: number;
    readonly total_amount?: number;
  };
}

function evidenceIn(body: unknown): Evidence {
  const { state = '', state_description, total_amount, collection } = body as Told;
  const total = collection?.total_amount ?? total_amount;
  const says = [state, state_description, collection?.state, total, collection?.paid_amount].join('|');
  return { says, isEnd: ['DONE', 'REVOKED', 'EXPIRED'].includes(state) };
}
