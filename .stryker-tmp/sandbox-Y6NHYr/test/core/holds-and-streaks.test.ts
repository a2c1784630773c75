import { evolve } from '../../lambda/core/evolve';
import type { Fen, ServiceId } from '../../lambda/core/ids';
import { isUnconfirmed, type Order, type Said } from '../../lambda/core/order';
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
  REF,
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
  const said = (what: Said) => ({ kind: 'register', said: what }) as const;

  test('that is made again adds what the merchant says by now; when it was made first, and by whom, stays', () => {
    const completed = evolve(OPEN, said({ completed_at: NOW - HOUR }));
    const registration = { at: REGISTRATION.at, actor: ACTOR, completed_at: NOW - HOUR };
    expect(completed).toEqual({ ...OPEN, version: 9, registration });
    expect(OPEN.registration).toBe(REGISTRATION);
  });

  test('that is made again replaces what it speaks of, and leaves what it does not speak of', () => {
    const order = after(
      SEEN,
      said({ completed_at: NOW - HOUR, total_amount: 100 as Fen }),
      said({ completed_at: NOW }),
      said({}),
    );
    expect(order.registration).toEqual({
      at: REGISTRATION.at,
      actor: ACTOR,
      completed_at: NOW,
      total_amount: 100,
    });
  });
});

describe('the service that an order is registered under', () => {
  const OTHER = '500002' as ServiceId;
  const corrected = { kind: 'register', service_id: OTHER, said: { completed_at: NOW } } as const;

  test('is corrected by a registration as long as nothing is known of the order and nothing was sent', () => {
    const order = evolve(orderWith({ unanswered: { count: 2, at: NOW } }), corrected);
    expect(order.ref).toEqual({ ...REF, service_id: OTHER });
    expect(order.registration).toEqual({ ...REGISTRATION, completed_at: NOW });
    expect(order.version).toBe(8);
  });

  test.each<[string, Order]>([
    ['WeChat Pay answered', SEEN],
    ['an attempt is open', orderWith({ open: CLAIM })],
    ['an answer is on its record', after(orderWith({}), observed('unrecognised', NOW))],
  ])('is not another one once %s; the same one may be named again', (_, order) => {
    expect(isUnconfirmed(order)).toBe(false);
    expect(() => evolve(order, corrected)).toThrow('order 1234323JKHDFE1243252: its service_id is confirmed');
    expect(evolve(order, { ...corrected, service_id: REF.service_id }).ref).toEqual(REF);
  });

  test('is corrected also of an order that was held and released: that says nothing of the service', () => {
    const order = after(orderWith({}), held(NOW), held(NOW + 1, NOW + HOUR), released(NOW + 2));
    expect(isUnconfirmed(order)).toBe(true);
    expect(evolve(order, corrected).ref).toEqual({ ...REF, service_id: OTHER });
    expect(isUnconfirmed(after(order, observed('pending', NOW + 3)))).toBe(false);
  });

  test('stays when a registration names none', () => {
    expect(isUnconfirmed(orderWith({}))).toBe(true);
    expect(evolve(orderWith({}), { kind: 'register', said: {} }).ref).toEqual(REF);
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

  test('that are told twice count once; a later one counts for itself', () => {
    const twice = after(SEEN, unanswered(NOW + 1), unanswered(NOW + 1));
    expect(twice.unanswered).toEqual({ count: 1, at: NOW + 1 });
    expect(after(twice, unanswered(NOW + 2), unanswered(NOW + 2)).unanswered).toEqual({
      count: 2,
      at: NOW + 2,
    });
  });

  test('that are told late, after a later one, do not count and move nothing back', () => {
    const order = after(SEEN, unanswered(NOW + 1), unanswered(NOW + 3), unanswered(NOW + 2));
    expect(order.unanswered).toEqual({ count: 2, at: NOW + 3 });
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

  test('that closed nothing and are told twice count once', () => {
    const again = observed('unrecognised', CONCLUSIVE);
    expect(after(OPEN, again, again).unanswered).toEqual({ count: 1, at: CONCLUSIVE });
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

  test('that are reported twice count once', () => {
    const open = claimAt(NOW, 'c0');
    const report = settle('not_sent', open, NOW + MINUTE);
    expect(after(SEEN, claim(open), report, report).setbacks).toEqual({ count: 1, at: NOW + MINUTE });
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
