import { setTimeout as sleep } from 'node:timers/promises';
import {
  PutEventsCommand,
  type EventBridgeClient,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import type { ChangeEvent } from '../core/change-event';

/** What rules match on as `source`. */
export const EVENT_SOURCE = 'payscore-collector';

export interface EventBusOptions {
  readonly client: Pick<EventBridgeClient, 'send'>;
  readonly busName: string;
  /** Told why events were not taken, by the name of the error. */
  readonly onRefused: (reason: string) => void;
  /** Waits before events are sent again that were not taken. */
  readonly pause?: (ms: number) => Promise<unknown>;
}

/** Of one PutEvents. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const REQUEST_EVENTS_MAX = 10;
const REQUEST_BYTES_MAX = 256 * 1_024;
/** What the field Time counts for. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html */
const TIME_BYTES = 14;
/** Before each further try for what was not taken: EventBridge throttles by the second. */
const PAUSES_MS = [200, 1_000];

/** A bus of EventBridge. */
export class EventBridgeBus {
  constructor(private readonly options: EventBusOptions) {}

  /**
   * Whether each event was surely taken, in the order given. Never rejects. What was not taken after some tries holds
   * back all that comes after its request: consumers see an order's events about in the order in which they happened.
   */
  async put(events: readonly ChangeEvent[]): Promise<readonly boolean[]> {
    const taken: boolean[] = [];
    for (const entries of requestsOf(events.map((event) => this.#entryOf(event)))) {
      taken.push(...(await this.#send(entries)));
      if (taken.includes(false)) break;
    }
    return events.map((_event, index) => taken[index] ?? false);
  }

  async #send(entries: readonly PutEventsRequestEntry[]): Promise<readonly boolean[]> {
    const { pause = sleep } = this.options;
    const taken = entries.map(() => false);
    for (const pauseMs of [0, ...PAUSES_MS]) {
      if (pauseMs > 0) await pause(pauseMs);
      const left = entries.flatMap((entry, index) => (taken[index] === true ? [] : [{ entry, index }]));
      const answers = await this.#try(left.map(({ entry }) => entry));
      left.forEach(({ index }, nth) => {
        taken[index] = answers[nth] ?? false;
      });
      if (!taken.includes(false)) break;
    }
    return taken;
  }

  async #try(entries: PutEventsRequestEntry[]): Promise<readonly boolean[]> {
    const { client, onRefused } = this.options;
    try {
      const { Entries: answers = [] } = await client.send(new PutEventsCommand({ Entries: entries }));
      const reasons = answers.flatMap(({ ErrorCode: code }) => (code === undefined ? [] : [code]));
      for (const reason of new Set(reasons)) onRefused(reason);
      return answers.map(({ EventId: id }) => id !== undefined);
    } catch (error) {
      onRefused(error instanceof Error ? error.name : 'unknown');
      return [];
    }
  }

  #entryOf({ type, at, detail }: ChangeEvent): PutEventsRequestEntry {
    return {
      EventBusName: this.options.busName,
      Source: EVENT_SOURCE,
      DetailType: type,
      Time: new Date(at),
      Detail: JSON.stringify(detail),
    };
  }
}

/** Events in their order, as many to a request as it can carry. */
function requestsOf(entries: readonly PutEventsRequestEntry[]): readonly PutEventsRequestEntry[][] {
  const requests: PutEventsRequestEntry[][] = [];
  let bytes = Infinity;
  for (const entry of entries) {
    const more = bytesOf(entry);
    const last = requests.at(-1);
    if (last === undefined || last.length === REQUEST_EVENTS_MAX || bytes + more > REQUEST_BYTES_MAX) {
      requests.push([entry]);
      bytes = more;
    } else {
      last.push(entry);
      bytes += more;
    }
  }
  return requests;
}

function bytesOf({ Source: source, DetailType: type, Detail: detail }: PutEventsRequestEntry): number {
  const text = `${source ?? ''}${type ?? ''}${detail ?? ''}`;
  return Buffer.byteLength(text) + TIME_BYTES;
}
