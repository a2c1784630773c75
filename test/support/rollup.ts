import type { RollupSummary } from '../../lambda/flow/rollup';
import { createRollupServices } from '../../lambda/rollup-services';
import { deliver } from '../../local/aws/events';

/** One run of the function that makes the overviews: it fails when the run does. */
export async function runRollup(tableName: string, now: () => number): Promise<RollupSummary> {
  const { createHandler } = await import('../../lambda/rollup');
  const options = { functionName: 'rollup', timeoutMs: 290_000, now };
  const handler = createHandler(createRollupServices({ tableName }, { now }));
  const ran = await deliver(handler, { kind: 'constant', input: {} }, options);
  if (ran.kind !== 'returned') throw new Error(`the roll-up ${ran.kind}`, { cause: ran });
  return ran.value as RollupSummary;
}
