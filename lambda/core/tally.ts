import { attemptsOf } from './attempts';
import { beijingDate, beijingHour } from './beijing-time';
import type { Instant } from './ids';
import { paidAtOf } from './money';
import type { Order } from './order';

/**
 * What some orders come to: sums that only grow, so that those of many orders are put together in any order, and an
 * order's share does not depend on the others'. Plain data, to be kept as JSON.
 */
export interface Tally {
  orders: number;
  /** Orders verified as paid, and what was paid for them, in fen. */
  recovered: [orders: number, amount: number];
  /** By the day in Beijing: of the payment, and of the attempts. */
  days: Record<string, [orders: number, amount: number, attempts: number]>;
  /** By the number of the attempt among its order's, from the first on. */
  numbers: [attempts: number, paid: number][];
  /** By `<weekday>/<hour>` in Beijing; Monday is 1. */
  hours: Record<string, [attempts: number, paid: number]>;
  /** Attempts by `<outcome>/<sub-code>`; without a sub-code nothing follows the stroke. */
  codes: Record<string, number>;
  first_registered_at?: Instant;
}

/** What the orders that ended on a day come to, by the ledger as it was at `computed_at`. */
export interface ClosedDay {
  readonly date: string;
  readonly computed_at: Instant;
  readonly tally: Tally;
}

/** Later attempts are counted with this one. No policy allows more, but one that was changed may have. */
export const NUMBERS_MAX = 50;
/** Sub-codes stand in answers that nobody signed: what comes beyond so many different ones is counted as `other`. */
export const CODES_MAX = 200;
const OTHER_CODE = 'other';

export function newTally(): Tally {
  return { orders: 0, recovered: [0, 0], days: {}, numbers: [], hours: {}, codes: {} };
}

/**
 * Adds one order. An attempt counts when its call may have reached WeChat Pay's deduction, at the time of its claim; it
 * counts as paid when the order was verified as paid while it was open. That is a matter of time only: WeChat Pay does
 * not say which deduction took the money.
 */
export function count(tally: Tally, order: Order): void {
  const { calls, observed, registration } = order;
  tally.orders += 1;
  tally.first_registered_at = Math.min(tally.first_registered_at ?? Infinity, registration.at);
  if (observed?.standing.kind === 'paid') {
    const { paid_amount: amount } = observed.standing;
    add(tally.recovered, 1, amount);
    add(dayAt(tally, paidAtOf(order) ?? observed.at), 1, amount, 0);
  }
  const attempts = attemptsOf(order);
  const end = attempts.find(({ closed }) => closed?.as === 'paid')?.closed?.at ?? -Infinity;
  const paidBy = calls.findLastIndex((call) => call <= end);
  for (const [index, call] of calls.entries()) {
    const paid = index === paidBy ? 1 : 0;
    add(dayAt(tally, call), 0, 0, 1);
    const { weekday, hour } = beijingHour(call);
    add((tally.hours[`${weekday}/${hour}`] ??= [0, 0]), 1, paid);
    add(numberAt(tally, index), 1, paid);
  }
  for (const { outcome, evidence, count: times } of attempts)
    addCode(tally, `${outcome}/${evidence.sub_code ?? ''}`, times);
}

/** Adds what other orders come to. */
export function merge(tally: Tally, other: Tally): void {
  tally.orders += other.orders;
  if (other.first_registered_at !== undefined)
    tally.first_registered_at = Math.min(tally.first_registered_at ?? Infinity, other.first_registered_at);
  add(tally.recovered, ...other.recovered);
  for (const [date, sums] of Object.entries(other.days)) add((tally.days[date] ??= [0, 0, 0]), ...sums);
  for (const [index, sums] of other.numbers.entries()) add(numberAt(tally, index), ...sums);
  for (const [hour, sums] of Object.entries(other.hours)) add((tally.hours[hour] ??= [0, 0]), ...sums);
  for (const [code, times] of Object.entries(other.codes)) addCode(tally, code, times);
}

function add(sums: number[], ...more: readonly number[]): void {
  for (const [index, value] of more.entries()) sums[index] = Number(sums[index]) + value;
}

function dayAt(tally: Tally, instant: Instant): number[] {
  return (tally.days[beijingDate(instant)] ??= [0, 0, 0]);
}

function numberAt({ numbers }: Tally, index: number): number[] {
  while (numbers.length <= Math.min(index, NUMBERS_MAX - 1)) numbers.push([0, 0]);
  return numbers[Math.min(index, NUMBERS_MAX - 1)] as number[];
}

function addCode({ codes }: Tally, code: string, times: number): void {
  const isKnown = Object.hasOwn(codes, code) || Object.keys(codes).length < CODES_MAX;
  const key = isKnown ? code : `${code.split('/')[0]}/${OTHER_CODE}`;
  codes[key] = (codes[key] ?? 0) + times;
}
