import { fork } from 'node:child_process';
import type { Ask, Ran } from './child';
import type { Outcome } from './simulate';
import { added, NOTHING, type Tally } from './tally';

/** Seeds that a process is given at a time. */
const CHUNK_SEEDS = 25;

/** The most that one of the processes had resident: of a run that keeps nothing these are the same. */
export interface Memory {
  readonly firstTenthBytes: number;
  /** 0: it never came to that. */
  readonly lastTenthBytes: number;
}

export interface Farm {
  /** Runs seeds side by side, and ends early when one of them breaks a promise: the lowest of those that did. */
  run(
    from: number,
    count: number,
    progress?: (done: Tally) => void,
  ): Promise<Tally & { readonly memory: Memory }>;
  shrink(failed: Outcome): Promise<Outcome>;
  close(): void;
}

/** Processes that run the simulation as it is in `file`. */
export function startFarm(file: string, workers: number): Farm {
  const children = Array.from({ length: workers }, () => startChild(file));
  return {
    async run(from, count, progress = () => undefined) {
      let next = from;
      let tally: Tally = NOTHING;
      let memory: Memory = { firstTenthBytes: 0, lastTenthBytes: 0 };
      let failed: Outcome | undefined;
      const worker = async (child: Child) => {
        while (next < from + count && (failed === undefined || next < failed.cut.seed)) {
          const begin = next;
          const seeds = Math.min(CHUNK_SEEDS, from + count - begin);
          next += seeds;
          const told = (await child.ask({ kind: 'seeds', from: begin, count: seeds })) as Ran;
          memory = {
            firstTenthBytes:
              tally.seeds < count / 10 ? most(memory.firstTenthBytes, told) : memory.firstTenthBytes,
            lastTenthBytes:
              begin + seeds > from + count * 0.9 ? most(memory.lastTenthBytes, told) : memory.lastTenthBytes,
          };
          tally = added(tally, told);
          if (told.failed !== undefined && told.failed.cut.seed < (failed?.cut.seed ?? Infinity))
            failed = told.failed;
          progress(tally);
        }
      };
      await Promise.all(children.map(worker));
      return { ...tally, ...(failed === undefined ? {} : { failed }), memory };
    },
    shrink: async (failed) => {
      const [child] = children;
      if (child === undefined) throw new Error('a farm has processes');
      return (await child.ask({ kind: 'shrink', cut: failed.cut })) as Outcome;
    },
    close: () => {
      for (const child of children) child.stop();
    },
  };
}

function most(bytes: number, { residentBytes }: Ran): number {
  return Math.max(bytes, residentBytes);
}

interface Child {
  ask(ask: Ask): Promise<unknown>;
  stop(): void;
}

function startChild(file: string): Child {
  const child = fork(file, {
    execArgv: ['--enable-source-maps'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    ask: (ask) =>
      new Promise((resolve, reject) => {
        const gone = () =>
          reject(new Error('a process of the simulation ended by itself; what it said is above'));
        child.once('exit', gone);
        child.once('message', (told) => {
          child.off('exit', gone);
          resolve(told);
        });
        child.send(ask);
      }),
    stop: () => void child.kill(),
  };
}
