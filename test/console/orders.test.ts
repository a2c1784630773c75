import type { ShownOrder, TimelineEntry } from '../../console/src/api/types';
import { allowedActions, namedAs, namesAtFirst } from '../../console/src/lib/allowed';
import { tellOf } from '../../console/src/lib/tell';
import { CODES, TEXTS } from '../../console/src/texts';

const AT = '2026-11-30T02:00:00.000Z';
const REF = { mchid: '19', sub_mchid: '12', out_order_no: 'A', service_id: '3' };
const STANDING = { meaning: '', as_of: AT, wechatpay: { state: 'DOING', total_amount: 1_250 } };

function order(given: Partial<ShownOrder> = {}): ShownOrder {
  return {
    order: REF,
    order_status: 'active',
    standing: { ...STANDING, kind: 'pending' },
    open_attempt: null,
    open_operation: null,
    registered_at: AT,
    completed: { at: AT, from: 'registration' },
    exhausting_at: AT,
    attempts: [],
    hold: null,
    decision: null,
    refund_due: null,
    due_at: AT,
    switch: 'on',
    policy: 'default',
    next: { action: 'collect', rule: 'first_attempt', reason: '' },
    timeline: [],
    ...given,
  };
}

const ended = (kind: 'paid' | 'settled' | 'cancelled' | 'expired') =>
  order({ standing: { ...STANDING, kind, paid_amount: 1_250 } });
const attempt = (outcome: 'declined' | 'accepted' | 'contradicted', sub_code?: string): TimelineEntry => ({
  kind: 'attempt',
  at: '2026-11-29T02:00:00.000Z',
  claim_id: 'c',
  actor: { kind: 'schedule', id: 's' },
  decided: { rule: 'first_attempt', policy: 'default' },
  outcome,
  wechatpay: sub_code === undefined ? {} : { sub_code },
  count: 1,
});

describe('what is offered', () => {
  test('a pending order can be collected, held and decided about, and there is nothing to release', () => {
    expect(allowedActions(order())).toEqual([
      'collect',
      'query',
      'hold',
      'settle',
      'waive',
      'reduce',
      'correct',
    ]);
  });

  test.each(['paid', 'settled', 'cancelled', 'expired'] as const)(
    'an order that is %s can only be asked about',
    (kind) => {
      expect(allowedActions(ended(kind))).toEqual(['query', 'correct']);
    },
  );

  test('an order with an open attempt is never collected', () => {
    const open = {
      id: 'c',
      claimed_at: AT,
      actor: 'a',
      decided: { rule: 'demand', policy: 'default' },
      outcome: null,
    } as const;
    expect(allowedActions(order({ open_attempt: open }))).not.toContain('collect');
  });

  test('what somebody held, decided, or has to refund can be released', () => {
    const hold = { actor: 'a', reason: 'r', until: null };
    const decision = {
      at: AT,
      actor: 'a',
      reason: 'r',
      operation: { kind: 'cancel', user_reason: 'u' },
    } as const;
    const refund_due = { amount: 1, because: 'overpaid', reason: '' } as const;
    expect(allowedActions(order({ hold }))).toContain('release');
    expect(allowedActions({ ...ended('paid'), refund_due })).toContain('release');
    const decided = allowedActions(order({ decision }));
    expect(decided).toContain('release');
    expect(decided).not.toContain('collect');
    expect(decided).not.toContain('reduce');
  });

  test('an order whose collection was refused, or whose record is full, can be released', () => {
    const stopped = (because: 'refused' | 'last_day', entries: number) =>
      allowedActions(
        order({
          next: { action: 'stop', because, reason: '' },
          timeline: Array.from({ length: entries }, () => attempt('declined')),
        }),
      );
    expect(stopped('refused', 1)).toContain('release');
    expect(stopped('last_day', 55)).not.toContain('release');
    expect(stopped('last_day', 56)).toContain('release');
  });
});

describe('a release names', () => {
  const hold = { actor: 'a', reason: 'r', until: null };
  const waived = {
    at: AT,
    actor: 'a',
    reason: 'r',
    operation: { kind: 'cancel', user_reason: 'u' },
  } as const;
  const refund_due = { amount: 250, because: 'paid_twice', reason: '' } as const;

  test('at first the refund that is shown, by its amount', () => {
    const due = order({ refund_due, decision: waived });
    expect(namesAtFirst(due)).toBe('refund');
    expect(namedAs('refund', due)).toEqual({ refund_amount: 250 });
  });

  test('no refund unless somebody wants it, when a hold is what ends', () => {
    expect(namesAtFirst(order({ hold, refund_due, decision: waived }))).toBe('nothing');
    expect(namedAs('nothing', order({ hold, refund_due, decision: waived }))).toEqual({});
    // At its end nothing but the refund can be released.
    expect(namesAtFirst({ ...ended('paid'), hold, refund_due })).toBe('refund');
  });

  test('the decision that there is, held or not, when no money is to be refunded', () => {
    expect(namesAtFirst(order({ decision: waived }))).toBe('decision');
    expect(namesAtFirst(order({ hold, decision: waived }))).toBe('decision');
    expect(namedAs('decision', order({ refund_due, decision: waived }))).toEqual({ takes_back: 'waive' });
  });

  test('nothing that is not there', () => {
    expect(namesAtFirst(order({ hold }))).toBe('nothing');
    expect(namedAs('refund', order())).toEqual({});
    expect(namedAs('decision', order())).toEqual({});
  });
});

describe('what the user may be told', () => {
  const t = TEXTS.en;
  const codes = CODES.en;
  const tell = (one: ShownOrder) => tellOf(one, t, codes);

  test('that it is paid only when that is verified, with the amount and the time', () => {
    expect(tell(ended('paid'))).toBe(
      'The order is paid: ¥12.50, confirmed by WeChat Pay at 2026-11-30 10:00. Nothing more is due.',
    );
    expect(tell(order({ timeline: [attempt('accepted')] }))).toBe(t.tell.pending);
  });

  test('money that is to be refunded comes before everything', () => {
    const refund_due = { amount: 250, because: 'paid_twice', reason: '' } as const;
    expect(tell({ ...ended('paid'), refund_due })).toContain('¥2.50');
  });

  test('a refund that was dealt with, by our own word, after what stands', () => {
    const actor = { kind: 'console', id: 'a' } as const;
    const released = { kind: 'released', at: AT, actor, reason: 'r' } as const;
    const named = { ...released, refund_amount: 250 };
    const paid = tell(ended('paid'));
    const told = t.tell.refunded(paid, '¥2.50', '2026-11-30 10:00');
    expect(tell({ ...ended('paid'), timeline: [{ ...named, refund_amount: 100 }, named, released] })).toBe(
      told,
    );
    expect(tell({ ...ended('paid'), timeline: [released] })).toBe(paid);
    const refund_due = { amount: 100, because: 'paid_twice', reason: '' } as const;
    expect(tell({ ...ended('paid'), timeline: [named], refund_due })).toBe(t.tell.refund('¥1.00'));
  });

  test('why the last attempt took nothing, in WeChat Pay’s reason', () => {
    expect(tell(order({ timeline: [attempt('declined', '271316574')] }))).toBe(
      codes.subCode['271316574'].tell,
    );
    expect(tell(order({ timeline: [attempt('declined')] }))).toBe(codes.outcome.declined.tell);
  });

  test('an attempt that is under way is waited for', () => {
    const open = {
      id: 'c',
      claimed_at: AT,
      actor: 'a',
      decided: { rule: 'demand', policy: 'default' },
      outcome: 'in_progress',
    } as const;
    expect(tell(order({ open_attempt: open }))).toBe(codes.outcome.in_progress.tell);
    expect(tell(order({ open_attempt: { ...open, outcome: null } }))).toBe(codes.outcome.unknown.tell);
  });

  test('what a later query has answered is not told any more', () => {
    expect(tell(order({ timeline: [attempt('contradicted', '271302333')] }))).toBe(t.tell.pending);
  });

  test('a decision by hand asks him not to pay', () => {
    const decision = { at: AT, actor: 'a', reason: 'r', operation: { kind: 'sync', paid_at: AT } } as const;
    expect(tell(order({ decision }))).toBe(t.tell.decided.sync);
  });

  test('until when nothing is deducted, and that nothing is known yet', () => {
    const next = { action: 'wait', because: 'first_attempt', until: AT, reason: '' } as const;
    expect(tell(order({ next }))).toContain('2026-11-30 10:00');
    expect(tell(order({ standing: null }))).toBe(t.tell.unasked);
  });
});
