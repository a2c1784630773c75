import * as z from 'zod/mini';
import { BY_HAND_REFUSALS } from '../../core/by-hand';
import { STANDING_MEANINGS } from '../../core/observe';
import { ROUTES } from '../../routes';
import type { ProblemKind } from '../../shared/http';
import { about, keysOf, named } from './describe';
import { decision, evidence, operationMade, orderShown } from './order';

export type ProblemStatus = 400 | 403 | 404 | 405 | 409 | 413 | 415 | 502 | 503;

interface ProblemContract {
  readonly status: ProblemStatus;
  readonly meaning: string;
  /** What it carries beyond the members of RFC 9457. */
  readonly more?: Readonly<Record<string, z.ZodMiniType>>;
  /** Response headers that are always there. */
  readonly headers?: Readonly<Record<string, string>>;
}

export const fault = named(
  'Fault',
  z.strictObject({
    field: about('`orders[3].sub_mchid`; empty for the whole.', z.string()),
    rule: z.string(),
  }),
  'What is wrong with one field. Names the field and the rule, never the value.',
);
const errors = z.array(fault);
const orderAndAnswer = {
  wechatpay: evidence,
  ...orderShown,
};
const RETRY_AFTER = { 'retry-after': 'Seconds to wait before the request is made again.' };

/** Every kind of problem: where it stands in HTTP, and what it carries. */
export const PROBLEMS: Readonly<Record<ProblemKind, ProblemContract>> = {
  'invalid-request': {
    status: 400,
    meaning: 'The request was not carried out; every fault is listed.',
    more: { errors },
  },
  'body-not-json': { status: 400, meaning: 'The body is not JSON in UTF-8.' },
  'body-too-large': { status: 413, meaning: 'The body is larger than is taken.' },
  'unsupported-media-type': { status: 415, meaning: 'The body is not declared as JSON.' },
  'route-not-found': {
    status: 404,
    meaning: 'No such path.',
    more: { routes: z.array(z.enum(ROUTES)) },
  },
  'method-not-allowed': {
    status: 405,
    meaning: 'The path exists, this method of it does not.',
    headers: { allow: 'The methods that exist.' },
  },
  'role-missing': {
    status: 403,
    meaning: 'The person’s token does not name a role that may do this.',
  },
  'merchant-unknown': {
    status: 404,
    meaning: 'No secrets exist for this merchant number.',
    more: { errors: z.optional(errors) },
  },
  'merchant-secret-invalid': {
    status: 503,
    meaning: 'The merchant’s secrets are not usable.',
    more: { errors: z.optional(errors) },
  },
  'secrets-unavailable': { status: 503, meaning: 'Secrets Manager is out of reach.', headers: RETRY_AFTER },
  'ledger-unavailable': { status: 503, meaning: 'DynamoDB is out of reach.', headers: RETRY_AFTER },
  'ledger-restored': {
    status: 409,
    meaning: 'The table was restored from a backup, and nobody has said yet what it does not know.',
  },
  'service-mismatch': { status: 409, meaning: 'The ledger knows the order under another `service_id`.' },
  'held-back': {
    status: 409,
    meaning: 'Nothing was sent: something forbids a collection now.',
    more: { ...orderShown, held_back: decision },
  },
  'not-possible': {
    status: 409,
    meaning: 'Nothing was changed: the order’s state forbids it.',
    more: { because: keysOf({ ...STANDING_MEANINGS, ...BY_HAND_REFUSALS }), ...orderShown },
  },
  'not-done': {
    status: 409,
    meaning: 'WeChat Pay was told and did not do it.',
    more: { operation: operationMade, recorded: z.boolean(), ...orderAndAnswer },
  },
  'not-told': {
    status: 503,
    meaning: 'The decision is recorded, and nothing is collected here meanwhile; send it again.',
    more: { ...orderShown, wechatpay: z.optional(evidence) },
    headers: RETRY_AFTER,
  },
  'events-off': { status: 409, meaning: 'This deployment publishes no events.' },
  'events-unavailable': {
    status: 503,
    meaning: 'EventBridge did not take every event; send the same request again.',
    headers: RETRY_AFTER,
  },
  'order-not-found': {
    status: 404,
    meaning: 'WeChat Pay says, unsigned, that the order does not exist.',
    more: orderAndAnswer,
  },
  'order-unknown': { status: 404, meaning: 'Nobody registered the order here.' },
  'wechatpay-refused': { status: 502, meaning: 'WeChat Pay refused the query.', more: orderAndAnswer },
  'wechatpay-throttled': {
    status: 503,
    meaning: 'WeChat Pay asks for fewer requests.',
    more: orderAndAnswer,
    headers: RETRY_AFTER,
  },
  'wechatpay-unavailable': {
    status: 503,
    meaning: 'WeChat Pay gave no usable answer.',
    more: orderAndAnswer,
    headers: RETRY_AFTER,
  },
  'out-of-time': {
    status: 503,
    meaning: 'Too little time was left for a call; none was made.',
    headers: RETRY_AFTER,
  },
  'cursor-invalid': { status: 400, meaning: 'The cursor was not given with a page of this very list.' },
  'policy-changed': { status: 409, meaning: 'Somebody else changed this level meanwhile.' },
  'release-too-old': {
    status: 503,
    meaning: 'The row was written by a newer release, which will answer soon.',
    headers: RETRY_AFTER,
  },
};

export const problemType = (kind: ProblemKind): string => `urn:payscore-collector:problem:${kind}`;

/** The name of its schema. */
export function problemId(kind: ProblemKind): string {
  return `Problem${pascal(kind)}`;
}

export function pascal(kind: ProblemKind): string {
  return kind.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

const made = new Map<ProblemKind, z.ZodMiniType>();

/** Problem details (RFC 9457) of one kind; the same schema each time. */
export function problemSchema(kind: ProblemKind): z.ZodMiniType {
  const known = made.get(kind);
  if (known !== undefined) return known;
  const { status, meaning, more = {} } = PROBLEMS[kind];
  const schema = named(
    problemId(kind),
    z.strictObject({
      type: z.literal(problemType(kind)),
      title: z.string(),
      status: z.literal(status),
      detail: about('What is wrong this time, and what to do.', z.string()),
      ...more,
    }),
    meaning,
  );
  made.set(kind, schema);
  return schema;
}
