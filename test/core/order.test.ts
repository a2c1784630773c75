import {
  conclusiveAt,
  isUnconfirmed,
  newOrder,
  ORDER_STATUSES,
  phaseOf,
  SCHEMA,
  spellActor,
} from '../../lambda/core/order';
import {
  ACTOR,
  after,
  CLAIM,
  claim,
  NOW,
  observed,
  OPERATIONS,
  orderWith,
  OUTCOMES,
  REF,
  REGISTRATION,
  saw,
  settle,
  STANDING_KINDS,
} from './orders';

test('a registration brings an order into the ledger as version 1, with nothing else; rows are of the third shape', () => {
  expect(newOrder(REF, REGISTRATION)).toEqual({
    ref: REF,
    version: 1,
    registration: REGISTRATION,
    calls: [],
    status: 'active',
    timeline: [],
  });
  expect(SCHEMA).toBe(4);
});

test('an order is open while an attempt is, else ended at its verified end, else idle', () => {
  expect(phaseOf({})).toBe('idle');
  const phases = STANDING_KINDS.map((kind) => [kind, phaseOf({ observed: saw(kind, NOW) })]);
  expect(phases).toEqual([
    ['pending', 'idle'],
    ['paid', 'ended'],
    ['settled', 'ended'],
    ['cancelled', 'ended'],
    ['expired', 'ended'],
    ['not_completed', 'idle'],
    ['unrecognised', 'idle'],
  ]);
  expect(phaseOf({ open: CLAIM })).toBe('open');
  expect(phaseOf({ open: CLAIM, observed: saw('paid', NOW) })).toBe('open');
});

test('an order is found among the active, the watched, those to be refunded, or those at one of the four ends', () => {
  expect(ORDER_STATUSES).toEqual([
    'active',
    'watched',
    'refund_due',
    'paid',
    'settled',
    'cancelled',
    'expired',
  ]);
});

test('an answer is conclusive 190 s after the last moment of sending, after USERPAYING 30 minutes and 10 s', () => {
  // CLAIM is sent by NOW + 15 s.
  expect(conclusiveAt(CLAIM) - NOW).toBe(205_000);
  expect(conclusiveAt({ ...CLAIM, outcome: OUTCOMES.accepted }) - NOW).toBe(205_000);
  expect(conclusiveAt({ ...CLAIM, outcome: OUTCOMES.in_progress }) - NOW).toBe(1_825_000);
});

test('a person is spelled by name, with the id that never changes behind it; a caller without a name by its id', () => {
  expect(spellActor({ kind: 'console', id: 'idp#42', name: '张三' })).toBe('张三 (idp#42)');
  expect(spellActor({ kind: 'schedule', id: 'sweep' })).toBe('sweep');
});

describe('the service of an order may be put right', () => {
  const held = { kind: 'held', at: NOW, hold: { actor: ACTOR, reason: 'x' } } as const;
  const taken = { kind: 'released', at: NOW, actor: ACTOR, reason: 'x' } as const;
  const intended = {
    kind: 'intended',
    at: NOW,
    actor: ACTOR,
    reason: 'x',
    operation: OPERATIONS.cancel,
  } as const;

  test('while people alone have decided about it', () => {
    expect(isUnconfirmed(orderWith({}))).toBe(true);
    expect(isUnconfirmed(orderWith({ timeline: [held, taken, intended] }))).toBe(true);
  });

  test('not once something was sent under it, or may have been, or WeChat Pay has confirmed it', () => {
    const unsent = after(orderWith({}), claim(), settle('not_sent'));
    expect(unsent).not.toHaveProperty('open');
    expect(isUnconfirmed(unsent)).toBe(false);
    expect(isUnconfirmed(orderWith({ open: CLAIM }))).toBe(false);
    expect(isUnconfirmed(orderWith({ observed: saw('pending', NOW) }))).toBe(false);
    const contested = after(orderWith({}), observed('pending', NOW), claim(), settle('refused'));
    expect(contested).not.toHaveProperty('observed');
    expect(isUnconfirmed(contested)).toBe(false);
  });
});
