import type { Fen } from '../../lambda/core/ids';
import type { Operation } from '../../lambda/core/order';
import { closeTransports } from './support/client';
import { LIMITS, ORDER, payscoreOver, payscoreTo } from './support/payscore';
import { answer, closeServers, NOW_MS } from './support/server';

afterEach(async () => {
  closeTransports();
  await closeServers();
});

const SYNC: Operation = { kind: 'sync', paid_at: Date.parse('2026-03-01T23:59:59.999+08:00') };
const CANCEL: Operation = { kind: 'cancel', user_reason: '免除费用' };
const MODIFY: Operation = { kind: 'modify', total_amount: 60 as Fen, user_reason: '优惠' };

describe('a decision by hand is sent as the pages of WeChat Pay have it', () => {
  test.each([
    [
      'sync',
      SYNC,
      '{"service_id":"500001","sub_mchid":"1900000109","type":"Order_Paid","detail":{"paid_time":"20260301235959"}}',
    ],
    ['cancel', CANCEL, '{"service_id":"500001","sub_mchid":"1900000109","reason":"免除费用"}'],
    [
      'modify',
      MODIFY,
      '{"service_id":"500001","sub_mchid":"1900000109","post_payments":[{"name":"调整后费用","amount":60,"description":"优惠"}],"total_amount":60,"reason":"优惠"}',
    ],
  ])('%s', async (action, operation, body) => {
    const { server, payscore } = await payscoreTo((_, response) => answer(response, 204, '', '08F1-0'));
    await expect(payscore.change(ORDER, operation, LIMITS)).resolves.toEqual({
      outcome: { kind: 'accepted' },
      evidence: { http_status: 204, request_id: '08F1-0', sub_code: '0' },
    });
    expect(server.arrivals.map(({ method, url, body: sent }) => [method, url, sent.toString()])).toEqual([
      ['POST', `/v3/payscore/partner/serviceorder/a%7Cb*c/${action}`, body],
    ]);
  });
});

describe('what WeChat Pay says to it', () => {
  test.each([
    [400, 'PARAM_ERROR', '当前订单状态不满足撤销条件', '08F1-271316592', { kind: 'refused' }],
    [400, 'INVALID_REQUEST', '总金额超过此服务的服务风险金额', '08F1-271316656', { kind: 'refused' }],
    [400, 'INVALID_REQUEST', '单据正在扣款中,请稍后再试', '08F1-271316754', { kind: 'busy' }],
    [400, 'SOMETHING', '收款结果不明,请稍后重试', '08F1-1', { kind: 'busy' }],
    [400, 'ORDER_DONE', '订单已完成', '08F1-1', { kind: 'contradicted', claim: 'done' }],
    [401, 'SIGN_ERROR', '签名错误', '08F1-270924360', { kind: 'misconfigured', scope: 'merchant' }],
  ] as const)('%d %s %s is understood', async (status, code, message, requestId, outcome) => {
    const body = JSON.stringify({ code, message });
    const { payscore } = await payscoreTo((_, response) => answer(response, status, body, requestId));
    expect((await payscore.change(ORDER, CANCEL, LIMITS)).outcome).toEqual(outcome);
  });

  test('nothing at all leaves it unknown, and it is sent once', async () => {
    let sent = 0;
    const payscore = payscoreOver(async () => {
      sent += 1;
      return { kind: 'no_answer', because: 'timeout', detail: 'x' };
    });
    const { outcome } = await payscore.change(ORDER, MODIFY, LIMITS);
    expect(outcome).toEqual({ kind: 'unknown', because: 'no_answer' });
    expect(sent).toBe(1);
  });

  test('is not asked for once the last moment for it has passed', async () => {
    const { server, payscore } = await payscoreTo((_, response) => answer(response, 204, '', '08F1-0'));
    const { outcome } = await payscore.change(ORDER, SYNC, { timeoutMs: 5_000, sendBy: NOW_MS });
    expect(outcome).toEqual({ kind: 'not_sent', because: 'send_by_passed' });
    expect(server.arrivals).toEqual([]);
  });

  test('unsigned and well said is not believed', async () => {
    const payscore = payscoreOver(async () => ({
      kind: 'answered',
      status: 204,
      headers: {},
      body: Buffer.alloc(0),
    }));
    const { outcome } = await payscore.change(ORDER, SYNC, LIMITS);
    expect(outcome).toEqual({ kind: 'unknown', because: 'unverified' });
  });
});
