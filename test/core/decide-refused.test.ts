import { decide, type Decision, type Occasion } from '../../lambda/core/decide';
import type { Order } from '../../lambda/core/order';
import type { OutcomeKind } from '../../lambda/core/outcome';
import { planned } from '../../lambda/core/plan';
import {
  after,
  around,
  claim,
  claimAt,
  DAY,
  held,
  HOUR,
  KINDS,
  NOW,
  observed,
  orderWith,
  released,
  saw,
  settle,
} from './orders';

const LATER = NOW + DAY;
const tried = (order: Order, kind: OutcomeKind, at: number): Order => {
  const open = claimAt(at, `c${at}`);
  return after(order, claim(open), settle(kind, open, at + 1_000));
};
const pendingAt = (order: Order, at: number): Order => after(order, observed('pending', at));
const on = (order: Order, now: number, occasion: Occasion = 'schedule'): Decision =>
  decide(order, around(), occasion, now);

const CONTESTED = tried(orderWith({ observed: saw('pending', NOW) }), 'refused', NOW);
const REFUSED = pendingAt(CONTESTED, NOW + 2_000);
const stop = (now: number) => ({ kind: 'stop', because: 'refused', ask_at: now + DAY });

describe('an order whose last call was refused', () => {
  test('is asked about at once, and then waits for the next step like any other', () => {
    expect(on(CONTESTED, NOW + 1_000)).toEqual({ kind: 'query', because: 'doubted' });
    expect(on(REFUSED, NOW + 2_000)).toEqual({ kind: 'wait', until: LATER, because: 'decline_ladder' });
  });

  test('is not collected by the schedule while it is pending all the same: the call would be refused again', () => {
    expect(on(REFUSED, LATER)).toEqual({ kind: 'query', because: 'stale' });
    expect(on(pendingAt(REFUSED, LATER), LATER)).toEqual(stop(LATER));
    expect(on(pendingAt(REFUSED, LATER), LATER + 15_000)).toEqual(stop(LATER));
    expect(on(pendingAt(REFUSED, LATER + 3 * DAY), LATER + 3 * DAY)).toEqual(stop(LATER + 3 * DAY));
  });

  test('is watched: found among the watched, and asked about again a day later', () => {
    const order = planned(pendingAt(REFUSED, LATER), around(), LATER, 0);
    expect(order).toMatchObject({ status: 'watched', due_at: LATER + DAY });
    expect(on(order, LATER + DAY).kind).toBe('query');
  });

  test('is at its end when it was paid meanwhile', () => {
    expect(on(after(REFUSED, observed('paid', LATER)), LATER)).toEqual({ kind: 'stop', because: 'paid' });
  });

  test.each(['demand', 'consent'] as const)(
    'may be tried again by a person who has looked, on %s',
    (occasion) => {
      expect(on(pendingAt(REFUSED, LATER), LATER, occasion)).toEqual({ kind: 'collect', rule: occasion });
    },
  );

  test('is not forgotten as refused for what is no attempt: a hold that has ended, an answer', () => {
    const order = after(REFUSED, held(NOW + HOUR, NOW + 2 * HOUR), observed('unrecognised', NOW + 3 * HOUR));
    expect(on(pendingAt(order, LATER), LATER)).toEqual(stop(LATER));
  });

  test('is collected again once a person who has looked has released it', () => {
    const order = after(REFUSED, released(NOW + 2 * HOUR));
    expect(on(pendingAt(order, LATER), LATER)).toEqual({ kind: 'collect', rule: 'decline_ladder' });
  });

  test('stays stopped when the next one is refused too', () => {
    const again = pendingAt(tried(pendingAt(REFUSED, LATER), 'refused', LATER), LATER + DAY);
    expect(on(again, LATER + DAY)).toEqual(stop(LATER + DAY));
  });
});

test.each(KINDS.filter((kind) => kind !== 'refused'))(
  'after a later attempt that came to %s the schedule goes on',
  (kind) => {
    const attempted = tried(pendingAt(REFUSED, LATER), kind, LATER);
    const next = LATER + 2 * DAY;
    expect(on(pendingAt(attempted, next), next).kind).toBe('collect');
  },
);

test('an attempt that was refused before another one keeps nothing back, and one refused after it does', () => {
  const declined = pendingAt(tried(orderWith({ observed: saw('pending', NOW) }), 'declined', NOW), LATER);
  expect(on(declined, LATER).kind).toBe('collect');
  expect(on(pendingAt(tried(declined, 'refused', LATER), LATER + DAY), LATER + DAY)).toEqual(
    stop(LATER + DAY),
  );
});
