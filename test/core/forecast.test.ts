import { forecast } from '../../lambda/core/forecast';
import {
  ACTOR,
  after,
  around,
  beijing,
  CLAIM,
  claim,
  DAY,
  HOUR,
  NOW,
  orderWith,
  REGISTRATION,
  saw,
} from './orders';

const spelled = (attempts: readonly number[]) =>
  attempts.map((at) => new Date(at + 8 * HOUR).toISOString().slice(0, 16).replace('T', ' '));
const fresh = orderWith({ registration: { ...REGISTRATION, at: NOW, completed_at: NOW } });

test('an order that stays unpaid is attempted by its ladder, within the window, until the last day', () => {
  expect(spelled(forecast(fresh, around(), NOW, 10))).toEqual([
    '2026-03-03 12:00',
    '2026-03-04 12:00',
    '2026-03-05 12:00',
    '2026-03-07 12:00',
    '2026-03-10 12:00',
    '2026-03-15 12:00',
    '2026-03-20 12:00',
    '2026-03-27 12:00',
  ]);
});

test('a policy that waits longer between attempts is seen at once, and no more are told than asked for', () => {
  expect(spelled(forecast(fresh, around({ decline_ladder_hours: [72] }), NOW, 3))).toEqual([
    '2026-03-03 12:00',
    '2026-03-06 12:00',
    '2026-03-09 12:00',
  ]);
});

test('switch and breaker have no say: it is the policy that is looked at', () => {
  const stopped = around({}, { mode: 'off', breaker: { kind: 'half_open', scope: 'merchant' } });
  expect(forecast(fresh, stopped, NOW, 10)).toEqual(forecast(fresh, around(), NOW, 10));
});

test('an attempt that is open counts as made, and as not paid', () => {
  const order = after(orderWith({ observed: saw('pending', NOW) }), claim());
  expect(spelled(forecast(order, around(), NOW, 2))).toEqual(['2026-03-03 12:00', '2026-03-04 12:00']);
});

test('nothing is decided before an answer about the open attempt proves anything: a hold that is over by then keeps nothing back', () => {
  const order = orderWith({ open: CLAIM, observed: saw('pending', NOW) });
  const heldFor = (ms: number) => ({ ...order, hold: { actor: ACTOR, reason: 'x', until: NOW + ms } });
  expect(spelled(forecast(heldFor(205_000), around(), NOW, 1))).toEqual(['2026-03-03 12:00']);
  expect(forecast(heldFor(205_001), around(), NOW, 1)).toEqual([]);
  // One that was lost an hour ago is none to wait for.
  expect(forecast(heldFor(HOUR + 1), around(), NOW + HOUR, 1)).toEqual([]);
});

test('the days are counted from the completion that WeChat Pay tells of', () => {
  const facts = { state: 'DOING', details: [], end_time: '20260302090000' };
  const order = orderWith({ observed: { ...saw('pending', NOW), facts } });
  expect(spelled(forecast(order, around(), NOW, 1))).toEqual(['2026-03-03 09:00']);
});

test('an order in doubt, or that nobody could ask about, is judged as if it were pending', () => {
  const order = { ...fresh, doubted_at: NOW, unanswered: { count: 3, at: NOW } };
  expect(forecast(order, around(), NOW, 1)).toEqual([beijing('2026-03-03 12:00')]);
});

test.each([
  ['is paid', orderWith({ observed: saw('paid', NOW) })],
  ['is not completed', orderWith({ observed: saw('not_completed', NOW) })],
  ['is held', { ...fresh, hold: { actor: ACTOR, reason: 'x' } }],
  ['is too old', orderWith({ registration: { ...REGISTRATION, completed_at: NOW - 40 * DAY } })],
])('an order that %s has no attempts ahead of it', (_what, order) => {
  expect(forecast(order, around(), NOW, 10)).toEqual([]);
});
