import { ask } from '../../lambda/flow/ask';
import { attempt } from '../../lambda/flow/attempt';
import { MINUTE, outside, type Outside, portsOf, rowOf, SECOND } from './support/memory';

const UNANSWERED = { kind: 'unanswered', because: 'no_answer', evidence: {} } as const;

/** A collection whose answer was lost. */
async function openAttempt(): Promise<Outside> {
  const world = outside({ outcome: { kind: 'unknown', because: 'no_answer' } });
  const deadlineAt = world.clock + 25 * SECOND;
  const actor = { kind: 'schedule', id: 'test' } as const;
  await attempt(
    { order: rowOf(world), actor, occasion: 'demand', dryRun: false, deadlineAt },
    portsOf(world),
  );
  expect(rowOf(world)).toMatchObject({ open: { outcome: { kind: 'unknown' } } });
  return world;
}

/** Ages that were told, in minutes. */
async function askedAfter(world: Outside, minutes: number): Promise<unknown[]> {
  world.clock += minutes * MINUTE;
  await ask(rowOf(world), portsOf(world), { deadlineAt: world.clock + MINUTE, keep: true });
  return world.events.flatMap((event) => (event.kind === 'still_open' ? [event.age_ms / MINUTE] : []));
}

test('an attempt that WeChat Pay gives no answer about is told with its age, at every question', async () => {
  const world = await openAttempt();
  world.unobserved = UNANSWERED;
  expect(await askedAfter(world, 4)).toEqual([4]);
  expect(await askedAfter(world, 27)).toEqual([4, 31]);
});

test('so is one about which the answer comes too early to prove anything', async () => {
  expect(await askedAfter(await openAttempt(), 2)).toEqual([2]);
});

test('one that the answer closes is not open, however old it is', async () => {
  const world = await openAttempt();
  expect(await askedAfter(world, 45)).toEqual([]);
  expect(rowOf(world).open).toBeUndefined();
});

test('an order without an attempt has none that is open', async () => {
  expect(await askedAfter(outside(), 45)).toEqual([]);
});
