/** What one part of the long run came to. */
export interface PartReport {
  readonly part: string;
  readonly command: string;
  readonly passed: boolean;
  readonly seconds: number;
  /** What it wrote as data; null when it wrote nothing. */
  readonly report: Readonly<Record<string, unknown>> | null;
}

export interface Figures {
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  readonly parts: readonly PartReport[];
}

/** In which the parts stand in the table. */
const ORDER: readonly string[] = ['sim', 'fuzz', 'chaos', 'mutation'];

export const BEGIN = '<!-- figures of npm run proof: begin -->';
export const END = '<!-- figures of npm run proof: end -->';

const HEAD = ['| part | command | what came of it | minutes | measured |', '| --- | --- | --- | --: | --- |'];

/**
 * The document with these figures in the place that is kept for them; a part that was not run keeps the figures it had.
 * Throws when the document has no such place.
 */
export function withFigures(document: string, figures: Figures): string {
  const [from, to] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/reliability.md has no place between ${BEGIN} and ${END}`);
  const rows = new Map(rowsIn(document.slice(from, to)));
  for (const part of figures.parts) rows.set(part.part, rowOf(part, figures));
  const table = [...HEAD, ...[...rows].toSorted(byOrder).map(([, row]) => row)].join('\n');
  return `${document.slice(0, from + BEGIN.length)}\n\n${table}\n\n${document.slice(to)}`;
}

/** A part that failed says so, whatever it reported. */
function rowOf({ part, command, passed, seconds, report }: PartReport, about: Figures): string {
  const { date, commit, machine } = about;
  const came = passed ? said(part, report) : '**failed**';
  return `| ${part} | \`${command}\` | ${came} | ${minutes(seconds)} | ${date}, commit \`${commit}\`, ${machine} |`;
}

/** The rows of the table that stands there, by part. */
function rowsIn(text: string): (readonly [part: string, row: string])[] {
  return text.split('\n').flatMap((line) => {
    const part = /^\| (\w+) +\|/.exec(line)?.[1];
    return part === undefined || part === 'part' ? [] : [[part, line] as const];
  });
}

function byOrder([one]: readonly [string, string], [other]: readonly [string, string]): number {
  return ORDER.indexOf(one) - ORDER.indexOf(other);
}

function minutes(seconds: number): string {
  return (seconds / 60).toFixed(1);
}

function said(part: string, report: PartReport['report']): string {
  if (report === null) return 'passed';
  switch (part) {
    case 'fuzz':
      return fuzzed(report);
    case 'chaos':
      return survived(report);
    case 'mutation':
      return mutated(report);
    default:
      return simulated(report);
  }
}

interface Fuzzed {
  readonly seed: number;
  readonly results: readonly {
    readonly surface: string;
    readonly requests: number;
    readonly growthBytes: number | null;
  }[];
}

function fuzzed(report: Readonly<Record<string, unknown>>): string {
  const { seed, results } = report as unknown as Fuzzed;
  const surfaces = results.map(({ surface, requests, growthBytes }) => {
    const memory = growthBytes === null ? '' : `, memory ${(growthBytes / 1024 / 1024).toFixed(1)} MB`;
    return `${number(requests)} to ${surface === 'api' ? 'the API' : 'the notification route'}${memory}`;
  });
  return `${surfaces.join('; ')}; seed ${seed}; nothing found`;
}

interface Survived {
  readonly orders: number;
  readonly payCalls: number;
  readonly booksFen: number;
  readonly ledgerFen: number;
  readonly faults: {
    readonly workersKilled: number;
    readonly wechatpayStops: number;
    readonly store: { readonly delayed: number };
  };
}

function survived(report: Readonly<Record<string, unknown>>): string {
  const { orders, payCalls, booksFen, ledgerFen, faults } = report as unknown as Survived;
  const { workersKilled, wechatpayStops, store } = faults;
  return [
    `${number(orders)} orders, ${number(payCalls)} calls of /pay`,
    `${number(workersKilled)} workers killed, WeChat Pay stopped ${number(wechatpayStops)} times, ${number(store.delayed)} late answers of DynamoDB`,
    `books ¥${(booksFen / 100).toFixed(2)}, ledger ¥${(ledgerFen / 100).toFixed(2)}, no difference`,
  ].join('; ');
}

interface Mutated {
  readonly scores: readonly { readonly mutants: number; readonly detected: number }[];
  /** Files that have no baseline, of whose survivors nothing was demanded. */
  readonly unseen: readonly string[];
}

function mutated(report: Readonly<Record<string, unknown>>): string {
  const { scores, unseen } = report as unknown as Mutated;
  const mutants = scores.reduce((sum, one) => sum + one.mutants, 0);
  const detected = scores.reduce((sum, one) => sum + one.detected, 0);
  const score = mutants === 0 ? 100 : (100 * detected) / mutants;
  const others =
    unseen.length === 0
      ? 'the others listed with reasons'
      : `those of ${unseen.join(', ')} were never looked at`;
  return `${number(mutants)} mutants in ${scores.length} files, ${score.toFixed(1)} % noticed, ${others}`;
}

interface Simulated {
  readonly seeds: number;
  readonly simulated_days: number;
  readonly simulated_days_per_minute: number;
  readonly calls: number;
  readonly megabytes: { readonly first_tenth: number; readonly last_tenth: number | null };
}

function simulated(report: Readonly<Record<string, unknown>>): string {
  const {
    seeds,
    simulated_days: days,
    simulated_days_per_minute: rate,
    calls,
    megabytes: { first_tenth: first, last_tenth: last },
  } = report as unknown as Simulated;
  const memory = `memory of a process ${number(first)} MB at first, ${number(last ?? first)} MB at last`;
  return `${number(seeds)} seeds, ${number(days)} simulated days at ${number(rate)} a minute, ${number(calls)} calls, ${memory}; no promise broken`;
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}
