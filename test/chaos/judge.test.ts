import type { Order } from '../../lambda/core/order';
import type { RecordedRequest, SimulatedOrder } from '../../local/wechatpay';
import { judge, type Evidence } from './judge';

const HOUR_MS = 3_600_000;
const NOW = Date.parse('2026-11-24T02:00:00Z');
const CALLED_AT = NOW - 24 * HOUR_MS;
const KEY = { mchid: '1900000001', sub_mchid: '1230000301', out_order_no: 'CHAOS-1' };
const MOVED = { atMs: CALLED_AT + 100, amountFen: 500, cause: 'collect', transaction_id: 'T1' } as const;

/** Collected a day ago, and known as paid two seconds later. */
const PAID = {
  ref: { ...KEY, service_id: '500001' },
  version: 3,
  registration: {
    at: CALLED_AT - HOUR_MS,
    actor: { kind: 'api', id: 'test' },
    completed_at: CALLED_AT - HOUR_MS,
  },
  observed: {
    at: CALLED_AT + 2_000,
    standing: { kind: 'paid', paid_amount: 500, transaction_id: 'T1' },
    facts: { state: 'DONE', details: [] },
  },
  calls: [CALLED_AT],
  status: 'paid',
  timeline: [
    {
      kind: 'attempt',
      at: CALLED_AT + 200,
      claim_id: 'claim-1',
      actor: { kind: 'schedule', id: 'test' },
      decided: { rule: 'first_attempt', policy: 'default' },
      outcome: { kind: 'accepted' },
      evidence: {},
      count: 1,
    },
  ],
} as unknown as Order;

function payAt(atMs: number): RecordedRequest {
  return {
    atMs,
    host: 'main',
    method: 'POST',
    url: '/v3/payscore/partner/serviceorder/CHAOS-1/pay',
    headers: { authorization: 'WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str="x"' },
    body: '{"service_id":"500001","sub_mchid":"1230000301"}',
    signature: { verdict: 'valid', message: '' },
    faults: [],
    outcome: { kind: 'answered', status: 204, requestId: 'R' },
  };
}

const EVIDENCE: Evidence = {
  ledger: [PAID],
  books: [{ ...KEY, movements: [MOVED], payCalls: { received: 1, processed: 1 } }],
  orders: [{ ...KEY, access: 'open' } as SimulatedOrder],
  requests: [payAt(CALLED_AT + 50)],
  deliveries: [],
  registered: [KEY],
  now: NOW,
};

test('books and ledger that agree to the fen have no differences', () => {
  expect(judge(EVIDENCE)).toEqual([]);
});

test('money that moved and is not in the ledger is told, to the fen', () => {
  const movements = [{ ...MOVED, amountFen: 501 }];
  const told = judge({
    ...EVIDENCE,
    books: [{ ...KEY, movements, payCalls: { received: 1, processed: 1 } }],
  });
  expect(told).toContainEqual(expect.stringContaining('the books have 501 fen, the ledger has 500'));
});

test('a second call inside the gap is told', () => {
  const requests = [payAt(CALLED_AT - HOUR_MS), payAt(CALLED_AT + 50)];
  expect(judge({ ...EVIDENCE, requests })).toContainEqual(
    expect.stringContaining('too close upon another: 1'),
  );
});

test('a call after the order was known as paid is told', () => {
  const requests = [payAt(CALLED_AT + 50), payAt(CALLED_AT + 10 * HOUR_MS)];
  expect(judge({ ...EVIDENCE, requests })).toContainEqual(expect.stringContaining('known as paid since'));
});

test('a call that nobody claimed is told', () => {
  const books = [{ ...KEY, movements: [MOVED], payCalls: { received: 2, processed: 2 } }];
  expect(judge({ ...EVIDENCE, books })).toContainEqual(
    expect.stringContaining('2 calls arrived, 1 were claimed'),
  );
});

test('an order that was registered and is nowhere is told', () => {
  const registered = [KEY, { ...KEY, out_order_no: 'CHAOS-2' }];
  expect(judge({ ...EVIDENCE, registered })).toContainEqual(
    expect.stringContaining('CHAOS-2: registered or called'),
  );
});

test('an attempt that a dead worker left open is told', () => {
  const open = {
    claim_id: 'c',
    claimed_at: CALLED_AT,
    send_by: CALLED_AT + 15_000,
    outcome: { kind: 'unknown' },
  };
  const ledger = [{ ...PAID, open } as unknown as Order];
  expect(judge({ ...EVIDENCE, ledger })).toContainEqual(expect.stringContaining('an attempt is still open'));
});
