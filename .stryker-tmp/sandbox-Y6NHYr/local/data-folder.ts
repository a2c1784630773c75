import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { spellFault } from '../lambda/core/faults';
import { parse } from '../lambda/shared/schema';
import { UsageError } from './usage-error';
import type { ApiCertificate, PlatformKeys, Verification } from './wechatpay';

/** The merchant's API certificates, newest first, and what WeChat Pay signs with for it. */
export interface KeyState {
  readonly certificates: readonly [ApiCertificate, ...ApiCertificate[]];
  readonly verification: Extract<Verification, 'both' | 'public_key'>;
}

/** What a run hands on to the next one, beside the ledger and WeChat Pay's books. */
export interface WorldState extends KeyState {
  readonly platform: PlatformKeys;
  /** When the first run began, by the world's own clock. */
  readonly began: number;
  /** By the same clock, the last moment of which anything can tell: a run that resumes goes on from there. */
  readonly now: number;
}

export interface DataFolder {
  /** Absent in a folder that no run has used. */
  readonly state?: WorldState;
  /** What is kept in one file or folder of its own. */
  path(name: string): string;
  save(state: WorldState): void;
  /** Gives the folder free for the next run; one that was killed is found dead by it. */
  release(): void;
}

const StateFile = z.looseObject({
  certificates: z
    .array(z.looseObject({ serial_no: z.string(), certificate: z.string(), private_key: z.string() }))
    .check(z.minLength(1), z.maxLength(2)),
  verification: z.enum(['both', 'public_key']),
  platform: z.looseObject({ public_key_id: z.string(), public_key: z.string() }),
  began: z.int(),
  now: z.int(),
});

/**
 * Takes the folder, made when it is missing, for this process.
 * @throws UsageError when it cannot be used, another process uses it, or what is in it is not what a run left there
 */
export function openDataFolder(folder: string): DataFolder {
  const within = (name: string) => path.join(folder, name);
  const stateFile = within('state.json');
  const lockFile = within('lock');
  const state = explained(folder, () => {
    mkdirSync(folder, { recursive: true });
    lock(lockFile);
    try {
      return readState(stateFile);
    } catch (error) {
      rmSync(lockFile);
      throw error;
    }
  });
  return {
    ...(state === undefined ? {} : { state }),
    path: within,
    // By renaming: a run that is killed while it writes leaves the state of before.
    save: (after) => {
      writeFileSync(`${stateFile}.new`, JSON.stringify(after), { mode: 0o600 });
      renameSync(`${stateFile}.new`, stateFile);
    },
    release: () => rmSync(lockFile, { force: true }),
  };
}

function explained<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UsageError(
      `--data: ${folder} cannot be used: ${error instanceof Error ? error.message : 'unknown'}`,
    );
  }
}

function lock(file: string): void {
  const holder = Number(readIfThere(file));
  if (holder > 0 && holder !== process.pid && isAlive(holder))
    throw new Error(`process ${holder} is using it (${file})`);
  writeFileSync(file, String(process.pid));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readState(file: string): WorldState | undefined {
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  const read = parse(StateFile, parseJson(file, text));
  if (!read.ok) throw new Error(`${file}: ${read.faults.map(spellFault).join('; ')}`);
  return read.value as unknown as WorldState;
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the file, and there are keys in it.
    throw new Error(`${file} is not JSON`);
  }
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
