import type { OrderNow, ShownOrder } from '../api/types';

/** What a person can do with an order. */
export const ACTIONS = [
  'collect',
  'query',
  'hold',
  'release',
  'settle',
  'waive',
  'reduce',
  'correct',
] as const;
export type Action = (typeof ACTIONS)[number];

/** The routes' words for the decisions that a release takes back. */
export const TAKES_BACK = { sync: 'settle', cancel: 'waive', modify: 'reduce' } as const;

type Known = Pick<
  ShownOrder,
  'standing' | 'hold' | 'decision' | 'refund_due' | 'next' | 'open_attempt' | 'open_operation' | 'timeline'
>;

/** With so many entries a record is full, and a release lets the older ones go. */
const TIMELINE_MAX_ENTRIES = 56;

/** What a release can name: one thing at a time. */
export type Names = 'nothing' | 'decision' | 'refund';

type Nameable = Pick<OrderNow, 'standing' | 'hold' | 'decision' | 'refund_due'>;

/**
 * What is named unless somebody wants it otherwise: money to be refunded first. Whoever ends a hold says nothing of it
 * unless he means to.
 */
export function namesAtFirst({ standing, hold, decision, refund_due }: Nameable): Names {
  if (refund_due !== null) return hold === null || isEnded(standing) ? 'refund' : 'nothing';
  return decision === null ? 'nothing' : 'decision';
}

/** As the request has it, of the order as it was shown: another amount by now is for the API to refuse. */
export function namedAs(
  names: Names,
  { decision, refund_due }: Omit<Nameable, 'standing'>,
): { takes_back?: (typeof TAKES_BACK)[keyof typeof TAKES_BACK]; refund_amount?: number } {
  if (names === 'refund' && refund_due !== null) return { refund_amount: refund_due.amount };
  if (names === 'decision' && decision !== null) return { takes_back: TAKES_BACK[decision.operation.kind] };
  return {};
}

function isEnded(standing: OrderNow['standing']): boolean {
  return standing !== null && ['paid', 'settled', 'cancelled', 'expired'].includes(standing.kind);
}

/** The actions that an order's state allows. The API decides; this keeps away what it would surely refuse. */
export function allowedActions(order: Known): readonly Action[] {
  const { standing, hold, decision, refund_due, next, open_attempt, open_operation, timeline } = order;
  const ended = isEnded(standing);
  const collectable = standing === null || standing.kind === 'pending';
  const open = open_attempt !== null || open_operation !== null;
  const refused = next.action === 'stop' && next.because === 'refused';
  const stuck = refused || timeline.length >= TIMELINE_MAX_ENTRIES;
  const forgiven = decision !== null && decision.operation.kind !== 'modify';
  const allowed: Readonly<Record<Action, boolean>> = {
    collect: collectable && !open && decision === null,
    query: true,
    hold: !ended,
    release: refund_due !== null || (!ended && (hold !== null || decision !== null || stuck)),
    settle: collectable,
    waive: collectable,
    reduce: collectable && !forgiven,
    correct: true,
  };
  return ACTIONS.filter((action) => allowed[action]);
}
