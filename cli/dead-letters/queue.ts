import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { UsageError } from '../../local/usage-error';
import type { Letter } from './letter';

/** A letter in hand: nobody else sees it until it is deleted, released, or held for too long. */
export interface Held extends Letter {
  readonly receipt: string;
  readonly sent_at: number;
  readonly received_times: number;
}

/** What one command of SQS can carry. */
export const BATCH_MAX = 10;
/** Somebody who dies with letters in hand keeps them from others no longer than this. */
const HOLD_SECONDS = 120;
/** A queue that answers nothing so often is empty: its parts are asked all at once, but not all of them always answer. */
const EMPTY_RECEIVES_MAX = 2;

export interface Depth {
  readonly waiting: number;
  /** In somebody's hands. */
  readonly in_flight: number;
}

/** One queue in which failures end. */
export class DeadLetterQueue {
  constructor(
    private readonly client: Pick<SQSClient, 'send'>,
    readonly url: string,
    /** With a wait every part of the queue is asked. */
    private readonly waitSeconds = 1,
  ) {}

  async depth(): Promise<Depth> {
    const { Attributes: attributes = {} } = await this.#reach('look at', () =>
      this.client.send(
        new GetQueueAttributesCommand({
          QueueUrl: this.url,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      ),
    );
    return {
      waiting: Number(attributes.ApproximateNumberOfMessages ?? 0),
      in_flight: Number(attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  }

  /** Letters, up to ten at once, until the queue gives no more. Some may come twice: a standard queue may do that. */
  async *receive(): AsyncGenerator<readonly Held[]> {
    for (let empty = 0; empty < EMPTY_RECEIVES_MAX;) {
      const { Messages: messages = [] } = await this.#reach('receive from', () =>
        this.client.send(
          new ReceiveMessageCommand({
            QueueUrl: this.url,
            MaxNumberOfMessages: BATCH_MAX,
            VisibilityTimeout: HOLD_SECONDS,
            WaitTimeSeconds: this.waitSeconds,
            MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
            MessageAttributeNames: ['All'],
          }),
        ),
      );
      if (messages.length === 0) empty += 1;
      else {
        empty = 0;
        yield messages.map((message) => ({
          id: message.MessageId ?? '',
          body: message.Body ?? '',
          receipt: message.ReceiptHandle ?? '',
          sent_at: Number(message.Attributes?.SentTimestamp ?? 0),
          received_times: Number(message.Attributes?.ApproximateReceiveCount ?? 0),
          attributes: Object.fromEntries(
            Object.entries(message.MessageAttributes ?? {}).flatMap(([name, { StringValue: value }]) =>
              value === undefined ? [] : [[name, value]],
            ),
          ),
        }));
      }
    }
  }

  /** The letters that are surely gone. Never rejects: what is still there comes again. */
  async delete(letters: readonly Held[]): Promise<ReadonlySet<Held>> {
    const gone = new Set<Held>();
    // A second time for what was not deleted at the first.
    for (let tries = 0; tries < 2; tries += 1)
      for (const batch of batches(letters.filter((letter) => !gone.has(letter))))
        for (const letter of await this.#deleteBatch(batch)) gone.add(letter);
    return gone;
  }

  async #deleteBatch(batch: readonly Held[]): Promise<readonly Held[]> {
    const Entries = batch.map(({ receipt }, index) => ({ Id: String(index), ReceiptHandle: receipt }));
    try {
      const { Successful: gone = [] } = await this.client.send(
        new DeleteMessageBatchCommand({ QueueUrl: this.url, Entries }),
      );
      return chosen(batch, gone);
    } catch {
      return [];
    }
  }

  /** Others may see them again now. Never rejects: it is so by itself after a while. */
  async release(letters: readonly Held[]): Promise<void> {
    for (const batch of batches(letters)) {
      const Entries = batch.map(({ receipt }, index) => ({
        Id: String(index),
        ReceiptHandle: receipt,
        VisibilityTimeout: 0,
      }));
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl: this.url, Entries });
      await this.client.send(command).catch(() => undefined);
    }
  }

  async #reach<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
      throw new UsageError(`It is not possible to ${what} ${this.url} (${reason}).`);
    }
  }
}

export interface Sending {
  readonly taken: ReadonlySet<Held>;
  /** Why the others were not, by the names of the errors. */
  readonly refused: readonly string[];
}

/**
 * Sends letters to another queue as they are, at most ten. Never rejects: what was not surely taken stays where it is.
 */
export async function sendOn(
  client: Pick<SQSClient, 'send'>,
  url: string,
  letters: readonly { readonly letter: Held; readonly group: string }[],
): Promise<Sending> {
  const Entries = letters.map(({ letter, group }, index) => ({
    Id: String(index),
    MessageBody: letter.body,
    MessageGroupId: group,
  }));
  try {
    const { Successful: taken = [], Failed: failed = [] } = await client.send(
      new SendMessageBatchCommand({ QueueUrl: url, Entries }),
    );
    const refused = [...new Set(failed.map(({ Code }) => Code ?? 'unknown'))];
    const all = letters.map(({ letter }) => letter);
    return { taken: new Set(chosen(all, taken)), refused };
  } catch (error) {
    return { taken: new Set(), refused: [error instanceof Error ? error.name : 'unknown'] };
  }
}

function chosen(batch: readonly Held[], entries: readonly { readonly Id: string | undefined }[]): Held[] {
  return entries.flatMap(({ Id: id }) => batch[Number(id)] ?? []);
}

function batches(letters: readonly Held[]): readonly (readonly Held[])[] {
  return Array.from({ length: Math.ceil(letters.length / BATCH_MAX) }, (_, index) =>
    letters.slice(index * BATCH_MAX, (index + 1) * BATCH_MAX),
  );
}
