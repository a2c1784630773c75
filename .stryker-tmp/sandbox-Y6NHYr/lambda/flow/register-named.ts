import type { OrderRef } from '../core/ids';
import { register } from './register';
import type { Ports } from './ports';

/** Registers the orders that a schedule's input names, all at once: they are few. Which could not be, and why. */
export async function registerNamed(
  orders: readonly OrderRef[],
  scheduleId: string,
  ports: Ports,
): Promise<readonly string[]> {
  const at = ports.now();
  const actor = { kind: 'schedule', id: scheduleId } as const;
  const spelled = orders.map(async (ref) => {
    try {
      const { ref: known } =
        (await ports.ledger.find(ref)) ?? (await register(ref, { at, actor }, ports)).order;
      // Put right by a registration only: the input of a rule is repeated for ever, mistakes in it included.
      return known.service_id === ref.service_id
        ? undefined
        : `${ref.out_order_no}: the ledger knows it under service_id ${known.service_id}`;
    } catch (error) {
      return `${ref.out_order_no}: ${error instanceof Error ? error.message : 'an unknown fault'}`;
    }
  });
  return (await Promise.all(spelled)).filter((fault) => fault !== undefined);
}
