import { readFileSync } from 'node:fs';

/** What became of a mutant; Stryker's own words. */
export type MutantStatus =
  'Killed' | 'Timeout' | 'Survived' | 'NoCoverage' | 'Ignored' | 'RuntimeError' | 'CompileError';

export interface Mutant {
  readonly file: string;
  readonly mutator: string;
  /** Lines and columns are counted from 1. */
  readonly start: { readonly line: number; readonly column: number };
  readonly end: { readonly line: number; readonly column: number };
  readonly replacement: string;
  readonly status: MutantStatus;
}

type Line = { readonly kind: 'planned'; readonly file: string } | ({ readonly kind: 'tried' } & Mutant);

/** One that no test notices, by what stands in the file: lines move, and it stays the same. */
export interface Survivor {
  readonly file: string;
  readonly mutator: string;
  /** The line that it is in. */
  readonly code: string;
  /** What is changed, and what takes its place. */
  readonly original: string;
  readonly replacement: string;
}

/** A survivor that may be, and why. */
export interface Accepted extends Survivor {
  readonly reason: string;
}

export interface FileScore {
  readonly file: string;
  /** That were tried; those of tables that are made when a file is loaded are not. */
  readonly mutants: number;
  readonly detected: number;
  /** Percent. */
  readonly score: number;
  /** Planned, and not tried before the time was up. */
  readonly untried: number;
  readonly survivors: readonly Survivor[];
}

export function readLines(file: string): readonly Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}

/** Nothing is known of those that could not even be loaded. */
const TRIED: readonly MutantStatus[] = ['Killed', 'Timeout', 'Survived', 'NoCoverage'];
const DETECTED: readonly MutantStatus[] = ['Killed', 'Timeout'];

export function scoresOf(lines: readonly Line[], textOf: (file: string) => string): readonly FileScore[] {
  const files = [...new Set(lines.map(({ file }) => file))].toSorted();
  return files.map((file) => {
    const planned = lines.filter((line) => line.kind === 'planned' && line.file === file).length;
    const tried = lines.flatMap((line) => (line.kind === 'tried' && line.file === file ? [line] : []));
    const counted = tried.filter(({ status }) => TRIED.includes(status));
    const detected = counted.filter(({ status }) => DETECTED.includes(status)).length;
    const source = textOf(file).split('\n');
    return {
      file,
      mutants: counted.length,
      detected,
      score: counted.length === 0 ? 100 : Number(((100 * detected) / counted.length).toFixed(2)),
      untried: Math.max(0, planned - tried.length),
      survivors: counted
        .filter(({ status }) => !DETECTED.includes(status))
        .map((one) => survivorOf(one, source)),
    };
  });
}

function survivorOf({ file, mutator, start, end, replacement }: Mutant, source: readonly string[]): Survivor {
  const lines = source.slice(start.line - 1, end.line);
  const last = lines.length - 1;
  const original = lines
    .map((line, at) => line.slice(at === 0 ? start.column - 1 : 0, at === last ? end.column - 1 : undefined))
    .join('\n');
  return { file, mutator, code: (source[start.line - 1] ?? '').trim(), original, replacement };
}

export function isSameMutant(one: Survivor, other: Survivor): boolean {
  return (
    one.file === other.file &&
    one.mutator === other.mutator &&
    one.code === other.code &&
    one.original === other.original &&
    one.replacement === other.replacement
  );
}

export interface Verdict {
  /** Survivors that nobody has given a reason for. */
  readonly unexplained: readonly Survivor[];
  /** Files whose score is below what it was. */
  readonly fallen: readonly string[];
  /** Files of which nobody has looked at the survivors yet: they are told, and nothing is demanded of them. */
  readonly unseen: readonly string[];
}

/** `baseline` has the score of each file as it was when somebody last looked. A file that was cut off says nothing yet. */
export function verdictOn(
  scores: readonly FileScore[],
  accepted: readonly Accepted[],
  baseline: Readonly<Record<string, number>>,
): Verdict {
  const seen = scores.filter(({ file }) => baseline[file] !== undefined);
  const survivors = seen.flatMap((one) => one.survivors);
  return {
    unseen: scores.filter((one) => !seen.includes(one)).map(({ file }) => file),
    unexplained: survivors.filter((one) => !accepted.some((known) => isSameMutant(known, one))),
    fallen: scores
      .filter(({ file, score, untried }) => untried === 0 && score < (baseline[file] ?? 0))
      .map(({ file, score }) => `${file}: ${score} %, was ${baseline[file]} %`),
  };
}
