import { fork } from 'node:child_process';

/** What is asked of a process, by its kind, and what it answers: plain data, as it goes through IPC. */
type Questions<Q> = { readonly [K in keyof Q]: { readonly ask: unknown; readonly answer: unknown } };

interface Asked {
  readonly id: number;
  readonly kind: string;
  readonly given: unknown;
}
type Answered =
  { readonly id: number; readonly answer: unknown } | { readonly id: number; readonly failed: string };

export interface Child<Q extends Questions<Q>> {
  /** Rejects when it fails, and when the process ends before it has answered. */
  ask<K extends keyof Q & string>(kind: K, given: Q[K]['ask']): Promise<Q[K]['answer']>;
  /** SIGKILL: nothing that it is at comes to an end. Resolves when it is gone. */
  kill(): Promise<void>;
  readonly gone: boolean;
}

/** A process beside this one. `file`: the whole path of a TypeScript file, or of one that was bundled and starts sooner. */
export function startChild<Q extends Questions<Q>>(
  file: string,
  env: Readonly<Record<string, string>> = {},
): Child<Q> {
  const child = fork(file, {
    ...(file.endsWith('.ts') ? {} : { execArgv: [] }),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  let asked = 0;
  let gone = false;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      gone = true;
      for (const { reject } of waiting.values()) reject(new Error(`the process of ${file} has ended`));
      waiting.clear();
      resolve();
    });
  });
  child.on('message', (told: Answered) => {
    const one = waiting.get(told.id);
    waiting.delete(told.id);
    if ('failed' in told) one?.reject(new Error(`${file}: ${told.failed}`));
    else one?.resolve(told.answer);
  });
  return {
    get gone() {
      return gone;
    },
    ask: (kind, given) =>
      new Promise((resolve, reject) => {
        if (gone) {
          reject(new Error(`the process of ${file} has ended`));
          return;
        }
        const id = (asked += 1);
        waiting.set(id, { resolve, reject });
        // It may end between the question and its sending: the exit above answers then.
        child.send({ id, kind, given } satisfies Asked, () => undefined);
      }),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

type Answers<Q extends Questions<Q>> = {
  readonly [K in keyof Q]: (given: Q[K]['ask']) => Promise<Q[K]['answer']> | Q[K]['answer'];
};

/** The side of such a process: it ends with the one that started it. */
export function answerParent<Q extends Questions<Q>>(answers: Answers<Q>): void {
  process.on('message', ({ id, kind, given }: Asked) => {
    Promise.resolve()
      .then(() => (answers as Readonly<Record<string, (given: unknown) => unknown>>)[kind]?.(given))
      .then(
        (answer) => process.send?.({ id, answer } satisfies Answered),
        (error: unknown) => {
          const failed = error instanceof Error ? (error.stack ?? error.message) : String(error);
          process.send?.({ id, failed } satisfies Answered);
        },
      );
  });
  process.on('disconnect', () => process.exit(0));
}
