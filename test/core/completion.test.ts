import { completionOf, notCompletedAt } from '../../lambda/core/completion';
import { decide } from '../../lambda/core/decide';
import type { Change } from '../../lambda/core/evolve';
import type { StandingKind } from '../../lambda/core/observe';
import { planned } from '../../lambda/core/plan';
import type { Observation, TimelineEntry } from '../../lambda/core/order';
import { ACTOR, after, around, beijing, DAY, HOUR, NOW, orderWith, REGISTRATION, standing } from './orders';

const seenWith = (endTime: string | undefined, at = NOW): Observation => ({
  at,
  standing: standing('pending'),
  facts: { state: 'DOING', details: [], ...(endTime === undefined ? {} : { end_time: endTime }) },
});
/** What WeChat Pay says of it from then on. */
const observedWith = (endTime: string | undefined, at: number, kind: StandingKind = 'pending'): Change => ({
  kind: 'observe',
  observation: { ...seenWith(endTime, at), standing: standing(kind) },
});
const completion = (endTime: string | undefined, at = NOW) =>
  completionOf(orderWith({ observed: seenWith(endTime, at) }));
const BY_REGISTERING = { at: NOW - 10 * DAY, from: 'registered' };

test('the registration’s word on when the service was completed comes before everything', () => {
  const registration = { at: NOW, actor: ACTOR, completed_at: NOW - 3 * DAY };
  const told = { at: NOW - 3 * DAY, from: 'registration' };
  expect(completionOf(orderWith({ registration }))).toEqual(told);
  expect(completionOf(orderWith({ registration, observed: seenWith('20260301120000') }))).toEqual(told);
});

test('else it is what WeChat Pay, verified, says: time_range.end_time, in Beijing time', () => {
  expect(completion('20260301120000')).toEqual({ at: beijing('2026-03-01 12:00'), from: 'wechatpay' });
});

test('else, and as long as nothing was verified, the time of registration stands in for it', () => {
  expect(completionOf(orderWith({}))).toEqual(BY_REGISTERING);
  expect(completion(undefined)).toEqual(BY_REGISTERING);
  expect(REGISTRATION.at).toBe(NOW - 10 * DAY);
});

test('of a day without a time its end counts', () => {
  expect(completion('20260228')).toEqual({ at: beijing('2026-03-01 00:00'), from: 'wechatpay' });
});

test.each([
  ['2026-03-01T12:00:00+08:00', beijing('2026-03-01 12:00')],
  ['2026-03-01T04:00:00Z', beijing('2026-03-01 12:00')],
  ['2026-03-01T12:00:00.250+08:00', beijing('2026-03-01 12:00') + 250],
  ['20260301000000', beijing('2026-03-01 00:00')],
  ['20260301235959', beijing('2026-03-02 00:00') - 1_000],
  ['20240229', beijing('2024-03-01 00:00')],
])('%s is read as %d', (text, at) => {
  expect(completion(text)).toEqual({ at, from: 'wechatpay' });
});

test.each([
  '',
  'OnAccept',
  '202603',
  '2026030112',
  '202603011200',
  '20260301120000 ',
  '20261301',
  '20261301120000',
  '20260301250000',
  '20260301126000',
  '2026-03-01',
  '2026-03-01T12:00:00',
  '2026-03-01T25:00:00+08:00',
  '1772337600',
])('%j is no time, and the registration stands in', (text) => {
  expect(completion(text)).toEqual(BY_REGISTERING);
});

test('an end more than a day ahead of the question is a plan: with no record of it, the registration stands in', () => {
  expect(completion('20260303120001')).toEqual(BY_REGISTERING);
  expect(completion('20260309120000')).toEqual(BY_REGISTERING);
});

describe('where all that is known is a plan, it is when the order was first seen completed', () => {
  const entry = (kind: StandingKind, at: number): TimelineEntry => ({ kind: 'observed', at, standing: kind });
  const planOf = (timeline: readonly TimelineEntry[], end = '20260309120000') =>
    completionOf(orderWith({ observed: seenWith(end), timeline }));

  test('that is the first time that it was seen pending', () => {
    const order = [
      { kind: 'held', at: NOW - 6 * DAY, hold: { actor: ACTOR, reason: 'disputed' } },
      entry('not_completed', NOW - 5 * DAY),
      entry('pending', NOW - 3 * DAY),
      entry('unrecognised', NOW - 2 * DAY),
      entry('pending', NOW - DAY),
    ] as const;
    expect(planOf(order)).toEqual({ at: NOW - 3 * DAY, from: 'first_seen' });
    expect(planOf(order, '20260303120001')).toEqual({ at: NOW - 3 * DAY, from: 'first_seen' });
  });

  test('one that was never seen pending was never seen completed: the registration stands in', () => {
    expect(planOf([entry('not_completed', NOW - 3 * DAY)])).toEqual(BY_REGISTERING);
  });

  test('an end that is no plan comes before when it was seen, and no end at all leaves the registration', () => {
    const timeline = [entry('pending', NOW - 3 * DAY)];
    expect(planOf(timeline, '20260228120000')).toEqual({ at: NOW - 2 * DAY, from: 'wechatpay' });
    expect(planOf(timeline, '20260228120001')).toEqual({ at: NOW - 3 * DAY, from: 'first_seen' });
    expect(planOf(timeline, 'OnAccept')).toEqual(BY_REGISTERING);
    expect(planOf(timeline, '20261301')).toEqual(BY_REGISTERING);
    expect(completionOf(orderWith({ timeline }))).toEqual(BY_REGISTERING);
  });
});

test('an end up to a day ahead counts, because clocks differ and of a day without a time its end counts', () => {
  expect(completion('20260302120001')).toEqual({ at: NOW + 1_000, from: 'wechatpay' });
  expect(completion('20260303120000')).toEqual({ at: NOW + DAY, from: 'wechatpay' });
  const endOfDay = beijing('2026-03-03 00:00');
  expect(completion('20260302', NOW - HOUR)).toEqual({ at: endOfDay, from: 'wechatpay' });
  expect(completion('20260302', endOfDay)).toEqual({ at: endOfDay, from: 'wechatpay' });
});

test('a plan does not come true when its day comes: what was completed before is not collected long after', () => {
  const first = after(orderWith({}), observedWith('20260309120000', NOW));
  for (const days of [0, 1, 5, 6, 7, 30]) {
    const order = after(first, observedWith('20260309120000', NOW + days * DAY));
    expect(completionOf(order)).toEqual({ at: NOW, from: 'first_seen' });
  }
});

describe('of a service that WeChat Pay said was not completed', () => {
  const LAST_ASKED = NOW + 40 * DAY;
  const SEEN = LAST_ASKED + DAY;
  /** Asked about twice while it goes on, and then seen completed. */
  const completed = (endTime?: string, plan = endTime) =>
    after(
      orderWith({}),
      observedWith(plan, NOW, 'not_completed'),
      observedWith(plan, LAST_ASKED, 'not_completed'),
      observedWith(endTime, SEEN),
    );

  test('the days count from when it was first seen completed, if nobody says when it ended', () => {
    expect(completionOf(completed())).toEqual({ at: SEEN, from: 'first_seen' });
  });

  test('and so they do if all that is said is an end that had passed by then', () => {
    expect(completionOf(completed('20260401120000'))).toEqual({ at: SEEN, from: 'first_seen' });
    expect(completionOf(completed('20260411115959'))).toEqual({ at: SEEN, from: 'first_seen' });
  });

  test('an end between the last no and the first yes is its end', () => {
    expect(completionOf(completed('20260411120000'))).toEqual({ at: LAST_ASKED, from: 'wechatpay' });
    expect(completionOf(completed('20260412110000'))).toEqual({ at: SEEN - HOUR, from: 'wechatpay' });
  });

  test('whoever wants it collected before the next question has it asked about, on whatever day', () => {
    const going = after(orderWith({}), observedWith(undefined, LAST_ASKED, 'not_completed'));
    for (const occasion of ['demand', 'consent'] as const)
      expect(decide(going, around(), occasion, LAST_ASKED + HOUR)).toEqual({
        kind: 'query',
        because: 'stale',
      });
    const young = after(
      orderWith({ registration: { at: NOW, actor: ACTOR } }),
      observedWith(undefined, NOW, 'not_completed'),
    );
    expect(decide(young, around(), 'demand', NOW + HOUR)).toEqual({ kind: 'query', because: 'stale' });
  });

  test('while it goes on, no end is believed', () => {
    for (const end of ['20260302110000', '20260303000000']) {
      const going = after(orderWith({}), observedWith(end, NOW, 'not_completed'));
      expect(completionOf(going)).toEqual(BY_REGISTERING);
    }
  });

  test('what was pending before it was not completed again counts from the last time', () => {
    const again = after(
      orderWith({}),
      observedWith(undefined, NOW),
      observedWith(undefined, NOW + DAY, 'not_completed'),
      observedWith(undefined, NOW + 2 * DAY, 'unrecognised'),
      observedWith(undefined, NOW + 3 * DAY),
    );
    expect(completionOf(again)).toEqual({ at: NOW + 3 * DAY, from: 'first_seen' });
  });

  test('the first attempt has its hours, the last its day, and then it is watched like every other', () => {
    const decided = (now: number, seenAt = now) =>
      decide(after(completed(), observedWith(undefined, seenAt)), around(), 'schedule', now);
    expect(decided(SEEN + DAY - 1)).toMatchObject({
      kind: 'wait',
      because: 'first_attempt',
      until: SEEN + DAY,
    });
    expect(decided(SEEN + DAY)).toEqual({ kind: 'collect', rule: 'first_attempt' });
    expect(decided(SEEN + 25 * DAY)).toEqual({ kind: 'collect', rule: 'first_attempt' });
    expect(decided(SEEN + 26 * DAY)).toMatchObject({ kind: 'stop', because: 'last_day' });
    expect(decided(SEEN + 170 * DAY)).toHaveProperty('ask_at', SEEN + 177 * DAY);
    expect(decided(SEEN + 174 * DAY)).not.toHaveProperty('ask_at');
  });

  test('a doubt about it takes none of its days away', () => {
    const { observed: _unknown, ...contested } = completed();
    expect(completionOf(contested)).toEqual({ at: SEEN, from: 'first_seen' });
    const unanswered = { ...contested, unanswered: { count: 9, at: SEEN + 170 * DAY } };
    expect(decide(unanswered, around(), 'schedule', SEEN + 170 * DAY)).toHaveProperty(
      'ask_at',
      SEEN + 171 * DAY,
    );
  });
});

describe('while WeChat Pay says that it is not completed, its days have not begun', () => {
  const notYet = (at: number, endTime?: string, timeline: readonly TimelineEntry[] = []) => {
    const facts = { state: 'DOING', details: [], ...(endTime === undefined ? {} : { end_time: endTime }) };
    return orderWith({ observed: { at, standing: standing('not_completed'), facts }, timeline });
  };

  test('they begin when it last said so at the earliest', () => {
    expect(notCompletedAt(notYet(NOW))).toBe(NOW);
    expect(notCompletedAt(notYet(NOW + 100 * DAY))).toBe(NOW + 100 * DAY);
    expect(notCompletedAt(orderWith({ observed: seenWith(undefined) }))).toBeUndefined();
    const registration = { at: NOW, actor: ACTOR, completed_at: NOW - 3 * DAY };
    expect(notCompletedAt({ ...notYet(NOW), registration })).toBeUndefined();
  });

  test('but 180 days after the registration, or the planned end, at the latest, and no plan is for more than two years', () => {
    expect(notCompletedAt(notYet(NOW + 900 * DAY))).toBe(NOW + 170 * DAY);
    const late = notYet(NOW + 900 * DAY, '20260601120000');
    expect(notCompletedAt(late)).toBe(beijing('2026-06-01 12:00') + 180 * DAY);
    const forever = notYet(NOW + 2000 * DAY, '20991231235959');
    expect(notCompletedAt(forever)).toBe(NOW - 10 * DAY + (730 + 180) * DAY);
    // No such month: no end is known.
    expect(notCompletedAt(notYet(NOW + 900 * DAY, '20261301'))).toBe(NOW + 170 * DAY);
  });

  test('so it is asked about every day, however long it takes, and stopped for no last day', () => {
    for (const days of [1, 30, 170]) {
      const order = planned(notYet(NOW + days * DAY), around(), NOW + days * DAY, 0);
      expect(order).toMatchObject({ status: 'watched', due_at: NOW + (days + 1) * DAY });
      expect(order).toHaveProperty('stopped.because', 'not_completed');
    }
  });

  test('and told once that it is not completed, at whatever hour and however near its planned end is', () => {
    let order = orderWith({ registration: { at: NOW, actor: ACTOR } });
    const told = new Set<number | undefined>();
    for (let hour = 0; hour < 40 * 24; hour += 1) {
      const at = NOW + hour * HOUR;
      if (hour % 24 === 0) order = after(order, observedWith('20260401120000', at, 'not_completed'));
      order = planned(order, around(), at, 0.9);
      expect(order).toMatchObject({ status: 'watched', stopped: { because: 'not_completed' } });
      told.add(order.stopped?.at);
    }
    expect([...told]).toEqual([NOW]);
  });
});
