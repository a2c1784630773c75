import { evolve, TRANSITIONS, type Change } from '../../lambda/core/evolve';
import { phaseOf, type Order, type Phase } from '../../lambda/core/order';
import {
  byHandAt,
  claim,
  CLAIM,
  claimAt,
  CONCLUSIVE,
  corrected,
  doubted,
  held,
  HOUR,
  intended,
  KINDS,
  NOW,
  observed,
  OPERATIONS,
  orderWith,
  OUTCOMES,
  REGISTRATION,
  released,
  saw,
  settle,
  STANDING_KINDS,
  TERMINAL,
  unanswered,
  wouldCollect,
} from './orders';

const PHASES: readonly Phase[] = ['idle', 'open', 'ended'];

const ORDERS: Readonly<Record<Phase, readonly Order[]>> = {
  idle: [
    orderWith({}),
    ...(['pending', 'not_completed', 'unrecognised'] as const).map((kind) =>
      orderWith({ observed: saw(kind, NOW), calls: [NOW - HOUR] }),
    ),
  ],
  open: [
    orderWith({ open: CLAIM }),
    orderWith({ open: CLAIM, observed: saw('pending', NOW) }),
    ...Object.values(OPERATIONS).map((operation) => orderWith({ open: byHandAt(NOW, 'c1', operation) })),
    orderWith({ open: { ...CLAIM, outcome: OUTCOMES.accepted }, observed: saw('unrecognised', NOW) }),
    orderWith({ open: { ...CLAIM, outcome: OUTCOMES.in_progress }, observed: saw('not_completed', NOW) }),
  ],
  ended: TERMINAL.map((kind) => orderWith({ observed: saw(kind, NOW), calls: [NOW - HOUR] })),
};

const CHANGES: Readonly<Record<Change['kind'], readonly Change[]>> = {
  register: [{ kind: 'register', said: { completed_at: NOW } }],
  claim: [
    claim(),
    claim(claimAt(NOW + HOUR, 'c2')),
    ...Object.values(OPERATIONS).map((operation) => claim(byHandAt(NOW + HOUR, 'c2', operation))),
  ],
  settle: KINDS.flatMap((kind) => [settle(kind), settle(kind, claimAt(NOW - HOUR, 'c0'))]),
  observe: STANDING_KINDS.flatMap((kind) =>
    [NOW - HOUR, NOW + 1, CONCLUSIVE, NOW + HOUR].map((at) => observed(kind, at)),
  ),
  unanswered: [unanswered(NOW + 1)],
  would_collect: [wouldCollect(NOW + 1)],
  hold: [held(NOW + 1), held(NOW + 1, NOW + HOUR)],
  release: [released(NOW + 1)],
  doubt: [doubted(NOW + 1)],
  intend: [intended(NOW + 1, OPERATIONS.cancel)],
  correct: [corrected(NOW + 1)],
};

const KINDS_OF_CHANGE = Object.keys(TRANSITIONS) as Change['kind'][];

/** What the tables must say, in words of policy; the phases to which a change may lead. */
const MAY_LEAD: readonly [Change['kind'], from: Phase, to: Phase[]][] = [
  ['register', 'idle', ['idle']],
  ['register', 'open', ['open']],
  ['register', 'ended', ['ended']],
  ['claim', 'idle', ['open']],
  ['claim', 'open', []],
  ['claim', 'ended', []],
  ['settle', 'idle', ['idle']],
  ['settle', 'open', ['open', 'idle']],
  ['settle', 'ended', ['ended']],
  ['observe', 'idle', ['idle', 'ended']],
  ['observe', 'open', ['open', 'idle', 'ended']],
  ['observe', 'ended', ['ended', 'idle']],
  ['unanswered', 'idle', ['idle']],
  ['unanswered', 'open', ['open']],
  ['unanswered', 'ended', ['ended']],
  ['would_collect', 'idle', ['idle']],
  ['would_collect', 'open', []],
  ['would_collect', 'ended', []],
  ['hold', 'idle', ['idle']],
  ['hold', 'open', ['open']],
  ['hold', 'ended', []],
  ['release', 'idle', ['idle']],
  ['release', 'open', ['open']],
  ['release', 'ended', ['ended']],
  ['doubt', 'idle', ['idle']],
  ['doubt', 'open', ['open']],
  ['doubt', 'ended', ['ended']],
  ['intend', 'idle', ['idle']],
  ['intend', 'open', ['open']],
  ['intend', 'ended', []],
  ['correct', 'idle', ['idle']],
  ['correct', 'open', ['open']],
  ['correct', 'ended', ['ended']],
];

test('every change has a row in the table, and every phase a column', () => {
  expect(KINDS_OF_CHANGE.toSorted()).toEqual(Object.keys(CHANGES).toSorted());
  expect(MAY_LEAD).toHaveLength(KINDS_OF_CHANGE.length * PHASES.length);
  for (const phase of PHASES) expect(new Set(ORDERS[phase].map(phaseOf))).toEqual(new Set([phase]));
});

test.each(MAY_LEAD)('%s, from %s, leads to %j, by the table and in fact', (kind, from, to) => {
  expect(TRANSITIONS[kind][from]).toEqual(to);
  const reached = new Set<Phase>();
  for (const order of ORDERS[from])
    for (const change of CHANGES[kind]) if (to.length > 0) reached.add(phaseOf(evolve(order, change)));
  // No entry that cannot happen, and none missing.
  expect(reached).toEqual(new Set(to));
});

const ILLEGAL = MAY_LEAD.filter(([, , to]) => to.length === 0);

test.each(ILLEGAL)('%s of an order that is %s throws, and says of which order', (kind, from) => {
  for (const order of ORDERS[from])
    for (const change of CHANGES[kind])
      expect(() => evolve(order, change)).toThrow(
        new RegExp(`^order 1234323JKHDFE1243252: ${kind} does not lead from ${from} to (idle|open|ended)$`),
      );
});

test('only a claim opens an attempt, and only an answer of WeChat Pay ends an order or takes an end back', () => {
  const into = (phase: Phase) =>
    MAY_LEAD.filter(([, from, to]) => from !== phase && to.includes(phase)).map(([kind]) => kind);
  expect(into('open')).toEqual(['claim']);
  expect(into('ended')).toEqual(['observe', 'observe']);
  expect(
    MAY_LEAD.filter(([, from, to]) => from === 'ended' && to.includes('idle')).map(([kind]) => kind),
  ).toEqual(['observe']);
});

test('every change makes the next version and leaves the order before it as it was', () => {
  for (const phase of PHASES)
    for (const order of ORDERS[phase]) {
      const before = structuredClone(order);
      for (const kind of KINDS_OF_CHANGE.filter((one) => TRANSITIONS[one][phase].length > 0))
        for (const change of CHANGES[kind]) expect(evolve(order, change).version).toBe(8);
      expect(order).toEqual(before);
    }
});

test('no change but a claim makes an attempt, and none touches what another one is about', () => {
  const order = orderWith({
    observed: saw('pending', NOW),
    calls: [NOW - HOUR],
    hold: { actor: CLAIM.actor, reason: 'x' },
  });
  const { version: _, ...same } = order;
  expect(evolve(order, unanswered(NOW + 1))).toEqual({
    ...same,
    version: 8,
    unanswered: { count: 1, at: NOW + 1 },
  });
  expect(evolve(order, claim())).toEqual({ ...same, version: 8, open: CLAIM });
  const registration = { ...REGISTRATION, completed_at: NOW };
  expect(evolve(order, { kind: 'register', said: { completed_at: NOW } })).toEqual({
    ...same,
    version: 8,
    registration,
  });
});
