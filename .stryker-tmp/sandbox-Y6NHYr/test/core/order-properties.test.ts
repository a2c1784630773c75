import fc from 'fast-check';
import { isAllowed } from '../../lambda/core/calendar';
import { completionOf } from '../../lambda/core/completion';
import type { Change } from '../../lambda/core/evolve';
import type { StandingKind } from '../../lambda/core/observe';
import type { Open, Order } from '../../lambda/core/order';
import { planned } from '../../lambda/core/plan';
import { play, steps, type History, type Moved } from './histories';
import {
  after,
  around,
  claim,
  claimAt,
  DAY,
  HOUR,
  MINUTE,
  NOW,
  observed,
  orderWith,
  saw,
  settle,
  TERMINAL,
} from './orders';

const inEvery = (rule: (history: History) => void) =>
  fc.assert(
    fc.property(steps, (list) => rule(play(list))),
    { numRuns: 1_000 },
  );
/** Throws, with the history and its seed, when in one of a thousand a move is `against` a rule. */
const noMoveThat = (against: (move: Moved) => boolean) => () =>
  fc.assert(
    fc.property(steps, (list) => !play(list).moves.some(against)),
    { numRuns: 1_000 },
  );
const isEnd = (kind: StandingKind | undefined) => TERMINAL.some((end) => end === kind);

const isCollection = ({ operation }: Open) => operation === undefined;

/** Whether a change is evidence that `open` is over: its worker's report, or a verified answer, late enough. */
function closes(open: Open, change: Change): boolean {
  if (change.kind === 'settle')
    return (
      change.claim.claim_id === open.claim_id &&
      !/^(accepted|in_progress|busy|unknown)$/.test(change.report.outcome.kind)
    );
  if (change.kind !== 'observe') return false;
  const { at, standing, by } = change.observation;
  if (by === 'notification') return isEnd(standing.kind);
  // The lock of three minutes after the last moment at which the call may have arrived.
  return isEnd(standing.kind) || at >= open.send_by + 190_000;
}

describe('whatever happened to an order', () => {
  test('each attempt counts as one call at most, and nothing else as any', () => {
    inEvery(({ order, claims }) => {
      expect(new Set(order.calls).size).toBe(order.calls.length);
      expect(order.calls).toEqual(order.calls.toSorted((a, b) => a - b));
      const claimed = claims.filter(isCollection).map((open) => open.claimed_at);
      expect(order.calls.filter((call) => !claimed.includes(call))).toEqual([]);
    });
  });

  test('every attempt that is not open any more and may have left is counted', () => {
    inEvery(({ order, claims, moves }) => {
      const burnedNothing = moves.flatMap(({ change }) =>
        change.kind === 'settle' && /^(throttled|misconfigured|not_sent)$/.test(change.report.outcome.kind)
          ? [change.claim.claim_id]
          : [],
      );
      const over = claims.filter((one) => isCollection(one) && one.claim_id !== order.open?.claim_id);
      const burned = over.filter(({ claim_id }) => !burnedNothing.includes(claim_id));
      expect(order.calls).toEqual(expect.arrayContaining(burned.map(({ claimed_at }) => claimed_at)));
    });
  });

  test('an open attempt is only forgotten for its own report, or for a verified answer', () => {
    expect(
      noMoveThat(
        ({ before: { open }, change, after: { open: left } }) =>
          open !== undefined &&
          left?.claim_id !== open.claim_id &&
          (left !== undefined || !closes(open, change)),
      ),
    ).not.toThrow();
  });

  test('an end is only left for a verified answer that was surely asked for later', () => {
    expect(
      noMoveThat(({ before, change, after: next }) => {
        const [was, is] = [before.observed, next.observed];
        if (was === is || was === undefined || !isEnd(was.standing.kind)) return false;
        const surelyLaterMs = isEnd(is?.standing.kind) ? 0 : MINUTE;
        return change.kind !== 'observe' || is === undefined || is.at < was.at + surelyLaterMs;
      }),
    ).not.toThrow();
  });

  test('nothing but an answer changes where an order stands; a call may contest it, and then nothing is known', () => {
    expect(
      noMoveThat(
        ({ before, change, after: next }) =>
          next.observed !== before.observed &&
          change.kind !== 'observe' &&
          !(
            next.observed === undefined &&
            change.kind === 'settle' &&
            /^(contradicted|refused)$/.test(change.report.outcome.kind)
          ),
      ),
    ).not.toThrow();
  });

  test('the answers of its history, in another order and repeated, leave it standing where it stood', () => {
    const reordered = steps.chain((list) => {
      const answers = play(list).moves.flatMap(({ change }) =>
        change.kind === 'observe' ? [change.observation] : [],
      );
      // One instance asks once in a millisecond; of two at the same one, none is the later.
      const apart = [...new Map(answers.map((one) => [one.at, one])).values()];
      const twice = [...apart, ...apart];
      return fc.tuple(fc.constant(apart), fc.shuffledSubarray(twice, { minLength: twice.length }));
    });
    fc.assert(
      fc.property(reordered, fc.boolean(), ([answers, shuffled], open) => {
        const order = orderWith(open ? { open: claimAt(NOW, 'c0') } : {});
        const told = (list: typeof answers) =>
          after(order, ...list.map((observation): Change => ({ kind: 'observe', observation })));
        expect(told(shuffled).observed).toEqual(told(answers).observed);
      }),
      { numRuns: 500 },
    );
  });
});

describe('whatever happened to an order, it is planned', () => {
  interface Plan {
    readonly order: Order;
    readonly now: number;
    /** Without chance. */
    readonly due: number | undefined;
    readonly later: number | undefined;
  }

  const DEFAULT = around();
  const { policy } = DEFAULT.effective;
  const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const plans = fc
    .tuple(steps, fc.integer({ min: 0, max: 200 * DAY }), chances)
    .map(([list, sinceMs, chance]): Plan => {
      const { order, now: last } = play(list);
      const now = last + sinceMs;
      const due = planned(order, DEFAULT, now, 0).due_at;
      return { order, now, due, later: planned(order, DEFAULT, now, chance).due_at };
    });
  const everyPlan = (holds: (plan: Plan) => boolean) => () =>
    fc.assert(fc.property(plans, holds), { numRuns: 1_000 });
  /** The next question would come a week later at the latest. */
  const isPastDay180 = (order: Order) =>
    Math.max(order.observed?.at ?? 0, order.unanswered?.at ?? 0, order.registration.at) + 7 * DAY >
    Math.max(completionOf(order).at, order.registration.at) + 180 * DAY;

  test('for now or later, unless it is at its end, or its next question would come after day 180', () => {
    expect(
      everyPlan(({ order, now, due }) =>
        due === undefined ? isEnd(order.observed?.standing.kind) || isPastDay180(order) : due >= now,
      ),
    ).not.toThrow();
  });

  test('with chance for at most a tenth and half an hour later, never earlier, and never out of the window', () => {
    expect(
      everyPlan(({ now, due, later }) =>
        due === undefined || later === undefined
          ? due === later
          : later >= due &&
            10 * (later - now) <= 11 * (due - now) &&
            later - due <= 30 * MINUTE &&
            (!isAllowed(policy, due) || isAllowed(policy, later)),
      ),
    ).not.toThrow();
  });
});

test('an order that is attempted again and again, as fast as evidence allows, counts every call once', () => {
  let order = orderWith({ observed: saw('pending', NOW) });
  for (let n = 0; n < 20; n += 1) {
    const open = claimAt(NOW + n * HOUR, `c${n}`);
    const closed = observed('pending', NOW + n * HOUR + 10 * MINUTE);
    order = after(order, claim(open), settle('accepted', open), closed, closed, settle('accepted', open));
  }
  expect(order.calls).toEqual(Array.from({ length: 20 }, (_, n) => NOW + n * HOUR));
});
