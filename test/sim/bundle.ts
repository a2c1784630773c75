import { readFileSync, rmSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { build as esbuild, type Plugin } from 'esbuild';
import type { Sabotage } from './sabotages';

const ROOT = path.join(__dirname, '..', '..');

/** The simulation as one file, which a process of its own starts in no time. */
export interface Bundle {
  readonly file: string;
  remove(): void;
}

let made = 0;

/** With a sabotage, one line of the source is another one in it. Throws when that line does not stand there exactly once. */
export async function bundle(sabotage?: Sabotage): Promise<Bundle> {
  // Inside the project, where its packages are found.
  const folder = path.join(ROOT, '.local', 'sim');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${process.pid}-${(made += 1)}.cjs`);
  await esbuild({
    entryPoints: [path.join(__dirname, 'child.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'silent',
    plugins: sabotage === undefined ? [] : [sabotaging(sabotage)],
  });
  return { file, remove: () => rmSync(file, { force: true }) };
}

function sabotaging({ name, file, text, instead }: Sabotage): Plugin {
  const source = path.join(ROOT, file);
  return {
    name: 'sabotage',
    setup: (build) => {
      build.onLoad({ filter: /\.ts$/ }, ({ path: loaded }) => {
        if (loaded !== source) return undefined;
        const before = readFileSync(source, 'utf8');
        const found = before.split(text).length - 1;
        if (found !== 1)
          throw new Error(`sabotage "${name}": its line stands ${found} times in ${file}, not once`);
        return { contents: before.replace(text, () => instead), loader: 'ts' };
      });
    },
  };
}
