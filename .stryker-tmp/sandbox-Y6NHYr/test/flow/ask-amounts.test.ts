import type { Fen } from '../../lambda/core/ids';
import { ask } from '../../lambda/flow/ask';
import { facts, MINUTE, outside, PENDING, portsOf, REF, registered, rowOf, T0 } from './support/memory';

const MORE = facts({ ...PENDING, total_amount: 120, paying_amount: 120 });
const registration = { at: T0, actor: { kind: 'api', id: 'test' }, total_amount: 100 as Fen } as const;

async function asked(keep: boolean, times = 1) {
  const world = outside({ facts: MORE });
  registered(world, REF, { registration });
  const ports = portsOf(world);
  for (let time = 0; time < times; time += 1)
    await ask(rowOf(world), ports, { deadlineAt: world.clock + MINUTE, keep });
  return world.events.filter(({ kind }) => kind === 'amount_differs');
}

test('a query that shows another total than the registered one says so, once', async () => {
  expect(await asked(true, 3)).toEqual([{ kind: 'amount_differs', ref: REF, registered: 100, told: 120 }]);
});

test('a question that leaves the ledger as it is says nothing of it', async () => {
  expect(await asked(false)).toEqual([]);
});
