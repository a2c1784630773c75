import { PayscoreError } from '../../../lambda/core/errors';
import type { OrderRef } from '../../../lambda/core/ids';
import type { Ports } from '../../../lambda/flow/ports';
import { work, type Worked } from '../../../lambda/flow/work';
import { type Gate, MINUTE, type Outside, refOf, registered, type Step, swept } from './memory';

export const ACTOR = { kind: 'schedule', id: 'collect' } as const;

export async function workOn(refs: readonly OrderRef[], world: Outside, ports: Ports): Promise<Worked[]> {
  const items = refs.map((key, at) => ({ message_id: `M${at}`, key }));
  return work({ items, actor: ACTOR, deadlineAt: world.clock + MINUTE }, ports);
}

/** Orders A, B, C, … as a sweep has sent them. */
export function sweptOrders(world: Outside, ...numbers: string[]): OrderRef[] {
  const refs = numbers.map((no) => refOf(no));
  for (const ref of refs) {
    registered(world, ref);
    swept(world, ref);
  }
  return refs;
}

export const failingFor =
  (step: Step, of: string, error: Error): Gate =>
  async (name, act, whose) => {
    if (name === step && whose === of) throw error;
    return act();
  };

export const UNAVAILABLE = new PayscoreError('LEDGER_UNAVAILABLE', 'DynamoDB did not answer (Test).');
