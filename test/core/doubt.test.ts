import { decide } from '../../lambda/core/decide';
import type { Order } from '../../lambda/core/order';
import { planned } from '../../lambda/core/plan';
import {
  ACTOR,
  after,
  around,
  claimAt,
  CONCLUSIVE,
  DAY,
  doubted,
  HOUR,
  MINUTE,
  NOW,
  observed,
  orderWith,
  saw,
  TERMINAL,
  unanswered,
} from './orders';

const ASK = { kind: 'query', because: 'doubted' };
const on = (order: Order, now: number, occasion: 'schedule' | 'demand' = 'schedule') =>
  decide(order, around(), occasion, now);
const pending = (changes: Partial<Order> = {}) => orderWith({ observed: saw('pending', NOW), ...changes });

describe('an order about which there is a doubt', () => {
  const DOUBTS: readonly (readonly [string, Order])[] = [
    ['that waits for its next attempt', pending({ calls: [NOW - MINUTE] })],
    ['that is held', pending({ hold: { actor: ACTOR, reason: 'disputed' } })],
    ['with an open attempt', pending({ open: claimAt(NOW, 'c1') })],
    ...TERMINAL.map((kind) => [`that is ${kind}`, orderWith({ observed: saw(kind, NOW) })] as const),
  ];

  test.each(DOUBTS)('%s is asked about at once, and due for it', (_, order) => {
    const inDoubt = after(order, doubted(NOW + MINUTE));
    expect(on(inDoubt, NOW + MINUTE)).toEqual(ASK);
    expect(planned(inDoubt, around(), NOW + MINUTE, 0).due_at).toBe(NOW + MINUTE);
  });

  test.each(DOUBTS)(
    '%s is not in doubt any more once a query has answered that was asked since',
    (_, order) => {
      const inDoubt = after(order, doubted(NOW + MINUTE));
      const at = CONCLUSIVE + DAY;
      const answered = after(inDoubt, { kind: 'observe', observation: saw('pending', at) });
      expect(answered.doubted_at).toBeUndefined();
      expect(on(answered, at)).not.toEqual(ASK);
    },
  );

  test('stays in doubt for an answer that was asked for before, and for a notification', () => {
    const inDoubt = after(pending(), doubted(NOW + HOUR));
    const before = after(inDoubt, { kind: 'observe', observation: saw('pending', NOW + MINUTE) });
    expect(before.doubted_at).toBe(NOW + HOUR);
    const observation = { ...saw('pending', NOW + 2 * HOUR), by: 'notification' } as const;
    expect(after(inDoubt, { kind: 'observe', observation }).doubted_at).toBe(NOW + HOUR);
  });

  test('is asked about again on the ladder while nobody answers', () => {
    const once = after(pending(), doubted(NOW + MINUTE), unanswered(NOW + MINUTE));
    expect(on(once, NOW + MINUTE)).toEqual({
      kind: 'wait',
      because: 'unanswered',
      until: NOW + 2 * MINUTE,
    });
    expect(on(once, NOW + 2 * MINUTE)).toEqual(ASK);
  });

  test('with an open attempt is asked about on that one’s ladder after the first question', () => {
    const open = pending({ open: claimAt(NOW, 'c1') });
    const once = after(open, doubted(NOW + MINUTE), unanswered(NOW + MINUTE));
    expect(on(once, NOW + MINUTE)).toMatchObject({ kind: 'wait', because: 'attempt_open' });
  });

  test('is given up on when nobody answers for 180 days, like every other question', () => {
    const asked = after(orderWith({}), doubted(NOW), unanswered(NOW + 170 * DAY));
    expect(on(asked, NOW + 180 * DAY)).toEqual(ASK);
    expect(on(asked, NOW + 180 * DAY + 1)).not.toMatchObject({ because: 'doubted' });
  });

  test('keeps the later of two doubts', () => {
    expect(after(pending(), doubted(NOW + HOUR), doubted(NOW + MINUTE)).doubted_at).toBe(NOW + HOUR);
  });

  test('is no other order for somebody who asks for it: he has it asked about anyway', () => {
    const inDoubt = after(pending({ calls: [NOW - DAY] }), doubted(NOW + MINUTE));
    expect(on(inDoubt, NOW + MINUTE, 'demand')).toEqual({ kind: 'query', because: 'stale' });
  });
});

describe('a notification', () => {
  const told = (kind: Parameters<typeof saw>[0], at: number) =>
    ({ kind: 'observe', observation: { ...saw(kind, at), by: 'notification' } }) as const;

  test('closes an open attempt by an end, and the record says who told', () => {
    const order = after(pending({ open: claimAt(NOW, 'c1') }), told('paid', NOW + MINUTE));
    expect(order.open).toBeUndefined();
    expect(order.timeline).toEqual([
      { kind: 'observed', at: NOW + MINUTE, standing: 'paid', by: 'notification' },
      { kind: 'closed', at: NOW + MINUTE, claim_id: 'c1', as: 'paid' },
    ]);
  });

  test('of an order that goes on closes nothing, however late it is: only a query was asked at a known time', () => {
    const order = after(pending({ open: claimAt(NOW, 'c1') }), told('pending', CONCLUSIVE + DAY));
    expect(order.open).toBeDefined();
    expect(order.unanswered).toBeUndefined();
    expect(order.observed?.at).toBe(CONCLUSIVE + DAY);
  });

  test('is no ground to collect on: WeChat Pay is asked first', () => {
    const order = after(orderWith({}), told('pending', NOW));
    expect(on(order, NOW)).toEqual({ kind: 'query', because: 'stale' });
  });
});

test('an answer that was asked for in the very moment of the doubt settles it, and one from before does not', () => {
  const order = after(pending(), doubted(NOW + MINUTE));
  expect(after(order, observed('pending', NOW + MINUTE))).not.toHaveProperty('doubted_at');
  expect(after(order, observed('pending', NOW + MINUTE - 1)).doubted_at).toBe(NOW + MINUTE);
});
