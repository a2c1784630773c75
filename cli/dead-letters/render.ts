import Table from 'cli-table3';
import { colourful } from '../../local/render';
import type { QueueName } from './queues';
import type { Done, Fate } from './redrive';

export interface QueueReport {
  readonly name: QueueName;
  readonly of: string;
  readonly url: string;
  /** As SQS counted them before; it counts by the thumb. */
  readonly waiting: number;
  readonly in_flight: number;
  readonly letters: readonly Done[];
}

const style = { head: colourful ? ['bold'] : [], border: colourful ? ['gray'] : [], compact: true };

export function renderQueues(reports: readonly QueueReport[]): string {
  const table = new Table({ head: ['queue', 'holds', 'waiting', 'in hands'], style });
  for (const { name, of, waiting, in_flight } of reports) table.push([name, of, waiting, in_flight]);
  return table.toString();
}

const WORDS: Readonly<Record<Fate, readonly [is: string, wouldBe: string]>> = {
  sent: ['sent back', 'sent back'],
  invoked: ['invoked again', 'invoked again'],
  discarded: ['discarded', 'discarded'],
  doubled: ['sent back, not deleted', ''],
  refused: ['not taken', ''],
  for_a_person: ['left', 'left'],
  unknown: ['left: unknown', 'left: unknown'],
  too_new: ['left: came in meanwhile', 'left: came in meanwhile'],
};

/** Letters of which the same is to be said are told together, so that a thousand can be read. */
const SHOWN_MAX = 3;

export function renderDone(letters: readonly (Done & { readonly name: string })[], dryRun: boolean): string {
  const table = new Table({
    head: ['queue', 'letters', 'of these', dryRun ? 'would be' : 'were'],
    style,
  });
  const groups = new Map<string, (typeof letters)[number][]>();
  for (const letter of letters) {
    const alike = JSON.stringify([letter.name, letter.fate, letter.advice]);
    groups.set(alike, [...(groups.get(alike) ?? []), letter]);
  }
  const advices: string[] = [];
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const shown = group.slice(0, SHOWN_MAX).map(({ what }) => what);
    const more = group.length > SHOWN_MAX ? [`… and ${group.length - SHOWN_MAX} more`] : [];
    table.push([first.name, group.length, [...shown, ...more].join('\n'), WORDS[first.fate][dryRun ? 1 : 0]]);
    if (first.advice !== undefined) advices.push(`${first.name}, ${shown[0]}:\n  ${first.advice}`);
  }
  // Not in the table: a command is copied from one line.
  return [table.toString(), ...advices].join('\n');
}
