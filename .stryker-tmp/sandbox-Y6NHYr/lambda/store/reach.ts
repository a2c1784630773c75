import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PayscoreError } from '../core/errors';

/**
 * Sends to DynamoDB.
 * @throws PayscoreError LEDGER_UNAVAILABLE for whatever goes wrong; ConditionalCheckFailedException passes
 */
export async function reach<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) throw error;
    const reason = error instanceof Error ? error.name : 'unknown';
    throw new PayscoreError(
      'LEDGER_UNAVAILABLE',
      `DynamoDB did not answer, or refused (${reason}).`,
      { reason },
      error,
    );
  }
}

/**
 * Sends a write that bears a condition; `conflict` when that does not hold.
 * @throws PayscoreError LEDGER_UNAVAILABLE
 */
export async function reachIf<T>(send: () => Promise<T>): Promise<T | 'conflict'> {
  try {
    return await reach(send);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 'conflict';
    throw error;
  }
}
