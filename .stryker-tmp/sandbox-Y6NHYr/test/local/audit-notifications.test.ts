import type { Order } from '../../lambda/core/order';
import { auditNotifications } from '../../local/audit-notifications';
import { countNotifications } from '../../local/notification-counts';
import { renderNotifications } from '../../local/render-notifications';
import type { Delivery, OrderBooks } from '../../local/wechatpay';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.parse('2026-11-24T02:00:00Z');
const KEY = { mchid: '1900000001', sub_mchid: '1230000201', out_order_no: 'A-1' };
const NAME = '1900000001/1230000201/A-1';

const PENDING = {
  ref: { ...KEY, service_id: '500001' },
  observed: {
    at: NOW - 2 * DAY_MS,
    standing: { kind: 'pending', paying_amount: 500 },
    facts: { state: 'DOING', details: [] },
  },
  status: 'active',
} as unknown as Order;
const PAID = {
  ...PENDING,
  status: 'paid',
  observed: {
    at: NOW - DAY_MS,
    standing: { kind: 'paid', paid_amount: 500, transaction_id: 'T1' },
    facts: { state: 'DONE', details: [] },
  },
} as unknown as Order;
const MOVED: OrderBooks['movements'][number] = {
  atMs: NOW - DAY_MS,
  amountFen: 500,
  cause: 'by_hand',
  transaction_id: 'T1',
};

const answered = (status: number): Delivery['outcome'] => ({ kind: 'answered', status });
const delivery = (given: Partial<Delivery> = {}): Delivery => ({
  ...KEY,
  id: 'N1',
  atMs: NOW - DAY_MS + 1_000,
  event_type: 'PAYSCORE.USER_PAID',
  attempt: 1,
  signed_by: 'public_key',
  outcome: answered(204),
  ...given,
});

interface Case {
  readonly order?: Order;
  readonly deliveries?: readonly Delivery[];
  readonly movements?: OrderBooks['movements'];
}

function judge({ order = PAID, deliveries = [delivery()], movements = [MOVED] }: Case): string[] {
  const books = () => [{ ...KEY, movements, payCalls: { received: 0, processed: 0 } }];
  return auditNotifications({ ledger: [order], simulator: { books, deliveries }, now: NOW });
}

describe('the audit of notifications', () => {
  it('finds nothing where each payment is in the ledger and what is wrong was refused', () => {
    const refused = delivery({ wrong: 'forged', signed_by: 'somebody_else', outcome: answered(401) });
    expect(judge({ deliveries: [refused, delivery({ attempt: 2 })] })).toEqual([]);
  });

  it.each(['forged', 'forgery', 'probe', 'reserialised', 'truncated', 'wrong_tenant'] as const)(
    'tells of one that was taken although it was wrong: %s',
    (wrong) => {
      expect(judge({ deliveries: [delivery({ wrong })] })).toEqual([`notification N1 was taken: ${wrong}`]);
    },
  );

  it.each([undefined, 'duplicated', 'late', 'signtest', 'sp_mchid', 'stale'] as const)(
    'tells of one that was refused although it was right: %s',
    (wrong) => {
      const refused = delivery({ outcome: answered(401), ...(wrong === undefined ? {} : { wrong }) });
      expect(judge({ deliveries: [refused] })).toEqual([
        'notification N1 was right, and refused: {"kind":"answered","status":401}',
      ]);
    },
  );

  it('tells of a payment that a notification told of, and the ledger does not have', () => {
    expect(judge({ order: PENDING })).toEqual([
      `${NAME}: ¥5.00 moved at 2026-11-23T02:00:00.000Z and are not in the ledger, although a notification was taken after that`,
    ]);
  });

  it('lets a notification that proves nothing be followed by a query', () => {
    expect(judge({ order: { ...PENDING, doubted_at: NOW - 1_000 } })).toEqual([]);
  });

  it.each([
    ['a notification of an earlier part', delivery({ atMs: NOW - 3 * DAY_MS })],
    ['of another event', delivery({ event_type: 'PAYSCORE.USER_OPEN_SERVICE' })],
    ['one that never came', delivery({ wrong: 'lost', outcome: { kind: 'lost' } })],
  ])('does not demand that a payment is known after %s', (_what, one) => {
    expect(judge({ order: PENDING, deliveries: [one] })).toEqual([]);
  });

  it.each([
    [8 * DAY_MS, 0],
    [8 * DAY_MS + 1, 1],
  ])('demands that a query has found a payment of %i ms ago: %i faults', (agoMs, faults) => {
    const movements = [{ ...MOVED, atMs: NOW - agoMs }];
    expect(judge({ order: PENDING, deliveries: [], movements })).toHaveLength(faults);
  });

  it('judges a payment in parts by the part that is missing', () => {
    const known = {
      ...PENDING,
      observed: { ...PENDING.observed, facts: { state: 'DOING', paid_amount: 200, details: [] } },
    } as unknown as Order;
    const movements = [
      { ...MOVED, atMs: NOW - 9 * DAY_MS, amountFen: 200 },
      { ...MOVED, atMs: NOW - HOUR_MS, amountFen: 300 },
    ];
    expect(judge({ order: known, movements })).toEqual([]);
    expect(judge({ order: known, movements, deliveries: [delivery({ atMs: NOW })] })).toEqual([
      `${NAME}: ¥3.00 moved at 2026-11-24T01:00:00.000Z and are not in the ledger, although a notification was taken after that`,
    ]);
  });
});

describe('the count of notifications', () => {
  const DELIVERIES = [
    delivery({ signed_by: 'certificate' }),
    delivery(),
    delivery({ wrong: 'duplicated', outcome: answered(200) }),
    delivery({ wrong: 'forged', signed_by: 'somebody_else', outcome: answered(401) }),
    delivery({ wrong: 'forgery', signed_by: 'somebody_else', outcome: answered(401) }),
    delivery({ wrong: 'forgery', signed_by: 'somebody_else', outcome: answered(401) }),
    delivery({ outcome: { kind: 'no_answer', because: 'timeout' } }),
    delivery({ wrong: 'late', outcome: { kind: 'on_its_way', untilMs: NOW } }),
    delivery({ wrong: 'lost', outcome: { kind: 'lost' } }),
  ];

  it('tells those that came from those that did not, and says what was wrong with the refused', () => {
    expect(countNotifications(DELIVERIES)).toEqual({
      came: 7,
      taken: 3,
      lost: 1,
      by_certificate: 1,
      by_public_key: 2,
      refused: { forged: 1, forgery: 2, nothing: 1 },
    });
  });

  it('is told in words', () => {
    expect(renderNotifications(countNotifications(DELIVERIES))).toBe(
      '  Notifications: 7 came, 3 were taken (1 signed by platform certificate, 2 by public key),\n' +
        '  4 were refused (1 forged, 2 forged by a stranger, 1 with nothing wrong); 1 never came: queries find what they would have told.',
    );
    expect(renderNotifications(countNotifications([]))).toContain('0 were refused (none)');
  });
});
