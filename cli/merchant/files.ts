import { closeSync, openSync, readSync } from 'node:fs';
import { UsageError } from '../../local/usage-error';

/** A certificate with its bag attributes has some 4 KB. */
const FILE_BYTES_MAX = 64 * 1024;

export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}

/**
 * A text file as Windows and WeChat Pay's own tool may have written it: without a byte order mark, with single line feeds.
 * `what` names it in errors, which never quote what is in it.
 */
export function readText(file: string, what: string): string {
  const bytes = readBytes(file, what);
  if (bytes.length > FILE_BYTES_MAX)
    throw new UsageError(`${what} has more than ${FILE_BYTES_MAX / 1024} KiB; it is some other file`);
  if (bytes[0] === 0xff || bytes[0] === 0xfe)
    throw new UsageError(
      `${what} is written in UTF-16; save it as UTF-8, or take the file as it was downloaded`,
    );
  return bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n');
}

function readBytes(file: string, what: string): Buffer {
  try {
    const descriptor = openSync(file, 'r');
    try {
      // Bounded while it is read: a pipe (`<(…)`) and a device do not say how long they are.
      const bytes = Buffer.alloc(FILE_BYTES_MAX + 1);
      let length = 0;
      for (let read = -1; read !== 0 && length < bytes.length; length += read)
        read = readSync(descriptor, bytes, length, bytes.length - length, null);
      return bytes.subarray(0, length);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw new UsageError(`${what} cannot be read (${errorCode(error)}); check the path`);
  }
}
