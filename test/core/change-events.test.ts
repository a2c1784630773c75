import { eventsIn } from '../../lambda/core/change-events';
import type { Fen, ServiceId } from '../../lambda/core/ids';
import { refundDue } from '../../lambda/core/refund';
import { newOrder, type Observation } from '../../lambda/core/order';
import {
  after,
  claim,
  corrected,
  DAY,
  held,
  intended,
  HOUR,
  NOW,
  observed,
  OPERATIONS,
  orderWith,
  REF,
  refunded,
  REGISTRATION,
  released,
  settle,
  unanswered,
  wouldCollect,
  saw,
} from './orders';
import { COMMON, ID, one, PENDING, told, types, WRITTEN } from './told';

test('a registration is told with what the merchant says of the order', () => {
  const registration = { ...REGISTRATION, completed_at: NOW - 11 * DAY, total_amount: 350 as Fen };
  expect(told(undefined, newOrder(REF, registration))).toEqual([
    {
      type: 'OrderRegistered',
      at: NOW - 10 * DAY,
      detail: {
        ...COMMON,
        id: `${ID}/OrderRegistered`,
        at: '2026-02-20T04:00:00.000Z',
        version: 1,
        total_amount: 350,
        completed_at: '2026-02-19T04:00:00.000Z',
      },
    },
  ]);
  expect(one(undefined, newOrder(REF, REGISTRATION)).detail).toMatchObject({ completed_at: null });
});

test.each([
  ['its completion', { kind: 'register', said: { completed_at: NOW } } as const],
  ['its amount', { kind: 'register', said: { total_amount: 350 as Fen } } as const],
  ['its service', { kind: 'register', service_id: '500002' as ServiceId, said: {} } as const],
])('what the merchant puts right of it later is told, %s', (_what, change) => {
  const event = one(orderWith({}), after(orderWith({}), change));
  expect(event).toMatchObject({
    type: 'RegistrationChanged',
    at: WRITTEN,
    detail: { id: `${ID}/RegistrationChanged/8`, at: '2026-03-02T04:00:02.000Z', version: 8 },
  });
});

test('what WeChat Pay says the order comes to stands before what was registered', () => {
  const registration = { ...REGISTRATION, total_amount: 350 as Fen };
  const seen: Observation = {
    ...saw('pending', NOW),
    facts: { state: 'DOING', details: [], total_amount: 300 as Fen },
  };
  const order = orderWith({ registration, observed: seen });
  expect(one(order, after(order, held(NOW))).detail).toMatchObject({ total_amount: 300 });
  const { observed: _seen, ...unseen } = order;
  expect(one(unseen, after(unseen, held(NOW))).detail).toMatchObject({ total_amount: 350 });
});

describe('an end', () => {
  test('that is paid is told with amount and transaction, and who said so', () => {
    expect(one(PENDING, after(PENDING, observed('paid', NOW)))).toMatchObject({
      type: 'OrderPaid',
      at: NOW,
      detail: {
        id: `${ID}/OrderPaid/1772424000000`,
        standing: 'paid',
        paid_amount: 100,
        transaction_id: 'T1',
        seen_by: 'query',
      },
    });
    const notified = after(PENDING, {
      kind: 'observe',
      observation: { ...saw('paid', NOW), by: 'notification' },
    });
    expect(one(PENDING, notified).detail).toMatchObject({ seen_by: 'notification' });
  });

  test('that is paid without a transaction number says so', () => {
    const standing = { kind: 'paid', paid_amount: 100 as Fen } as const;
    const paid = after(PENDING, { kind: 'observe', observation: { ...saw('paid', NOW), standing } });
    expect(one(PENDING, paid).detail).toMatchObject({ transaction_id: null });
  });

  test.each([
    ['settled', 'OrderSettled', { because: 'paid_elsewhere', seen_by: 'query' }],
    ['cancelled', 'OrderCancelled', { seen_by: 'query' }],
    ['expired', 'OrderExpired', { seen_by: 'query' }],
  ] as const)('that is %s is told as %s', (kind, type, detail) => {
    const event = one(PENDING, after(PENDING, observed(kind, NOW)));
    const id = `${ID}/${type}/1772424000000`;
    expect(event).toMatchObject({ type, detail: { ...detail, id, standing: kind, paid_amount: null } });
  });

  test.each(['pending', 'not_completed', 'unrecognised'] as const)(
    'that a later answer takes back is told, as %s',
    (kind) => {
      const paid = after(PENDING, observed('paid', NOW));
      expect(one(paid, after(paid, observed(kind, NOW + HOUR)))).toMatchObject({
        type: 'OrderReopened',
        at: NOW + HOUR,
        detail: { id: `${ID}/OrderReopened/1772427600000`, was: 'paid', standing: kind },
      });
    },
  );

  test('that another end takes the place of is told as the other one', () => {
    const cancelled = after(PENDING, observed('cancelled', NOW));
    expect(types(cancelled, after(cancelled, observed('settled', NOW + HOUR)))).toEqual(['OrderSettled']);
  });

  test('that is taken back in a record that is full is told all the same', () => {
    const timeline = Array.from(
      { length: 55 },
      () => ({ kind: 'observed', at: NOW - DAY, standing: 'pending' }) as const,
    );
    const paid = after(orderWith({ timeline }), observed('paid', NOW));
    const back = after(paid, observed('pending', NOW + HOUR));
    expect(back.timeline).toHaveLength(56);
    expect(one(paid, back)).toMatchObject({ type: 'OrderReopened', detail: { was: 'paid' } });
  });

  test('which is no news is not told again', () => {
    const paid = after(PENDING, observed('paid', NOW));
    expect(types(paid, after(paid, observed('paid', NOW + HOUR)))).toEqual([]);
  });

  test('of which another was known before is told as far as it is known: the words are of the last one', () => {
    const both = after(PENDING, observed('settled', NOW), observed('cancelled', NOW + HOUR));
    expect(eventsIn(both)).toContainEqual(
      expect.objectContaining({
        type: 'OrderSettled',
        detail: expect.objectContaining({ because: null }) as object,
      }),
    );
    const paidOnce = after(PENDING, observed('paid', NOW), observed('expired', NOW + HOUR));
    expect(eventsIn(paidOnce)).toContainEqual(
      expect.objectContaining({
        type: 'OrderPaid',
        detail: expect.objectContaining({ transaction_id: null }) as object,
      }),
    );
  });

  test.each([
    ['paid', { type: 'OrderPaid', detail: { transaction_id: null, standing: null } }],
    ['settled', { type: 'OrderSettled', detail: { because: null, standing: null } }],
  ] as const)('that was %s stays told when nothing is known of the order any more', (kind, event) => {
    const reopened = after(PENDING, observed(kind, NOW - HOUR), observed('pending', NOW), claim());
    const contested = after(reopened, settle('refused'));
    expect(contested).not.toHaveProperty('observed');
    expect(types(reopened, contested)).toEqual(['AttemptSettled']);
    expect(eventsIn(contested)[1]).toMatchObject(event);
  });
});

describe('holds', () => {
  test('are told with their end, and their release', () => {
    const on_hold = after(PENDING, held(NOW, NOW + DAY));
    expect(one(PENDING, on_hold)).toMatchObject({
      type: 'OrderHeld',
      detail: { id: `${ID}/OrderHeld/1772424000000`, until: '2026-03-03T04:00:00.000Z' },
    });
    expect(one(on_hold, after(on_hold, released(NOW + HOUR)))).toMatchObject({
      type: 'OrderReleased',
      detail: { id: `${ID}/OrderReleased/1772427600000` },
    });
    expect(one(PENDING, after(PENDING, held(NOW))).detail).toMatchObject({ until: null });
  });

  test('of one millisecond are two', () => {
    const once = after(PENDING, held(NOW));
    expect(one(once, after(once, held(NOW))).detail).toMatchObject({ id: `${ID}/OrderHeld/1772424000000/2` });
  });

  test('are not told with who decided, or why', () => {
    expect(JSON.stringify(told(PENDING, after(PENDING, held(NOW))))).not.toMatch(
      /operator|disputed|reason|actor/,
    );
  });
});

describe('what is marked on an order', () => {
  const stopped = { at: NOW, because: 'exhausted' } as const;

  test('that collecting has ended, and why', () => {
    expect(one(PENDING, { ...PENDING, version: 8, status: 'watched', stopped })).toMatchObject({
      type: 'OrderStopped',
      at: NOW,
      detail: { id: `${ID}/OrderStopped/1772424000000`, because: 'exhausted', status: 'watched' },
    });
  });

  test('that it goes on', () => {
    expect(one({ ...PENDING, stopped }, PENDING)).toMatchObject({
      type: 'OrderResumed',
      at: WRITTEN,
      detail: { id: `${ID}/OrderResumed/1772424000000`, because: 'exhausted' },
    });
  });

  test('but not that an order at its end is collected again', () => {
    const paid = after(PENDING, observed('paid', NOW));
    expect(types({ ...PENDING, stopped }, paid)).toEqual(['OrderPaid']);
  });

  test('that another reason has taken the place of the first', () => {
    const later = { at: NOW + DAY, because: 'last_day' } as const;
    expect(one({ ...PENDING, stopped }, { ...PENDING, stopped: later }).detail).toMatchObject({
      id: `${ID}/OrderStopped/1772510400000`,
      because: 'last_day',
    });
  });

  test('that the user should be told to pay by hand, once', () => {
    const exhausting = { ...PENDING, exhausting_since: NOW };
    expect(one(PENDING, exhausting)).toMatchObject({
      type: 'OrderExhausting',
      at: NOW,
      detail: { id: `${ID}/OrderExhausting/1772424000000`, standing: 'pending' },
    });
    expect(types(exhausting, { ...exhausting, version: 9 })).toEqual([]);
  });
});

test('money that the user should have back is told, and told again when it is more', () => {
  const waived = orderWith({
    intent: { at: NOW, actor: REGISTRATION.actor, reason: 'friend', operation: OPERATIONS.cancel },
  });
  const charged = after(waived, observed('paid', NOW + HOUR));
  expect(told(waived, charged).at(-1)).toMatchObject({
    type: 'RefundDue',
    at: NOW + HOUR,
    detail: {
      id: `${ID}/RefundDue/100/100`,
      refund: { amount: 100, because: 'charged_after_waiver' },
    },
  });
  expect(types(charged, after(charged, observed('paid', NOW + DAY)))).toEqual([]);
  expect(eventsIn(after(charged, observed('paid', NOW + DAY))).at(-1)?.at).toBe(NOW + HOUR);
  const more = { ...saw('paid', NOW + DAY), standing: { kind: 'paid', paid_amount: 120 as Fen } as const };
  expect(one(charged, after(charged, { kind: 'observe', observation: more })).detail).toMatchObject({
    id: `${ID}/RefundDue/120/120`,
  });
});

test('parts of one size are told as different money, and the same money once, whatever is decided next', () => {
  const part = (paid_amount: number, at: number) => {
    const standing = { kind: 'pending', paid_amount: paid_amount as Fen } as const;
    return { kind: 'observe', observation: { ...saw('pending', at), standing } } as const;
  };
  const intent = { at: NOW, actor: REGISTRATION.actor, reason: 'friend', operation: OPERATIONS.cancel };
  const first = after(orderWith({ intent }), part(30, NOW + HOUR));
  const noted = after(first, released(NOW + 2 * HOUR, refunded(30)));
  const second = after(noted, part(60, NOW + DAY));
  expect(told(noted, second).at(-1)?.detail).toMatchObject({ id: `${ID}/RefundDue/30/60` });
  const settled = after(first, intended(NOW + 3 * HOUR, OPERATIONS.sync));
  expect(refundDue(settled)?.amount).toBe(30);
  expect(types(first, settled)).not.toContain('RefundDue');
});

test('it is to be refunded from when the order was first seen paid, whatever was seen or done later', () => {
  const intent = { at: NOW, actor: REGISTRATION.actor, reason: 'friend', operation: OPERATIONS.cancel };
  const charged = after(orderWith({ intent }), observed('paid', NOW + HOUR));
  const partly = {
    ...saw('pending', NOW + DAY),
    standing: { kind: 'pending', paid_amount: 40 as Fen } as const,
  };
  const later = after(charged, { kind: 'observe', observation: partly }, corrected(NOW + 2 * DAY));
  expect(eventsIn(later).at(-1)).toMatchObject({
    type: 'RefundDue',
    at: NOW + HOUR,
    detail: { refund: { amount: 40 } },
  });
});

test('what is paid of an order that is still pending is told', () => {
  const partly = { ...saw('pending', NOW), standing: { kind: 'pending', paid_amount: 40 as Fen } as const };
  const order = orderWith({ observed: partly });
  expect(one(order, after(order, held(NOW))).detail).toMatchObject({ standing: 'pending', paid_amount: 40 });
});

test('the release of a full record is told, and not that it was folded', () => {
  const entry = { kind: 'held', at: NOW - DAY, hold: { actor: REGISTRATION.actor, reason: 'x' } } as const;
  const full = orderWith({ timeline: Array.from({ length: 56 }, () => entry) });
  const free = after(full, released(NOW));
  expect(free.timeline[0]).toMatchObject({ kind: 'folded' });
  expect(types(full, free)).toEqual(['OrderReleased']);
});

test('also where a record that was full has let go of the payment', () => {
  const intent = { at: NOW, actor: REGISTRATION.actor, reason: 'friend', operation: OPERATIONS.cancel };
  const charged = orderWith({ intent, observed: saw('paid', NOW + DAY) });
  expect(eventsIn(charged).at(-1)).toMatchObject({ type: 'RefundDue', at: NOW + DAY });
});

test.each([
  ['the schedule would have collected', after(PENDING, wouldCollect(NOW))],
  ['nobody answered', after(PENDING, unanswered(NOW))],
  ['it was asked again, and nothing is new', after(PENDING, observed('pending', NOW))],
  ['it is not completed yet', after(orderWith({}), observed('not_completed', NOW))],
  ['its due time moved', { ...PENDING, version: 8, due_at: NOW }],
])('nobody is told that %s', (_what, next) => {
  expect(types(next.observed?.standing.kind === 'not_completed' ? orderWith({}) : PENDING, next)).toEqual([]);
});
