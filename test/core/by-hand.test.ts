import { decideByHand, isDone, refusesRelease } from '../../lambda/core/by-hand';
import { decide } from '../../lambda/core/decide';
import type { Fen } from '../../lambda/core/ids';
import type { OrderFacts } from '../../lambda/core/observe';
import type { Observation, Operation, Order, TimelineEntry } from '../../lambda/core/order';
import type { Unseen } from '../../lambda/core/unseen';
import {
  ACTOR,
  after,
  around,
  byHandAt,
  claim,
  claimAt,
  CONCLUSIVE,
  HOUR,
  intended,
  KINDS,
  MINUTE,
  named,
  NOW,
  observed,
  OPERATIONS,
  orderWith,
  released,
  saw,
  settle,
  TERMINAL,
} from './orders';

const OPERATION_LIST = Object.values(OPERATIONS);
const ENTRY: TimelineEntry = { kind: 'released', at: NOW, actor: ACTOR, reason: 'x' };
const entries = (count: number): TimelineEntry[] => Array.from({ length: count }, () => ENTRY);

/** Pending, as WeChat Pay showed it at that time, with what is due and what is paid of it. */
function pendingAt(
  at: number,
  amounts: Partial<Record<'total_amount' | 'paid_amount', number>> = {},
): Observation {
  const facts = { state: 'DOING', details: [], total_amount: 100, ...amounts } as unknown as OrderFacts;
  return { at, standing: { kind: 'pending' }, facts };
}

const decisionOn = (order: Order, operation: Operation, now: number, unseen?: readonly Unseen[]) =>
  decideByHand(order, operation, unseen, now);
const pending = (changes: Partial<Order> = {}): Order => orderWith({ observed: pendingAt(NOW), ...changes });

describe('WeChat Pay is told of a decision by hand', () => {
  test.each(OPERATION_LIST)(
    'when the order is pending, known to be so since a moment ago: $kind',
    (operation) => {
      expect(decisionOn(pending(), operation, NOW)).toEqual({ kind: 'call' });
      expect(decisionOn(pending(), operation, NOW + 15_000)).toEqual({ kind: 'call' });
    },
  );

  test.each(OPERATION_LIST)(
    'only after it was asked, when nothing is known or what is known is old: $kind',
    (operation) => {
      const ask = { kind: 'query' };
      expect(decisionOn(orderWith({}), operation, NOW)).toEqual(ask);
      expect(decisionOn(pending(), operation, NOW + 15_001)).toEqual(ask);
      expect(decisionOn(orderWith({ observed: saw('not_completed', NOW) }), operation, NOW + HOUR)).toEqual(
        ask,
      );
      // A notification says how things stood at some time, however lately it came.
      const told: Observation = { ...pendingAt(NOW), by: 'notification' };
      expect(decisionOn(orderWith({ observed: told }), operation, NOW)).toEqual(ask);
    },
  );

  test('not while a call is open, until a query would be conclusive; then it is asked', () => {
    for (const operation of OPERATION_LIST)
      for (const open of [claimAt(NOW, 'c1'), ...OPERATION_LIST.map((one) => byHandAt(NOW, 'c1', one))]) {
        const order = pending({ open });
        const wait = { kind: 'wait', because: 'attempt_open', until: CONCLUSIVE };
        expect(decisionOn(order, operation, NOW)).toEqual(wait);
        expect(decisionOn(order, operation, CONCLUSIVE - 1)).toEqual(wait);
        expect(decisionOn(order, operation, CONCLUSIVE)).toEqual({ kind: 'query' });
      }
  });

  test('not within three minutes of any call that left: WeChat Pay may hold the order (扣款中)', () => {
    const order = pending({ last_sent_at: NOW - MINUTE });
    expect(decisionOn(order, OPERATIONS.cancel, NOW)).toEqual({
      kind: 'wait',
      because: 'lock',
      until: NOW + 2 * MINUTE,
    });
    const later = { ...order, observed: pendingAt(NOW + 2 * MINUTE) };
    expect(decisionOn(later, OPERATIONS.cancel, NOW + 2 * MINUTE)).toEqual({ kind: 'call' });
  });

  test('not in a restored ledger while a deduction that nobody knows of may be running, as with an open attempt', () => {
    const to = NOW - 5 * MINUTE;
    const unseen = [
      { from: to - 4 * HOUR, to: to - 3 * HOUR },
      { from: to - HOUR, to },
    ];
    // The ten seconds in which a call may still arrive, and the half hour of USERPAYING.
    const settled = to + 10_000 + 30 * MINUTE;
    const at = (now: number, changes: Partial<Order> = {}) =>
      decisionOn(pending({ observed: pendingAt(now), ...changes }), OPERATIONS.cancel, now, unseen);
    const wait = { kind: 'wait', because: 'restored', until: settled };
    expect(at(NOW)).toEqual(wait);
    expect(at(settled - 1)).toEqual(wait);
    expect(at(settled)).toEqual({ kind: 'call' });
    // What is known of keeps its own name when it takes as long; what is asked, or at its end, is told at once.
    expect(at(settled - MINUTE, { last_sent_at: settled - 3 * MINUTE })).toMatchObject({ because: 'lock' });
    expect(at(settled - MINUTE, { last_sent_at: settled - 3 * MINUTE - 1 })).toEqual(wait);
    expect(at(NOW, { observed: pendingAt(NOW - MINUTE) })).toEqual({ kind: 'query' });
    expect(at(NOW, { observed: saw('paid', NOW) })).toEqual({ kind: 'refuse', because: 'paid' });
    const later = { at: NOW, actor: ACTOR, completed_at: to + 25 * HOUR };
    expect(at(NOW, { registration: later })).toEqual({ kind: 'call' });
  });

  test.each(OPERATION_LIST)('never of an order at its end, however old that is: $kind', (operation) => {
    for (const because of TERMINAL) {
      const order = orderWith({ observed: saw(because, NOW) });
      expect(decisionOn(order, operation, NOW)).toEqual({ kind: 'refuse', because });
      expect(decisionOn(order, operation, NOW + HOUR)).toEqual({ kind: 'refuse', because });
    }
  });

  test.each(['not_completed', 'unrecognised'] as const)('not of an order that is %s', (because) => {
    const order = orderWith({ observed: saw(because, NOW) });
    for (const operation of OPERATION_LIST)
      expect(decisionOn(order, operation, NOW)).toEqual({ kind: 'refuse', because });
  });

  test('of a lower amount only: less than is due, and more than is paid', () => {
    const to = (total_amount: number, amounts: Parameters<typeof pendingAt>[1] = {}) =>
      decisionOn(
        orderWith({ observed: pendingAt(NOW, amounts) }),
        { ...OPERATIONS.modify, total_amount: total_amount as Fen },
        NOW,
      );
    const refused = { kind: 'refuse', because: 'not_lower' };
    expect(to(99)).toEqual({ kind: 'call' });
    expect(to(1)).toEqual({ kind: 'call' });
    expect(to(100)).toEqual(refused);
    expect(to(101)).toEqual(refused);
    expect(to(31, { paid_amount: 30 })).toEqual({ kind: 'call' });
    expect(to(30, { paid_amount: 30 })).toEqual(refused);
    const unknown = { ...pendingAt(NOW), facts: { state: 'DOING', details: [] } };
    expect(decisionOn(orderWith({ observed: unknown }), OPERATIONS.modify, NOW)).toEqual(refused);
  });

  test('not of a lower amount after nothing was to be paid any more: that would have it collected again', () => {
    for (const operation of [OPERATIONS.sync, OPERATIONS.cancel]) {
      const decided = after(pending(), intended(NOW, operation));
      const refused = { kind: 'refuse', because: 'decided_already' };
      expect(decisionOn(decided, OPERATIONS.modify, NOW)).toEqual(refused);
      expect(decisionOn({ ...decided, open: claimAt(NOW, 'c1') }, OPERATIONS.modify, NOW)).toEqual(refused);
      expect(decisionOn(decided, OPERATIONS.cancel, NOW)).toEqual({ kind: 'call' });
    }
    const reduced = after(pending(), intended(NOW, OPERATIONS.modify));
    expect(decisionOn(reduced, OPERATIONS.modify, NOW)).toEqual({ kind: 'call' });
  });

  test('only after it was asked, when there is a doubt since', () => {
    const inDoubt = pending({ doubted_at: NOW + 1 });
    expect(decisionOn(inDoubt, OPERATIONS.cancel, NOW + 2)).toEqual({ kind: 'query' });
    expect(decide(inDoubt, around(), 'demand', NOW + 2)).toEqual({ kind: 'query', because: 'stale' });
    expect(decisionOn(pending({ doubted_at: NOW }), OPERATIONS.cancel, NOW + 2)).toEqual({ kind: 'call' });
  });

  test('while the record has room for it and for its end', () => {
    expect(decisionOn(pending({ timeline: entries(61) }), OPERATIONS.sync, NOW)).toEqual({ kind: 'call' });
    expect(decisionOn(pending({ timeline: entries(62) }), OPERATIONS.sync, NOW)).toEqual({
      kind: 'refuse',
      because: 'record_full',
    });
  });
});

describe('a decision by hand', () => {
  test.each(OPERATION_LIST)(
    'is the one thing open, is in force from its claim on, and counts as no collection: $kind',
    (operation) => {
      const open = byHandAt(NOW, 'h1', operation);
      const order = after(pending(), claim(open));
      expect(order).toMatchObject({
        open,
        intent: { at: NOW, actor: ACTOR, reason: 'goodwill', operation },
        calls: [],
      });
      const settled = after(order, settle('accepted', open, NOW + 1_000));
      expect(settled).toMatchObject({ open: { ...open, outcome: { kind: 'accepted' } }, calls: [] });
      expect(settled.timeline).toEqual([
        {
          kind: 'operation',
          at: NOW + 1_000,
          claim_id: 'h1',
          actor: ACTOR,
          reason: 'goodwill',
          operation,
          outcome: { kind: 'accepted' },
          evidence: { request_id: 'R-0' },
        },
      ]);
    },
  );

  test.each(KINDS)(
    'whose call came to %s leaves caps and ladders as they were, and the lock where it left',
    (kind) => {
      const open = byHandAt(NOW, 'h1', OPERATIONS.cancel);
      const before = pending({ setbacks: { count: 2, at: NOW - HOUR } });
      const order = after(before, claim(open), settle(kind, open));
      expect(order.calls).toEqual([]);
      expect(order.setbacks).toEqual({ count: 2, at: NOW - HOUR });
      expect(order.last_sent_at).toBe(kind === 'not_sent' ? undefined : NOW + 15_000);
      expect(order.open !== undefined).toBe(/^(accepted|in_progress|busy|unknown)$/.test(kind));
    },
  );

  test('is closed at once by an end, and by nothing else before an answer is conclusive', () => {
    const open = byHandAt(NOW, 'h1', OPERATIONS.cancel);
    const order = after(pending(), claim(open), settle('accepted', open));
    expect(after(order, observed('pending', CONCLUSIVE - 1)).open).toBeDefined();
    const cancelled = after(order, observed('cancelled', NOW + 2_000));
    expect(cancelled.open).toBeUndefined();
    expect(cancelled.timeline.at(-1)).toEqual({
      kind: 'closed',
      at: NOW + 2_000,
      claim_id: 'h1',
      as: 'cancelled',
    });
    const stillPending = after(order, observed('pending', CONCLUSIVE));
    expect(stillPending.open).toBeUndefined();
    expect(stillPending.timeline.at(-1)).toMatchObject({ kind: 'closed', as: 'not_done' });
    expect(stillPending.calls).toEqual([]);
  });

  test('to reduce is done as soon as WeChat Pay shows the lower amount, and then the order is collected again', () => {
    const open = byHandAt(NOW, 'h1', OPERATIONS.modify);
    const order = after(pending(), claim(open), settle('accepted', open));
    const seen = (total_amount: number) =>
      after(order, { kind: 'observe', observation: pendingAt(NOW + 2_000, { total_amount }) });
    expect(seen(100)).toMatchObject({ open: { claim_id: 'h1' }, intent: { operation: OPERATIONS.modify } });
    const reduced = seen(60);
    expect(reduced.open).toBeUndefined();
    expect(reduced.intent).toBeUndefined();
    expect(reduced.timeline.at(-1)).toMatchObject({ kind: 'closed', as: 'reduced' });
    // Its lock has to pass, and the rest of what is known has to be fresh.
    expect(decide(reduced, around(), 'schedule', NOW + 2_000)).toMatchObject({
      kind: 'wait',
      because: 'lock',
    });
  });

  test('to reduce stays beside the payment of the lower amount, and beside what is not completed', () => {
    const order = after(pending(), intended(NOW, OPERATIONS.modify));
    const facts = { state: 'DONE', details: [], total_amount: 60 as Fen };
    for (const kind of ['paid', 'not_completed'] as const) {
      const observation = { ...saw(kind, NOW + 2_000), facts };
      expect(after(order, { kind: 'observe', observation }).intent?.operation).toEqual(OPERATIONS.modify);
    }
  });

  test('to reduce is not taken as done for what was known before it', () => {
    const open = byHandAt(NOW, 'h1', OPERATIONS.modify);
    const order = after(orderWith({}), claim(open), settle('accepted', open));
    const early = after(order, { kind: 'observe', observation: pendingAt(NOW - 1, { total_amount: 60 }) });
    expect(early.open).toBeDefined();
    const asked = after(order, { kind: 'observe', observation: pendingAt(NOW, { total_amount: 60 }) });
    expect(asked.timeline.at(-1)).toEqual({ kind: 'closed', at: NOW, claim_id: 'h1', as: 'reduced' });
  });

  test('is closed as what WeChat Pay shows when that is neither an end nor pending, and by no state that is not known', () => {
    const open = byHandAt(NOW, 'h1', OPERATIONS.cancel);
    const order = after(pending(), claim(open), settle('unknown', open));
    expect(after(order, observed('not_completed', CONCLUSIVE)).timeline.at(-1)).toEqual({
      kind: 'closed',
      at: CONCLUSIVE,
      claim_id: 'h1',
      as: 'not_completed',
    });
    expect(after(order, observed('unrecognised', CONCLUSIVE)).open).toMatchObject({ claim_id: 'h1' });
  });

  test('that was refused keeps the order from being collected until somebody releases it', () => {
    const open = byHandAt(NOW, 'h1', OPERATIONS.cancel);
    const refused = after(pending(), claim(open), settle('refused', open));
    // WeChat Pay contests what was known: it is asked, and then the order is only watched.
    expect(refused.observed).toBeUndefined();
    const seen = after(refused, { kind: 'observe', observation: pendingAt(NOW + HOUR) });
    expect(decide(seen, around(), 'schedule', NOW + HOUR)).toMatchObject({
      kind: 'stop',
      because: 'decided',
    });
    expect(decide(seen, around(), 'demand', NOW + HOUR)).toMatchObject({ kind: 'stop', because: 'decided' });
    expect(decide(seen, around(), 'consent', NOW + HOUR)).toMatchObject({ kind: 'stop', because: 'decided' });
    expect(refusesRelease(seen)).toBe('not_named');
    expect(refusesRelease(seen, named('sync'))).toBe('not_named');
    expect(refusesRelease(seen, named('cancel'))).toBeUndefined();
    // A release that does not name it leaves it as it is.
    expect(after(seen, released(NOW + HOUR)).intent).toMatchObject({ operation: OPERATIONS.cancel });
    const again = after(seen, released(NOW + HOUR, named('cancel')));
    expect(again.intent).toBeUndefined();
    expect(decide(again, around(), 'schedule', NOW + HOUR)).toEqual({
      kind: 'collect',
      rule: 'first_attempt',
    });
  });

  test('that WeChat Pay could not be told of is in force all the same', () => {
    const order = after(pending({ open: claimAt(NOW, 'c1') }), intended(NOW, OPERATIONS.sync));
    expect(order.intent).toMatchObject({ operation: OPERATIONS.sync });
    expect(order.timeline).toEqual([
      { kind: 'intended', at: NOW, actor: ACTOR, reason: 'goodwill', operation: OPERATIONS.sync },
    ]);
    const closed = after(order, observed('pending', CONCLUSIVE));
    expect(decide(closed, around(), 'schedule', CONCLUSIVE)).toMatchObject({
      kind: 'stop',
      because: 'decided',
    });
  });

  test('is recorded once, although its report is written twice', () => {
    const open = byHandAt(NOW, 'h1', OPERATIONS.cancel);
    const once = after(pending(), claim(open), settle('refused', open));
    expect(after(once, settle('refused', open)).timeline).toEqual(once.timeline);
  });

  test('is done when WeChat Pay shows it, and not when it shows that the user was charged', () => {
    const facts = { state: 'DONE', details: [], total_amount: 60 } as unknown as OrderFacts;
    const chargedLess: Observation = { ...saw('paid', NOW), facts };
    const reduced = pendingAt(NOW, { total_amount: 60 });
    const shown: readonly (readonly [Observation, readonly string[]])[] = [
      [saw('settled', NOW), ['sync']],
      [saw('cancelled', NOW), ['cancel']],
      [reduced, ['modify']],
      [chargedLess, ['modify']],
      [saw('paid', NOW), []],
      [saw('expired', NOW), []],
      [pendingAt(NOW), []],
    ];
    const doneOf = (order: Order) =>
      OPERATION_LIST.filter((one) => isDone(order, one)).map(({ kind }) => kind);
    for (const [seen, done] of shown) expect(doneOf(orderWith({ observed: seen }))).toEqual(done);
    expect(doneOf(orderWith({}))).toEqual([]);
  });
});
