import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** A file of the page. */
export interface SiteFile {
  readonly bytes: Buffer;
  readonly type: string;
  /** Of the bytes, before anything compresses them. */
  readonly etag: string;
  /** Its name says what is in it: it never changes. */
  readonly immutable: boolean;
}

/** By their paths below the page, `assets/index-3f2a.js`. */
export type Site = ReadonlyMap<string, SiteFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};
/** In base64 it has to fit into what a function may answer, which is 6 MB. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;
/** Vite names these by their content. */
const IMMUTABLE = /^assets\//;

/**
 * Every file below a folder, once: what is asked for is looked up here and never on the disk, so no path leads out.
 * A folder that is not there has no files.
 * @throws Error for a file that could not be served
 */
export function readSite(folder: string): Site {
  const site = new Map<string, SiteFile>();
  for (const name of filesBelow(folder)) {
    const type = TYPES[path.extname(name)];
    const bytes = readFileSync(path.join(folder, name));
    if (type === undefined) throw new Error(`${name}: is no kind of file that the page consists of`);
    if (bytes.length > FILE_BYTES_MAX) throw new Error(`${name}: is larger than ${FILE_BYTES_MAX} bytes`);
    const etag = `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    const key = name.replaceAll(path.sep, '/');
    site.set(key, { bytes, type, etag, immutable: IMMUTABLE.test(key) });
  }
  return site;
}

function filesBelow(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export type Encoding = 'br' | 'gzip' | 'identity';

/** What a client takes, the smallest first. API Gateway's HTTP APIs compress nothing by themselves. */
export function encodingOf(accepted: string | undefined): Encoding {
  const takes = (accepted ?? '')
    .toLowerCase()
    .split(',')
    .map((one) => one.split(';').map((part) => part.trim()))
    .filter(([, quality = 'q=1']) => !/^q=0(\.0*)?$/.test(quality))
    .map(([name]) => name);
  return (['br', 'gzip'] as const).find((one) => takes.includes(one)) ?? 'identity';
}

const COMPRESSIBLE = /^(text\/|application\/(json|manifest\+json)|image\/svg)/;
/** Enough for 95 % of what the highest saves, at a tenth of its time. */
const BROTLI_QUALITY = 9;

export interface Encoded {
  readonly bytes: Buffer;
  readonly encoding: Encoding;
}

/** Files as they go over the wire, compressed when they are first asked for. */
export class Encoder {
  readonly #made = new Map<string, Encoded>();

  encode({ bytes, type, etag }: SiteFile, encoding: Encoding): Encoded {
    if (encoding === 'identity' || !COMPRESSIBLE.test(type)) return { bytes, encoding: 'identity' };
    const key = `${encoding} ${type} ${etag}`;
    const made = this.#made.get(key) ?? { bytes: compress(bytes, encoding), encoding };
    this.#made.set(key, made);
    return made;
  }
}

function compress(bytes: Buffer, encoding: 'br' | 'gzip'): Buffer {
  if (encoding === 'gzip') return gzipSync(bytes, { level: 9 });
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } });
}
