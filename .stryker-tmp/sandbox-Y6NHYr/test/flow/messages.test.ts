import * as fc from 'fast-check';
import type { OrderRef } from '../../lambda/core/ids';
import { DAY, HOUR, MINUTE, SECOND, T0 } from './support/memory';
import { beijing, type Given, Simulation } from './support/simulation';

const FAULTY_MS = 21 * DAY;
/** Longer than the longest wait of the default policy, 168 h: in it everything is taken up once without faults. */
const CALM_MS = 8 * DAY;

const rate = (max: number) => fc.constantFrom(0, max / 10, max);

const GIVEN: fc.Arbitrary<Given> = fc.record({
  seed: fc.integer(),
  rates: fc.record({
    lost: rate(0.5),
    twice: rate(0.5),
    delayed: rate(0.5),
    refusedByQueue: rate(0.5),
    unmoved: rate(0.3),
    unanswered: rate(0.5),
    failing: rate(0.05),
  }),
  demands: fc.constantFrom(0, 5, 60),
  completedDaysAgo: fc.array(fc.option(fc.constantFrom(0, 1, 5, 20), { nil: undefined }), {
    minLength: 1,
    maxLength: 3,
  }),
});

/** Cheaper than `expect`; the seed is in fast-check's report. */
function insist(holds: boolean, what: string, ref: OrderRef, more: unknown): void {
  if (!holds) throw new Error(`${ref.out_order_no}: ${what}: ${JSON.stringify(more)}`);
}

/** What the default policy and WeChat Pay's lock promise about the calls on one order. */
function insistLawful(simulation: Simulation, ref: OrderRef): void {
  const calls = simulation.calls.get(ref.out_order_no) ?? [];
  const burned = calls.filter(({ spacing }) => spacing === 'gap');
  insist(
    new Set(calls.map(({ claim_id }) => claim_id)).size === calls.length,
    'two calls a claim',
    ref,
    calls,
  );
  insist(burned.length <= 8, 'more than eight calls', ref, calls);
  for (const [index, call] of calls.entries()) {
    const { hours } = beijing(call.claimed_at);
    // Keys and rate are had between decision and claim.
    insist(hours >= 8 && hours <= 21 + (15 * SECOND) / HOUR, 'outside 08:00–21:00', ref, call);
    insist(call.order.status !== 'paid', 'a call on an order that is known to be paid', ref, call);
    insist(call.at - (call.paidAt ?? call.at) <= 15 * SECOND, 'a call after the payment', ref, call);
    const before = calls[index - 1];
    insist(before === undefined || call.at - before.at >= 3 * MINUTE, 'inside the lock', ref, [before, call]);
  }
  for (const [index, call] of burned.entries()) {
    const before = burned[index - 1];
    if (before === undefined) continue;
    insist(call.claimed_at - before.claimed_at >= 6 * HOUR, 'inside the gap', ref, [before, call]);
    insist(beijing(call.claimed_at).day > beijing(before.claimed_at).day, 'two a day', ref, [before, call]);
  }
}

test('whatever the queue loses, doubles, delays and reorders over three weeks, and whoever asks meanwhile: no order is lost, and none is called too soon, too often, at night or after it was paid', async () => {
  const seen = { runs: 0, calls: 0, paid: 0, watched: 0 };
  await fc.assert(
    fc.asyncProperty(GIVEN, async (given) => {
      const simulation = new Simulation(given);
      await simulation.run(FAULTY_MS, CALM_MS);
      for (const ref of simulation.refs) {
        insistLawful(simulation, ref);
        const row = await simulation.ledger.find(ref);
        const isPaid = simulation.paidAt(ref) < T0 + FAULTY_MS;
        // A payment is found out; an order that is not paid has a time at which it is taken up again.
        insist(!isPaid || row?.status === 'paid', 'a payment that nobody noticed', ref, row);
        insist(row?.status !== 'paid' || row.open === undefined, 'paid and still open', ref, row);
        const due = row?.due_at ?? 0;
        insist(row?.status === 'paid' || due >= T0 + FAULTY_MS + CALM_MS - 5 * MINUTE, 'lost', ref, row);
        insist(row?.status !== 'paid' || row.due_at === undefined, 'paid and still due', ref, row);
        seen.calls += simulation.calls.get(ref.out_order_no)?.length ?? 0;
        if (row?.status === 'paid' || row?.status === 'watched') seen[row.status] += 1;
      }
      seen.runs += 1;
    }),
    { numRuns: 120 },
  );
  // Nothing of this is empty: calls were made; a month after completion an order is paid, or only watched.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
});
