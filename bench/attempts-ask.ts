import type { Reading } from './growth';
import type { Plan, Sample } from './harness';

/** What the process of the function that collects is asked, and what it answers. */

export type AttemptsAsk =
  | { readonly kind: 'start'; readonly answerAfterMs: number }
  | { readonly kind: 'in_flight'; readonly invocations: number }
  | { readonly kind: 'cpu'; readonly plan: Plan }
  | { readonly kind: 'memory'; readonly warmUpAttempts: number; readonly steps: readonly number[] };

export type AttemptsTold =
  | { readonly kind: 'started' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'in_flight'; readonly most: readonly number[] }
  | { readonly kind: 'cpu'; readonly samples: readonly (readonly [string, readonly Sample[]])[] }
  | { readonly kind: 'memory'; readonly readings: readonly Reading[] };

/** Messages to one invocation, as the event source mapping has it. */
export const BATCH_ORDERS = 100;
export const ATTEMPT = 'a whole attempt, in batches of 100';
export const CALLS = 'its two calls to WeChat Pay alone, 100 at a time';
export const WRITES = 'two bare UpdateItem by the AWS SDK, 100 at a time';
export const SIGNATURE = 'one RSA-2048 signature';
