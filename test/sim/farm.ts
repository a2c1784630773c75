import { fork } from 'node:child_process';
import type { Ask } from './child';
import type { Outcome } from './simulate';
import { added, NOTHING, type Tally } from './tally';

/** Seeds that a process is given at a time. */
const CHUNK_SEEDS = 25;

export interface Farm {
  /** Runs seeds side by side, and ends early when one of them breaks a promise: the lowest of those that did. */
  run(from: number, count: number, progress?: (done: Tally) => void): Promise<Tally>;
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
      let failed: Outcome | undefined;
      const worker = async (child: Child) => {
        while (next < from + count && (failed === undefined || next < failed.cut.seed)) {
          const begin = next;
          const seeds = Math.min(CHUNK_SEEDS, from + count - begin);
          next += seeds;
          const told = (await child.ask({ kind: 'seeds', from: begin, count: seeds })) as Tally;
          tally = added(tally, told);
          if (told.failed !== undefined && told.failed.cut.seed < (failed?.cut.seed ?? Infinity))
            failed = told.failed;
          progress(tally);
        }
      };
      await Promise.all(children.map(worker));
      return failed === undefined ? tally : { ...tally, failed };
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
