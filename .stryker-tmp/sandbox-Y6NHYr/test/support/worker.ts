import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { LOCAL_AWS } from '../../local/aws/identity';
import { invoke, type InvokeOptions, type LambdaHandler } from '../../local/aws/invoke';

/** What one receive takes, and so one invocation here. */
const BATCH_MESSAGES = 10;

/** The queue and the function behind it, without the polling: a test says when messages are delivered. */
export interface Worker {
  put(body: string): Promise<void>;
  /** Everything that lies in the queue through the function, all batches at once, until the queue is empty. */
  drain(handler: LambdaHandler<SQSEvent>, options: InvokeOptions): Promise<void>;
  /** Messages that nobody has acknowledged, those that wait for their first or their next delivery too. */
  kept(): Promise<number>;
  close(): void;
}

export function workerAt(endpoint: string, queueUrl: string): Worker {
  const client = new SQSClient({ endpoint, ...LOCAL_AWS });
  const QueueUrl = queueUrl;

  async function receive(): Promise<readonly SQSRecord[]> {
    const command = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: BATCH_MESSAGES });
    const { Messages = [] } = await client.send(command);
    return Messages.map(
      ({ MessageId, ReceiptHandle, Body }) =>
        ({ messageId: MessageId, receiptHandle: ReceiptHandle, body: Body }) as SQSRecord,
    );
  }

  async function serve(Records: SQSRecord[], handler: LambdaHandler<SQSEvent>, options: InvokeOptions) {
    const ended = await invoke(handler, { Records }, options);
    if (ended.kind !== 'returned') throw new Error(`the worker ${ended.kind}`, { cause: ended });
    const { batchItemFailures } = ended.value as SQSBatchResponse;
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const done = Records.filter(({ messageId }) => !failed.has(messageId));
    const Entries = done.map(({ receiptHandle }, at) => ({ Id: String(at), ReceiptHandle: receiptHandle }));
    if (Entries.length > 0) await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }

  return {
    put: async (MessageBody) => {
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    },
    drain: async (handler, options) => {
      const running: Promise<void>[] = [];
      for (let batch = await receive(); batch.length > 0; batch = await receive())
        running.push(serve([...batch], handler, options));
      await Promise.all(running);
    },
    kept: async () => {
      const AttributeNames = [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ] as const;
      const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
      const { Attributes = {} } = await client.send(command);
      return AttributeNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
    },
    close: () => client.destroy(),
  };
}
