import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleOptionsFor } from '../infra/bundling';
import type * as functions from './functions';
import type * as ours from './ours';

/** A directory for as long as `use` takes. */
export async function withDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(path.join(tmpdir(), 'bench-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

export type Ours = typeof ours;
export type Functions = typeof functions;

/** This project's client as it runs when it is deployed. */
export async function loadOurs(): Promise<Ours> {
  return load('ours');
}

/** The functions behind the schedule. They read their environment when they are loaded, as on Lambda. */
export async function loadFunctions(): Promise<Functions> {
  return load('functions');
}

async function load<T>(name: string): Promise<T> {
  return withDirectory(async (directory) => {
    const outfile = path.join(directory, `${name}.mjs`);
    await build(bundleOptionsFor(`bench/${name}.ts`, outfile));
    return (await import(pathToFileURL(outfile).href)) as T;
  });
}
