import { attemptsOf } from '../../lambda/core/attempts';
import type { Change } from '../../lambda/core/evolve';
import type { Operation } from '../../lambda/core/order';
import {
  ACTOR,
  after,
  claim,
  claimAt,
  CONCLUSIVE,
  DAY,
  DECIDED,
  held,
  HOUR,
  NOW,
  observed,
  orderWith,
  OUTCOMES,
  settle,
} from './orders';

const BY = { actor: ACTOR, decided: DECIDED };
const SYNC: Operation = { kind: 'sync', paid_at: NOW };
const byHand = (at: number): Extract<Change, { kind: 'claim' }>['open'] => ({
  claim_id: 'h1',
  actor: ACTOR,
  operation: SYNC,
  reason: 'paid in cash',
  claimed_at: at,
  send_by: at + 15_000,
});

test('an order that nobody has tried to collect has none', () => {
  expect(attemptsOf(orderWith({}))).toEqual([]);
  expect(attemptsOf(after(orderWith({}), held(NOW), observed('pending', NOW)))).toEqual([]);
});

test('an attempt is told with who made it, why, and what came of it', () => {
  expect(attemptsOf(after(orderWith({}), claim(), settle('declined')))).toEqual([
    {
      claim_id: 'c1',
      at: NOW + 1_000,
      by: BY,
      outcome: 'declined',
      evidence: { request_id: 'R-0' },
      count: 1,
    },
  ]);
});

test('one that is open has no end yet, and is told once', () => {
  const [attempt, ...more] = attemptsOf(after(orderWith({}), claim(), settle('accepted')));
  expect(attempt).not.toHaveProperty('closed');
  expect(attempt).toMatchObject({ outcome: 'accepted', at: NOW + 1_000 });
  expect(more).toEqual([]);
});

test('one that was closed says as what and when', () => {
  const order = after(orderWith({}), claim(), settle('accepted'), observed('paid', NOW + 2_000));
  expect(attemptsOf(order)).toMatchObject([{ outcome: 'accepted', closed: { at: NOW + 2_000, as: 'paid' } }]);
});

test('those in a row that burned nothing are one, with their number', () => {
  const other = claimAt(NOW + HOUR, 'c2');
  const order = after(
    orderWith({}),
    claim(),
    settle('not_sent'),
    claim(other),
    settle('not_sent', other, NOW + HOUR + 1),
  );
  expect(attemptsOf(order)).toMatchObject([{ claim_id: 'c2', at: NOW + HOUR + 1, count: 2 }]);
});

test('one whose worker has not reported is told by its claim', () => {
  expect(attemptsOf(after(orderWith({}), claim()))).toEqual([
    { claim_id: 'c1', at: NOW, by: BY, outcome: 'unreported', evidence: {}, count: 1 },
  ]);
});

test('one whose worker died is told with the time of its claim when a query has closed it', () => {
  expect(attemptsOf(after(orderWith({}), claim(), observed('pending', CONCLUSIVE)))).toEqual([
    {
      claim_id: 'c1',
      at: NOW,
      outcome: 'unreported',
      evidence: {},
      count: 1,
      closed: { at: CONCLUSIVE, as: 'not_paid' },
    },
  ]);
});

test('a report that comes after the end is not told a second time', () => {
  const order = after(orderWith({}), claim(), observed('paid', NOW + 500), settle('accepted'));
  expect(attemptsOf(order)).toMatchObject([
    { claim_id: 'c1', outcome: 'accepted', closed: { at: NOW + 500, as: 'paid' } },
  ]);
});

test('several stand in the order of their times, each with its own claim', () => {
  const [second, third] = [claimAt(NOW + DAY, 'c2'), claimAt(NOW + 2 * DAY, 'c3')];
  const order = after(
    orderWith({}),
    claim(),
    settle('declined'),
    claim(second),
    observed('pending', NOW + DAY + HOUR),
    claim(third),
    settle('in_progress', third, NOW + 2 * DAY + 1),
  );
  expect(attemptsOf(order).map(({ claim_id, at, outcome }) => [claim_id, at, outcome])).toEqual([
    ['c1', NOW + 1_000, 'declined'],
    ['c2', NOW + DAY, 'unreported'],
    ['c3', NOW + 2 * DAY + 1, 'in_progress'],
  ]);
});

test('each of them has its own end', () => {
  const second = claimAt(NOW + DAY, 'c2');
  const order = after(
    orderWith({}),
    claim(),
    settle('accepted'),
    observed('pending', CONCLUSIVE),
    claim(second),
    settle('accepted', second, NOW + DAY + 1),
    observed('paid', NOW + DAY + 2),
  );
  expect(attemptsOf(order).map(({ claim_id, closed }) => [claim_id, closed])).toEqual([
    ['c1', { at: CONCLUSIVE, as: 'not_paid' }],
    ['c2', { at: NOW + DAY + 2, as: 'paid' }],
  ]);
});

test('they stand in the order of their times even if a worker whose clock is behind wrote one of them', () => {
  const [ahead, behind] = [claimAt(NOW + HOUR, 'ahead'), claimAt(NOW, 'behind')];
  const order = after(
    orderWith({}),
    claim(ahead),
    settle('declined', ahead, NOW + HOUR + 1),
    claim(behind),
    settle('declined', behind, NOW + 1),
  );
  expect(attemptsOf(order).map(({ claim_id }) => claim_id)).toEqual(['behind', 'ahead']);
});

test('one that was found paid in the millisecond of its claim is told with that time', () => {
  expect(attemptsOf(after(orderWith({}), claim(), observed('paid', NOW)))).toMatchObject([
    { claim_id: 'c1', at: NOW, outcome: 'unreported', closed: { at: NOW, as: 'paid' } },
  ]);
});

describe('a decision by hand is no attempt', () => {
  const open = byHand(NOW + DAY);
  const collected = after(orderWith({}), claim(), settle('declined'));
  const report = { outcome: OUTCOMES.accepted, evidence: {} };
  const told: Change = { kind: 'settle', at: NOW + DAY + 1, claim: open, report };

  test.each<[string, Change[]]>([
    ['while it is open', [claim(open)]],
    ['once it is reported', [claim(open), told]],
    ['once it is closed', [claim(open), told, observed('settled', NOW + DAY + 2)]],
    ['closed without a report', [claim(open), observed('settled', NOW + DAY + 2)]],
  ])('%s', (_when, changes) => {
    expect(attemptsOf(after(collected, ...changes)).map(({ claim_id }) => claim_id)).toEqual(['c1']);
    const alone = after(orderWith({}), ...changes);
    expect(attemptsOf(alone)).toEqual([]);
  });

  const unreported = [claim(open), observed('settled', NOW + DAY + 2)];

  test('nor after an attempt that was never reported either', () => {
    const order = after(orderWith({}), claim(), observed('pending', CONCLUSIVE), ...unreported);
    expect(attemptsOf(order).map(({ claim_id }) => claim_id)).toEqual(['c1']);
  });

  test('nor after an attempt that was reported in the millisecond of its claim', () => {
    const order = after(orderWith({}), claim(), settle('declined', undefined, NOW), ...unreported);
    expect(attemptsOf(order).map(({ claim_id }) => claim_id)).toEqual(['c1']);
  });

  test('nor when the record has let go of the attempts before it', () => {
    const order = after(collected, claim(open), told, observed('settled', NOW + DAY + 2));
    const timeline = order.timeline.filter(({ kind }) => kind !== 'attempt');
    expect(attemptsOf({ ...order, timeline })).toEqual([]);
  });
});
