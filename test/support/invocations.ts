import { setImmediate } from 'node:timers/promises';
import type { LambdaHandler } from '../../local/aws/invoke';

/** The invocations that are under way, those whose caller has gone too. */
export class Invocations {
  readonly #running = new Set<symbol>();

  /** The handler, each of whose invocations counts. */
  counted<Event>(handler: LambdaHandler<Event>): LambdaHandler<Event> {
    const { place } = handler;
    const count =
      (run: LambdaHandler<Event>): LambdaHandler<Event> =>
      async (...given) => {
        const one = Symbol('invocation');
        this.#running.add(one);
        return run(...given).finally(() => this.#running.delete(one));
      };
    return place === undefined
      ? count(handler)
      : Object.assign(count(handler), { place: async () => count(await place()) });
  }

  /** Resolves when none is. */
  async over(): Promise<void> {
    while (this.#running.size > 0) await setImmediate();
  }
}
