import type { ChangeEvent } from '../core/change-event';
import type { EventBus } from './ports';

/** A change of the table, as its stream hands it over. */
export interface StreamedChange {
  /** Where it is in the stream. */
  readonly position: string;
  /** What is to be told of it; throws when it cannot be read. */
  readonly events: () => readonly ChangeEvent[];
}

export interface Published {
  readonly events: number;
  /** The first change of which not everything was told; it and all after it have to be handed over again. */
  readonly failed?: { readonly position: string; readonly error?: unknown };
}

/**
 * Tells of changes, in their order. One that cannot be read, or whose events are not taken, holds back those after it,
 * and nothing before it: whatever is handed over again is told again, under the same ids.
 */
export async function publish(changes: readonly StreamedChange[], bus: EventBus): Promise<Published> {
  const { found, unread } = read(changes);
  const taken = await bus.put(found.map(({ event }) => event));
  const refused = found[taken.indexOf(false)];
  const failed = refused === undefined ? unread : { position: refused.position };
  return { events: taken.filter(Boolean).length, ...(failed === undefined ? {} : { failed }) };
}

interface Read {
  readonly found: readonly { readonly position: string; readonly event: ChangeEvent }[];
  readonly unread?: { readonly position: string; readonly error: unknown };
}

function read(changes: readonly StreamedChange[]): Read {
  const found: { readonly position: string; readonly event: ChangeEvent }[] = [];
  for (const { position, events } of changes) {
    try {
      found.push(...events().map((event) => ({ position, event })));
    } catch (error) {
      return { found, unread: { position, error } };
    }
  }
  return { found };
}
