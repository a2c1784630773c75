import type { Order } from '../../lambda/core/order';
import { audit } from '../../local/audit';
import type { OrderBooks, RecordedRequest, SimulatedOrder } from '../../local/wechatpay';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.parse('2026-11-24T02:00:00Z');
const KEY = { mchid: '1900000001', sub_mchid: '1230000201', out_order_no: 'A-1' };
const NAME = '1900000001/1230000201/A-1';
const CLAIMED_AT = NOW - DAY_MS;

type Access = SimulatedOrder['access'];

/** The state of an order that was declined a day ago, and of which everything agrees. */
const DECLINED = {
  ref: { ...KEY, service_id: '500001' },
  version: 3,
  registration: { at: NOW - 3 * DAY_MS, actor: { kind: 'api', id: 'test' }, completed_at: NOW - 3 * DAY_MS },
  observed: {
    at: NOW - DAY_MS + 1_000,
    standing: { kind: 'pending', paying_amount: 500 },
    facts: { state: 'DOING', details: [] },
  },
  calls: [CLAIMED_AT],
  status: 'active',
  due_at: NOW + HOUR_MS,
  timeline: [
    {
      kind: 'attempt',
      at: CLAIMED_AT + 200,
      claim_id: 'claim-1',
      actor: { kind: 'schedule', id: 'test' },
      decided: { rule: 'first_attempt', policy: 'default' },
      outcome: { kind: 'declined' },
      evidence: {},
      count: 1,
    },
  ],
} as unknown as Order;

const MOVED = { atMs: CLAIMED_AT + 100, amountFen: 500, cause: 'collect', transaction_id: 'T1' } as const;
const ONE_CALL = { received: 1, processed: 1 };

/** The same order, paid by that call. */
const PAID: Order = {
  ...DECLINED,
  status: 'paid',
  observed: {
    at: NOW,
    standing: { kind: 'paid', paid_amount: 500 as never, transaction_id: 'T1' },
    facts: { state: 'DONE', details: [] },
  },
};

function without(order: Order, ...names: readonly (keyof Order)[]): Order {
  return Object.fromEntries(
    Object.entries(order).filter(([name]) => !names.includes(name as keyof Order)),
  ) as unknown as Order;
}

const PAID_AT_REST = without(PAID, 'due_at');

function request(atMs: number, given: Partial<RecordedRequest> = {}): RecordedRequest {
  return {
    atMs,
    host: 'main',
    method: 'POST',
    url: '/v3/payscore/partner/serviceorder/A-1/pay',
    headers: { authorization: 'WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str="x"' },
    body: '{"service_id":"500001","sub_mchid":"1230000201"}',
    signature: { verdict: 'valid', message: '' },
    faults: [],
    outcome: { kind: 'answered', status: 403, requestId: 'R' },
    ...given,
  };
}

interface Case {
  readonly order?: Order;
  readonly movements?: OrderBooks['movements'];
  readonly payCalls?: OrderBooks['payCalls'];
  readonly requests?: readonly RecordedRequest[];
  readonly access?: Access;
  readonly now?: number;
}

function judge({
  order = DECLINED,
  movements = [],
  payCalls = ONE_CALL,
  requests = [request(CLAIMED_AT + 50)],
  access = 'open',
  now = NOW,
}: Case): string[] {
  return audit({
    ledger: [order],
    registered: [KEY],
    now,
    simulator: {
      books: () => [{ ...KEY, movements, payCalls }],
      order: () => ({ access }) as SimulatedOrder,
      requests,
      deliveries: [],
    },
  });
}

describe('the audit of the local run', () => {
  it('finds nothing where ledger and books agree', () => {
    expect(judge({})).toEqual([]);
    expect(judge({ order: PAID_AT_REST, movements: [MOVED] })).toEqual([]);
  });

  it.each<[string, Case, string]>([
    [
      'a payment that the books do not have',
      { order: PAID_AT_REST },
      "the ledger has ¥5.00 as paid, WeChat Pay's books had ¥0.00 when asked, ¥0.00 now",
    ],
    [
      'money that had moved before the ledger asked and is not paid there',
      { movements: [{ ...MOVED, atMs: NOW - DAY_MS + 999 }] },
      "the ledger has ¥0.00 as paid, WeChat Pay's books had ¥5.00 when asked, ¥5.00 now",
    ],
    [
      'another amount than the books have',
      { order: PAID_AT_REST, movements: [{ ...MOVED, amountFen: 400 }] },
      "the ledger has ¥5.00 as paid, WeChat Pay's books had ¥4.00 when asked, ¥4.00 now",
    ],
    [
      'a payment by somebody else’s transaction',
      { order: PAID_AT_REST, movements: [{ ...MOVED, transaction_id: 'T2' }] },
      "it is called paid by a transaction that is not in WeChat Pay's books",
    ],
    [
      'a status that nothing verified stands behind',
      { order: { ...DECLINED, status: 'paid' } },
      'it is called paid, and what was verified is pending',
    ],
    [
      'a verified end that the status does not show',
      { order: { ...PAID, status: 'active' }, movements: [MOVED] },
      'it is called active, and what was verified is paid',
    ],
    [
      'a call without a claim',
      { payCalls: { received: 2, processed: 1 } },
      '2 calls arrived, 1 were claimed',
    ],
    [
      'a call that is lost from gap and caps',
      { order: { ...DECLINED, calls: [] } },
      '1 calls were processed, 0 count for gap and caps',
    ],
    [
      'an order that is never taken up again',
      { order: without(DECLINED, 'due_at') },
      'nobody will ever ask about it',
    ],
    [
      'an order that is watched and never asked about',
      { order: { ...without(DECLINED, 'due_at'), status: 'watched' } },
      'nobody will ever ask about it',
    ],
    [
      'an order that was due and left lying',
      { order: { ...DECLINED, due_at: NOW - HOUR_MS - 1 } },
      'it was due at 2026-11-24T00:59:59.999Z and is not taken up',
    ],
  ])('tells of %s', (_what, given, fault) => {
    expect(judge(given)).toEqual([`${NAME}: ${fault}`]);
  });

  it('lets money move after the ledger has asked', () => {
    expect(judge({ movements: [{ ...MOVED, atMs: NOW }] })).toEqual([]);
  });

  it('counts the claim of a worker that never reported', () => {
    const open = { claim_id: 'claim-2', claimed_at: NOW - 1_000, send_by: NOW + 4_000 } as Order['open'];
    const order = { ...DECLINED, open } as Order;
    expect(judge({ order, payCalls: { received: 2, processed: 2 } })).toEqual([]);
    expect(judge({ order, payCalls: { received: 3, processed: 2 } })).toEqual([
      `${NAME}: 3 calls arrived, 2 were claimed`,
    ]);
  });

  it('does not take a decision by hand for the claim of a collection', () => {
    const byHand = {
      claim_id: 'claim-2',
      claimed_at: NOW - 1_000,
      send_by: NOW + 4_000,
      operation: { kind: 'cancel', user_reason: 'rain' },
    };
    const done = [
      ...DECLINED.timeline,
      { kind: 'operation', at: NOW - DAY_MS + 500, claim_id: 'claim-0' },
      { kind: 'closed', at: NOW - DAY_MS + 600, claim_id: 'claim-0', as: 'not_done' },
    ];
    const order = { ...DECLINED, open: byHand, timeline: done } as unknown as Order;
    expect(judge({ order, payCalls: { received: 2, processed: 1 } })).toEqual([
      `${NAME}: 2 calls arrived, 1 were claimed`,
    ]);
  });

  it('knows that money which is to be refunded was paid', () => {
    const order: Order = { ...PAID_AT_REST, status: 'refund_due' };
    expect(judge({ order, movements: [MOVED] })).toEqual([]);
  });

  it('lets the watch end with day 180', () => {
    const order = { ...without(DECLINED, 'due_at'), status: 'watched' } as Order;
    expect(judge({ order, now: NOW + 180 * DAY_MS })).toEqual([]);
  });

  it.each([
    [6 * HOUR_MS - 15_001, 1],
    [6 * HOUR_MS - 15_000, 0],
  ])('measures the gap by what arrived: %i ms after another call is a fault %i times', (after, faults) => {
    const requests = [request(CLAIMED_AT), request(CLAIMED_AT + after)];
    const found = judge({ requests });
    expect(found).toHaveLength(faults);
    for (const fault of found) expect(fault).toBe(`${NAME}: calls that came too close upon another: 1`);
  });

  it.each<[string, Partial<RecordedRequest>, Access]>([
    ['a throttled call', { outcome: { kind: 'answered', status: 429, requestId: 'R' } }, 'open'],
    ['a call of refused keys', { outcome: { kind: 'answered', status: 401, requestId: 'R' } }, 'open'],
    ['a call that was never permitted', {}, 'no_permission'],
  ])('keeps only WeChat Pay’s own lock after %s', (_what, first, access) => {
    const pair = (afterMs: number) => [request(CLAIMED_AT, first), request(CLAIMED_AT + afterMs)];
    expect(judge({ requests: pair(180_000), access })).toEqual([]);
    expect(judge({ requests: pair(60_000), access })).toEqual([
      `${NAME}: calls that came too close upon another: 1`,
    ]);
  });

  it('keeps orders of the same number under two sub-merchants apart', () => {
    const other = { body: '{"service_id":"500001","sub_mchid":"1230000202"}' };
    expect(judge({ requests: [request(CLAIMED_AT), request(CLAIMED_AT + 60_000, other)] })).toEqual([]);
  });

  it('tells of a request that was not signed, unless it was never read', () => {
    const signature = { verdict: 'unchecked', message: '' } as const;
    const reset = request(CLAIMED_AT, {
      signature,
      body: '',
      outcome: { kind: 'reset', when: 'before_reading' },
    });
    const read = request(CLAIMED_AT, { signature: { verdict: 'mismatch', message: '' } });
    expect(judge({ requests: [reset] })).toEqual([]);
    expect(judge({ requests: [read] })).toEqual([
      'requests that were not signed validly: 1, the first mismatch at 2026-11-23T02:00:00.000Z',
    ]);
  });

  it('tells of an order that the ledger has lost, or never had although it was called', () => {
    const simulator = {
      books: () => [
        { ...KEY, movements: [], payCalls: { received: 0, processed: 0 } },
        { ...KEY, out_order_no: 'B', movements: [], payCalls: ONE_CALL },
        { ...KEY, out_order_no: 'LEFT', movements: [], payCalls: { received: 0, processed: 0 } },
      ],
      order: () => undefined,
      requests: [],
      deliveries: [],
    };
    expect(audit({ ledger: [], simulator, registered: [KEY], now: NOW })).toEqual([
      `${NAME}: registered or called, and not in the ledger`,
      '1900000001/1230000201/B: registered or called, and not in the ledger',
    ]);
  });

  it('tells of an order that only the ledger has', () => {
    const simulator = { books: () => [], order: () => undefined, requests: [], deliveries: [] };
    expect(audit({ ledger: [DECLINED], simulator, registered: [KEY], now: NOW })).toEqual([
      `${NAME}: in the ledger, not at WeChat Pay`,
    ]);
  });
});
