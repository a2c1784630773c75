import { Option, type Command } from 'commander';
import { UsageError } from '../../local/usage-error';

export interface TableOptions {
  readonly table: string;
  readonly region?: string;
  readonly json?: string;
}

/** Adds `--table`, `--region` and `--json`. */
export function withTableOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--table <name>', 'the restored table: the target of the restore').makeOptionMandatory(),
    )
    .option('--region <region>', 'region of the table, if not that of your AWS configuration')
    .option('--json <file>', 'also write what came of it to this file, as data');
}

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** @throws UsageError */
export function readTime(option: string, text: string): number {
  const at = RFC3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new UsageError(`${option}: ${text} is not a time such as 2026-10-01T08:00:00+08:00`);
  return at;
}
