import { BY_HAND_MEANINGS, BY_HAND_REFUSALS } from '../../lambda/core/by-hand';
import { KINDS, OPERATIONS, OUTCOMES } from './orders';

test('a decision by hand has words of its own for what WeChat Pay said, for each kind of it', () => {
  for (const { kind } of Object.values(OPERATIONS))
    for (const outcome of ['accepted', 'refused', 'busy'] as const)
      expect(BY_HAND_MEANINGS[kind][outcome]).toMatch(/^[A-Z].{20,}\.$/);
  expect(BY_HAND_MEANINGS.cancel.refused).toContain('the user can still be charged');
  expect(Object.values(BY_HAND_REFUSALS).filter((text) => !/^[A-Z].{20,}\.$/.test(text))).toEqual([]);
});

test('the outcomes that keep a collection open keep a decision by hand open', () => {
  expect(KINDS.filter((kind) => OUTCOMES[kind].kind !== kind)).toEqual([]);
});
