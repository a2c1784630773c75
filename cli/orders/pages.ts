import { ServiceError } from './service';

const NOT_THE_API = 'is --url the address of its API?';

/** What is no answer of this service, though a 2xx: a login page, a proxy's greeting, another API. */
export function unexpected(what: string): ServiceError {
  return new ServiceError(`The service answered something else than ${what}: ${NOT_THE_API}`);
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Judged by a schema, like every other wrong answer.
    return undefined;
  }
}

/** Follows the cursors of a service's pages, and sees when they run in a circle. */
export class Cursors {
  #pages = 0;
  #kept: string | undefined;

  /** @throws ServiceError when this cursor was given before */
  follow(cursor: string): string {
    // Brent's: one cursor is kept, a later one each time that the pages have doubled; a circle comes back to it.
    if (cursor === this.#kept)
      throw new ServiceError(
        `The service’s pages run in a circle: after ${this.#pages} of them one came again: ${NOT_THE_API}`,
      );
    this.#pages += 1;
    if (Number.isInteger(Math.log2(this.#pages))) this.#kept = cursor;
    return cursor;
  }
}
