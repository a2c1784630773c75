import { isTerminal } from '../../lambda/core/observe';
import type { Operation } from '../../lambda/core/order';
import type { Outcome } from '../../lambda/core/outcome';
import { byHand } from '../../lambda/flow/by-hand';
import { work } from '../../lambda/flow/work';
import { endingAt, ENDS, type End } from './support/endings';
import {
  DAY,
  freely,
  type Gate,
  MINUTE,
  outside,
  type Outside,
  portsOf,
  REF,
  rowOf,
  SECOND,
  type Step,
  swept,
} from './support/memory';

const ACTOR = { kind: 'api', id: 'operator' } as const;
const WAIVE: Operation = { kind: 'cancel', user_reason: '免除' };

async function waive(world: Outside, gate: Gate): Promise<unknown> {
  const order = rowOf(world);
  const deadlineAt = world.clock + 25 * SECOND;
  return byHand(
    { order, actor: ACTOR, reason: 'goodwill', operation: WAIVE, deadlineAt },
    portsOf(world, gate),
  );
}

/** Touches made by an operator whose request ends at touch `at`. */
async function interrupted(world: Outside, at: number, end: End): Promise<Step[]> {
  const reached: Step[] = [];
  await new Promise<void>((resolve) => {
    waive(world, endingAt(at, end, reached, resolve)).then(
      () => resolve(),
      () => resolve(),
    );
  });
  return reached;
}

const ANSWERS: readonly { readonly name: string; readonly answer: Outcome; readonly takesEffect: boolean }[] =
  [
    { name: 'taken and done', answer: { kind: 'accepted' }, takesEffect: true },
    { name: 'taken and not done', answer: { kind: 'accepted' }, takesEffect: false },
    { name: 'busy', answer: { kind: 'busy' }, takesEffect: false },
    { name: 'lost and done', answer: { kind: 'unknown', because: 'no_answer' }, takesEffect: true },
    { name: 'lost and not done', answer: { kind: 'unknown', because: 'no_answer' }, takesEffect: false },
    { name: 'refused', answer: { kind: 'refused' }, takesEffect: false },
  ];

describe.each(ANSWERS)('a waiver that is $name', ({ answer, takesEffect }) => {
  test.each(ENDS)(
    'whose request %s at any touch is not sent twice, not lost, and never followed by a collection once it was claimed',
    async (end) => {
      let touches = 0;
      for (let at = 0; touches === at; at += 1) {
        const world = outside({ answer, takesEffect });
        const reached = await interrupted(world, at, end);
        if (reached.length > at) touches = at + 1;
        expect(world.told.length).toBeLessThanOrEqual(1);
        const decided = rowOf(world).intent !== undefined;
        expect(decided || world.told.length === 0).toBe(true);

        for (let day = 0; day < 3; day += 1) {
          for (let round = 0; round < 4; round += 1) {
            const { due_at = world.clock } = rowOf(world);
            world.clock = Math.max(world.clock, due_at);
            swept(world);
            const items = [{ message_id: 'M', key: REF }];
            await work(
              { items, actor: ACTOR, deadlineAt: world.clock + MINUTE },
              portsOf(world, freely, `W${day}.${round}.`),
            );
          }
          world.clock += DAY;
        }
        const row = rowOf(world);
        expect(row.open).toBeUndefined();
        // What was not decided when the request ended is collected as before; what was, never.
        expect(world.sent.length > 0).toBe(!decided);
        expect(world.told.length).toBeLessThanOrEqual(1);
        const done = world.told.length > 0 && takesEffect;
        const ended = isTerminal(row.observed?.standing ?? { kind: 'pending' });
        expect(ended).toBe(done);
        expect(row.status === 'cancelled').toBe(done);
      }
      expect(touches).toBeGreaterThanOrEqual(8);
    },
  );
});
