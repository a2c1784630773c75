import { TRANSITIONS, type Change } from '../lambda/core/evolve';
import type { Phase } from '../lambda/core/order';
import { code, table } from './tables';

const PHASES: Readonly<Record<Phase, string>> = {
  idle: 'Nothing is open: the order waits for its time, or is watched.',
  open: 'A call exists that may still take effect: a collection, or a decision by hand. It is only asked about.',
  ended: 'Paid, settled, cancelled or expired, by verified answer.',
};

const CHANGES: Readonly<Record<Change['kind'], string>> = {
  register: 'The merchant’s words about completion and amount.',
  claim: 'A call begins: the only move into `open`, and only from `idle`.',
  settle: 'What a call came to. An unsigned answer never ends an order.',
  observe: 'A verified answer. It alone ends an order, and closes a call whose outcome is unknown.',
  unanswered: 'The schedule asked, and nothing verified came back.',
  doubt: 'Something that proves nothing says that the order has changed: WeChat Pay is asked.',
  would_collect: 'The switch was on `observe` when a collection was due.',
  hold: 'Nothing is collected for a time, or until it is released.',
  release:
    'A hold is over, or a full record; a decision by hand that is named is taken back, a refund that is named by its amount has been dealt with.',
  intend: 'Somebody settles, waives or reduces it, and WeChat Pay could not be told yet.',
  correct: 'Somebody had WeChat Pay asked again.',
};

/** The states of an order and the moves between them. */
export function states(): string {
  const moves = Object.entries(TRANSITIONS).flatMap(([change, table_of]) =>
    Object.entries(table_of).flatMap(([from, to]) => to.map((into) => ({ change, from, into }))),
  );
  const arrows = new Map<string, string[]>();
  for (const { change, from, into } of moves) {
    if (from === into) continue;
    const arrow = `${from} --> ${into}`;
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), change]);
  }
  const lines = [...arrows].map(([arrow, changes]) => `    ${arrow}: ${changes.join(', ')}`);
  return `<!-- Made by \`npm run docs\` from lambda/core/evolve.ts. -->

# The states of an order

\`\`\`mermaid
stateDiagram-v2
    [*] --> idle: register
${lines.join('\n')}
    ended --> [*]
\`\`\`

${table(
  ['phase', 'means'],
  Object.entries(PHASES).map(([phase, means]) => [code(phase), means]),
)}

What is not in this table is an illegal move, and throws.

${table(
  ['change', 'from `idle` to', 'from `open` to', 'from `ended` to', 'is'],
  Object.entries(TRANSITIONS).map(([change, { idle, open, ended }]) => [
    code(change),
    ...[idle, open, ended].map((to) => (to.length === 0 ? '–' : to.map(code).join(', '))),
    CHANGES[change as Change['kind']],
  ]),
)}
`;
}
