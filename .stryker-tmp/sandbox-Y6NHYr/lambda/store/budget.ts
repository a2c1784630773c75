import {
  GetItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { BudgetUsage } from '../core/budget';
import type { Instant, Mchid } from '../core/ids';
import { reach, reachIf } from './reach';
import { TABLE_TTL } from './table-schema';

export interface BudgetOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  /** Calls to WeChat Pay of one merchant, all functions together; at least one in ten seconds. */
  readonly callsPerSecondMax: number;
  readonly now: () => Instant;
}

const WINDOW_SECONDS = 10;
const WINDOW_MS = WINDOW_SECONDS * 1_000;
/** Calls taken from the table at once: what one instance takes and does not make is lost to the others. */
const BULK_CALLS = 20;
/** A counter is of no use once its window is over; this much later nobody's clock is still in it. */
const KEPT_SECONDS = 3_600;

/** What this instance knows of one merchant in one window. */
interface Held {
  /** Taken from the table, not yet handed out. */
  readonly calls: number;
  /** The table has no more than this left, since what was taken never comes back. */
  readonly leftMax: number;
}

/** One window; what was taken in it and not used goes with it. */
class Window {
  readonly held = new Map<Mchid, Held>();
  readonly taking = new Map<Mchid, Promise<void>>();
  constructor(readonly startsAt: Instant) {}
}

/**
 * The rate at which a merchant's calls may leave, shared by all instances: a counter for each merchant and ten
 * seconds, from which calls are taken in bulk.
 *
 *     pk budget#<mchid>    sk <start of the window, RFC 3339>    taken, expires_at
 */
export class DynamoBudget {
  readonly #windowCallsMax: number;
  #window = new Window(-Infinity);

  /** @throws RangeError when the rate does not come to one call in a window */
  constructor(private readonly options: BudgetOptions) {
    this.#windowCallsMax = Math.floor(options.callsPerSecondMax * WINDOW_SECONDS);
    if (!(this.#windowCallsMax >= 1 && this.#windowCallsMax <= Number.MAX_SAFE_INTEGER))
      throw new RangeError(`callsPerSecondMax is not a number from ${1 / WINDOW_SECONDS} up`);
  }

  /**
   * Takes one call. When the window's are used up: the instant at which the next window begins.
   * @throws PayscoreError LEDGER_UNAVAILABLE
   */
  async take(mchid: Mchid): Promise<Instant | undefined> {
    for (;;) {
      const window = this.#windowNow();
      const held = this.#heldIn(window, mchid);
      if (held.calls > 0) {
        window.held.set(mchid, { ...held, calls: held.calls - 1 });
        return undefined;
      }
      if (held.leftMax <= 0) return window.startsAt + WINDOW_MS;
      // What comes back is for whoever looks first, and the window may be over by then: look again.
      await this.#taking(window, mchid);
    }
  }

  /**
   * How much of the window under way all instances have taken together, used or not.
   * @throws PayscoreError LEDGER_UNAVAILABLE
   */
  async usage(mchid: Mchid): Promise<BudgetUsage> {
    const { startsAt } = this.#windowNow();
    const command = new GetItemCommand({ TableName: this.options.tableName, Key: keyOf(mchid, startsAt) });
    const { Item: item } = await reach(() => this.options.client.send(command));
    const taken = Number(item?.['taken']?.N ?? 0);
    return { calls_max: this.#windowCallsMax, calls_taken: taken, until: startsAt + WINDOW_MS };
  }

  #windowNow(): Window {
    const now = this.options.now();
    const startsAt = now - (now % WINDOW_MS);
    if (this.#window.startsAt !== startsAt) this.#window = new Window(startsAt);
    return this.#window;
  }

  #heldIn(window: Window, mchid: Mchid): Held {
    return window.held.get(mchid) ?? { calls: 0, leftMax: this.#windowCallsMax };
  }

  /** One taking at a time for each merchant: all who want a call meanwhile wait for the same. */
  #taking(window: Window, mchid: Mchid): Promise<void> {
    const underWay = window.taking.get(mchid);
    if (underWay !== undefined) return underWay;
    const taking = this.#takeBulk(window, mchid).finally(() => window.taking.delete(mchid));
    window.taking.set(mchid, taking);
    return taking;
  }

  async #takeBulk(window: Window, mchid: Mchid): Promise<void> {
    let { leftMax } = this.#heldIn(window, mchid);
    let calls = Math.min(BULK_CALLS, leftMax);
    while (calls > 0) {
      const taken = await this.#add(mchid, window.startsAt, calls);
      if (taken !== 'conflict') {
        window.held.set(mchid, { calls, leftMax: this.#windowCallsMax - taken });
        return;
      }
      leftMax = calls - 1;
      calls = Math.floor(calls / 2);
    }
    window.held.set(mchid, { calls: 0, leftMax });
  }

  /**
   * How much is taken of the window after this much more is; `conflict`: so much is not left. The SDK may send it twice when an answer is lost: then it
   * is counted twice, and fewer calls are made than might be, never more.
   */
  async #add(mchid: Mchid, startsAt: Instant, calls: number): Promise<number | 'conflict'> {
    const command = new UpdateItemCommand({
      TableName: this.options.tableName,
      Key: keyOf(mchid, startsAt),
      UpdateExpression: 'ADD #taken :calls SET #expires_at = :expires_at',
      ConditionExpression: 'attribute_not_exists(#taken) OR #taken <= :most',
      ExpressionAttributeNames: { '#taken': 'taken', '#expires_at': TABLE_TTL },
      ExpressionAttributeValues: {
        ':calls': { N: String(calls) },
        ':most': { N: String(this.#windowCallsMax - calls) },
        ':expires_at': { N: String((startsAt + WINDOW_MS) / 1_000 + KEPT_SECONDS) },
      },
      ReturnValues: 'UPDATED_NEW',
    });
    const answer = await reachIf(() => this.options.client.send(command));
    if (answer === 'conflict') return 'conflict';
    const taken = answer.Attributes?.['taken']?.N;
    if (taken === undefined) throw new Error('a counter that was added to has a value');
    return Number(taken);
  }
}

function keyOf(mchid: Mchid, startsAt: Instant): Record<'pk' | 'sk', AttributeValue> {
  return { pk: { S: `budget#${mchid}` }, sk: { S: new Date(startsAt).toISOString() } };
}
