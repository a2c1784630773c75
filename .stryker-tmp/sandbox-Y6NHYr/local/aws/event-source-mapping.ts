import { setTimeout as wait } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSMessageAttribute, SQSRecord, SQSRecordAttributes } from 'aws-lambda';
import { LOCAL_AWS, LOCAL_REGION } from './identity';
import { invoke, type Invocation, type LambdaHandler } from './invoke';
import { queueArn } from './sqs';

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
const BATCH_MAX_MESSAGES = 10_000;
const WINDOW_MAX_MS = 300_000;
/** What one ReceiveMessage and one DeleteMessageBatch can carry. */
const CALL_MAX_MESSAGES = 10;
/** stop() waits for a long poll to end: an abandoned one may still take messages, which nobody would see. */
const LONG_POLL_SECONDS = 1;
/** An open window is shorter than the whole seconds that a long poll knows. */
const WINDOW_POLL_MS = 20;
const RETRY_PAUSE_MS = 1_000;

export interface MappingOptions {
  /** A standard queue's. */
  readonly queueUrl: string;
  readonly endpoint: string;
  readonly handler: LambdaHandler<SQSEvent>;
  readonly functionName: string;
  /** The function's own timeout. */
  readonly timeoutMs: number;
  /** 1 to 10,000; more than 10 need a window. */
  readonly batchSize: number;
  /** How long a batch that is not full waits for more, from its first message on: 0 to 300,000. */
  readonly windowMs: number;
  /** Invocations at once, 1 or more. */
  readonly concurrencyMax: number;
  /** The function's clock. */
  readonly now?: () => number;
  /** Told why a whole batch failed, and of calls to SQS that failed. Messages that an answer names are no fault. */
  readonly onFault: (fault: Error) => void;
}

export interface Mapping {
  /** Receives no more, and resolves when all that was received has been through the function. */
  stop(): Promise<void>;
  /**
   * Resolves when a receive that began after the call came back empty with nothing under way. Messages that failed and
   * are not visible yet do not count. Rejects when the mapping is stopped first.
   */
  idle(): Promise<void>;
  /** Whether the function is at anything. */
  busy(): boolean;
}

/**
 * What Lambda does between a standard queue and a function with ReportBatchItemFailures, on this machine. Without the
 * 6 MB limit of a batch, filters, and backing off: what failed is delivered again when its visibility timeout ends.
 * Throws a RangeError for options that Lambda would refuse.
 */
export function startMapping(options: MappingOptions): Mapping {
  const { batchSize, windowMs, concurrencyMax } = options;
  demandWhole('batchSize', batchSize, 1, BATCH_MAX_MESSAGES);
  demandWhole('windowMs', windowMs, 0, WINDOW_MAX_MS);
  demandWhole('concurrencyMax', concurrencyMax, 1, Number.MAX_SAFE_INTEGER);
  if (batchSize > CALL_MAX_MESSAGES && windowMs === 0)
    throw new RangeError(`windowMs: a batchSize over ${CALL_MAX_MESSAGES} needs a window`);
  return new Poller(options);
}

function demandWhole(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max)
    throw new RangeError(`${name}: a whole number from ${min} to ${max}`);
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

class Poller implements Mapping {
  private readonly client: SQSClient;
  private readonly arn: string;
  private readonly stopping = new AbortController();
  private readonly underWay = new Set<Promise<void>>();
  private readonly waiting: Waiting[] = [];
  private readonly polling: Promise<void>;

  constructor(private readonly options: MappingOptions) {
    this.client = new SQSClient({ endpoint: options.endpoint, ...LOCAL_AWS });
    this.arn = queueArn(options.queueUrl);
    this.polling = this.poll();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.polling;
    await Promise.all(this.underWay);
    this.client.destroy();
    for (const { reject } of this.waiting.splice(0)) reject(stopped());
  }

  async idle(): Promise<void> {
    if (this.stopping.signal.aborted) throw stopped();
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
    });
  }

  busy(): boolean {
    return this.underWay.size > 0;
  }

  private async poll(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      // What no invocation is free for stays in the queue, where its visibility timeout does not run.
      if (this.underWay.size >= this.options.concurrencyMax) await Promise.race(this.underWay);
      else await this.next();
    }
  }

  private async next(): Promise<void> {
    // Taken before the receive begins: one that has begun may have missed what was sent before the question.
    const asked = this.underWay.size === 0 ? this.waiting.splice(0) : [];
    const { batchSize } = this.options;
    // Whoever waits for the queue to be empty does not wait for a long poll as well.
    const hurried = asked.length > 0 || this.waiting.length > 0;
    const first = await this.receive(batchSize, hurried ? 0 : LONG_POLL_SECONDS);
    if (first?.length === 0) {
      for (const { resolve } of asked) resolve();
      if (hurried && this.underWay.size > 0)
        await Promise.race([...this.underWay, this.pause(WINDOW_POLL_MS)]);
      return;
    }
    this.waiting.push(...asked);
    if (first === undefined) {
      await this.pause(RETRY_PAUSE_MS);
      return;
    }
    const batch = await this.fill(first);
    const run = this.serve(batch).finally(() => this.underWay.delete(run));
    this.underWay.add(run);
  }

  /** Goes on receiving until the batch is full or its window closes. */
  private async fill(first: readonly Message[]): Promise<readonly Message[]> {
    const { batchSize, windowMs } = this.options;
    const batch = [...first];
    // Not the function's clock: that one may stand still.
    const closesAt = performance.now() + windowMs;
    while (batch.length < batchSize && !this.stopping.signal.aborted && performance.now() < closesAt) {
      const more = await this.receive(batchSize - batch.length, 0);
      if (more === undefined || more.length === 0) await this.pause(WINDOW_POLL_MS);
      else batch.push(...more);
    }
    return batch;
  }

  /** `undefined` when SQS did not answer, or with an error. */
  private async receive(maxMessages: number, waitSeconds: number): Promise<readonly Message[] | undefined> {
    try {
      const { Messages = [] } = await this.client.send(
        new ReceiveMessageCommand({
          QueueUrl: this.options.queueUrl,
          MaxNumberOfMessages: Math.min(maxMessages, CALL_MAX_MESSAGES),
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
      );
      return Messages;
    } catch (error) {
      this.options.onFault(new Error('the queue could not be read', { cause: error }));
      return undefined;
    }
  }

  private async serve(batch: readonly Message[]): Promise<void> {
    const { handler, functionName, timeoutMs, now, onFault } = this.options;
    const Records = batch.map((message) => sqsRecord(message, this.arn));
    const clock = now === undefined ? {} : { now };
    const ended = await invoke(handler, { Records }, { functionName, timeoutMs, ...clock });
    const outcome = judge(ended, new Set(Records.map(({ messageId }) => messageId)));
    switch (outcome.kind) {
      case 'batch_failed':
        onFault(outcome.fault);
        return;
      case 'done':
        await this.remove(Records.filter(({ messageId }) => !outcome.failed.has(messageId)));
    }
  }

  private async remove(records: readonly SQSRecord[]): Promise<void> {
    for (let start = 0; start < records.length; start += CALL_MAX_MESSAGES) {
      const chunk = records.slice(start, start + CALL_MAX_MESSAGES);
      try {
        const { Failed = [] } = await this.client.send(
          new DeleteMessageBatchCommand({
            QueueUrl: this.options.queueUrl,
            Entries: chunk.map(({ receiptHandle }, at) => ({ Id: String(at), ReceiptHandle: receiptHandle })),
          }),
        );
        if (Failed.length > 0) throw new Error(`${Failed.length} of ${chunk.length} were refused`);
      } catch (error) {
        // They will come again, as on AWS: delivery is at least once.
        this.options.onFault(new Error('messages could not be deleted', { cause: error }));
      }
    }
  }

  /** Ends early when the mapping is stopped. */
  private async pause(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

function stopped(): Error {
  return new Error('the mapping was stopped');
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
function sqsRecord(message: Message, eventSourceARN: string): SQSRecord {
  const {
    MessageId,
    ReceiptHandle,
    Body,
    MD5OfBody,
    MD5OfMessageAttributes,
    MessageAttributes = {},
  } = message;
  if (MessageId === undefined || ReceiptHandle === undefined || Body === undefined || MD5OfBody === undefined)
    throw new Error('a message that was received has MessageId, ReceiptHandle, Body and MD5OfBody');
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    // All were asked for; the SDK's type cannot say so.
    attributes: { ...message.Attributes } as SQSRecordAttributes,
    messageAttributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, value]) => [name, messageAttribute(value)]),
    ),
    md5OfBody: MD5OfBody,
    ...(MD5OfMessageAttributes === undefined ? {} : { md5OfMessageAttributes: MD5OfMessageAttributes }),
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion: LOCAL_REGION,
  };
}

function messageAttribute({
  StringValue,
  BinaryValue,
  DataType,
}: MessageAttributeValue): SQSMessageAttribute {
  return {
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined ? {} : { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType ?? 'String',
  };
}

/** What becomes of a batch. */
type Outcome =
  | { readonly kind: 'done'; readonly failed: ReadonlySet<string> }
  | { readonly kind: 'batch_failed'; readonly fault: Error };

function judge(ended: Invocation, sent: ReadonlySet<string>): Outcome {
  switch (ended.kind) {
    case 'threw':
      return { kind: 'batch_failed', fault: new Error('the function threw', { cause: ended.error }) };
    case 'timed_out':
      return batchFailed(`Task timed out after ${ended.timeoutMs} ms`);
    case 'returned':
      return readAnswer(ended.value, sent);
  }
}

/**
 * "Success and failure conditions" in https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 * An answer that says something, but not in batchItemFailures, is in neither of its lists: here it is a failure.
 */
function readAnswer(answer: unknown, sent: ReadonlySet<string>): Outcome {
  if (isEmpty(answer)) return { kind: 'done', failed: new Set() };
  if (!isObject(answer) || !('batchItemFailures' in answer))
    return batchFailed('the answer has no batchItemFailures');
  const { batchItemFailures } = answer;
  if (batchItemFailures === null) return { kind: 'done', failed: new Set() };
  if (!Array.isArray(batchItemFailures)) return batchFailed('batchItemFailures: a list or null');
  const failed = new Set<string>();
  for (const [at, entry] of batchItemFailures.entries()) {
    const id: unknown = isObject(entry) && 'itemIdentifier' in entry ? entry.itemIdentifier : undefined;
    if (typeof id !== 'string' || !sent.has(id))
      return batchFailed(`batchItemFailures[${at}].itemIdentifier: the id of a message in the batch`);
    failed.add(id);
  }
  return { kind: 'done', failed };
}

/** Nothing, or nothing in it. */
function isEmpty(answer: unknown): boolean {
  return answer === null || answer === '' || (isObject(answer) && Object.keys(answer).length === 0);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function batchFailed(why: string): Outcome {
  return { kind: 'batch_failed', fault: new Error(why) };
}
