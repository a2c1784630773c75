import { FAULT_KINDS, type FaultKind } from './faults';
import { type Cut, planOf } from './plan';
import { type Outcome, simulate } from './simulate';

/** Runs that a failure is worth. */
const RUNS_MAX = 200;

/** What of a seed it takes to break the same promise: parts are left out one after the other, as long as it still breaks. */
export async function shrink(failed: Outcome): Promise<Outcome> {
  const promise = promiseOf(failed);
  let smallest = failed;
  let runs = 0;
  const breaks = async (cut: Cut): Promise<boolean> => {
    if ((runs += 1) > RUNS_MAX) return false;
    const outcome = await simulate(cut);
    if (promiseOf(outcome) !== promise) return false;
    smallest = outcome;
    return true;
  };
  for (let before: Outcome | undefined; before !== smallest;) {
    before = smallest;
    const { cut } = smallest;
    if (cut.operator !== false) await breaks({ ...cut, operator: false });
    for (const order of ordersOf(smallest.cut))
      if (ordersOf(smallest.cut).length > 1)
        await breaks({ ...smallest.cut, orders: ordersOf(smallest.cut).filter((one) => one !== order) });
    for (const kind of faultsOf(smallest.cut))
      await breaks({ ...smallest.cut, faults: faultsOf(smallest.cut).filter((one) => one !== kind) });
    for (let days = Math.ceil(smallest.days) - 1; days >= 1; days = Math.floor(days / 2))
      if (days < (smallest.cut.days ?? Infinity) && !(await breaks({ ...smallest.cut, days }))) break;
  }
  return simulate(smallest.cut, true);
}

/** The promise alone, without the order that it was broken on. */
function promiseOf({ verdict }: Outcome): string | undefined {
  return verdict?.split(' (')[0];
}

function faultsOf(cut: Cut): readonly FaultKind[] {
  const { mix } = planOf(cut);
  return FAULT_KINDS.filter((kind) => mix[kind] !== undefined);
}

function ordersOf(cut: Cut): readonly number[] {
  return cut.orders ?? [...planOf(cut).orders.keys()];
}
