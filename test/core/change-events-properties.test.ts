import fc from 'fast-check';
import type { ChangeEvent } from '../../lambda/core/change-event';
import { eventsIn, eventsOf } from '../../lambda/core/change-events';
import { isTerminal } from '../../lambda/core/observe';
import type { Order } from '../../lambda/core/order';
import { play, steps, type History } from './histories';
import { ACTOR } from './orders';

interface Told {
  readonly history: History;
  readonly moves: readonly (readonly ChangeEvent[])[];
  readonly all: readonly ChangeEvent[];
}

/** A history, and what was told of it from its registration on. */
function hold(rule: (told: Told) => void): void {
  fc.assert(
    fc.property(steps, (list) => {
      const history = play(list);
      const start = history.moves[0]?.before ?? history.order;
      const moves = history.moves.map(({ before, after }) => eventsOf(before, after, history.now));
      rule({ history, moves, all: [...eventsOf(undefined, start, history.now), ...moves.flat()] });
    }),
    { numRuns: 300 },
  );
}

const isEnded = ({ observed }: Order) => observed !== undefined && isTerminal(observed.standing);

test('what is told under the same id twice is the same thing, of the same time; a refund is one however often the order is seen paid', () => {
  hold(({ all }) => {
    // Who pays back what he is told of must not do so again because an answer wavered between paid and pending.
    const when = ({ type, at }: ChangeEvent) => (type === 'RefundDue' ? undefined : at);
    const told = new Set(all.map((event) => JSON.stringify([event.detail.id, event.type, when(event)])));
    expect(told.size).toBe(new Set(all.map(({ detail }) => detail.id)).size);
  });
});

test('what is handed over again is told again, word for word', () => {
  hold(({ history, moves }) => {
    for (const [nth, { before, after }] of history.moves.entries())
      expect(eventsOf(before, after, history.now)).toEqual(moves[nth]);
  });
});

test('whatever the ledger still tells was told when it happened, under the same id, as of the same time', () => {
  hold(({ history, all }) => {
    const first = new Map(all.map((event) => [event.detail.id, event]));
    for (const { type, at, detail } of eventsIn(history.order))
      expect(first.get(detail.id)).toMatchObject({ type, at });
  });
});

test('every call that was reported is told, and nothing is told of one that was not', () => {
  hold(({ history, all }) => {
    const settled = all.flatMap(({ type, detail }) =>
      type === 'AttemptSettled' || type === 'DecisionSettled' ? [detail.id.split('/').at(-1)] : [],
    );
    const reported = history.moves.flatMap(({ change }) =>
      change.kind === 'settle' ? [change.claim.claim_id] : [],
    );
    expect(new Set(settled)).toEqual(new Set(reported));
  });
});

test('an end is told when it comes and when it goes, and paid is told only of what is paid', () => {
  hold(({ history, moves }) => {
    for (const [nth, { before, after }] of history.moves.entries()) {
      const types = (moves[nth] ?? []).map(({ type }) => type);
      expect(types.includes('OrderReopened')).toBe(isEnded(before) && !isEnded(after));
      const [was, is] = [before.observed?.standing.kind, after.observed?.standing.kind];
      expect(types.includes('OrderPaid')).toBe(is === 'paid' && was !== 'paid');
      expect(types.includes('OrderSettled')).toBe(is === 'settled' && was !== 'settled');
      expect(types.includes('OrderCancelled')).toBe(is === 'cancelled' && was !== 'cancelled');
      expect(types.includes('OrderExpired')).toBe(is === 'expired' && was !== 'expired');
    }
  });
});

test('no event says who decided anything', () => {
  hold(({ all }) => {
    expect(JSON.stringify(all)).not.toContain(ACTOR.id);
    expect(JSON.stringify(all)).not.toMatch(/"(actor|reason|user_reason|message)"/);
  });
});
