import Table from 'cli-table3';

/** One run, as `--json` writes it; what is printed is made from nothing but its parts. */
export interface Run {
  readonly machine: Machine;
  readonly mode: 'full' | 'quick';
  readonly groups: readonly GroupReport[];
  readonly failures: readonly Failure[];
}

/** A group that could not be measured. */
export interface Failure {
  readonly group: string;
  readonly message: string;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Average of the last minute before the run: above nothing, others were using these cores too. */
  readonly load: number;
  readonly platform: string;
  readonly node: string;
  readonly date: string;
  readonly commit: string | null;
}

export interface GroupReport {
  readonly id: string;
  readonly title: string;
  /** What was done, how often, and against what. */
  readonly measured: readonly string[];
  readonly tables: readonly ReportTable[];
  readonly targets: readonly Target[];
  readonly notes: readonly string[];
}

export interface Column {
  readonly key: string;
  readonly heading: string;
  /** Numbers are rounded to this many digits, in print and in the data. */
  readonly digits?: number;
}

/** `null` is what could not be measured; a note says why. */
export type Cell = string | number | null;
export type Row = Readonly<Record<string, Cell>>;

export interface ReportTable {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

export interface Target {
  readonly text: string;
  readonly wanted: number;
  /** Of `wanted` and `measured`; times (×) when absent. */
  readonly unit?: string;
  readonly sense: 'at most' | 'at least';
  readonly measured: number;
  /** The same figure of the barest way there is, where it was measured: beyond it no target can be reached. */
  readonly atTheLimit?: number;
  readonly reached: boolean;
}

const TARGET_DIGITS = 2;

export function table(caption: string, columns: readonly Column[], rows: readonly Row[]): ReportTable {
  const rounded = rows.map((row) =>
    Object.fromEntries(columns.map(({ key, digits }) => [key, round(row[key] ?? null, digits)])),
  );
  return { caption, columns, rows: rounded };
}

export function target(given: Omit<Target, 'reached'>): Target {
  const { measured, wanted, sense, atTheLimit } = given;
  return {
    ...given,
    measured: Number(measured.toFixed(TARGET_DIGITS)),
    ...(atTheLimit === undefined ? {} : { atTheLimit: Number(atTheLimit.toFixed(TARGET_DIGITS)) }),
    reached: sense === 'at most' ? measured <= wanted : measured >= wanted,
  };
}

export function renderMachine(machine: Machine, mode: Run['mode']): string {
  const { cpu, cores, load, platform, node, date, commit } = machine;
  return [
    `${cpu}, ${cores} cores (load ${load} before the run), ${platform}, Node ${node}`,
    `${date}, commit ${commit ?? 'unknown'}`,
    mode === 'quick'
      ? 'Quick run: it shows that everything works; there are too few rounds to quote its figures.'
      : 'Medians over rounds in which all candidates took turns; ratios are medians of the ratios of each round.',
  ].join('\n');
}

export function renderGroup(group: GroupReport): string {
  return [
    `── ${group.title} (${group.id})`,
    ...group.measured.map((line) => `   ${line}`),
    ...group.tables.map((one) => `${one.caption}\n${renderTable(one)}`),
    ...group.targets.map(renderTarget),
    ...group.notes.map((note) => `* ${note}`),
  ].join('\n');
}

export function renderFailures(failures: readonly Failure[]): string {
  return failures.map(({ group, message }) => `NOT MEASURED: ${group}: ${message}`).join('\n');
}

/** How a cell is printed. */
export function spell({ digits }: Column, cell: Cell): string {
  if (cell === null) return '—';
  return typeof cell === 'number' && digits !== undefined ? cell.toFixed(digits) : String(cell);
}

function renderTable({ columns, rows }: ReportTable): string {
  const printed = new Table({
    head: columns.map(({ heading }) => heading),
    colAligns: columns.map(({ digits }) => (digits === undefined ? 'left' : 'right')),
    style: { head: [], border: [] },
  });
  printed.push(...rows.map((row) => columns.map((column) => spell(column, row[column.key] ?? null))));
  // A line below the head, none between the rows.
  const lines = printed.toString().split('\n');
  return lines.filter((line, at) => at <= 2 || !line.startsWith('├')).join('\n');
}

function renderTarget({ text, wanted, unit = '×', sense, measured, reached, atTheLimit }: Target): string {
  const verdict = reached ? 'reached' : 'NOT reached';
  const limit =
    atTheLimit === undefined ? '' : ` (the limit itself: ${atTheLimit.toFixed(TARGET_DIGITS)} ${unit})`;
  return `Target: ${text} ${sense} ${wanted} ${unit}: ${measured.toFixed(TARGET_DIGITS)} ${unit} — ${verdict}${limit}`;
}

function round(cell: Cell, digits: number | undefined): Cell {
  return typeof cell === 'number' && digits !== undefined ? Number(cell.toFixed(digits)) : cell;
}
