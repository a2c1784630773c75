import type { CollectRule, Decision, QueryBecause, StopBecause } from '../../lambda/core/decide';
import { COLLECT_REASONS, explain, QUERY_REASONS, STOP_REASONS } from '../../lambda/core/explain';
import { WAITS, type WaitBecause } from '../../lambda/core/guards';
import { NOW } from './orders';

const keysOf = <Key extends string>(reasons: Readonly<Record<Key, string>>): Key[] =>
  Object.keys(reasons) as Key[];

const DECISIONS: readonly Decision[] = [
  ...keysOf<CollectRule>(COLLECT_REASONS).map((rule) => ({ kind: 'collect', rule }) as const),
  ...keysOf<QueryBecause>(QUERY_REASONS).map((because) => ({ kind: 'query', because }) as const),
  ...keysOf<WaitBecause>(WAITS).map((because) => ({ kind: 'wait', until: NOW, because }) as const),
  ...keysOf<StopBecause>(STOP_REASONS).map((because) => ({ kind: 'stop', because }) as const),
];

test('every decision is explained in a sentence of its own', () => {
  expect(DECISIONS).toHaveLength(6 + 8 + 13 + 15);
  const sentences = DECISIONS.map(explain);
  expect(sentences.filter((sentence) => !/^[A-Z].{15,}\.$/.test(sentence))).toEqual([]);
  expect(new Set(sentences).size).toBe(DECISIONS.length);
});

test.each<[Decision, string]>([
  [{ kind: 'collect', rule: 'first_attempt' }, 'The order is pending and its first attempt is due.'],
  [
    { kind: 'query', because: 'attempt_open' },
    'The outcome of the last attempt is unknown; a verified query decides it now.',
  ],
  [{ kind: 'wait', until: NOW, because: 'budget' }, 'The merchant’s calls per second are used up.'],
  [{ kind: 'stop', because: 'paid' }, 'The order is paid, verified.'],
])('%j: %s', (decision, sentence) => {
  expect(explain(decision)).toBe(sentence);
});
