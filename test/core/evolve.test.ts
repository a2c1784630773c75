import { decide } from '../../lambda/core/decide';
import { evolve } from '../../lambda/core/evolve';
import { conclusiveAt, TIMELINE_MAX_ENTRIES, type OpenAttempt, type Order } from '../../lambda/core/order';
import type { OutcomeKind } from '../../lambda/core/outcome';
import {
  ACTOR,
  after,
  around,
  CLAIM,
  claim,
  claimAt,
  CONCLUSIVE,
  corrected,
  DAY,
  DECIDED,
  HOUR,
  KINDS,
  MINUTE,
  NOW,
  observed,
  orderWith,
  OUTCOMES,
  saw,
  SEND_BY,
  settle,
  TERMINAL,
} from './orders';

const SEEN = orderWith({ observed: saw('pending', NOW) });
const OPEN = evolve(SEEN, claim());

test('that somebody had WeChat Pay asked again is added to the record, with who and why, and changes nothing else', () => {
  const order = after(orderWith({}), observed('pending', NOW));
  expect(evolve(order, corrected(NOW + HOUR))).toEqual({
    ...order,
    version: 9,
    timeline: [
      { kind: 'observed', at: NOW, standing: 'pending' },
      { kind: 'corrected', at: NOW + HOUR, actor: ACTOR, reason: 'the user shows a receipt' },
    ],
  });
});

test('a claim opens the attempt and says nothing yet of a call', () => {
  expect(OPEN).toEqual({ ...SEEN, version: 8, open: CLAIM });
});

describe('the worker of an attempt reports', () => {
  const OPENING = ['accepted', 'in_progress', 'busy', 'unknown'];
  const COUNTING = ['accepted', 'in_progress', 'busy', 'unknown', 'declined', 'contradicted', 'refused'];
  const CONTESTING = ['contradicted', 'refused'];

  test.each(KINDS)('%s: the attempt stays open or closes, counts or not, as the outcome says', (kind) => {
    const settled = evolve(OPEN, settle(kind));
    expect(settled.open).toEqual(OPENING.includes(kind) ? { ...CLAIM, outcome: OUTCOMES[kind] } : undefined);
    expect('open' in settled).toBe(OPENING.includes(kind));
    expect(settled.calls).toEqual(COUNTING.includes(kind) ? [NOW] : []);
    expect(settled.observed).toEqual(CONTESTING.includes(kind) ? undefined : saw('pending', NOW));
    expect(settled.timeline).toEqual([
      {
        kind: 'attempt',
        at: NOW + 1_000,
        claim_id: 'c1',
        actor: ACTOR,
        decided: DECIDED,
        outcome: OUTCOMES[kind],
        evidence: { request_id: 'R-0' },
        count: 1,
      },
    ]);
  });

  test.each(CONTESTING as OutcomeKind[])('after %s the order is asked about before anything else', (kind) => {
    expect(decide(evolve(OPEN, settle(kind)), around(), 'schedule', NOW + 1_000)).toEqual({
      kind: 'query',
      because: 'doubted',
    });
  });

  test.each(CONTESTING as OutcomeKind[])('after %s an answer asked for before it settles nothing', (kind) => {
    const asked = after(evolve(OPEN, settle(kind, CLAIM, NOW + 2_000)), observed('pending', NOW + 500));
    expect(decide(asked, around(), 'schedule', NOW + 3_000)).toEqual({ kind: 'query', because: 'doubted' });
    const again = after(asked, observed('pending', NOW + 2_500));
    expect(decide(again, around(), 'schedule', NOW + 3_000).kind).toBe('wait');
  });

  test.each(KINDS)('%s, reported twice because the first answer was lost, is recorded once', (kind) => {
    const once = evolve(OPEN, settle(kind));
    const twice = evolve(once, settle(kind));
    expect(twice).toEqual({ ...once, version: once.version + 1 });
  });

  test('calls are kept in the order of their claims, whichever report comes last', () => {
    const early = claimAt(NOW - 90 * MINUTE, 'c0');
    const order = after(
      orderWith({ calls: [NOW - 60 * MINUTE] }),
      settle('declined'),
      settle('refused', early),
    );
    expect(order.calls).toEqual([NOW - 90 * MINUTE, NOW - 60 * MINUTE, NOW]);
  });
});

describe('a report that comes when its attempt is closed already', () => {
  test.each(KINDS)(
    '%s is recorded, opens nothing, and takes back nothing that was verified meanwhile',
    (kind) => {
      const paid = evolve(OPEN, observed('paid', NOW + 500));
      const late = evolve(paid, settle(kind));
      expect(late.open).toBeUndefined();
      expect(late.observed).toEqual(saw('paid', NOW + 500));
      expect(late.timeline.map((entry) => entry.kind)).toEqual(['observed', 'closed', 'attempt']);
      expect(decide(late, around(), 'schedule', NOW + 90 * MINUTE)).toEqual({
        kind: 'stop',
        because: 'paid',
      });
    },
  );

  test.each(KINDS)('%s does not close the attempt of somebody else', (kind) => {
    const other = { ...CLAIM, claim_id: 'c2' };
    const order = orderWith({ open: other, observed: saw('pending', NOW) });
    const late = evolve(order, settle(kind));
    expect(late.open).toEqual(other);
    expect(late.observed).toEqual(saw('pending', NOW));
  });
});

describe('a verified answer', () => {
  test('is what is known from then on', () => {
    const order = evolve(orderWith({}), observed('pending', NOW));
    expect(order.observed).toEqual(saw('pending', NOW));
    expect(order.timeline).toStrictEqual([{ kind: 'observed', at: NOW, standing: 'pending' }]);
  });

  test('enters the timeline only when it says something new', () => {
    const order = after(
      orderWith({}),
      observed('pending', 1),
      observed('pending', 2),
      observed('paid', 3),
      observed('paid', 4),
    );
    expect(order.timeline).toEqual([
      { kind: 'observed', at: 1, standing: 'pending' },
      { kind: 'observed', at: 3, standing: 'paid' },
    ]);
    expect(order.observed?.at).toBe(4);
  });

  test('that was asked for earlier and comes later changes nothing', () => {
    const order = after(orderWith({}), observed('paid', 5));
    expect(evolve(order, observed('pending', 4))).toEqual({ ...order, version: order.version + 1 });
  });

  test('that was asked for at the same moment holds when it comes later', () => {
    const order = after(orderWith({}), observed('pending', 5), observed('paid', 5));
    expect(order.observed).toEqual(saw('paid', 5));
  });

  test('takes back an earlier one, even a terminal one: what WeChat Pay says last is what holds', () => {
    const takenBack = after(orderWith({}), observed('paid', 5), observed('pending', 60_006));
    expect(takenBack.observed?.standing.kind).toBe('pending');
  });

  test('that ends an order is not dropped for one whose clock is ahead by less than a minute', () => {
    expect(
      after(orderWith({}), observed('pending', 59_999), observed('paid', 0)).observed?.standing.kind,
    ).toBe('paid');
    expect(
      after(orderWith({}), observed('paid', 0), observed('pending', 59_999)).observed?.standing.kind,
    ).toBe('paid');
  });

  test('without an open attempt closes none and counts as no call', () => {
    const order = evolve(orderWith({}), observed('paid', NOW));
    expect(order.timeline).toHaveLength(1);
    expect(order.calls).toEqual([]);
    expect(order).not.toHaveProperty('last_sent_at');
  });
});

describe('an open attempt closes by evidence only', () => {
  const OPENS: readonly [string, OpenAttempt, number][] = [
    ['not reported', CLAIM, CONCLUSIVE],
    ...(['accepted', 'busy', 'unknown'] as const).map((kind): [string, OpenAttempt, number] => [
      kind,
      { ...CLAIM, outcome: OUTCOMES[kind] },
      CONCLUSIVE,
    ]),
    ['in_progress', { ...CLAIM, outcome: OUTCOMES.in_progress }, SEND_BY + 10_000 + 30 * MINUTE],
  ];

  test.each(OPENS)(
    '%s: still pending closes it as not paid from the conclusive moment, and no millisecond before',
    (_, open, from) => {
      expect(conclusiveAt(open)).toBe(from);
      const order = orderWith({ open, observed: saw('pending', NOW) });
      const early = evolve(order, observed('pending', from - 1));
      expect(early.open).toEqual(open);
      expect(early.timeline).toEqual([]);
      const closed = evolve(order, observed('pending', from));
      expect(closed).not.toHaveProperty('open');
      expect(closed.calls).toEqual([NOW]);
      expect(closed.timeline).toEqual([{ kind: 'closed', at: from, claim_id: 'c1', as: 'not_paid' }]);
    },
  );

  test.each(OPENS)('%s: not completed closes it from the same moment', (_, open, from) => {
    const order = orderWith({ open });
    expect(evolve(order, observed('not_completed', from - 1)).open).toEqual(open);
    expect(evolve(order, observed('not_completed', from)).timeline).toEqual([
      { kind: 'observed', at: from, standing: 'not_completed' },
      { kind: 'closed', at: from, claim_id: 'c1', as: 'not_completed' },
    ]);
  });

  test.each(OPENS.flatMap(([name, open]) => TERMINAL.map((kind) => [name, kind, open] as const)))(
    '%s: %s closes it at once',
    (_, kind, open) => {
      const closed = evolve(orderWith({ open }), observed(kind, NOW + 1));
      expect(closed).not.toHaveProperty('open');
      expect(closed.calls).toEqual([NOW]);
      expect(closed.timeline).toEqual([
        { kind: 'observed', at: NOW + 1, standing: kind },
        { kind: 'closed', at: NOW + 1, claim_id: 'c1', as: kind },
      ]);
    },
  );

  test.each(OPENS)('%s: a state that is not known never closes it', (_, open) => {
    const order = evolve(orderWith({ open }), observed('unrecognised', NOW + 400 * DAY));
    expect(order.open).toEqual(open);
  });

  test('a call made later keeps its place after it', () => {
    const order = orderWith({ open: CLAIM, calls: [NOW + 5], last_sent_at: SEND_BY + 5 });
    const closed = evolve(order, observed('pending', CONCLUSIVE));
    expect([closed.calls, closed.last_sent_at]).toEqual([[NOW, NOW + 5], SEND_BY + 5]);
  });

  test('a call that was reported, and then closed by a verified answer, counts once', () => {
    const order = after(OPEN, settle('accepted'), observed('pending', CONCLUSIVE));
    expect(order.calls).toEqual([NOW]);
    const lost = after(OPEN, observed('pending', CONCLUSIVE), settle('accepted'));
    expect(lost.calls).toEqual([NOW]);
  });
});

describe('what keeps the next call away', () => {
  test('a call that left and was not processed: WeChat Pay’s lock, not the gap', () => {
    for (const kind of ['throttled', 'misconfigured'] as const) {
      const order = after(OPEN, settle(kind));
      expect([kind, order.last_sent_at, order.calls]).toEqual([kind, SEND_BY, []]);
    }
  });

  test('a call that never left: nothing', () => {
    const order = after(OPEN, settle('not_sent'));
    expect([order.last_sent_at, order.calls]).toEqual([undefined, []]);
  });

  test('a worker that died: the gap, because its call may have left', () => {
    const order = after(OPEN, observed('pending', CONCLUSIVE));
    expect([order.open, order.last_sent_at, order.calls]).toEqual([undefined, SEND_BY, [NOW]]);
  });
});

describe('the timeline stays bounded', () => {
  const attempts = (order: Order) => order.timeline.filter((entry) => entry.kind === 'attempt');
  const again = (order: Order, kind: OutcomeKind, n: number): Order => {
    const open = claimAt(NOW + n * HOUR, `c${n}`);
    return after(order, claim(open), settle(kind, open));
  };

  test('attempts in a row that burned nothing share one entry, which counts them', () => {
    const kinds = ['misconfigured', 'misconfigured', 'throttled', 'not_sent'] as const;
    const order = kinds.reduce((before, kind, n) => again(before, kind, n), SEEN);
    expect(attempts(order)).toMatchObject([{ claim_id: 'c3', outcome: { kind: 'not_sent' }, count: 4 }]);
  });

  test('attempts that counted keep an entry each', () => {
    const kinds = ['declined', 'declined', 'throttled', 'declined', 'throttled'] as const;
    const order = kinds.reduce((before, kind, n) => again(before, kind, n), SEEN);
    expect(attempts(order).map(({ outcome, count }) => [outcome.kind, count])).toEqual([
      ['declined', 1],
      ['declined', 1],
      ['throttled', 1],
      ['declined', 1],
      ['throttled', 1],
    ]);
  });

  test('WeChat Pay wavering between two standings fills no timeline', () => {
    let order = SEEN;
    for (let n = 1; n <= 300; n += 1)
      order = after(order, observed(n % 2 === 0 ? 'pending' : 'unrecognised', NOW + n));
    expect(order.timeline.length).toBeLessThanOrEqual(TIMELINE_MAX_ENTRIES);
    expect(order.timeline.at(-1)).toEqual({ kind: 'observed', at: NOW + 300, standing: 'pending' });
  });

  test('a standing that changes while the last entry is another one is added even when the timeline is full', () => {
    const full = Array.from({ length: 60 }, (_, n) => ({
      kind: 'closed' as const,
      at: n,
      claim_id: 'c',
      as: 'not_paid' as const,
    }));
    const order = after(
      orderWith({ observed: saw('pending', NOW), timeline: full }),
      observed('paid', NOW + 1),
    );
    expect(order.timeline).toHaveLength(61);
  });

  test('where it is full, only a standing that was the last to be seen makes room for the next', () => {
    const closed = { kind: 'closed', at: 1, claim_id: 'c', as: 'not_paid' } as const;
    const seen = { kind: 'observed', at: 2, standing: 'pending' } as const;
    const timeline = [closed, seen, ...Array.from({ length: 54 }, () => closed)];
    const order = after(orderWith({ observed: saw('pending', NOW), timeline }), observed('paid', NOW + 1));
    expect(order.timeline).toEqual([...timeline, { kind: 'observed', at: NOW + 1, standing: 'paid' }]);
  });
});
