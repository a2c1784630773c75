import type * as z from 'zod/mini';
import type { ProblemKind } from '../../shared/http';

export const TAGS = {
  orders: 'Orders, one at a time and in lists.',
  transfer: 'Many orders at a time: in, out, and told to others.',
  notifications: 'What WeChat Pay calls.',
  merchants: 'What is decided for a merchant as a whole, and how it stands.',
  service: 'What holds for the whole service.',
  overview: 'What people look at.',
} as const;

export interface Answered {
  readonly description: string;
  /** Absent: an answer without a body. */
  readonly schema?: z.ZodMiniType;
  /** JSON unless it says otherwise. */
  readonly mediaType?: string;
  /** Response headers that may be there. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** One route as it is described. */
export interface Operation {
  readonly id: string;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  readonly description: string;
  /** What the route parses: the path's variables, and with them the query string or the body. */
  readonly request: z.ZodMiniType;
  /** Where the fields come from that are not in the path. */
  readonly takes: 'query' | 'body';
  /** The body of a route that parses it by itself. */
  readonly body?: z.ZodMiniType;
  /** Fields that no place but the path may carry. */
  readonly pathOnly?: readonly string[];
  /** Request headers that have to be there, on the route that is signed by WeChat Pay and not by an IAM identity. */
  readonly signature?: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<number, Answered>>;
  readonly problems: readonly ProblemKind[];
}

export const LEDGER = ['ledger-unavailable', 'release-too-old'] as const satisfies readonly ProblemKind[];

export const BODY = [
  'invalid-request',
  'body-not-json',
  'body-too-large',
  'unsupported-media-type',
] as const satisfies readonly ProblemKind[];

export const ASKS_WECHATPAY = [
  'merchant-unknown',
  'merchant-secret-invalid',
  'secrets-unavailable',
  'order-not-found',
  'wechatpay-refused',
  'wechatpay-throttled',
  'wechatpay-unavailable',
  'out-of-time',
] as const satisfies readonly ProblemKind[];
