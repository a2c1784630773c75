import * as z from 'zod/mini';
import { faultOf, type Fault } from '../core/faults';
import {
  isFen,
  PATTERNS,
  type Fen,
  type Instant,
  type Mchid,
  type OutOrderNo,
  type ServiceId,
  type SubMchid,
} from '../core/ids';

/** The fields that name an order, for every request and event that carries them. */
export const orderFields = {
  mchid: pattern<Mchid>(PATTERNS.mchid, 'is not a merchant number: 1 to 32 digits'),
  sub_mchid: pattern<SubMchid>(PATTERNS.sub_mchid, 'is not a merchant number: 1 to 32 digits'),
  out_order_no: pattern<OutOrderNo>(
    PATTERNS.out_order_no,
    'is not an order number: 1 to 32 of 0-9 A-Z a-z _ - | *',
  ),
  service_id: pattern<ServiceId>(PATTERNS.service_id, 'is not a service id: 1 to 32 digits'),
};

/** Other years are slips of the keyboard, or the zero of some program; not all of them can be spelled again. */
const [YEAR_MIN, YEAR_MAX] = [2000, 2999];

/** RFC 3339 with a time zone, or `malformed`; epoch milliseconds once parsed. */
export function instantElse(malformed: string): z.ZodMiniType<Instant, string> {
  return z.pipe(
    z.iso.datetime({ offset: true, error: malformed }),
    z.pipe(
      z.transform((text: string) => Date.parse(text)),
      z.number().check(z.refine(isOfKnownYear, `is not in the years ${YEAR_MIN} to ${YEAR_MAX}`)),
    ),
  );
}

/** An instant as callers write it. */
export const instant = instantElse('is not a time such as 2026-10-01T00:00:00Z');

function isOfKnownYear(at: Instant): boolean {
  const year = new Date(at).getUTCFullYear();
  return year >= YEAR_MIN && year <= YEAR_MAX;
}

/** Money in fen, as callers write it. */
export const fen = z.custom<Fen>(isFen, 'is not a whole number of fen');

/** Money that there is, in fen. */
export const fenAboveZero = z.custom<Fen>(
  (value) => isFen(value) && value > 0,
  'is not a whole number of fen above 0',
);

/** Why somebody decided something, in words that another will read. */
export const reasonText = z.string().check(z.trim(), z.minLength(1), z.maxLength(300));

/** A whole number of a query string. */
export function wholeText(min: number, max: number): z.ZodMiniType<number, string> {
  const rule = `is not a whole number from ${min} to ${max}`;
  return z.pipe(
    z.string().check(z.regex(/^\d{1,9}$/, rule)),
    z.pipe(
      z.transform((text: string) => Number(text)),
      z.number().check(z.refine((value) => value >= min && value <= max, rule)),
    ),
  );
}

/** A text of a known shape; parsing it is what makes it one of the branded ids. */
function pattern<T extends string>(regex: RegExp, rule: string): z.ZodMiniType<T, string> {
  return z.string().check(z.regex(regex, rule)) as unknown as z.ZodMiniType<T, string>;
}

export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly faults: Fault[] };

/** What was handed in as a value of its type, or every fault it has. */
export function parse<T>(schema: z.ZodMiniType<T>, input: unknown): Parsed<T> {
  const read = schema.safeParse(input, { reportInput: true });
  return read.success
    ? { ok: true, value: read.data }
    : { ok: false, faults: read.error.issues.map((issue) => faultOf(issue)) };
}
