/**
 * The names of things, as WeChat Pay spells them. A value of one of these types has passed its pattern, so
 * nothing further in has to look at it again.
 */
declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** Merchant number of the service provider (服务商商户号): digits. */
export type Mchid = Branded<string, 'mchid'>;
/** Merchant number of the sub-merchant (子商户号): digits. */
export type SubMchid = Branded<string, 'sub_mchid'>;
/** Order number given by the merchant (商户服务订单号): at most 32 of `0-9 A-Z a-z _ - | *`. */
export type OutOrderNo = Branded<string, 'out_order_no'>;
/** Payscore service number (服务ID): at most 32 digits. */
export type ServiceId = Branded<string, 'service_id'>;
/** Money in fen (分), a whole number. */
export type Fen = Branded<number, 'fen'>;
/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

export const PATTERNS = {
  mchid: /^\d{1,32}$/,
  sub_mchid: /^\d{1,32}$/,
  out_order_no: /^[0-9A-Za-z_\-|*]{1,32}$/,
  service_id: /^\d{1,32}$/,
} as const;

/** Which order: two tenants with the same `out_order_no` differ in the other two. */
export interface OrderKey {
  readonly mchid: Mchid;
  readonly sub_mchid: SubMchid;
  readonly out_order_no: OutOrderNo;
}

/** Which order, and the service it was opened under; WeChat Pay wants both. */
export interface OrderRef extends OrderKey {
  readonly service_id: ServiceId;
}

export function isFen(value: unknown): value is Fen {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
