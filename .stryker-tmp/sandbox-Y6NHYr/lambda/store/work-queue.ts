import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { PATTERNS, type OrderKey } from '../core/ids';

export interface WorkQueueOptions {
  readonly client: Pick<SQSClient, 'send'>;
  /** A standard queue's. */
  readonly queueUrl: string;
  /** Told why messages were not taken, by the name of the error; the orders stay due. */
  readonly onRefused: (reason: string) => void;
}

/** An order on its way, and the seconds (0 to 900) before anybody sees it. */
export interface Dispatch {
  readonly key: OrderKey;
  readonly delaySeconds: number;
}

/** What one SendMessageBatch can carry. */
const BATCH_MESSAGES_MAX = 10;
const BATCHES_IN_FLIGHT_MAX = 10;
const MESSAGE_VERSION = 1;
const KEY_FIELDS = ['mchid', 'sub_mchid', 'out_order_no'] as const;

/** Orders that wait for a worker, in SQS. A message names an order and nothing else: the ledger is the truth. */
export class SqsWorkQueue {
  constructor(private readonly options: WorkQueueOptions) {}

  /**
   * Whether each order was surely taken, in the order given. Never rejects: an order that was not, or whose answer was
   * lost, stays due and is sent again, and of two messages the second finds the claim taken.
   */
  async send(orders: readonly Dispatch[]): Promise<readonly boolean[]> {
    const taken = orders.map(() => false);
    const begins = Array.from(
      { length: Math.ceil(orders.length / BATCH_MESSAGES_MAX) },
      (_, batch) => batch * BATCH_MESSAGES_MAX,
    ).values();
    const sender = async () => {
      for (const begin of begins)
        for (const index of await this.#sendBatch(orders.slice(begin, begin + BATCH_MESSAGES_MAX)))
          taken[begin + index] = true;
    };
    await Promise.all(Array.from({ length: BATCHES_IN_FLIGHT_MAX }, sender));
    return taken;
  }

  /** Which of them were taken, by their place. */
  async #sendBatch(orders: readonly Dispatch[]): Promise<readonly number[]> {
    const command = new SendMessageBatchCommand({
      QueueUrl: this.options.queueUrl,
      Entries: orders.map(({ key, delaySeconds }, index) => ({
        Id: String(index),
        MessageBody: writeWorkMessage(key),
        DelaySeconds: delaySeconds,
        // On a standard queue this orders nothing: it keeps a sub-merchant with many messages from delaying the others.
        // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagegroupid-property.html
        MessageGroupId: key.sub_mchid,
      })),
    });
    try {
      const { Successful: successful = [], Failed: refused = [] } = await this.options.client.send(command);
      for (const reason of new Set(refused.map(({ Code }) => Code ?? 'unknown')))
        this.options.onRefused(reason);
      return successful.map(({ Id }) => Number(Id));
    } catch (error) {
      this.options.onRefused(error instanceof Error ? error.name : 'unknown');
      return [];
    }
  }
}

export type WorkMessage =
  { readonly ok: true; readonly key: OrderKey } | { readonly ok: false; readonly because: string };

function writeWorkMessage({ mchid, sub_mchid, out_order_no }: OrderKey): string {
  return JSON.stringify({ v: MESSAGE_VERSION, mchid, sub_mchid, out_order_no });
}

/** The order that a message names, or in one line why it names none. Never throws, and never repeats the message. */
export function readWorkMessage(body: string): WorkMessage {
  const message = parse(body);
  if (message === undefined) return { ok: false, because: 'is not a JSON object' };
  if (message['v'] !== MESSAGE_VERSION) return { ok: false, because: `v is not ${MESSAGE_VERSION}` };
  const wrong = KEY_FIELDS.filter((field) => {
    const value = message[field];
    return typeof value !== 'string' || !PATTERNS[field].test(value);
  });
  if (wrong.length > 0) return { ok: false, because: `${wrong.join(', ')}: not as WeChat Pay writes it` };
  const { mchid, sub_mchid, out_order_no } = message as unknown as OrderKey;
  return { ok: true, key: { mchid, sub_mchid, out_order_no } };
}

function parse(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
