import type { Decision } from '../../lambda/core/decide';
import { exhaustingAt, marked, type Marks } from '../../lambda/core/marks';
import type { Order } from '../../lambda/core/order';
import { DEFAULT_POLICY } from '../../lambda/core/policy';
import { CLAIM, DAY, NOW, orderWith, REGISTRATION, saw } from './orders';

/** Registered ten days before NOW. */
const DAY_20 = NOW + 10 * DAY;
const STOPPED = { at: NOW - DAY, because: 'exhausted' } as const;

const marks = (before: Partial<Order>, decision: Decision, now = NOW): Marks => {
  const order = { ...orderWith({}), ...before };
  const { stopped, exhausting_since, ...rest } = marked(order, decision, DEFAULT_POLICY, now);
  const { stopped: _stopped, exhausting_since: _since, ...unmarked } = order;
  // Whatever is marked, nothing else of the order changes.
  expect(rest).toEqual(unmarked);
  return {
    ...(stopped === undefined ? {} : { stopped }),
    ...(exhausting_since === undefined ? {} : { exhausting_since }),
  };
};
const stop = (because: Extract<Decision, { kind: 'stop' }>['because']): Decision => ({
  kind: 'stop',
  because,
});
const wait = (because: Extract<Decision, { kind: 'wait' }>['because']): Decision => ({
  kind: 'wait',
  until: NOW + DAY,
  because,
});
const COLLECT: Decision = { kind: 'collect', rule: 'decline_ladder' };
const QUERY: Decision = { kind: 'query', because: 'watch' };

describe('a stop', () => {
  test.each([
    'exhausted',
    'last_day',
    'no_window',
    'timeline_full',
    'refused',
    'not_completed',
    'unrecognised',
  ] as const)('because it is %s is marked, with the time', (because) => {
    expect(marks({}, stop(because))).toEqual({ stopped: { at: NOW, because } });
  });

  test.each([
    'held',
    'decided',
    'observing',
    'switched_off',
    'paid',
    'settled',
    'cancelled',
    'expired',
  ] as const)('because it is %s is nothing that a person has to be told of', (because) => {
    expect(marks({}, stop(because))).toEqual({});
  });

  test('for the same reason is the same stop', () => {
    expect(marks({ stopped: STOPPED }, stop('exhausted'))).toEqual({ stopped: STOPPED });
  });

  test('for another reason is another one', () => {
    expect(marks({ stopped: STOPPED }, stop('last_day'))).toEqual({
      stopped: { at: NOW, because: 'last_day' },
    });
  });

  test.each([stop('held'), stop('decided'), stop('observing'), stop('switched_off')])(
    'is not over because somebody holds the order or turns a switch: %j',
    (decision) => {
      expect(marks({ stopped: STOPPED }, decision)).toEqual({ stopped: STOPPED });
    },
  );

  test.each([QUERY, wait('attempt_open'), wait('unanswered'), wait('breaker'), wait('budget')])(
    'is not over because of a question, or of what passes by itself: %j',
    (decision) => {
      expect(marks({ stopped: STOPPED }, decision)).toEqual({ stopped: STOPPED });
    },
  );

  test.each([COLLECT, wait('gap'), wait('decline_ladder'), wait('window'), stop('paid'), stop('cancelled')])(
    'is over when the order is collected again, or at its end: %j',
    (decision) => {
      expect(marks({ stopped: STOPPED }, decision)).toEqual({});
    },
  );
});

describe('an order is exhausting', () => {
  const PENDING = { observed: saw('pending', DAY_20) };

  test('from the policy’s day after completion on', () => {
    expect(exhaustingAt(orderWith({}), { exhausting_day: 20 })).toBe(DAY_20);
    const completed = orderWith({ registration: { ...REGISTRATION, completed_at: NOW } });
    expect(exhaustingAt(completed, { exhausting_day: 3 })).toBe(NOW + 3 * DAY);
  });

  test('as soon as WeChat Pay says on that day that it is still pending', () => {
    expect(marks(PENDING, wait('gap'), DAY_20 + 1)).toEqual({ exhausting_since: DAY_20 + 1 });
  });

  test.each([stop('exhausted'), stop('last_day'), stop('refused')])(
    'also when collecting has ended before: %j',
    (decision) => {
      expect(marks(PENDING, decision, DAY_20 + 1)).toMatchObject({ exhausting_since: DAY_20 + 1 });
    },
  );

  test.each([
    ['nothing is known of it', {}],
    ['what is known is from before that day', { observed: saw('pending', DAY_20 - 1) }],
    ['it is paid', { observed: saw('paid', DAY_20) }],
    ['it is not completed', { observed: saw('not_completed', DAY_20) }],
    ['an attempt is open, and may take the money', { ...PENDING, open: CLAIM }],
  ])('but not while %s', (_why, order) => {
    expect(marks(order, wait('gap'), DAY_20 + 1)).toEqual({});
  });

  test.each([stop('held'), stop('decided'), stop('observing'), stop('switched_off'), COLLECT, QUERY])(
    'but not while somebody else decides about it, or it is in hand: %j',
    (decision) => {
      expect(marks(PENDING, decision, DAY_20 + 1)).toEqual({});
    },
  );

  test('once: what is marked stays marked', () => {
    const before = { ...PENDING, exhausting_since: DAY_20 };
    expect(marks(before, wait('gap'), DAY_20 + 5)).toEqual({ exhausting_since: DAY_20 });
    // A clock that is behind.
    const early = { ...PENDING, exhausting_since: DAY_20 - 1 };
    expect(marks(early, wait('gap'), DAY_20)).toEqual({ exhausting_since: DAY_20 - 1 });
    expect(marks({ ...before, open: CLAIM }, wait('attempt_open'), DAY_20 + 5)).toEqual({
      exhausting_since: DAY_20,
    });
  });

  test('and not again because what was known came into doubt meanwhile', () => {
    const { observed: _known, ...doubted } = { ...PENDING, exhausting_since: DAY_20 - 9 * DAY };
    expect(marks(doubted, wait('gap'), DAY_20 - DAY)).toEqual({ exhausting_since: DAY_20 - 9 * DAY });
  });

  test('no more when the merchant says that it was completed later', () => {
    const registration = { ...REGISTRATION, completed_at: NOW };
    expect(marks({ ...PENDING, exhausting_since: DAY_20, registration }, wait('gap'), DAY_20 + 1)).toEqual(
      {},
    );
  });
});

test('what is not marked leaves no trace on the order', () => {
  const free = marked(
    orderWith({ stopped: STOPPED }),
    { kind: 'collect', rule: 'demand' },
    DEFAULT_POLICY,
    NOW,
  );
  expect(free).not.toHaveProperty('stopped');
  expect(free).not.toHaveProperty('exhausting_since');
});
