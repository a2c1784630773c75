import fc from 'fast-check';
import { PayscoreError } from '../../lambda/core/errors';
import type { Fen } from '../../lambda/core/ids';
import { newOrder, type Order } from '../../lambda/core/order';
import { countOpen, nothingOpen, overviewOf } from '../../lambda/core/overview';
import { count, newTally } from '../../lambda/core/tally';
import { rollUp } from '../../lambda/flow/rollup';
import { DAY, HOUR, MINUTE, PAID, PENDING, refOf, T0 } from './support/memory';
import { RollupWorld } from './support/rollup';

type Step =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'write'; readonly no: number; readonly as: 'pending' | 'paid' | 'cancelled' | 'watched' }
  /** A writer that dies when it has written what leads to the order. */
  | { readonly kind: 'half'; readonly no: number }
  | { readonly kind: 'roll' }
  /** Two at once: the second begins, and writes, while the first reads. */
  | { readonly kind: 'roll_twice'; readonly no: number }
  /** One whose write of that number fails, as do all after it. */
  | { readonly kind: 'roll_fails'; readonly writes: number }
  /** One whose time is up while it reads for that time. */
  | { readonly kind: 'roll_late'; readonly reads: number };

const no = fc.nat({ max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait'), ms: fc.constantFrom(MINUTE, 7 * HOUR, DAY, DAY) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write'),
      no,
      as: fc.constantFrom('pending', 'paid', 'cancelled', 'watched'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('half'), no }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('roll') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('roll_twice'), no }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('roll_fails'), writes: fc.nat({ max: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('roll_late'), reads: fc.nat({ max: 4 }) }) },
);

function orderOf(world: RollupWorld, number: number, as: Extract<Step, { kind: 'write' }>['as']): Order {
  const at = world.clock;
  const registration = { at: T0, actor: { kind: 'api', id: 'test' }, total_amount: 100 as Fen } as const;
  const order = { ...newOrder(refOf(`N${number}`), registration), calls: [T0 + number * HOUR] };
  switch (as) {
    case 'pending':
      return { ...order, observed: { at, standing: { kind: 'pending' }, facts: PENDING } };
    case 'watched':
      return { ...order, status: 'watched', stopped: { at, because: 'exhausted' } };
    case 'paid': {
      const standing = { kind: 'paid', paid_amount: 100 as Fen } as const;
      return { ...order, status: 'paid', observed: { at, standing, facts: PAID } };
    }
    case 'cancelled':
      return {
        ...order,
        status: 'cancelled',
        observed: { at, standing: { kind: 'cancelled' }, facts: PAID },
      };
  }
}

async function play(world: RollupWorld, one: Step): Promise<void> {
  switch (one.kind) {
    case 'wait':
      world.clock += one.ms;
      return;
    case 'write':
      // Two writes of one order never bear the same instant: the ledger's versions see to it.
      world.clock += 1;
      world.put(orderOf(world, one.no, one.as));
      return;
    case 'half': {
      const known = world.orders.get(`1900009191/1900000109/N${one.no}`);
      world.lead(orderOf(world, one.no, 'paid'), known?.ended_at);
      return;
    }
    case 'roll':
      await rollUp(Infinity, world.ports);
      return;
    case 'roll_twice': {
      let second: Promise<unknown> = Promise.resolve();
      world.between = () => {
        world.between = () => {};
        world.clock += 1_000;
        world.put(orderOf(world, one.no, 'paid'));
        second = rollUp(Infinity, world.ports);
      };
      await rollUp(Infinity, world.ports);
      await second;
      world.between = () => {};
      return;
    }
    case 'roll_fails': {
      let writes = 0;
      world.beforeWrite = () => {
        if (writes++ >= one.writes) throw new PayscoreError('LEDGER_UNAVAILABLE', 'DynamoDB did not answer.');
      };
      await rollUp(Infinity, world.ports);
      world.beforeWrite = () => {};
      return;
    }
    case 'roll_late': {
      const deadlineAt = world.clock + 4 * MINUTE;
      let reads = 0;
      world.between = () => {
        if (reads++ >= one.reads) world.clock = deadlineAt;
      };
      await rollUp(deadlineAt, world.ports);
      world.between = () => {};
    }
  }
}

/** The same from every order there is. */
function fromAll(world: RollupWorld) {
  const [open, tally] = [nothingOpen(), newTally()];
  for (const order of world.orders.values()) {
    countOpen(open, order, world.controls, world.clock);
    count(tally, order);
  }
  return overviewOf({
    mchid: refOf('').mchid,
    as_of: world.clock,
    open,
    tally,
    controls: world.controls,
    keyEnds: [],
  });
}

test('whatever was written, left half written, corrected, missed, rolled up twice, in part or without success: the next overview is what all orders come to', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
      const world = new RollupWorld();
      for (const one of steps) await play(world, one);
      // Later than any write was begun, as EventBridge's next tick is.
      world.clock += 5 * MINUTE;
      await rollUp(Infinity, world.ports);
      expect(world.overview).toEqual(fromAll(world));
    }),
    { numRuns: 400 },
  );
}, 60_000);
