import type { Instant } from '../lambda/core/ids';

export interface QueuedMessage {
  readonly id: string;
  /** Of this delivery; whoever deletes the message names it. */
  readonly receipt: string;
  readonly body: string;
  /** How often it was delivered, this time included. */
  readonly receives: number;
}

interface Stored {
  readonly id: string;
  readonly body: string;
  visibleAt: Instant;
  receives: number;
}

export interface MemoryQueueOptions {
  readonly visibilityTimeoutMs: number;
  /** How often a message is delivered before it goes to the dead-letter queue. */
  readonly receivesMax: number;
  readonly now: () => Instant;
}

/** What one receive can carry. */
const RECEIVED_MAX = 10;

/** A standard queue of SQS with a dead-letter queue, in memory, by a clock that is passed in. It loses and doubles nothing by itself. */
export class MemoryQueue {
  readonly #stored = new Map<string, Stored>();
  /** Bodies that were delivered too often. */
  readonly dead: string[] = [];
  #sent = 0;

  constructor(private readonly options: MemoryQueueOptions) {}

  /** How many there are, seen or not. */
  get size(): number {
    return this.#stored.size;
  }

  /** When the next message can be received; Infinity when there is none. */
  nextVisibleAt(): Instant {
    let next = Infinity;
    for (const { visibleAt } of this.#stored.values()) next = Math.min(next, visibleAt);
    return next;
  }

  send(body: string, delayMs: number): string {
    const id = `M${(this.#sent += 1)}`;
    this.#stored.set(id, { id, body, visibleAt: this.options.now() + delayMs, receives: 0 });
    return id;
  }

  /** Messages that nobody else sees until their visibility timeout is over, or for ever if they are deleted before. */
  receive(messagesMax: number): readonly QueuedMessage[] {
    const { visibilityTimeoutMs, receivesMax, now } = this.options;
    const received: QueuedMessage[] = [];
    for (const message of this.#stored.values()) {
      if (received.length >= Math.min(messagesMax, RECEIVED_MAX)) break;
      if (message.visibleAt > now()) continue;
      if (message.receives >= receivesMax) {
        this.#stored.delete(message.id);
        this.dead.push(message.body);
        continue;
      }
      message.receives += 1;
      message.visibleAt = now() + visibilityTimeoutMs;
      const { id, body, receives } = message;
      received.push({ id, receipt: `${id}/${receives}`, body, receives });
    }
    return received;
  }

  /** Deletes the message, if it was not delivered again since; a receipt that is too old changes nothing. */
  delete(receipt: string): void {
    const [id = '', receives] = receipt.split('/');
    if (this.#stored.get(id)?.receives === Number(receives)) this.#stored.delete(id);
  }
}
