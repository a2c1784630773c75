import path from 'node:path';

/** Where the watch of this suite takes lines, whichever level is printed. */
const WATCH = Symbol.for('payscore-collector.log-watch');

/** Of a package that is replaced by a watched one: the package itself. */
export function original(name: 'logger' | 'metrics'): unknown {
  // By its path: by its name it is the watched one.
  const folder = path.resolve(__dirname, '../../../node_modules/@aws-lambda-powertools', name);
  return jest.requireActual(path.join(folder, 'lib/cjs/index.js'));
}

export function tellWatch(source: string, text: string): void {
  const told = (globalThis as { [WATCH]?: (source: string, text: string) => void })[WATCH];
  if (told === undefined) throw new Error('log lines are to be watched, and nobody does');
  told(source, text);
}
