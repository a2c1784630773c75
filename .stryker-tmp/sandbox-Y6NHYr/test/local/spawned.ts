import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');

export interface Ended {
  /** Null after a signal. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Spawned {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has printed so far, once `text` is among it; rejects when it ends before. */
  printed(text: string): Promise<string>;
}

/** `npm start -- ...args`, without npm and without a terminal. */
export function spawnStart(...args: string[]): Spawned {
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/start.ts', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
  const printed = async (text: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (!stdout.includes(text)) return;
        child.stdout.off('data', look);
        resolve(stdout);
      };
      child.stdout.on('data', look);
      child.on('close', () => reject(new Error(`it ended without ${JSON.stringify(text)}: ${stderr}`)));
      look();
    });
  return { child, ended, printed };
}

export async function start(...args: string[]): Promise<Ended> {
  return spawnStart(...args).ended;
}
