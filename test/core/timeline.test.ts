import { completionOf } from '../../lambda/core/completion';
import type { Observation, TimelineEntry } from '../../lambda/core/order';
import { folded } from '../../lambda/core/timeline';
import { ACTOR, after, MINUTE, NOW, orderWith, released, saw } from './orders';

const note = (n: number): TimelineEntry => ({ kind: 'corrected', at: NOW + n, actor: ACTOR, reason: 'x' });
const keptOf = (timeline: readonly TimelineEntry[]) => folded({ timeline });
const notes = (count: number, from = 0) => Array.from({ length: count }, (_, n) => note(from + n));

test('of a full record the newest 24 entries are kept, and what was let go is counted', () => {
  expect(keptOf(notes(56))).toEqual([
    { kind: 'folded', at: NOW + 31, since: NOW, count: 32 },
    ...notes(24, 32),
  ]);
});

test('what was let go before is counted with the rest, from its beginning on', () => {
  const again = [...keptOf(notes(56)), ...notes(31, 56)];
  expect(keptOf(again)[0]).toEqual({ kind: 'folded', at: NOW + 62, since: NOW, count: 63 });
});

test('when an order was first seen completed is not let go: its days count from then', () => {
  const seen: TimelineEntry = { kind: 'observed', at: NOW + 5, standing: 'pending' };
  const planned: Observation = saw('pending', NOW + MINUTE);
  const observed = { ...planned, facts: { ...planned.facts, end_time: '20271231235959' } };
  const order = orderWith({ observed, timeline: [note(0), seen, ...notes(60, 10)] });
  expect(completionOf(order)).toEqual({ at: NOW + 5, from: 'first_seen' });
  const free = after(order, released(NOW + MINUTE));
  expect(completionOf(free)).toEqual({ at: NOW + 5, from: 'first_seen' });
  expect(free.timeline.slice(0, 2)).toEqual([{ kind: 'folded', at: NOW + 45, since: NOW, count: 37 }, seen]);
  expect(completionOf(after(free, released(NOW + 2 * MINUTE)))).toEqual({ at: NOW + 5, from: 'first_seen' });
});

test('nor when it was first seen completed after it was not, and that it was pending before that may be', () => {
  const seen = (n: number): TimelineEntry => ({ kind: 'observed', at: NOW + n, standing: 'pending' });
  const entries = [seen(1), note(2), seen(3), seen(4), ...notes(24, 10)];
  expect(folded({ timeline: entries, not_completed_at: NOW + 3 })).toEqual([
    { kind: 'folded', at: NOW + 4, since: NOW + 1, count: 3 },
    seen(3),
    ...notes(24, 10),
  ]);
});

test('that it was seen before it was completed may be let go', () => {
  const early: TimelineEntry = { kind: 'observed', at: NOW + 1, standing: 'not_completed' };
  const seen: TimelineEntry = { kind: 'observed', at: NOW + 5, standing: 'pending' };
  expect(keptOf([note(0), early, seen, ...notes(24, 10)])).toEqual([
    { kind: 'folded', at: NOW + 1, since: NOW, count: 2 },
    seen,
    ...notes(24, 10),
  ]);
});

test('a record of which nothing can be let go stays as it is', () => {
  expect(keptOf(notes(24))).toEqual(notes(24));
  const seen: TimelineEntry = { kind: 'observed', at: NOW, standing: 'pending' };
  expect(keptOf([seen, ...notes(24)])).toEqual([seen, ...notes(24)]);
});
