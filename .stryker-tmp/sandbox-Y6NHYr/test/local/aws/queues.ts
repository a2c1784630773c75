import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { type Mapping, type MappingOptions, startMapping } from '../../../local/aws/event-source-mapping';
import { LOCAL_AWS } from '../../../local/aws/identity';
import type { LambdaHandler } from '../../../local/aws/invoke';
import { startSqs, type WorkQueue } from '../../../local/aws/sqs';

/** Messages that can be received; messages that were received and are neither deleted nor back. */
export type Depth = readonly [visible: number, inFlight: number];

const SETTLE_MAX_POLLS = 5_000;

/** One SQS, queues of its own for every test, and the mappings that read them. */
export async function startQueues() {
  const sqs = await startSqs();
  const client = new SQSClient({ endpoint: sqs.url, ...LOCAL_AWS });
  const mappings: Mapping[] = [];
  let queues = 0;

  async function depth(QueueUrl: string): Promise<Depth> {
    const { Attributes = {} } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return [
      Number(Attributes.ApproximateNumberOfMessages),
      Number(Attributes.ApproximateNumberOfMessagesNotVisible),
    ];
  }

  return {
    sqs,
    client,
    depth,
    async workQueue({ visibilityTimeoutSeconds = 60, maxReceiveCount = 9 } = {}): Promise<WorkQueue> {
      queues += 1;
      return sqs.createWorkQueue({ name: `work-${queues}`, visibilityTimeoutSeconds, maxReceiveCount });
    },
    map(queueUrl: string, handler: LambdaHandler<SQSEvent>, options: Partial<MappingOptions> = {}) {
      const faults: Error[] = [];
      const mapping = startMapping({
        queueUrl,
        endpoint: sqs.url,
        handler,
        functionName: 'collect',
        timeoutMs: 60_000,
        batchSize: 10,
        windowMs: 0,
        concurrencyMax: 10,
        onFault: (fault) => faults.push(fault),
        ...options,
      });
      mappings.push(mapping);
      return { mapping, faults };
    },
    async send(QueueUrl: string, ...texts: readonly string[]): Promise<void> {
      for (let start = 0; start < texts.length; start += 10)
        await client.send(
          new SendMessageBatchCommand({
            QueueUrl,
            Entries: texts
              .slice(start, start + 10)
              .map((text, at) => ({ Id: String(at), MessageBody: text })),
          }),
        );
    },
    /** Resolves once the queue is as deep as that. */
    async settled(queueUrl: string, [visible, inFlight]: Depth): Promise<void> {
      for (let poll = 0; poll < SETTLE_MAX_POLLS; poll += 1) {
        const now = await depth(queueUrl);
        if (now[0] === visible && now[1] === inFlight) return;
      }
      throw new Error(`${queueUrl} did not become ${visible} visible, ${inFlight} in flight`);
    },
    async close(): Promise<void> {
      await Promise.all(mappings.map(async (mapping) => mapping.stop()));
      client.destroy();
      await sqs.close();
    },
  };
}

export type Queues = Awaited<ReturnType<typeof startQueues>>;

/** Collects what a handler is called with, and lets a test wait for the nth call. */
export function recorder<T>() {
  const seen: T[] = [];
  let wake: () => void = () => undefined;
  return {
    seen,
    add(one: T): void {
      seen.push(one);
      wake();
    },
    async reached(count: number): Promise<void> {
      while (seen.length < count)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    },
  };
}
