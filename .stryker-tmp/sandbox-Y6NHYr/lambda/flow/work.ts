import { ruleOf, type Decision } from '../core/decide';
import { isPayscoreError } from '../core/errors';
import type { Instant, OrderKey } from '../core/ids';
import type { Actor, Order } from '../core/order';
import { attempt, type AttemptResult } from './attempt';
import { noteKeys, spellEvidence } from './breakers';
import { withControlsReadOnce } from './memo';
import { aroundNow, persist, persistIfAsSeen, putToRest } from './persist';
import type { Ledger, Ports } from './ports';

export interface WorkItem {
  readonly message_id: string;
  readonly key: OrderKey;
}

export interface WorkRequest {
  readonly items: readonly WorkItem[];
  readonly actor: Actor;
  readonly deadlineAt: Instant;
}

/** What became of the message of an order. */
export type Worked =
  | { readonly kind: 'done'; readonly item: WorkItem; readonly result: AttemptResult }
  /** Another message of the batch names the same order. */
  | { readonly kind: 'duplicate'; readonly item: WorkItem }
  /** No such order here, or one that only a newer release understands: it is due again in its own time. */
  | { readonly kind: 'passed'; readonly item: WorkItem }
  /** The merchant's keys cannot be had or used; the order waits for that. */
  | { readonly kind: 'keyless'; readonly item: WorkItem }
  /** Too little time was left; the order stays due. */
  | { readonly kind: 'left'; readonly item: WorkItem }
  /** A part behind failed: the message goes back to the queue. */
  | { readonly kind: 'failed'; readonly item: WorkItem };

/** What one attempt may take, a slow query and a slow call included. */
const ATTEMPT_MS_MAX = 25_000;

/**
 * Takes up every order of a batch, all at once: what takes long is waiting for WeChat Pay. Messages are hints and
 * the ledger is the truth: whatever a message says, an order is attempted only if its own record allows it now.
 */
export async function work({ items, actor, deadlineAt }: WorkRequest, given: Ports): Promise<Worked[]> {
  const ports = withControlsReadOnce(given);
  const orders = await ports.ledger.findMany(items.map(({ key }) => key));
  const known = new Map(orders.map((order) => [spell(order.ref), order]));
  const first = new Map(items.toReversed().map((item) => [spell(item.key), item]));
  return Promise.all(
    items.map(async (item) => {
      if (first.get(spell(item.key)) !== item) return { kind: 'duplicate', item } as const;
      const order = known.get(spell(item.key));
      if (order === undefined) {
        ports.record({ kind: 'not_in_ledger', key: item.key });
        return { kind: 'passed', item } as const;
      }
      return takeUp(item, order, { actor, deadlineAt }, ports);
    }),
  );
}

async function takeUp(
  item: WorkItem,
  order: Order,
  { actor, deadlineAt }: Omit<WorkRequest, 'items'>,
  ports: Ports,
): Promise<Worked> {
  try {
    if (deadlineAt - ports.now() < ATTEMPT_MS_MAX) return { kind: 'left', item };
    const request = { order, actor, occasion: 'schedule', dryRun: false, deadlineAt } as const;
    const result = await attempt(request, ports);
    if (result.kind === 'out_of_time') return { kind: 'left', item };
    await finish(result, ports);
    return { kind: 'done', item, result };
  } catch (error) {
    if (isPayscoreError(error, 'MERCHANT_UNKNOWN', 'SECRET_INVALID'))
      return keyless(item, order, error, ports);
    ports.record({ kind: 'work_failed', ref: order.ref, error });
    return { kind: 'failed', item };
  }
}

/** What the schedule leaves in the ledger of an order that was not attempted. */
async function finish(result: Exclude<AttemptResult, { kind: 'out_of_time' }>, ports: Ports): Promise<void> {
  switch (result.kind) {
    case 'unobserved':
      // Keys that WeChat Pay refuses for a query it refuses for a collection too.
      if (result.report.because === 'credentials')
        await noteKeys(ports, result.order.ref, spellEvidence(result.report.evidence));
      await persist(ports, result.order, { kind: 'unanswered', at: ports.now() });
      return;
    case 'held_back': {
      const { order, decision } = result;
      if (decision.kind === 'stop' && decision.because === 'observing')
        await recordWhatItWouldDo(order, ports);
      else await putToRest(ports, order, budgetUntil(decision));
      return;
    }
    case 'attempted':
    case 'would_collect':
      return;
  }
}

function budgetUntil(decision: Decision): Instant | undefined {
  return decision.kind === 'wait' && decision.because === 'budget' ? decision.until : undefined;
}

async function recordWhatItWouldDo(order: Order, ports: Ports): Promise<void> {
  const around = await aroundNow(order, ports);
  const decided = { rule: ruleOf(order, around, 'schedule'), policy: around.effective.version };
  await persistIfAsSeen(ports, order, { kind: 'would_collect', at: ports.now(), decided });
}

async function keyless(item: WorkItem, order: Order, error: Error, ports: Ports): Promise<Worked> {
  try {
    await noteKeys(ports, order.ref, error.message);
    await persist(ports, await current(order, ports.ledger), { kind: 'unanswered', at: ports.now() });
    return { kind: 'keyless', item };
  } catch (failure) {
    ports.record({ kind: 'work_failed', ref: order.ref, error: failure });
    return { kind: 'failed', item };
  }
}

async function current(order: Order, ledger: Ledger): Promise<Order> {
  return (await ledger.find(order.ref)) ?? order;
}

function spell({ mchid, sub_mchid, out_order_no }: OrderKey): string {
  return `${mchid}/${sub_mchid}/${out_order_no}`;
}

/** How many orders of a batch came to what. */
export function summarise(worked: readonly Worked[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const one of worked) {
    const name = nameOf(one);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function nameOf(one: Worked): string {
  if (one.kind !== 'done') return one.kind;
  const { result } = one;
  switch (result.kind) {
    case 'attempted':
      return result.report.outcome.kind;
    case 'held_back':
      return result.decision.because;
    case 'unobserved':
    case 'would_collect':
    case 'out_of_time':
      return result.kind;
  }
}
