import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** SHA-512 of the package, in base64: what was fetched is what was tried. */
  readonly sha512: string;
  /** What of it is unpacked, below `package/`. */
  readonly unpack: readonly string[];
}

const CACHE = path.resolve(__dirname, '../../node_modules/.cache');

/**
 * A package that is no dependency, because it is not for every machine or may not be passed on: fetched once, and never
 * installed, so that nothing in it runs by itself. The folder `package` in its place in the cache. Needs npm and tar.
 * @throws Error when it cannot be had, or is not what it was
 */
export function fromNpm({ name, version, sha512, unpack }: NpmPackage): string {
  const cached = path.join(CACHE, `${name}-${version}`);
  const folder = path.join(cached, 'package');
  if (existsSync(folder)) return folder;
  const fresh = `${cached}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    execFileSync('npm', ['pack', `${name}@${version}`, '--silent'], { cwd: fresh, stdio: 'pipe' });
    const archive = `${name}-${version}.tgz`;
    const hash = createHash('sha512').update(readFileSync(path.join(fresh, archive)));
    const found = hash.digest('base64');
    if (found !== sha512) throw new Error(`its SHA-512 is ${found}, not ${sha512}`);
    execFileSync('tar', ['xzf', archive, ...unpack.map((part) => `package/${part}`)], {
      cwd: fresh,
      stdio: 'pipe',
    });
    rmSync(path.join(fresh, archive));
    // Two who fetch at once: the second finds it there.
    if (!existsSync(folder)) renameSync(fresh, cached);
  } catch (error) {
    const said = (error as { stderr?: Buffer }).stderr?.toString().trim().split('\n')[0];
    throw new Error(`${name}@${version} cannot be had from npm: ${said ?? (error as Error).message}`, {
      cause: error,
    });
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}
