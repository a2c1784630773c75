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

export const BEGIN = '<!-- figures of npm run proof: begin -->';
export const END = '<!-- figures of npm run proof: end -->';

/** The document with these figures in the place that is kept for them. Throws when it keeps none. */
export function withFigures(document: string, figures: string): string {
  const [from, to] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`docs/reliability.md has no place between ${BEGIN} and ${END}`);
  return `${document.slice(0, from + BEGIN.length)}\n\n${figures}\n\n${document.slice(to)}`;
}

/** As Markdown. A part that was left out is not among them, one that failed says so. */
export function figuresOf({ date, commit, machine, parts }: Figures): string {
  const rows = parts.map(
    ({ part, command, passed, seconds, report }) =>
      `| ${part} | \`${command}\` | ${passed ? said(part, report) : '**failed**'} | ${minutes(seconds)} |`,
  );
  return [
    `Measured on ${date} at commit \`${commit}\`: ${machine}.`,
    '',
    '| part | command | what came of it | minutes |',
    '| --- | --- | --- | --: |',
    ...rows,
  ].join('\n');
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
}

function mutated(report: Readonly<Record<string, unknown>>): string {
  const { scores } = report as unknown as Mutated;
  const mutants = scores.reduce((sum, one) => sum + one.mutants, 0);
  const detected = scores.reduce((sum, one) => sum + one.detected, 0);
  const score = mutants === 0 ? 100 : (100 * detected) / mutants;
  return `${number(mutants)} mutants in ${scores.length} files, ${score.toFixed(1)} % noticed, the others listed with reasons`;
}

interface Simulated {
  readonly seeds: number;
  readonly simulated_days: number;
  readonly simulated_days_per_minute: number;
  readonly calls: number;
}

function simulated(report: Readonly<Record<string, unknown>>): string {
  const {
    seeds,
    simulated_days: days,
    simulated_days_per_minute: rate,
    calls,
  } = report as unknown as Simulated;
  return `${number(seeds)} seeds, ${number(days)} simulated days at ${number(rate)} a minute, ${number(calls)} calls; no promise broken`;
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}
