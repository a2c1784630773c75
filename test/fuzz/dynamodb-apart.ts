import * as path from 'node:path';
import type { LocalServer } from '../../local/aws/loopback';
import { startChild } from '../support/child';
import type { DynamoDbQuestions } from './dynamodb-process';

/**
 * In a process of its own: dynalite keeps every iterator over its memory, with the rows that were there, for good, some
 * 3 KB a request. Beside it, no growth of what is tested could be seen.
 */
export async function startDynamoDbApart(): Promise<LocalServer> {
  const child = startChild<DynamoDbQuestions>(path.join(__dirname, 'dynamodb-process.ts'));
  return { url: await child.ask('start', null), close: async () => child.kill() };
}
