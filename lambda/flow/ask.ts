import { amountsDiffer } from '../core/amounts';
import type { Occasion } from '../core/decide';
import { evolve, type Change } from '../core/evolve';
import type { Instant } from '../core/ids';
import { observe } from '../core/observe';
import type { Order } from '../core/order';
import type { Evidence, QueryReport } from '../core/outcome';
import { isCollectedNext, persist } from './persist';
import type { MerchantCalls, Ports } from './ports';

export type AskResult =
  | {
      readonly kind: 'observed';
      readonly order: Order;
      readonly evidence: Evidence;
      /** What the ledger does not know yet: the order is collected next, and the claim brings it along. */
      readonly unsaved?: Change;
    }
  | { readonly kind: 'unobserved'; readonly report: Exclude<QueryReport, { kind: 'verified' }> }
  | { readonly kind: 'out_of_time' };

export interface AskOptions {
  /** The occasion on which whoever asks goes on to collect, if that is what is decided then. */
  readonly continues?: Occasion;
  readonly deadlineAt: Instant;
  /** False leaves the ledger as it is (dry run, or an order that nobody registered). */
  readonly keep: boolean;
}

const QUERY_TIMEOUT_MS = 8_000;
/** With less left than this a query is not begun. */
const QUERY_MS_MIN = 500;
/** Kept for the ledger's write after a call. */
export const LEDGER_MS = 5_000;

/**
 * Asks WeChat Pay about an order, and lets what is verified become what is known. This is the way in which
 * orders become paid, and in which open attempts are closed.
 */
export async function ask(order: Order, ports: Ports, options: AskOptions): Promise<AskResult> {
  const asked = await query(order, ports, options.deadlineAt);
  if (asked === undefined) return { kind: 'out_of_time' };
  const answer = await take(order, asked, ports, options);
  const { open } = answer.kind === 'observed' ? answer.order : order;
  if (open !== undefined)
    ports.record({ kind: 'still_open', ref: order.ref, age_ms: asked.at - open.claimed_at });
  return answer;
}

/** What an answer changes. */
async function take(
  order: Order,
  { at, report }: Asked,
  ports: Ports,
  { continues, keep }: Omit<AskOptions, 'deadlineAt'>,
): Promise<Exclude<AskResult, { kind: 'out_of_time' }>> {
  if (report.kind !== 'verified') return { kind: 'unobserved', report };
  const { facts, evidence } = report;
  const change = { kind: 'observe', observation: { at, standing: observe(facts), facts } } as const;
  const differs = keep ? amountsDiffer(order, facts) : undefined;
  if (differs !== undefined) {
    const { request_id } = evidence;
    const of = request_id === undefined ? {} : { request_id };
    ports.record({ kind: 'amount_differs', ref: order.ref, ...differs, ...of });
  }
  const after = evolve(order, change);
  if (!keep) return { kind: 'observed', order: after, evidence };
  if (continues !== undefined && (await isCollectedNext(ports, after, continues)))
    return { kind: 'observed', order: after, evidence, unsaved: change };
  return { kind: 'observed', order: await persist(ports, order, change), evidence };
}

interface Asked {
  readonly calls: MerchantCalls;
  readonly at: Instant;
  readonly report: QueryReport;
}

/** One query; once more only after keys that WeChat Pay refused turned out to have been replaced. */
async function query(order: Order, ports: Ports, deadlineAt: Instant): Promise<Asked | undefined> {
  const asked = await queryOnce(order, ports, deadlineAt);
  if (asked === undefined || !keysToBlame(asked.report)) return asked;
  if (!(await ports.merchants.refresh(order.ref.mchid, asked.calls))) return asked;
  return (await queryOnce(order, ports, deadlineAt)) ?? asked;
}

/** Undefined: too little time is left to begin it. */
async function queryOnce(
  { ref, open }: Order,
  { merchants, now, record }: Ports,
  deadlineAt: Instant,
): Promise<Asked | undefined> {
  const calls = await merchants.get(ref.mchid);
  // An answer says how things stood when it was asked for, at the latest.
  const at = now();
  const timeoutMs = Math.min(QUERY_TIMEOUT_MS, deadlineAt - at - LEDGER_MS);
  if (timeoutMs < QUERY_MS_MIN) return undefined;
  const report = await calls.query(ref, { timeoutMs });
  record({ kind: 'queried', ref, ...(open === undefined ? {} : { claim_id: open.claim_id }), report });
  return { calls, at, report };
}

function keysToBlame(report: QueryReport): boolean {
  return report.kind !== 'verified' && (report.because === 'credentials' || report.because === 'unverified');
}
