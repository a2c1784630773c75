import {
  conclusiveFrom,
  CALL_MS_MAX,
  LOCK_MS,
  OUTCOME_RULES,
  USERPAYING_MS,
} from '../../lambda/core/outcome';

test('no outcome of a call says that money was taken', () => {
  expect(Object.keys(OUTCOME_RULES).toSorted()).toEqual([
    'accepted',
    'busy',
    'contradicted',
    'declined',
    'in_progress',
    'misconfigured',
    'not_sent',
    'refused',
    'throttled',
    'unknown',
  ]);
});

test('what each outcome leaves behind', () => {
  const rules = Object.entries(OUTCOME_RULES).map(([kind, { leavesOpen, spacing }]) => [
    kind,
    leavesOpen,
    spacing,
  ]);
  expect(rules).toEqual([
    ['accepted', true, 'gap'],
    ['in_progress', true, 'gap'],
    ['busy', true, 'gap'],
    ['unknown', true, 'gap'],
    ['declined', false, 'gap'],
    ['throttled', false, 'lock'],
    ['contradicted', false, 'gap'],
    ['refused', false, 'gap'],
    ['misconfigured', false, 'lock'],
    ['not_sent', false, 'none'],
  ]);
});

test('whatever leaves an attempt open keeps the next one away for the whole gap', () => {
  expect(
    Object.values(OUTCOME_RULES).filter(({ leavesOpen, spacing }) => leavesOpen && spacing !== 'gap'),
  ).toEqual([]);
});

test('every outcome has a meaning that a person can read out', () => {
  expect(Object.values(OUTCOME_RULES).filter(({ meaning }) => !/^[A-Z].{20,}\.$/.test(meaning))).toEqual([]);
});

test('a query proves that nothing was taken 3 minutes after the last moment of arriving, after USERPAYING 30', () => {
  expect([CALL_MS_MAX, LOCK_MS, USERPAYING_MS]).toEqual([10_000, 180_000, 1_800_000]);
  expect(conclusiveFrom(1_000, 'claimed')).toBe(191_000);
  expect(conclusiveFrom(1_000, 'accepted')).toBe(191_000);
  expect(conclusiveFrom(1_000, 'busy')).toBe(191_000);
  expect(conclusiveFrom(1_000, 'unknown')).toBe(191_000);
  expect(conclusiveFrom(1_000, 'in_progress')).toBe(1_811_000);
});
