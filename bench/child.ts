import { fork } from 'node:child_process';
import * as path from 'node:path';

/** A process beside this one, whose CPU and memory are not counted. Every message to it is answered by one. */
export interface Child<Ask, Told> {
  /** Rejects when the process ends instead of answering. */
  ask(ask: Ask): Promise<Told>;
  stop(): void;
}

/**
 * `file` is one of bench/; `heapMbMax` where Node's own limit is too little for what it holds. What is ignored is
 * still written, to where nobody reads it.
 */
export function startChild<Ask extends object, Told>(
  file: string,
  heapMbMax?: number,
  stdout: 'inherit' | 'ignore' = 'inherit',
): Child<Ask, Told> {
  const heap = heapMbMax === undefined ? [] : [`--max-old-space-size=${heapMbMax}`];
  const child = fork(path.join(__dirname, file), {
    execArgv: [...process.execArgv, ...heap],
    stdio: ['ignore', stdout, 'inherit', 'ipc'],
  });
  let before: Promise<unknown> = Promise.resolve();
  const askNow = (ask: Ask) =>
    new Promise<Told>((resolve, reject) => {
      const gone = () => reject(new Error(`the process of ${file} ended by itself`));
      child.once('exit', gone);
      child.once('message', (told) => {
        child.off('exit', gone);
        resolve(told as Told);
      });
      child.send(ask);
    });
  return {
    // One after the other: answers bear no name of their question.
    ask(ask) {
      const answer = before.then(() => askNow(ask));
      before = answer.catch(() => undefined);
      return answer;
    },
    stop: () => void child.kill(),
  };
}
