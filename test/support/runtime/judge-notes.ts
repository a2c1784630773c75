import type { FunctionName } from '../../../infra/manifest';
import type { Note } from './deployed';
import { IN_PROCESS } from './in-process';

export interface Coverage {
  /** Invocations through the Runtime API, and those that stayed in the test's process. */
  readonly runtime: number;
  readonly inProcess: number;
  /** Through the Runtime API, by function. */
  readonly functions: Readonly<Partial<Record<FunctionName, number>>>;
  readonly suites: number;
}

/**
 * Whether functions were called as they should be: everywhere through the Runtime API, but for the tests that are listed;
 * and those that are listed are there. Of a run of some suites only what they did is known (`whole` is false).
 */
export function judgeNotes(
  notes: readonly Note[],
  suites: readonly string[],
  { whole }: { whole: boolean },
  exceptions = IN_PROCESS,
): Coverage & { readonly faults: readonly string[] } {
  const through = notes.filter(({ how }) => how === 'runtime');
  const stayed = notes.filter(({ how }) => how === 'in process');
  const functions: Partial<Record<FunctionName, number>> = {};
  for (const { name } of through) functions[name] = (functions[name] ?? 0) + 1;
  const isListed = ({ suite, test }: Note) =>
    exceptions.some(
      (one) => one.suite === suite && (one.tests?.some((name) => test.startsWith(name)) ?? true),
    );
  const unlisted = new Set(
    stayed.filter((note) => !isListed(note)).map(({ suite, test }) => `${suite}: ${test}`),
  );
  const idle = exceptions
    .filter(({ suite }) => whole && suites.includes(suite))
    .flatMap(({ suite, tests }) => (tests ?? [undefined]).map((test) => ({ suite, test })))
    .filter(
      ({ suite, test }) =>
        !stayed.some((note) => note.suite === suite && (test === undefined || note.test.startsWith(test))),
    );
  return {
    runtime: through.length,
    inProcess: stayed.length,
    functions,
    suites: new Set(through.map(({ suite }) => suite)).size,
    faults: [
      ...(through.length === 0 ? ['no function was called through the Runtime API'] : []),
      ...[...unlisted].map(
        (test) => `its function stayed in the test's process, for no listed reason: ${test}`,
      ),
      ...idle.map(
        ({ suite, test = 'any test' }) => `listed as in process, but calls nothing: ${suite}: ${test}`,
      ),
    ],
  };
}
