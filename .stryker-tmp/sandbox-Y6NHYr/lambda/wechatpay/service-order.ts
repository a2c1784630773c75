import { isFen, type Fen, type OrderRef } from '../core/ids';
import type { OrderFacts, PaymentDetail } from '../core/observe';

export type OrderReading =
  { readonly ok: true; readonly facts: OrderFacts } | { readonly ok: false; readonly because: string };

/**
 * Reads the answer of a query, or the decrypted resource of a notification: tolerant of what the documentation's
 * own examples contain (numbers as text, empty texts, empty objects, missing parts), strict about which order it
 * speaks of. Values that are not known are handed on verbatim.
 */
export function readOrder(body: unknown, expected: OrderRef): OrderReading {
  if (!isRecord(body)) return { ok: false, because: 'the answer is not a JSON object' };
  const other = speaksOfAnother(body, expected);
  if (other !== undefined) return { ok: false, because: other };
  const state = text(body['state']);
  if (state === undefined) return { ok: false, because: 'the answer has no state' };
  const collection = isRecord(body['collection']) ? body['collection'] : {};
  const range = isRecord(body['time_range']) ? body['time_range'] : {};
  return {
    ok: true,
    facts: defined<OrderFacts>({
      state,
      state_description: text(body['state_description']),
      collection_state: text(collection['state']),
      need_collection: typeof body['need_collection'] === 'boolean' ? body['need_collection'] : undefined,
      // What is to be collected stands in `collection`; the order's own total is the same before any change.
      total_amount: fen(collection['total_amount']) ?? fen(body['total_amount']),
      paying_amount: fen(collection['paying_amount']),
      paid_amount: fen(collection['paid_amount']),
      details: list(collection['details']).map(readDetail),
      end_time: text(range['end_time']),
      order_id: text(body['order_id']),
    }),
  };
}

function readDetail(detail: unknown): PaymentDetail {
  const { seq, amount, paid_type, paid_time, transaction_id } = isRecord(detail) ? detail : {};
  return defined<PaymentDetail>({
    seq: integer(seq),
    amount: fen(amount),
    paid_type: text(paid_type),
    paid_time: text(paid_time),
    transaction_id: text(transaction_id),
  });
}

/** An answer about another tenant's order must not be taken for this one's, whatever mixed them up. */
function speaksOfAnother(body: Readonly<Record<string, unknown>>, expected: OrderRef): string | undefined {
  if (body['out_order_no'] !== expected.out_order_no) return 'the answer is about another out_order_no';
  if (isOther(body['sub_mchid'], expected.sub_mchid)) return 'the answer is about another sub_mchid';
  // One document calls it `sp_mchid`.
  if (isOther(body['mchid'], expected.mchid) || isOther(body['sp_mchid'], expected.mchid))
    return 'the answer is about another mchid';
  if (isOther(body['service_id'], expected.service_id)) return 'the answer is about another service_id';
  return undefined;
}

/** Absent and empty say nothing; anything else is the very text or another merchant. */
function isOther(given: unknown, expected: string): boolean {
  return given !== undefined && given !== null && given !== '' && given !== expected;
}

type Loose<T> = { [K in keyof T]: T[K] | undefined };

/** Leaves out what is undefined, so that an absent field is absent and not a field that holds nothing. */
function defined<T extends object>(fields: Loose<Required<T>>): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function integer(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

function fen(value: unknown): Fen | undefined {
  const number = integer(value);
  return isFen(number) ? number : undefined;
}
