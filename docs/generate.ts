import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { STANDING_MEANINGS } from '../lambda/core/observe';
import { OUTCOME_RULES, type Outcome } from '../lambda/core/outcome';
import { DEFAULT_ROW, OUTCOME_ROWS, type OutcomeRow } from '../lambda/wechatpay/outcomes';
import { events, EVENT_SCHEMA_FILES } from './events';
import { licences } from './licences';
import { openapi } from './openapi';
import { openapiTypes } from './openapi-types';
import { schedule } from './schedule';
import { states } from './states';
import { code, table } from './tables';

/** Documents that are made from the data the code runs on; a test fails when one is stale. */
export const GENERATED: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/outcomes.md': outcomes,
  'docs/states.md': states,
  'docs/schedule.md': schedule,
  'docs/events.md': events,
  'docs/licences.md': licences,
  ...EVENT_SCHEMA_FILES,
  'lambda/api/openapi.json': openapi,
  'console/src/api/schema.d.ts': async () => openapiTypes(await openapi()),
};

function outcomes(): string {
  return `<!-- Made by \`npm run docs\` from lambda/core/outcome.ts and lambda/wechatpay/outcomes.ts. -->

# What an answer to \`/pay\` means

Nothing below says "paid": that is only ever learnt from a verified query (last table).

## Outcomes

${table(
  ['outcome', 'meaning', 'attempt stays open', 'next call kept away by'],
  Object.entries(OUTCOME_RULES).map(([kind, rule]) => [
    code(kind),
    rule.meaning,
    rule.leavesOpen ? 'yes' : 'no',
    SPACING[rule.spacing],
  ]),
)}

## Which answer is which outcome

The first row that fits decides. Answers other than 2xx are not signed by WeChat Pay, so none of them ends an order.
A 2xx that cannot be verified, or no whole answer, is \`unknown\`; a request that surely never left is \`not_sent\`.

${table(
  ['row', 'HTTP status', 'further condition', 'outcome', 'source'],
  [...OUTCOME_ROWS, DEFAULT_ROW].map((row) => [
    row.id,
    status(row),
    condition(row),
    code(spell(row.outcome)),
    row.source,
  ]),
)}

## Where an order stands, by verified query

${table(
  ['standing', 'meaning'],
  Object.entries(STANDING_MEANINGS).map(([kind, meaning]) => [code(kind), meaning]),
)}
`;
}

const SPACING = { gap: 'the gap', lock: 'the lock (3 min)', none: 'nothing' } as const;

function status({ when }: OutcomeRow): string {
  if (when.status === undefined) return 'any';
  return typeof when.status === 'number' ? String(when.status) : `${when.status[0]}–${when.status[1]}`;
}

function condition({ when }: OutcomeRow): string {
  const parts: string[] = [];
  if (when.tradeState !== undefined)
    parts.push(when.tradeState === 'any' ? 'any `trade_state`' : `\`trade_state\` ${when.tradeState}`);
  if (when.body !== undefined) parts.push(when.body === 'empty' ? 'no body' : 'a body without `code`');
  if (when.subCode !== undefined)
    parts.push(`Request-ID ends in ${when.subCode.map((sub) => `-${sub}`).join(', ')}`);
  if (when.code instanceof RegExp) parts.push(`\`code\` fits ${code(when.code.source)}`);
  else if (when.code !== undefined) parts.push(`\`code\` ${when.code.join(', ')}`);
  if (when.message !== undefined) parts.push(`\`message\` has ${when.message.join(' or ')}`);
  return parts.join('; ');
}

function spell(outcome: Outcome): string {
  const { kind, ...details } = outcome;
  return [kind, ...Object.values(details)].join(', ');
}

if (require.main === module) {
  new Command('npm run docs --').description('Makes the generated documents anew.').parse();
  void makeAll();
}

async function makeAll(): Promise<void> {
  for (const [file, make] of Object.entries(GENERATED)) writeFileSync(file, await make());
}
