import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FUNCTIONS, type FunctionName } from '../../../infra/manifest';
import { distinct, type RecordedCall } from './recorder';
import { deployedAs, faultsOf, VARIANTS } from './variants';

/** Names the folder in which a run of tests leaves what its functions called. */
export const RECORDINGS_FOLDER = 'RECORD_CALLS_IN';

/** Writes each call once, to a file of this process's own: those of several never meet in one file. */
export function recordTo(folder: string): (call: RecordedCall) => void {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${process.pid}.ndjson`);
  const written = new Set<string>();
  return (call) => {
    const line = JSON.stringify(call);
    if (written.has(line)) return;
    written.add(line);
    appendFileSync(file, `${line}\n`);
  };
}

export function readRecordings(folder: string): readonly RecordedCall[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ndjson'));
  const lines = files.flatMap((name) => readFileSync(path.join(folder, name), 'utf8').split('\n'));
  return distinct(lines.filter(Boolean).map((line) => JSON.parse(line) as RecordedCall));
}

export interface JudgedRecordings {
  readonly calls: number;
  /** What is wrong with the permissions of the functions that were recorded, in any variant of the stack. */
  readonly faults: readonly string[];
  /** Functions of which nothing was recorded: nothing can be said of what they need. */
  readonly unseen: readonly FunctionName[];
}

/** Judges every variant of the stack by all that was recorded in a folder. */
export async function judgeRecordings(folder: string): Promise<JudgedRecordings> {
  const names = Object.keys(FUNCTIONS) as FunctionName[];
  const recorded = readRecordings(folder).filter(({ by }) => names.some((name) => name === by));
  const unseen = names.filter((name) => !recorded.some(({ by }) => by === name));
  const faults: string[] = [];
  for (const [variant, context] of Object.entries(VARIANTS)) {
    const all = await faultsOf(deployedAs(context), recorded);
    const said = all.filter((fault) => !unseen.some((name) => fault.startsWith(`function ${name} `)));
    faults.push(...said.map((fault) => `${variant}: ${fault}`));
  }
  return { calls: recorded.length, faults, unseen };
}
