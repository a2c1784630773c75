import { decide } from '../../lambda/core/decide';
import type { Order } from '../../lambda/core/order';
import { planned } from '../../lambda/core/plan';
import { after, around, DAY, held, MINUTE, NOW, observed, orderWith, saw, unanswered } from './orders';

/** `orderWith` registers ten days before NOW, so that the twentieth day begins ten days after it. */
const DAY_20 = NOW + 10 * DAY;
/** The last attempt was a day before, and the next one is due on day 24. */
const LONG_WAIT = around({ decline_ladder_hours: [120] });

const waiting = (changes: Partial<Order> = {}): Order =>
  orderWith({
    observed: saw('pending', DAY_20 - DAY),
    calls: [DAY_20 - DAY],
    ...changes,
  });
const plan = (order: Order, now: number, here = LONG_WAIT): Order => planned(order, here, now, 0);

test('an order that waits beyond the exhausting day is taken up on it', () => {
  expect(plan(waiting(), DAY_20 - DAY).due_at).toBe(DAY_20);
  expect(plan(waiting(), DAY_20 - DAY)).not.toHaveProperty('exhausting_since');
});

test('and asked about, before anybody tells the user to pay', () => {
  expect(decide(waiting(), LONG_WAIT, 'schedule', DAY_20 - 1)).toMatchObject({
    kind: 'wait',
    ask_at: DAY_20,
  });
  expect(decide(waiting(), LONG_WAIT, 'schedule', DAY_20)).toEqual({
    kind: 'query',
    because: 'exhausting',
  });
});

test('pending still, it is marked as exhausting, and waits on', () => {
  const order = plan(after(waiting(), observed('pending', DAY_20 + 1)), DAY_20 + 2);
  expect(order.exhausting_since).toBe(DAY_20 + 2);
  expect(order.due_at).toBe(DAY_20 + 4 * DAY);
  expect(decide(order, LONG_WAIT, 'schedule', DAY_20 + 3)).toMatchObject({
    kind: 'wait',
  });
});

test('once is enough: the mark stays as it is with later plans', () => {
  const order = plan(after(waiting(), observed('pending', DAY_20 + 1)), DAY_20 + 2);
  expect(plan(order, DAY_20 + DAY).exhausting_since).toBe(DAY_20 + 2);
});

test('whoever has paid by then is told nothing', () => {
  expect(plan(after(waiting(), observed('paid', DAY_20)), DAY_20)).not.toHaveProperty('exhausting_since');
});

test('what is not answered is asked again after minutes, not after days', () => {
  const order = after(waiting(), unanswered(DAY_20));
  expect(decide(order, LONG_WAIT, 'schedule', DAY_20 + 1)).toEqual({
    kind: 'wait',
    until: DAY_20 + MINUTE,
    because: 'unanswered',
  });
  expect(plan(order, DAY_20 + 1)).not.toHaveProperty('exhausting_since');
});

test('an order that is held is not told of, however late it is', () => {
  const order = after(waiting(), held(DAY_20), observed('pending', DAY_20));
  expect(plan(order, DAY_20)).not.toHaveProperty('exhausting_since');
});

test('neither is one that is only observed', () => {
  const observing = around({ decline_ladder_hours: [24] }, { mode: 'observe' });
  const order = after(waiting(), observed('pending', DAY_20));
  expect(plan(order, DAY_20, observing)).toMatchObject({ status: 'watched' });
  expect(plan(order, DAY_20, observing)).not.toHaveProperty('exhausting_since');
});

test('one whose attempts ended before that day is told of with the next answer from it on', () => {
  const here = around({ attempts_max: 1 });
  const stopped = plan(waiting(), DAY_20 - DAY, here);
  expect(stopped.stopped).toEqual({ at: DAY_20 - DAY, because: 'exhausted' });
  expect(stopped).not.toHaveProperty('exhausting_since');
  const later = plan(after(stopped, observed('pending', DAY_20 + 1)), DAY_20 + 2, here);
  expect(later).toMatchObject({
    stopped: stopped.stopped,
    exhausting_since: DAY_20 + 2,
  });
});

test('who asks for an order himself is told what holds him back, whatever day it is', () => {
  expect(decide(waiting(), LONG_WAIT, 'demand', DAY_20 + 1)).toEqual({ kind: 'query', because: 'stale' });
  expect(decide(waiting({ calls: [DAY_20] }), LONG_WAIT, 'demand', DAY_20 + 1)).toMatchObject({
    kind: 'wait',
    because: 'day_cap',
  });
});
