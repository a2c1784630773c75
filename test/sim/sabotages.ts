/** A line of the real source that is changed, so that one promise of the project is broken. */
export interface Sabotage {
  readonly name: string;
  /** Seen from the project's root. */
  readonly file: string;
  /** The exact text, which stands there once. */
  readonly text: string;
  readonly instead: string;
  /** It is caught by a seed no higher than this. */
  readonly withinSeeds: number;
}

const ATTEMPT_OPEN = 'if (open !== undefined) return probe(probeAt(open, unanswered, occasion), now);';

/** What a simulation that deserves the name finds out by itself. One that it does not find shows a hole in it, or in its judge. */
export const SABOTAGES: readonly Sabotage[] = [
  {
    name: 'no condition on the claim',
    file: 'lambda/flow/claim.ts',
    text: "if ((await ledger.save(stored, after)) === 'saved')",
    instead: "if ((await ledger.save((await ledger.find(order.ref)) ?? stored, after)) === 'saved')",
    withinSeeds: 400,
  },
  {
    name: 'sent again while an attempt is open',
    file: 'lambda/core/decide.ts',
    text: ATTEMPT_OPEN,
    instead: '',
    withinSeeds: 50,
  },
  {
    name: 'a claim expires',
    file: 'lambda/core/decide.ts',
    text: ATTEMPT_OPEN,
    instead: ATTEMPT_OPEN.replace('open !== undefined', 'open !== undefined && now < open.send_by + 120_000'),
    withinSeeds: 50,
  },
  {
    name: 'the cap before the open attempt',
    file: 'lambda/core/decide.ts',
    text: ATTEMPT_OPEN,
    instead: ATTEMPT_OPEN.replace(
      'open !== undefined',
      'open !== undefined && order.calls.length < around.effective.policy.attempts_max',
    ),
    withinSeeds: 200,
  },
  {
    name: 'a 2xx is a payment',
    file: 'lambda/core/evolve.ts',
    text: 'if (CONTESTS.includes(report.outcome.kind)) {',
    instead:
      "if (report.outcome.kind === 'accepted' && settled.observed) settled.observed = { ...settled.observed, at, standing: { kind: 'paid', paid_amount: settled.observed.facts.total_amount } }; else if (CONTESTS.includes(report.outcome.kind)) {",
    withinSeeds: 50,
  },
  {
    name: 'a timeout is a decline',
    file: 'lambda/wechatpay/payscore.ts',
    text: "return { outcome: { kind: 'unknown', because: 'no_answer' }, evidence: call.evidence };",
    instead: "return { outcome: { kind: 'declined' }, evidence: call.evidence };",
    withinSeeds: 100,
  },
  {
    name: 'a 5xx is a decline',
    file: 'lambda/wechatpay/outcomes.ts',
    text: "row('system_error', { status: [500, 599] }, SERVER_ERROR, DOC),",
    instead: "row('system_error', { status: [500, 599] }, DECLINED, DOC),",
    withinSeeds: 100,
  },
  {
    name: 'the key of an order without its sub-merchant',
    file: 'lambda/store/ledger-item.ts',
    text: '  return `${mchid}#${sub_mchid}#${out_order_no}`;',
    instead: '  return `${mchid}#${out_order_no}`;',
    withinSeeds: 50,
  },
  {
    name: 'asked too early',
    file: 'lambda/core/decide.ts',
    text: 'return Math.max(conclusive, last + probeWaitMs(unanswered?.count ?? 0));',
    instead: 'return last + 60_000;',
    withinSeeds: 50,
  },
  {
    name: 'closed too early',
    file: 'lambda/core/evolve.ts',
    text: 'if (at < conclusiveAt(open)) return undefined;',
    instead: '',
    withinSeeds: 400,
  },
  {
    name: 'USERPAYING waits no longer than anything else',
    file: 'lambda/core/outcome.ts',
    text: "(kind === 'in_progress' ? USERPAYING_MS : LOCK_MS);",
    instead: 'LOCK_MS;',
    withinSeeds: 100,
  },
  {
    name: 'quiet hours end an hour early',
    file: 'lambda/core/calendar.ts',
    text: 'quiet: quiet_hours.map(spanOf)',
    instead: 'quiet: quiet_hours.map(spanOf).map((span) => ({ ...span, toMs: span.toMs - 3_600_000 }))',
    withinSeeds: 200,
  },
  {
    name: 'the clock of the time zone is an hour off',
    file: 'lambda/core/calendar.ts',
    text: 'return Date.UTC(year, month - 1, day, ...time) - second;',
    instead: 'return Date.UTC(year, month - 1, day, ...time) - second + 3_600_000;',
    withinSeeds: 200,
  },
  {
    name: 'windows are forgotten',
    file: 'lambda/core/calendar.ts',
    text: 'return found < limit ? found : undefined;',
    instead: 'return from;',
    withinSeeds: 100,
  },
  {
    name: 'jitter outside its bounds',
    file: 'lambda/core/ladder.ts',
    text: 'return waitMs + Math.floor(Math.min(waitMs / 10, JITTER_MS_MAX) * chance);',
    instead: 'return waitMs + Math.floor(2 * waitMs * chance);',
    withinSeeds: 50,
  },
  {
    name: 'a notification is applied before it is verified',
    file: 'lambda/wechatpay/notification.ts',
    text: "if (signed.kind !== 'proven') return signed;",
    instead: "if (signed.kind !== 'proven' && signed.kind !== 'unverified') return signed;",
    withinSeeds: 100,
  },
  {
    name: 'an old notification is applied like a new one',
    file: 'lambda/core/notification.ts',
    text: 'return notice.late || overtaken || leavesEnd',
    instead: 'return overtaken || leavesEnd',
    withinSeeds: 400,
  },
  {
    name: 'an older answer takes back an end',
    file: 'lambda/core/evolve.ts',
    text: 'return weight(known) > weight(observation);',
    instead: 'return false;',
    withinSeeds: 1_250,
  },
  {
    name: 'one budget for all merchants',
    file: 'lambda/store/budget.ts',
    text: 'pk: { S: `budget#${mchid}` }',
    instead: 'pk: { S: `budget#` }',
    withinSeeds: 200,
  },
  {
    name: 'a collection without its share of the rate',
    file: 'lambda/flow/attempt.ts',
    text: '      budgetUntil = await overRate();\n',
    instead: '',
    withinSeeds: 200,
  },
  {
    name: 'a stopped order is not watched',
    file: 'lambda/core/decide.ts',
    text: "if (askAt === undefined) return { kind: 'stop', because };",
    instead: "return { kind: 'stop', because };",
    withinSeeds: 50,
  },
  {
    name: 'sent after send_by',
    file: 'lambda/wechatpay/payscore.ts',
    text: '{ out_order_no, timeout: limited(timeoutMs), send_by: sendBy }),',
    instead: '{ out_order_no, timeout: limited(timeoutMs) }),',
    withinSeeds: 600,
  },
  {
    name: 'no gap between two attempts',
    file: 'lambda/core/guards.ts',
    text: 'Math.max(min_gap_minutes * MINUTE_MS, LOCK_MS)',
    instead: 'LOCK_MS',
    withinSeeds: 600,
  },
  {
    name: 'one attempt a day more',
    file: 'lambda/core/guards.ts',
    text: 'return made >= attempts_per_day_max ?',
    instead: 'return made > attempts_per_day_max ?',
    withinSeeds: 200,
  },
  {
    name: 'one attempt more in all',
    file: 'lambda/core/decide.ts',
    text: '.length >= policy.attempts_max)',
    instead: '.length > policy.attempts_max)',
    withinSeeds: 100,
  },
  {
    name: 'the attempt of a worker that died is not counted',
    file: 'lambda/core/evolve.ts',
    text: 'observed.calls = withCall(order.calls, order.open.claimed_at);',
    instead: '',
    withinSeeds: 600,
  },
  {
    name: 'five days after the last day',
    file: 'lambda/core/decide.ts',
    text: 'policy.last_attempt_day * DAY_MS;',
    instead: '(policy.last_attempt_day + 5) * DAY_MS;',
    withinSeeds: 200,
  },
  {
    name: 'a plan is an end as soon as its day comes',
    file: 'lambda/core/completion.ts',
    text: 'const latest = (seen?.at ?? observed?.at ?? 0) + DAY_MS;',
    instead: 'const latest = (observed?.at ?? 0) + DAY_MS;',
    withinSeeds: 600,
  },
  {
    name: 'the days of a service begin before it is completed',
    file: 'lambda/core/completion.ts',
    text: '|| not_completed_at !== undefined;',
    instead: ';',
    withinSeeds: 200,
  },
  {
    name: 'a hold without an end holds nothing',
    file: 'lambda/core/decide.ts',
    text: '(order.hold.until ?? Infinity) > now)\n    return watched',
    instead: '(order.hold.until ?? 0) > now)\n    return watched',
    withinSeeds: 200,
  },
  {
    name: 'a decision by hand stops nothing',
    file: 'lambda/core/decide.ts',
    text: 'if (order.intent !== undefined) {',
    instead: 'if (false) {',
    withinSeeds: 200,
  },
  {
    name: 'a decision by hand is forgotten with the next answer',
    file: 'lambda/core/evolve.ts',
    text: 'if (isReduced(observation, order.intent)) delete observed.intent;',
    instead: 'delete observed.intent;',
    withinSeeds: 200,
  },
  {
    name: 'a switch that is off is on',
    file: 'lambda/core/decide.ts',
    text: "return watched(order, 'switched_off', around, occasion, now);",
    instead: "return { kind: 'collect', rule: ruleOf(order, around, occasion) };",
    withinSeeds: 300,
  },
  {
    name: 'collects on what it knew long ago',
    file: 'lambda/core/decide.ts',
    text: 'export const FRESH_MS = 15_000;',
    instead: 'export const FRESH_MS = 15 * DAY_MS;',
    withinSeeds: 50,
  },
  {
    name: 'a permission that is gone trips nothing',
    file: 'lambda/flow/breakers.ts',
    text: '      fault === scope\n',
    instead: '      false\n',
    withinSeeds: 400,
  },
  {
    name: 'a message that is lost is an order that is lost',
    file: 'lambda/core/plan.ts',
    text: 'export const HANDLING_MS = 15 * MINUTE_MS;',
    instead: 'export const HANDLING_MS = 30 * 24 * 60 * MINUTE_MS;',
    withinSeeds: 200,
  },
  {
    name: 'the schedule forgets its ladder',
    file: 'lambda/core/ladder.ts',
    text: 'return stepOf(ladderHours, n) * HOUR_MS;',
    instead: 'return HOUR_MS;',
    withinSeeds: 400,
  },
];
