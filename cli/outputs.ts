import { closeSync, fstatSync, openSync, rmSync, statSync, writeFileSync, type BigIntStats } from 'node:fs';
import { UsageError } from '../local/usage-error';

/** Files, under the options that name them. */
export type NamedFiles = Readonly<Record<string, string | undefined>>;

/**
 * Before the work whose result could not be kept: every output can be written, and none of them is another file of the
 * same command, by whatever path. What stands there stays as it is, and what does not exist is not left behind.
 * @throws UsageError
 */
export function demandOutputs(outputs: NamedFiles, inputs: NamedFiles): void {
  const created: string[] = [];
  try {
    const known: Known[] = [];
    for (const { option, file } of listed(outputs)) {
      const { stats, isNew } = tried(option, file);
      if (isNew) created.push(file);
      demandOther(known, { option, file, id: idOf(stats) });
    }
    // An input that is not there yet has just been created, if it is an output too.
    for (const { option, file } of listed(inputs))
      demandOther(known, { option, file, id: idOf(statSync(file, { bigint: true, throwIfNoEntry: false })) });
  } finally {
    for (const file of created) rmSync(file);
  }
}

/** @throws UsageError */
export function writeOutput(option: string, file: string, content: object): void {
  try {
    writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  } catch (error) {
    throw unwritable(option, file, error);
  }
}

export function unwritable(option: string, file: string, error: unknown): UsageError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new UsageError(`${option}: ${file} cannot be written (${code ?? message})`);
}

interface Known {
  readonly option: string;
  readonly file: string;
  readonly id: string | undefined;
}

function demandOther(known: Known[], one: Known): void {
  const same = known.find(({ id }) => id !== undefined && id === one.id);
  if (same !== undefined)
    throw new UsageError(
      `${same.option}: ${same.file} is ${one.option} too and would be overwritten; name another file. Nothing was done.`,
    );
  known.push(one);
}

/** Links and other spellings lead to one id; a terminal or `/dev/null` may be named as often as you like. */
function idOf(stats: BigIntStats | undefined): string | undefined {
  return stats?.isFile() === true ? `${stats.dev}:${stats.ino}` : undefined;
}

function tried(option: string, file: string): { readonly stats: BigIntStats; readonly isNew: boolean } {
  const created = opened(option, file, 'ax');
  const descriptor = created ?? opened(option, file, 'a') ?? -1;
  try {
    return { stats: fstatSync(descriptor, { bigint: true }), isNew: created !== undefined };
  } finally {
    closeSync(descriptor);
  }
}

/** `undefined` where it exists and should not. */
function opened(option: string, file: string, flags: 'a' | 'ax'): number | undefined {
  try {
    return openSync(file, flags);
  } catch (error) {
    if (flags === 'ax' && (error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw unwritable(option, file, error);
  }
}

function listed(files: NamedFiles): readonly { readonly option: string; readonly file: string }[] {
  return Object.entries(files).flatMap(([option, file]) => (file === undefined ? [] : { option, file }));
}
