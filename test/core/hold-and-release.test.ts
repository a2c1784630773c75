import { isRecordFull, refusesCorrection, refusesHold, refusesRelease } from '../../lambda/core/by-hand';
import { decide } from '../../lambda/core/decide';
import type { Fen } from '../../lambda/core/ids';
import type { OrderFacts } from '../../lambda/core/observe';
import type { Observation, Order, TimelineEntry } from '../../lambda/core/order';
import { planned } from '../../lambda/core/plan';
import {
  ACTOR,
  after,
  around,
  claim,
  claimAt,
  HOUR,
  intended,
  MINUTE,
  named,
  NOW,
  observed,
  OPERATIONS,
  orderWith,
  refunded,
  released,
  saw,
  settle,
  TERMINAL,
} from './orders';

const ENTRY: TimelineEntry = { kind: 'released', at: NOW, actor: ACTOR, reason: 'x' };
const entries = (count: number): TimelineEntry[] => Array.from({ length: count }, () => ENTRY);

/** Pending, as WeChat Pay showed it at that time, with what is due and what is paid of it. */
function pendingAt(
  at: number,
  amounts: Partial<Record<'total_amount' | 'paid_amount', number>> = {},
): Observation {
  const facts = { state: 'DOING', details: [], total_amount: 100, ...amounts } as unknown as OrderFacts;
  const { paid_amount } = amounts;
  const standing = {
    kind: 'pending',
    ...(paid_amount === undefined ? {} : { paid_amount: paid_amount as Fen }),
  } as const;
  return { at, standing, facts };
}

const pending = (changes: Partial<Order> = {}): Order => orderWith({ observed: pendingAt(NOW), ...changes });

describe('an order is held and released', () => {
  test('unless it is at its end', () => {
    expect(refusesHold(pending())).toBeUndefined();
    expect(refusesHold(pending({ open: claimAt(NOW, 'c1') }))).toBeUndefined();
    for (const kind of TERMINAL) expect(refusesHold(orderWith({ observed: saw(kind, NOW) }))).toBe('ended');
    for (const kind of TERMINAL.filter((one) => one !== 'paid'))
      expect(refusesRelease(orderWith({ observed: saw(kind, NOW) }))).toBe('ended');
  });

  test('for longer than before, never for less: whoever wants that releases it first', () => {
    const hold = { actor: ACTOR, reason: 'court case' };
    expect(refusesHold(pending({ hold }), NOW + HOUR)).toBe('held_longer');
    expect(refusesHold(pending({ hold }))).toBeUndefined();
    expect(refusesHold(pending({ hold: { ...hold, until: NOW + HOUR } }), NOW + MINUTE)).toBe('held_longer');
    expect(refusesHold(pending({ hold: { ...hold, until: NOW + HOUR } }), NOW + HOUR)).toBeUndefined();
    expect(refusesHold(pending({ hold: { ...hold, until: NOW + HOUR } }))).toBeUndefined();
  });

  test('while its record has room', () => {
    expect(refusesHold(pending({ timeline: entries(62) }))).toBeUndefined();
    expect(refusesHold(pending({ timeline: entries(63) }))).toBe('record_full');
    expect(isRecordFull(pending({ timeline: entries(63) }))).toBe(true);
    expect(refusesCorrection(pending({ timeline: entries(63) }))).toBe('record_full');
    expect(refusesCorrection(pending())).toBeUndefined();
  });

  test('at its end only when there is money to be refunded, whose amount somebody names as dealt with', () => {
    const seen = saw('paid', NOW);
    const charged = orderWith({
      observed: seen,
      intent: { at: NOW, actor: ACTOR, reason: 'x', operation: OPERATIONS.cancel },
    });
    expect(refusesRelease(charged, refunded(100))).toBeUndefined();
    expect(refusesRelease(charged)).toBe('refund_not_named');
    expect(refusesRelease({ ...charged, hold: { actor: ACTOR, reason: 'x' } })).toBe('refund_not_named');
    expect(refusesRelease({ ...charged, timeline: entries(56) })).toBe('refund_not_named');
    expect(refusesRelease(charged, named('cancel'))).toBe('ended');
    expect(refusesRelease(after(charged, released(NOW, refunded(100))))).toBe('ended');
    expect(refusesRelease(orderWith({ observed: seen }))).toBe('ended');
    expect(refusesRelease(orderWith({ observed: seen, hold: { actor: ACTOR, reason: 'x' } }))).toBe('ended');
  });

  test('released only from something: a hold, a decision, a refusal, a full record', () => {
    expect(refusesRelease(pending())).toBe('not_held');
    expect(refusesRelease(pending({ hold: { actor: ACTOR, reason: 'x' } }))).toBeUndefined();
    expect(refusesRelease(after(pending(), intended(NOW, OPERATIONS.sync)), named('sync'))).toBeUndefined();
    expect(refusesRelease(pending(), named('sync'))).toBe('not_held');
    expect(refusesRelease(pending({ hold: { actor: ACTOR, reason: 'x' } }), named('sync'))).toBe('not_held');
    expect(refusesRelease(pending({ timeline: entries(55) }))).toBe('not_held');
    expect(refusesRelease(pending({ timeline: entries(56) }))).toBeUndefined();
    const open = claimAt(NOW, 'c1');
    const refused = after(pending(), claim(open), settle('refused', open));
    expect(refusesRelease(refused)).toBeUndefined();
    expect(refusesRelease(after(refused, released(NOW + HOUR)))).toBe('not_held');
    const declined = after(pending(), claim(open), settle('declined', open));
    expect(refusesRelease(declined)).toBe('not_held');
  });

  test('a release of a full record that was waived lets entries go, and takes the waiver back no more than it names it', () => {
    const full = { ...after(pending(), intended(NOW, OPERATIONS.cancel)), timeline: entries(56) };
    expect(refusesRelease(full)).toBeUndefined();
    const folded = after(full, released(NOW));
    expect(folded.timeline[0]).toMatchObject({ kind: 'folded' });
    expect(decide(folded, around(), 'schedule', NOW)).toMatchObject({ kind: 'stop', because: 'decided' });
  });

  test('a release of an order whose record is full lets older entries go, and it is collected again', () => {
    const full = pending({ timeline: entries(56) });
    expect(decide(full, around(), 'schedule', NOW)).toMatchObject({ kind: 'stop', because: 'timeline_full' });
    const free = after(full, released(NOW));
    expect(free.timeline).toHaveLength(1 + 24 + 1);
    expect(free.timeline[0]).toEqual({ kind: 'folded', at: NOW, since: NOW, count: 32 });
    expect(decide(free, around(), 'schedule', NOW)).toEqual({ kind: 'collect', rule: 'first_attempt' });
  });

  test('a release of a record that is not full lets nothing go', () => {
    const order = pending({ hold: { actor: ACTOR, reason: 'x' }, timeline: entries(55) });
    expect(after(order, released(NOW)).timeline).toHaveLength(56);
  });
});

describe('a release', () => {
  const cancelled = after(pending(), intended(NOW, OPERATIONS.cancel));

  test('is recorded with what it takes back, and only with that', () => {
    expect(after(cancelled, released(NOW + HOUR, named('cancel'))).timeline.at(-1)).toStrictEqual({
      kind: 'released',
      at: NOW + HOUR,
      actor: ACTOR,
      reason: 'withdrawn',
      takes_back: 'cancel',
    });
    const charged = { ...cancelled, observed: pendingAt(NOW, { paid_amount: 40 }) };
    expect(after(charged, released(NOW + HOUR, refunded(40))).timeline.at(-1)).toStrictEqual({
      kind: 'released',
      at: NOW + HOUR,
      actor: ACTOR,
      reason: 'withdrawn',
      refund_amount: 40,
    });
    expect(after(cancelled, released(NOW + HOUR)).timeline.at(-1)).toStrictEqual({
      kind: 'released',
      at: NOW + HOUR,
      actor: ACTOR,
      reason: 'withdrawn',
    });
  });

  test('takes back the decision that it names, and no other', () => {
    expect(after(cancelled, released(NOW + HOUR, named('cancel')))).not.toHaveProperty('intent');
    expect(after(cancelled, released(NOW + HOUR, named('sync'))).intent?.operation).toEqual(
      OPERATIONS.cancel,
    );
  });

  test('takes back nothing at the end of an order: the decision explains what became of it', () => {
    const ended = after(
      cancelled,
      observed('cancelled', NOW + MINUTE),
      released(NOW + HOUR, named('cancel')),
    );
    expect(ended.intent?.operation).toEqual(OPERATIONS.cancel);
  });

  test('leaves what was refunded earlier as dealt with, and claims nothing of the kind where nothing was', () => {
    const hold = { actor: ACTOR, reason: 'x' };
    expect(after(pending({ hold, refund_noted: 40 as Fen }), released(NOW)).refund_noted).toBe(40);
    expect(after(pending({ hold }), released(NOW))).not.toHaveProperty('refund_noted');
  });
});

describe('an order that somebody decided about', () => {
  const waived = after(orderWith({}), intended(NOW, OPERATIONS.cancel));

  test('is asked about before anything was seen of it', () => {
    expect(decide(waived, around(), 'schedule', NOW)).toEqual({ kind: 'query', because: 'watch' });
  });

  test('calls for a person when what is seen is neither what was decided nor anything else that is known', () => {
    const strange = after(waived, observed('unrecognised', NOW + HOUR));
    expect(planned(strange, around(), NOW + HOUR, 0)).toMatchObject({
      status: 'watched',
      stopped: { because: 'unrecognised' },
    });
    const pendingStill = after(waived, observed('pending', NOW + HOUR));
    expect(planned(pendingStill, around(), NOW + HOUR, 0)).not.toHaveProperty('stopped');
  });
});
