import { BREAKER_LADDER_MS } from '../lambda/core/breaker';
import { NOT_YET_DAYS_MAX, PLANNED_DAYS_MAX } from '../lambda/core/completion';
import { COLLECT_REASONS, QUERY_REASONS, STOP_REASONS } from '../lambda/core/explain';
import { WAITS } from '../lambda/core/guards';
import { PROBE_LADDER, WATCH_DAILY_DAYS, WATCH_DAYS_MAX } from '../lambda/core/ladder';
import { DEFAULT_POLICY, POLICY_RULES, type PolicyKey, type PolicyRule } from '../lambda/core/policy';
import { HOUR_MS, MINUTE_MS } from '../lambda/core/time';
import { code, table } from './tables';

const COMPLETIONS = [
  [code('registration'), 'The registration says `completed_at`. That comes before everything else.'],
  [code('wechatpay'), 'The verified `time_range.end_time`.'],
  [
    code('first_seen'),
    'A verified answer first showed the order pending then: `end_time` was a plan (more than a day ahead at that time, or past while WeChat Pay said that the order was not completed), or is absent of an order that was seen not completed.',
  ],
  [code('registered'), 'Nobody said, or it is not completed: the time of registration stands in.'],
];

/** What decides when an order is collected, asked about or left alone. */
export function schedule(): string {
  return `<!-- Made by \`npm run docs\` from lambda/core/. -->

# When an order is collected, and when it is asked about

## The policy

Levels: default < provider < sub-merchant < service; the narrowest that names a key decides it.

${table(
  ['key', 'default', 'may be', 'means'],
  Object.entries(POLICY_RULES).map(([key, rule]) => [
    code(key),
    code(JSON.stringify(DEFAULT_POLICY[key as PolicyKey])),
    range(rule),
    rule.meaning,
  ]),
)}

## Completion

Hours and days count from when the service was completed (完结). The order says who says so:

${table(['from', 'when'], COMPLETIONS)}

An order that is not completed is asked about daily until day ${NOT_YET_DAYS_MAX} after the registration or its planned end, whichever is later (no plan is believed for more than ${PLANNED_DAYS_MAX} days); only then do
the days of the ladder \`watch\` begin.

## Decisions

The first test is whether an attempt is open. What is not collected for good is still asked about (watched).

${table(
  ['decision', 'because', 'in words'],
  [
    ...rows('collect', COLLECT_REASONS),
    ...rows('query', QUERY_REASONS),
    ...rows('wait', WAITS),
    ...rows('stop', STOP_REASONS),
  ],
)}

## Ladders

Three, and none shares a counter with another. Waits are lengthened by chance by at most 10 %, never shortened.

${table(
  ['ladder', 'steps', 'counts'],
  [
    ['decline', code('decline_ladder_hours'), 'calls that may have reached the deduction'],
    [
      'infrastructure',
      `${code('infrastructure_ladder_minutes')}, then a day`,
      'calls in a row that were not sent, throttled or refused for want of configuration; questions in a row without a verified answer',
    ],
    [
      'probe',
      PROBE_LADDER.map(({ times, waitMs }) => `${times > 1 ? `${times} × ` : ''}${span(waitMs)}`).join(
        ', then ',
      ),
      'questions in a row about an open attempt that closed nothing',
    ],
    [
      'watch',
      `a day until day ${WATCH_DAILY_DAYS} after completion, a week until day ${WATCH_DAYS_MAX}`,
      'questions about an order that is not collected',
    ],
    [
      'breaker',
      BREAKER_LADDER_MS.map(span).join(', then '),
      'configuration faults in a row; one collection tries after each',
    ],
  ],
)}
`;
}

function rows(kind: string, reasons: Readonly<Record<string, string>>): string[][] {
  return Object.entries(reasons).map(([because, words]) => [kind, code(because), words]);
}

function range(rule: PolicyRule): string {
  switch (rule.kind) {
    case 'number':
      return `${rule.min} to ${rule.max}`;
    case 'ladder':
      return `1 to ${rule.stepsMax} steps of ${rule.min} to ${rule.max}`;
    case 'windows':
    case 'dates':
      return `up to ${rule.entriesMax}`;
    case 'time_zone':
      return 'an IANA name';
  }
}

function span(ms: number): string {
  return ms < HOUR_MS ? `${ms / MINUTE_MS} min` : `${ms / HOUR_MS} h`;
}
