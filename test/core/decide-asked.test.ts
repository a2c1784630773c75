import { decide, isFresh, type Around, type Decision, type Occasion } from '../../lambda/core/decide';
import type { Order } from '../../lambda/core/order';
import { ACTOR, around, beijing, DAY, HOUR, MINUTE, NOW, orderWith, REGISTRATION, saw } from './orders';

const BARRED = ['not_completed', 'unrecognised'] as const;
const ASKING = ['demand', 'consent'] as const;
const NIGHT = beijing('2026-03-02 23:00');
const HELD: Partial<Order> = { hold: { actor: ACTOR, reason: 'disputed' } };

interface Obstacle {
  readonly order?: Partial<Order>;
  readonly around?: Around;
  readonly now?: number;
  /** What the schedule decides. */
  readonly schedule: Partial<Decision>;
}

/** Everything that alone keeps a pending order from being collected, and what the schedule makes of it. */
const OBSTACLES: readonly (readonly [string, Obstacle])[] = [
  ['is held', { order: HELD, schedule: { kind: 'stop', because: 'held' } }],
  [
    'had all its attempts',
    {
      order: { calls: Array.from({ length: 8 }, (_, n) => NOW - (9 - n) * DAY) },
      schedule: { kind: 'stop', because: 'exhausted' },
    },
  ],
  [
    'is past its last day',
    {
      order: { registration: { ...REGISTRATION, completed_at: NOW - 26 * DAY } },
      schedule: { kind: 'stop', because: 'last_day' },
    },
  ],
  [
    'was attempted a minute ago',
    { order: { calls: [NOW - MINUTE] }, schedule: { kind: 'wait', because: 'decline_ladder' } },
  ],
  [
    'is in the way of a breaker',
    {
      around: around(
        {},
        { breaker: { kind: 'open', until: NOW + HOUR, scope: 'merchant', because: 'SIGN_ERROR' } },
      ),
      schedule: { kind: 'wait', because: 'breaker' },
    },
  ],
  [
    'is one too many for the rate',
    { around: around({}, { budget_until: NOW + 10_000 }), schedule: { kind: 'wait', because: 'budget' } },
  ],
  ['is asked for at night', { now: NIGHT, schedule: { kind: 'wait', because: 'window' } }],
];

const decided = (seen: Parameters<typeof saw>[0], obstacle: Obstacle, occasion: Occasion, ageMs = 0) => {
  const now = obstacle.now ?? NOW;
  const order = orderWith({ observed: saw(seen, now - ageMs), ...obstacle.order });
  return decide(order, obstacle.around ?? around(), occasion, now);
};

describe.each(OBSTACLES)('an order that %s', (_, obstacle) => {
  const now = obstacle.now ?? NOW;

  test.each(BARRED)('and is freshly known as %s: whoever asks is told that', (kind) => {
    for (const occasion of ASKING)
      for (const [ageMs, askAt] of [
        [0, now + DAY],
        [15_000, now + DAY - 15_000],
      ] as const)
        expect(decided(kind, obstacle, occasion, ageMs)).toEqual({
          kind: 'stop',
          because: kind,
          ask_at: askAt,
        });
  });

  test('is told as such to the schedule while it is pending', () => {
    expect(decided('pending', obstacle, 'schedule')).toMatchObject(obstacle.schedule);
  });

  test.each(BARRED)('and is known as %s waits for nothing: only a hold is told before that', (kind) => {
    const because = obstacle.order === HELD ? 'held' : kind;
    for (const ageMs of [0, 15_001, DAY - 1])
      expect(decided(kind, obstacle, 'schedule', ageMs)).toEqual({
        kind: 'stop',
        because,
        ask_at: now - ageMs + DAY,
      });
    expect(decided(kind, obstacle, 'schedule', DAY)).toEqual({ kind: 'query', because: 'watch' });
  });
});

test('whoever asks for an order that is pending is told what keeps it back', () => {
  const told = OBSTACLES.map(([, obstacle]) => decided('pending', obstacle, 'demand'));
  expect(told.map((decision) => (decision.kind === 'collect' ? 'collected' : decision.because))).toEqual([
    'held',
    'exhausted',
    'last_day',
    'day_cap',
    'breaker',
    'budget',
    'window',
  ]);
});

test('what was seen longer than 15 s ago is not told as what is: the hold is', () => {
  for (const occasion of ASKING)
    for (const kind of BARRED)
      expect(decided(kind, { order: HELD, schedule: {} }, occasion, 15_001)).toMatchObject({
        kind: 'stop',
        because: 'held',
      });
});

test.each(BARRED)('an order known as %s is told as that also when its timeline is full', (kind) => {
  const timeline = Array.from({ length: 56 }, (_, at) => ({ kind: 'observed', at, standing: kind }) as const);
  for (const occasion of ASKING)
    expect(decided(kind, { order: { timeline }, schedule: {} }, occasion)).toMatchObject({
      kind: 'stop',
      because: kind,
    });
});

test('somebody who asks for an order that nothing is known of has WeChat Pay asked, though a person holds it', () => {
  const order = orderWith(HELD);
  for (const occasion of ['demand', 'consent'] as const)
    expect(decide(order, around(), occasion, NOW)).toEqual({ kind: 'query', because: 'nothing_verified' });
  expect(isFresh(order, NOW)).toBe(false);
});
