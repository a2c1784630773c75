import fc from 'fast-check';
import { startOfLocalDay } from '../../lambda/core/calendar';
import { decide } from '../../lambda/core/decide';
import { waitsOf } from '../../lambda/core/guards';
import type { Order } from '../../lambda/core/order';
import { planned } from '../../lambda/core/plan';
import type { PolicyLayer } from '../../lambda/core/policy';
import { askedSince, callsReckoned, settledFrom, type Unseen } from '../../lambda/core/unseen';
import {
  around,
  beijing,
  CLAIM,
  DAY,
  HOUR,
  intended,
  MINUTE,
  NOW,
  OPERATIONS,
  orderWith,
  saw,
  unanswered,
  after,
} from './orders';

/** Two hours, until noon. */
const UNSEEN: Unseen = { from: NOW - 2 * HOUR, to: NOW };
const within = (layer: PolicyLayer = {}, unseen = [UNSEEN]) => around(layer, { unseen });
const PENDING = saw('pending', NOW + 1);

function restored(order: Partial<Order>, layer?: PolicyLayer, now = NOW + 1, unseen = [UNSEEN]) {
  const waits = waitsOf(orderWith(order), within(layer, unseen), 'schedule', now);
  return waits.find(({ because }) => because === 'restored')?.until;
}

describe('what a restored ledger does not know', () => {
  test('counts as one call at its end, if no more fit: the day is over, or the gap', () => {
    expect(restored({})).toBe(beijing('2026-03-03 00:00'));
    const often = { attempts_per_day_max: 24 };
    expect(restored({}, often)).toBe(NOW + 6 * HOUR);
    expect(restored({}, { ...often, min_gap_minutes: 90 })).toBe(NOW + 90 * MINUTE);
  });

  test('keeps collecting back until a call that nobody knows of is surely over, however short the gap', () => {
    const eager = { attempts_per_day_max: 24, min_gap_minutes: 3 };
    // The eight of 30 days fit into two hours, too.
    expect(restored({}, eager)).toBe(NOW - 21 * MINUTE + 30 * DAY);
    const often = { ...eager, attempts_per_day_max: 50, attempts_per_30_days_max: 50, attempts_max: 50 };
    expect(restored({}, often)).toBe(NOW + 30 * MINUTE + 10_000);
    expect(settledFrom(UNSEEN)).toBe(NOW + 30 * MINUTE + 10_000);
  });

  test('uses up attempts like calls that are known', () => {
    const calls = [1, 2, 3, 4, 5, 6].map((days) => NOW - (10 - days) * DAY);
    const decided = (known: readonly number[]) =>
      decide(orderWith({ calls: known, observed: PENDING }), within(), 'schedule', NOW + DAY);
    expect(decided(calls)).not.toMatchObject({ because: 'exhausted' });
    expect(decided([...calls, NOW - 3 * DAY])).toMatchObject({ kind: 'stop', because: 'exhausted' });
    const month = { attempts_per_30_days_max: 3, attempts_max: 50 };
    expect(restored({ calls: [NOW - 5 * DAY, NOW - 3 * DAY] }, month)).toBe(NOW + 25 * DAY);
  });

  test('counts as no more calls than gap and cap of a day leave room for', () => {
    const often = around({ min_gap_minutes: 30 }).effective.policy;
    expect(callsReckoned(orderWith({}), [UNSEEN], often)).toEqual([NOW - 30 * MINUTE, NOW]);
    const oftener = around({ min_gap_minutes: 30, attempts_per_day_max: 24 }).effective.policy;
    expect(callsReckoned(orderWith({}), [UNSEEN], oftener)).toEqual(
      [120, 90, 60, 30, 0].map((minutes) => NOW - minutes * MINUTE),
    );
  });

  test('does not touch an order of which WeChat Pay says that it was completed more than a day after it', () => {
    const ended = (end_time: string) => ({
      observed: { ...PENDING, at: NOW + HOUR, facts: { ...PENDING.facts, end_time } },
    });
    expect(restored(ended('20260303120001'))).toBeUndefined();
    expect(restored(ended('20260303120000'))).toBeDefined();
  });

  test('does not touch an order that was completed after it, or that came long after it', () => {
    const late = (completed_at?: number, at = NOW + HOUR) => ({
      registration: {
        at,
        actor: CLAIM.actor,
        ...(completed_at === undefined ? {} : { completed_at }),
      },
    });
    expect(restored(late(NOW + DAY + 1))).toBeUndefined();
    expect(restored(late(NOW - 1))).toBeDefined();
    // Of an order that is registered again nobody may have said when it was completed.
    expect(restored(late())).toBeDefined();
    expect(restored(late(undefined, NOW + 30 * DAY))).toBeUndefined();
  });

  test('touches an order whose completion lies a day ahead, as far as that may be told: consent comes before it', () => {
    const registration = { at: NOW - HOUR, actor: CLAIM.actor };
    const said = { registration: { ...registration, completed_at: NOW + DAY } };
    // A date counts to the next midnight, which lies twelve hours ahead.
    const today = { ...PENDING, facts: { ...PENDING.facts, end_time: '20260302' } };
    for (const order of [
      { ...said, observed: PENDING },
      { registration, observed: today },
    ])
      expect(decide(orderWith(order), within(), 'consent', NOW + 1)).toEqual({
        kind: 'wait',
        because: 'restored',
        until: beijing('2026-03-03 00:00'),
      });
  });

  test('touches an order that was first seen completed long after it: nobody says that it was not completed before', () => {
    const at = NOW + 5 * DAY;
    const seen = { ...PENDING, at, facts: { ...PENDING.facts, end_time: '20271231' } };
    const timeline = [{ kind: 'observed', at, standing: 'pending' }] as const;
    expect(restored({ observed: seen, timeline })).toBeDefined();
  });

  test('is reckoned with for every restore by itself', () => {
    const earlier = { from: NOW - 4 * DAY, to: NOW - 4 * DAY + HOUR };
    const policy = around().effective.policy;
    expect(callsReckoned(orderWith({}), [earlier, UNSEEN], policy)).toEqual([earlier.to, UNSEEN.to]);
    const known = orderWith({ calls: [NOW] });
    expect(callsReckoned(known, undefined, policy)).toBe(known.calls);
    const later = { ...known, registration: { at: NOW, actor: CLAIM.actor, completed_at: NOW + 2 * DAY } };
    expect(callsReckoned(later, [UNSEEN], policy)).toBe(known.calls);
  });

  test('binds whoever asks for an order now, with the user’s consent too', () => {
    for (const occasion of ['demand', 'consent'] as const)
      expect(decide(orderWith({ observed: PENDING }), within(), occasion, NOW + 1)).toMatchObject({
        kind: 'wait',
        because: 'restored',
      });
  });
});

/** The most that a service may have called, one after the other, within gap and cap of a day. */
function mostCalls({ from, to }: Unseen, gapMs: number, perDayMax: number): number[] {
  const calls: number[] = [];
  for (let at = from; at <= to;) {
    const day = startOfLocalDay('Asia/Shanghai', at);
    if (calls.filter((call) => startOfLocalDay('Asia/Shanghai', call) === day).length >= perDayMax)
      at = day + DAY;
    if (at > to) break;
    calls.push(at);
    at += gapMs;
  }
  return calls;
}

test('whatever the service called then within its policy, the ledger that knows nothing of it waits as long at least', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 6 * 24 * 60 }),
      fc.integer({ min: 3, max: 3_000 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 3 * 24 * 60 }),
      (lengthMin, gapMin, perDayMax, monthMax, laterMin) => {
        const unseen = { from: NOW - lengthMin * MINUTE, to: NOW };
        const layer = {
          min_gap_minutes: gapMin,
          attempts_per_day_max: perDayMax,
          attempts_per_30_days_max: monthMax,
          attempts_max: 50,
          first_attempt_after_hours: 0,
        };
        const now = NOW + laterMin * MINUTE;
        const made = mostCalls(unseen, gapMin * MINUTE, perDayMax).slice(0, monthMax);
        const floors = ['gap', 'day_cap', 'month_cap'];
        const known = waitsOf(orderWith({ calls: made }), around(layer), 'demand', now)
          .filter(({ because }) => floors.includes(because))
          .map(({ until }) => until);
        expect(restored({}, layer, now, [unseen])).toBeGreaterThanOrEqual(Math.max(...known));
        const reckoned = callsReckoned(orderWith({}), [unseen], within(layer).effective.policy);
        expect(reckoned.length).toBeGreaterThanOrEqual(made.length);
      },
    ),
  );
});

describe('an order of a restored ledger', () => {
  const asked = (order: Partial<Order>, now = NOW + 1) => decide(orderWith(order), within(), 'schedule', now);

  test('is asked about before anything else, whatever else keeps it from being collected', () => {
    const query = { kind: 'query', because: 'restored' };
    expect(asked({ observed: saw('pending', NOW - 1) })).toEqual(query);
    expect(asked({})).toEqual(query);
    expect(asked({ observed: saw('pending', NOW - 1), hold: { actor: CLAIM.actor, reason: 'x' } })).toEqual(
      query,
    );
    expect(asked({ observed: PENDING })).not.toEqual(query);
  });

  test('for which somebody asks is not asked about for that alone: he is told until when it is kept back', () => {
    const order = orderWith({ observed: saw('pending', NOW - 1) });
    for (const occasion of ['demand', 'consent'] as const)
      expect(decide(order, within(), occasion, NOW + 1)).toMatchObject({ kind: 'wait', because: 'restored' });
  });

  test('is not asked about at its end, and with an attempt open when that can be closed', () => {
    expect(asked({ observed: saw('paid', NOW - 1) })).toEqual({ kind: 'stop', because: 'paid' });
    expect(asked({ open: CLAIM })).toMatchObject({ kind: 'wait', because: 'attempt_open' });
  });

  test('to which no answer comes is asked about on the ladder', () => {
    const order = after(orderWith({ observed: saw('pending', NOW - 1) }), unanswered(NOW + 1));
    expect(decide(order, within(), 'schedule', NOW + 2)).toEqual({
      kind: 'wait',
      until: NOW + 1 + MINUTE,
      because: 'unanswered',
    });
  });

  test('is asked about once at once, whatever came of questions before, and however old it is', () => {
    const streak = { count: 9, at: NOW - 1 };
    const old = { registration: { at: NOW - 500 * DAY, actor: CLAIM.actor }, unanswered: streak };
    for (const observed of [{}, { observed: saw('pending', NOW - 10 * DAY) }])
      expect(asked({ ...old, ...observed })).toEqual({ kind: 'query', because: 'restored' });
  });

  test('is not asked about for ever: day 180 ends that question like every other one', () => {
    const to = NOW - 2 * DAY;
    const unseen = [{ from: to - HOUR, to }];
    const on = (days: number, changes: Partial<Order> = {}) => {
      const registration = { at: NOW - days * DAY, actor: CLAIM.actor };
      const order = orderWith({ ...changes, registration, unanswered: { count: 9, at: NOW - DAY } });
      return decide(order, within({}, unseen), 'schedule', NOW);
    };
    const old = { observed: saw('pending', to - 1) };
    for (const order of [{}, old]) {
      expect(on(180, order)).toEqual({ kind: 'query', because: 'restored' });
      expect(on(181, order)).toEqual({ kind: 'stop', because: 'last_day' });
      expect(on(501, order)).toEqual({ kind: 'stop', because: 'last_day' });
    }
    // Of an order that somebody decided about the days count from then.
    const decided = after(orderWith(old), intended(NOW - 180 * DAY, OPERATIONS.cancel));
    expect(on(501, decided)).toEqual({ kind: 'query', because: 'restored' });
  });

  test('is planned for now', () => {
    expect(planned(orderWith({ observed: saw('pending', NOW - 1) }), within(), NOW + 1, 0).due_at).toBe(
      NOW + 1,
    );
  });

  test('that was registered later is asked about in its own time', () => {
    const later = { registration: { at: NOW, actor: CLAIM.actor } };
    expect(askedSince(orderWith(later), [UNSEEN])).toBe('answered');
    expect(
      askedSince(orderWith({ ...later, registration: { ...later.registration, at: NOW - 1 } }), [UNSEEN]),
    ).toBe('not_asked');
  });

  test('was asked about when it was after the last time of which nothing is known, with an answer or without', () => {
    const since = (order: Partial<Order>, unseen = [UNSEEN]) => askedSince(orderWith(order), unseen);
    expect(since({}, [])).toBe('answered');
    expect(since({})).toBe('not_asked');
    expect(since({ observed: saw('pending', NOW - 1) })).toBe('not_asked');
    expect(since({ observed: saw('pending', NOW) })).toBe('answered');
    expect(since({ observed: PENDING }, [UNSEEN, { from: 0, to: NOW + 2 }])).toBe('not_asked');
    expect(since({ unanswered: { count: 1, at: NOW - 1 } })).toBe('not_asked');
    expect(since({ unanswered: { count: 1, at: NOW } })).toBe('unanswered');
    expect(since({ observed: PENDING, unanswered: { count: 1, at: NOW + 2 } })).toBe('answered');
  });

  test('that was stopped stays stopped while the restore alone keeps it back', () => {
    const stopped = { at: NOW - DAY, because: 'refused' } as const;
    expect(planned(orderWith({ observed: PENDING, stopped }), within(), NOW + 2, 0)).toMatchObject({
      stopped,
    });
  });
});
