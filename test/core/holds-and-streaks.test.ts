import { evolve } from '../../lambda/core/evolve';
import type { Order } from '../../lambda/core/order';
import type { OutcomeKind } from '../../lambda/core/outcome';
import {
  ACTOR,
  after,
  CLAIM,
  claim,
  claimAt,
  CONCLUSIVE,
  DECIDED,
  held,
  HOUR,
  MINUTE,
  NOW,
  observed,
  orderWith,
  OUTCOMES,
  REGISTRATION,
  released,
  saw,
  settle,
  unanswered,
  wouldCollect,
} from './orders';

const SEEN = orderWith({ observed: saw('pending', NOW) });
const OPEN = after(SEEN, claim());

describe('a registration', () => {
  test('that is made again replaces what the merchant said before, and nothing else', () => {
    const registration = { at: NOW, actor: ACTOR, completed_at: NOW - HOUR };
    expect(evolve(OPEN, { kind: 'register', registration })).toEqual({ ...OPEN, version: 9, registration });
    expect(OPEN.registration).toBe(REGISTRATION);
  });
});

describe('a hold', () => {
  test('is kept with who, why and until when, and enters the record', () => {
    const order = evolve(SEEN, held(NOW + 1, NOW + HOUR));
    const hold = { actor: ACTOR, reason: 'disputed', until: NOW + HOUR };
    expect(order.hold).toEqual(hold);
    expect(order.timeline).toEqual([{ kind: 'held', at: NOW + 1, hold }]);
  });

  test('that is placed again takes the place of the one before; the record has both', () => {
    const order = after(SEEN, held(NOW + 1, NOW + HOUR), held(NOW + 2));
    expect(order.hold).toEqual({ actor: ACTOR, reason: 'disputed' });
    expect(order.timeline.map(({ kind, at }) => [kind, at])).toEqual([
      ['held', NOW + 1],
      ['held', NOW + 2],
    ]);
  });

  test('leaves an open attempt open: it is still asked about', () => {
    expect(evolve(OPEN, held(NOW + 1)).open).toEqual(CLAIM);
  });

  test('is gone when it is released, and the record says by whom and why', () => {
    const order = after(SEEN, held(NOW + 1), released(NOW + 2));
    expect(order).not.toHaveProperty('hold');
    expect(order.timeline.at(-1)).toEqual({
      kind: 'released',
      at: NOW + 2,
      actor: ACTOR,
      reason: 'withdrawn',
    });
  });

  test('of an order that was paid meanwhile can still be released', () => {
    const order = after(SEEN, held(NOW + 1), observed('paid', NOW + 2), released(NOW + 3));
    expect(order).not.toHaveProperty('hold');
    expect(order.observed?.standing.kind).toBe('paid');
  });
});

describe('what would have been collected, had the switch been on', () => {
  test('is recorded with the rule and the policy that would have made it', () => {
    expect(evolve(SEEN, wouldCollect(NOW + 1)).timeline).toEqual([
      { kind: 'would_collect', at: NOW + 1, decided: DECIDED, count: 1 },
    ]);
  });

  test('day after day shares one entry, the newest, which counts', () => {
    const order = after(SEEN, wouldCollect(1), wouldCollect(2), wouldCollect(3));
    expect(order.timeline).toEqual([{ kind: 'would_collect', at: 3, decided: DECIDED, count: 3 }]);
  });

  test('after something else begins an entry of its own', () => {
    const order = after(SEEN, wouldCollect(1), wouldCollect(2), held(3), wouldCollect(4));
    expect(
      order.timeline.map((entry) => (entry.kind === 'would_collect' ? entry.count : entry.kind)),
    ).toEqual([2, 'held', 1]);
  });

  test('counts as no call, and keeps no next one away', () => {
    const order = evolve(SEEN, wouldCollect(NOW + 1));
    expect([order.calls, order.last_sent_at, order.setbacks]).toEqual([[], undefined, undefined]);
  });
});

describe('questions that nothing verified comes back to', () => {
  test('are counted, with the time of the last of them', () => {
    const order = after(SEEN, unanswered(NOW + 1), unanswered(NOW + 2), unanswered(NOW + 3));
    expect(order.unanswered).toEqual({ count: 3, at: NOW + 3 });
    expect(order.timeline).toEqual([]);
  });

  test('begin anew with the next verified answer, whatever it says', () => {
    for (const kind of ['pending', 'paid', 'unrecognised', 'not_completed'] as const)
      expect(after(SEEN, unanswered(NOW + 1), observed(kind, NOW + 2))).not.toHaveProperty('unanswered');
  });

  test('are not forgotten for an answer that was overtaken', () => {
    const order = after(SEEN, unanswered(NOW + 1), observed('pending', NOW - 1));
    expect(order.unanswered).toEqual({ count: 1, at: NOW + 1 });
  });

  test('begin anew with a claim: those about the attempt are counted from its first', () => {
    expect(after(SEEN, unanswered(NOW - 2), claim())).not.toHaveProperty('unanswered');
  });
});

describe('questions about an open attempt', () => {
  test('that were verified, late enough, and closed nothing, are unanswered all the same', () => {
    const order = after(
      OPEN,
      observed('unrecognised', CONCLUSIVE),
      observed('unrecognised', CONCLUSIVE + HOUR),
    );
    expect(order.open).toEqual(CLAIM);
    expect(order.unanswered).toEqual({ count: 2, at: CONCLUSIVE + HOUR });
  });

  test('that came too early to prove anything do not count, and forget none that does', () => {
    expect(after(OPEN, observed('pending', CONCLUSIVE - 1))).not.toHaveProperty('unanswered');
    const counted = after(OPEN, unanswered(NOW + 1), observed('pending', CONCLUSIVE - 1));
    expect(counted.unanswered).toEqual({ count: 1, at: NOW + 1 });
  });

  test('are over when one closes it', () => {
    const order = after(OPEN, unanswered(CONCLUSIVE), observed('pending', CONCLUSIVE + 1));
    expect(order).not.toHaveProperty('open');
    expect(order).not.toHaveProperty('unanswered');
  });
});

describe('setbacks on the way to the deduction', () => {
  const tried = (order: Order, kind: OutcomeKind, n: number): Order => {
    const open = claimAt(NOW + n * HOUR, `c${n}`);
    return after(order, claim(open), settle(kind, open, NOW + n * HOUR + MINUTE));
  };
  const all = (...kinds: OutcomeKind[]): Order => kinds.reduce(tried, SEEN);

  test('in a row are counted together, whether not sent, throttled or for want of configuration', () => {
    expect(all('not_sent', 'throttled', 'misconfigured').setbacks).toEqual({
      count: 3,
      at: NOW + 2 * HOUR + MINUTE,
    });
  });

  test.each(['accepted', 'in_progress', 'busy', 'unknown', 'declined', 'contradicted', 'refused'] as const)(
    'are over with a call that may have reached the deduction: %s',
    (kind) => {
      expect(all('not_sent', 'throttled', kind)).not.toHaveProperty('setbacks');
    },
  );

  test('begin anew after a decline', () => {
    expect(all('not_sent', 'declined', 'not_sent').setbacks?.count).toBe(1);
  });

  test('are not ended by an answer: they say something of the way to the deduction, not of the order', () => {
    expect(after(all('not_sent'), observed('pending', NOW + HOUR)).setbacks?.count).toBe(1);
  });

  test('are over with an attempt that was closed without a report: it counts as called', () => {
    const open = claimAt(NOW + HOUR, 'lost');
    const order = after(all('not_sent'), claim(open), observed('pending', NOW + 2 * HOUR));
    expect(order.calls).toEqual([NOW + HOUR]);
    expect(order).not.toHaveProperty('setbacks');
  });

  test('use up no attempt and share no counter with the questions', () => {
    const order = after(all('not_sent', 'throttled'), unanswered(NOW + 3 * HOUR));
    expect([order.calls, order.setbacks?.count, order.unanswered?.count]).toEqual([[], 2, 1]);
    expect(order.last_sent_at).toBe(claimAt(NOW + HOUR, 'c1').send_by);
    expect(OUTCOMES.not_sent.kind).toBe('not_sent');
  });
});
