import type { Order } from '../lambda/core/order';
import { DAY_MS } from '../lambda/core/time';
import { keyText } from './ledger-view';
import { isTaken } from './notification-counts';
import { yuan } from './render';
import type { Delivery, OrderBooks, Simulator } from './wechatpay';
import { RECORDED_REQUESTS_MAX } from './world';

export interface NotificationsAudited {
  readonly ledger: readonly Order[];
  readonly simulator: Pick<Simulator, 'books' | 'deliveries'>;
  readonly now: number;
}

/** What nobody may take: WeChat Pay did not sign these bytes, or they are another's. */
const NEVER_TAKEN: readonly Delivery['wrong'][] = [
  'forged',
  'forgery',
  'probe',
  'reserialised',
  'truncated',
  'wrong_tenant',
];
/** The longest time between two questions about an order that is not ended, and something over. */
const UNSEEN_MS_MAX = 8 * DAY_MS;

/** What must hold between the notifications that WeChat Pay sent, its books, and the ledger; what does not. */
export function auditNotifications({ ledger, simulator, now }: NotificationsAudited): string[] {
  const { deliveries } = simulator;
  const faults: string[] = [];
  if (deliveries.length >= RECORDED_REQUESTS_MAX)
    faults.push(`only the last ${RECORDED_REQUESTS_MAX} notifications are known`);
  const wronglyTaken = deliveries.filter((one) => isTaken(one) && NEVER_TAKEN.includes(one.wrong));
  for (const { id, wrong } of wronglyTaken) faults.push(`notification ${id} was taken: ${wrong}`);
  const wronglyRefused = deliveries.filter(
    (one) => one.outcome.kind === 'answered' && !isTaken(one) && !NEVER_TAKEN.includes(one.wrong),
  );
  for (const { id, outcome } of wronglyRefused)
    faults.push(`notification ${id} was right, and refused: ${JSON.stringify(outcome)}`);
  const taken = new Map<string, number>();
  for (const one of deliveries.filter((each) => isTaken(each) && each.event_type === 'PAYSCORE.USER_PAID'))
    taken.set(keyText(one), Math.max(one.atMs, taken.get(keyText(one)) ?? -Infinity));
  const rows = new Map(ledger.map((order) => [keyText(order.ref), order]));
  for (const book of simulator.books()) {
    const order = rows.get(keyText(book));
    if (order === undefined) continue;
    faults.push(...unseen(order, book, taken.get(keyText(book)), now));
  }
  return faults;
}

/** Money that moved is known: at once where a notification of it was taken, else when the order was next asked about. */
function unseen(order: Order, { movements }: OrderBooks, takenAt: number | undefined, now: number): string[] {
  const known = paidFen(order);
  const missed = movements.filter((_, index) => sumOf(movements.slice(0, index + 1)) > known);
  const [first] = missed;
  if (first === undefined) return [];
  const fault = `${keyText(order.ref)}: ${yuan(sumOf(missed))} moved at ${new Date(first.atMs).toISOString()} and are not in the ledger, although`;
  if (takenAt !== undefined && takenAt > first.atMs && order.doubted_at === undefined)
    return [`${fault} a notification was taken after that`];
  return now - first.atMs > UNSEEN_MS_MAX ? [`${fault} the order was to be asked about since`] : [];
}

export function paidFen({ observed }: Pick<Order, 'observed'>): number {
  if (observed === undefined) return 0;
  const { standing, facts } = observed;
  return standing.kind === 'paid' ? standing.paid_amount : (facts.paid_amount ?? 0);
}

function sumOf(movements: OrderBooks['movements']): number {
  return movements.reduce((sum, { amountFen }) => sum + amountFen, 0);
}
