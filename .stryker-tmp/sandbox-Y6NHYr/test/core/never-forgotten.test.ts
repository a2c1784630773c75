import fc from 'fast-check';
import { completionOf } from '../../lambda/core/completion';
import { decide, type Around } from '../../lambda/core/decide';
import type { Order } from '../../lambda/core/order';
import { planned } from '../../lambda/core/plan';
import type { PolicyLayer } from '../../lambda/core/policy';
import { play, steps } from './histories';
import { after, around, DAY, MINUTE, NOW, observed, TERMINAL } from './orders';

/*
 * People pay by hand, and WeChat Pay deducts when it likes: whatever happened to an order, and whatever keeps it from
 * being collected, somebody asks.
 */

const LATE: PolicyLayer = { last_attempt_day: 180 };
const AROUNDS: readonly Around[] = [
  around(),
  around({}, { mode: 'observe' }),
  around({}, { mode: 'off' }),
  around({ ...LATE, first_attempt_after_hours: 720 }),
  around({ ...LATE, decline_ladder_hours: [720] }),
  around({ ...LATE, attempts_per_30_days_max: 1, attempts_max: 50 }),
  around({ ...LATE, min_gap_minutes: 43_200, attempts_max: 50 }),
  around({ ...LATE, infrastructure_ladder_minutes: [1440] }),
  around({ quiet_hours: [{ from: '00:00', to: '24:00' }] }),
  around(LATE, { breaker: { kind: 'open', until: NOW + 300 * DAY, scope: 'merchant', because: 'NO_AUTH' } }),
];

const isEnded = ({ open, observed: seen }: Order) =>
  open === undefined && TERMINAL.some((end) => end === seen?.standing.kind);
const lastAsked = ({ registration, observed: seen, unanswered, open }: Order) =>
  Math.max(registration.at, seen?.at ?? 0, unanswered?.at ?? 0, open?.claimed_at ?? 0);
const day180 = (order: Order) => Math.max(completionOf(order).at, order.registration.at) + 180 * DAY;

/** When it is asked about or collected next; it may be taken up before, and be found to wait for something else. */
function nextTouched(order: Order, within: Around, from: number, chance: number): number | undefined {
  let now = from;
  for (let wakes = 0; wakes < 10; wakes += 1) {
    const { kind } = decide(order, within, 'schedule', now);
    if (kind === 'query' || kind === 'collect') return now;
    const due = planned(order, within, now, chance).due_at;
    if (due === undefined) return undefined;
    now = due;
  }
  throw new Error('it is taken up ten times, for nothing');
}

const cases = fc.record({
  history: steps.map(play),
  within: fc.constantFrom(...AROUNDS),
  sinceMs: fc.oneof(fc.integer({ min: 0, max: 10 * DAY }), fc.integer({ min: 0, max: 200 * DAY })),
  chance: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

test('an order that is not at its end is asked about within eight days, or collected before, until day 180', () => {
  let touched = 0;
  fc.assert(
    fc.property(cases, ({ history: { order, now: last }, within, sinceMs, chance }) => {
      fc.pre(!isEnded(order));
      const now = last + sinceMs;
      const at = nextTouched(order, within, now, chance);
      // The weekly question after the last one would come too late.
      if (at === undefined) return lastAsked(order) + 7 * DAY > day180(order);
      touched += 1;
      // Half an hour is what chance may add.
      return at <= Math.max(now, lastAsked(order) + 8 * DAY + 30 * MINUTE);
    }),
    { numRuns: 3_000 },
  );
  expect(touched).toBeGreaterThan(2_000);
});

test('one that is always answered as pending, and never collected, is asked about until eight days before day 180 at least', () => {
  const course = fc.property(cases, ({ history, within, chance }) => {
    fc.pre(history.order.open === undefined && !isEnded(history.order));
    let [order, now] = [history.order, history.now];
    for (let questions = 0; questions < 300; questions += 1) {
      const at = nextTouched(order, within, now, chance);
      if (at === undefined) return now > day180(order) - 8 * DAY;
      if (at > Math.max(now, lastAsked(order) + 8 * DAY + 30 * MINUTE)) return false;
      now = at;
      order = after(order, observed('pending', now));
      // Nobody makes the collection, and a day later the order is taken up again.
      if (decide(order, within, 'schedule', now).kind === 'collect') now += DAY;
    }
    throw new Error('it is asked about for ever');
  });
  expect(() => fc.assert(course, { numRuns: 500 })).not.toThrow();
});
