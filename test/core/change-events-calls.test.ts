import { eventsIn } from '../../lambda/core/change-events';
import type { Fen } from '../../lambda/core/ids';
import {
  after,
  byHandAt,
  CLAIM,
  claim,
  corrected,
  HOUR,
  intended,
  NOW,
  observed,
  OPERATIONS,
  orderWith,
  saw,
  settle,
} from './orders';
import { COMMON, ID, one, OPEN, PENDING, told, types } from './told';

describe('an attempt', () => {
  test('that begins is told to nobody: its outcome follows within seconds', () => {
    expect(types(orderWith({}), after(orderWith({}), claim()))).toEqual([]);
  });

  test('is told with its outcome and what WeChat Pay’s support asks for, but not in WeChat Pay’s words', () => {
    const settled = after(OPEN, {
      kind: 'settle',
      at: NOW + 1_000,
      claim: CLAIM,
      report: {
        outcome: { kind: 'declined' },
        evidence: {
          http_status: 403,
          code: 'TRADE_ERROR',
          message: '张三的余额不足',
          request_id: 'R-268435461',
          sub_code: '268435461',
          detail: 'oUpF8uMuAJO',
        },
      },
    });
    expect(told(OPEN, settled)).toEqual([
      {
        type: 'AttemptSettled',
        at: NOW + 1_000,
        detail: {
          ...COMMON,
          id: `${ID}/AttemptSettled/c1`,
          at: '2026-03-02T04:00:01.000Z',
          version: 8,
          attempts: 1,
          attempt: {
            id: 'c1',
            outcome: 'declined',
            because: null,
            open: false,
            http_status: 403,
            code: 'TRADE_ERROR',
            sub_code: '268435461',
            request_id: 'R-268435461',
            rule: 'decline_ladder',
            policy: 'provider:3',
            count: 1,
          },
        },
      },
    ]);
  });

  test.each([
    ['accepted', null, true, 1],
    ['in_progress', null, true, 1],
    ['busy', null, true, 1],
    ['unknown', 'no_answer', true, 1],
    ['declined', null, false, 1],
    ['throttled', null, false, 0],
    ['contradicted', 'done', false, 1],
    ['refused', null, false, 1],
    ['misconfigured', 'pair', false, 0],
    ['not_sent', 'connect_failed', false, 0],
  ] as const)('%s says why (%s), whether it is open (%s), and counts %i', (kind, because, open, attempts) => {
    expect(one(OPEN, after(OPEN, settle(kind))).detail).toMatchObject({
      attempts,
      attempt: {
        outcome: kind,
        because,
        open,
        code: null,
        sub_code: null,
        http_status: null,
        request_id: 'R-0',
      },
    });
  });

  test('of which nothing came back is told with nothing made up', () => {
    const report = { outcome: { kind: 'not_sent', because: 'dns' }, evidence: {} } as const;
    const settled = after(OPEN, { kind: 'settle', at: NOW, claim: CLAIM, report });
    expect(one(OPEN, settled).detail).toMatchObject({
      attempt: { outcome: 'not_sent', because: 'dns', http_status: null, code: null, request_id: null },
    });
  });

  test('each of several that came to nothing is told, though one entry of the record stands for all', () => {
    const first = after(OPEN, settle('not_sent'));
    const open = { ...CLAIM, claim_id: 'c2', claimed_at: NOW + HOUR };
    const again = after(first, claim(open));
    const second = after(again, settle('not_sent', open, NOW + HOUR));
    expect(second.timeline).toHaveLength(1);
    expect(one(again, second).detail).toMatchObject({
      id: `${ID}/AttemptSettled/c2`,
      attempt: { id: 'c2', count: 2 },
    });
  });

  test('is told with how many calls had been made by then, its own among them and no later one', () => {
    const open = { ...CLAIM, claim_id: 'c2', claimed_at: NOW + HOUR };
    const order = after(
      OPEN,
      settle('declined', CLAIM, NOW),
      claim(open),
      settle('declined', open, NOW + HOUR),
    );
    const attempts = eventsIn(order).map(({ type, detail }) => [
      type,
      detail.id,
      'attempts' in detail && detail.attempts,
    ]);
    expect(attempts).toEqual([
      ['OrderRegistered', `${ID}/OrderRegistered`, 0],
      ['AttemptSettled', `${ID}/AttemptSettled/c1`, 1],
      ['AttemptSettled', `${ID}/AttemptSettled/c2`, 2],
    ]);
  });

  test('that is closed after a decision by hand is told as an attempt', () => {
    const decision = byHandAt(NOW - HOUR, 'd1', OPERATIONS.cancel);
    const order = after(orderWith({ open: decision }), settle('refused', decision, NOW - HOUR), claim());
    expect(types(order, after(order, observed('paid', NOW + HOUR)))).toContain('AttemptClosed');
  });

  test('that is closed by a verified answer is told with what it came to', () => {
    const later = after(OPEN, observed('pending', NOW + HOUR));
    expect(one(OPEN, later)).toMatchObject({
      type: 'AttemptClosed',
      at: NOW + HOUR,
      detail: { id: `${ID}/AttemptClosed/c1`, standing: 'pending', attempt: { id: 'c1', as: 'not_paid' } },
    });
  });

  test('and when the answer ends the order, both are told', () => {
    expect(types(OPEN, after(OPEN, observed('paid', NOW + HOUR)))).toEqual(['OrderPaid', 'AttemptClosed']);
  });
});

describe('a decision by hand', () => {
  const open = byHandAt(NOW, 'd1', OPERATIONS.cancel);
  const deciding = orderWith({ open });

  test('is told with what WeChat Pay said to it, without anybody’s reasons', () => {
    const [event] = told(deciding, after(deciding, settle('refused', open)));
    expect(event).toMatchObject({
      type: 'DecisionSettled',
      detail: {
        id: `${ID}/DecisionSettled/d1`,
        attempts: 0,
        decision: { id: 'd1', operation: 'cancel', outcome: 'refused', open: false },
      },
    });
    expect(JSON.stringify(event)).not.toMatch(/reason/);
  });

  test('that was not done is told as such', () => {
    const settled = after(deciding, settle('unknown', open));
    expect(one(settled, after(settled, observed('pending', NOW + HOUR)))).toMatchObject({
      type: 'DecisionClosed',
      detail: { id: `${ID}/DecisionClosed/d1`, decision: { id: 'd1', as: 'not_done' } },
    });
  });

  test.each([
    ['not_done', saw('pending', NOW + HOUR)],
    ['reduced', { ...saw('pending', NOW), facts: { state: 'DOING', details: [], total_amount: 60 as Fen } }],
  ] as const)(
    'whose worker never reported is told as a decision too, when it is closed as %s',
    (as, observation) => {
      const modifying = orderWith({ open: byHandAt(NOW, 'd1', OPERATIONS.modify) });
      const closed = after(modifying, { kind: 'observe', observation });
      expect(told(modifying, closed)).toMatchObject([
        { type: 'DecisionClosed', detail: { id: `${ID}/DecisionClosed/d1`, decision: { id: 'd1', as } } },
      ]);
    },
  );

  test('that was done is told, and so is the end that it led to', () => {
    const settled = after(deciding, settle('accepted', open));
    expect(types(settled, after(settled, observed('cancelled', NOW + HOUR)))).toEqual([
      'OrderCancelled',
      'DecisionClosed',
    ]);
  });

  test('which only waits to be told to WeChat Pay is no event yet, and neither is a question', () => {
    expect(types(PENDING, after(PENDING, intended(NOW, OPERATIONS.sync)))).toEqual([]);
    expect(types(PENDING, after(PENDING, corrected(NOW)))).toEqual([]);
  });
});
