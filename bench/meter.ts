import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type BatchGetItemCommandOutput,
  type GetItemCommandOutput,
  type QueryCommandOutput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { StreamRecord } from 'aws-lambda';
import { eventsOfRecord } from '../lambda/store/stream-record';
import { entryOf, itemBytes, readUnits, writeUnits, type Item } from './capacity';

/** What the functions made of AWS; a request that the SDK sends again counts once. */
export interface AwsUsage {
  readonly readRequests: number;
  readonly readUnits: number;
  readonly tableWriteUnits: number;
  readonly dueWriteUnits: number;
  readonly listWriteUnits: number;
  readonly sendRequests: number;
}

const NOTHING: AwsUsage = {
  readRequests: 0,
  readUnits: 0,
  tableWriteUnits: 0,
  dueWriteUnits: 0,
  listWriteUnits: 0,
  sendRequests: 0,
};

/** What the table's stream would have handed to `publish`. */
export interface Streamed {
  readonly changes: number;
  readonly events: number;
}

/** DynamoDB's own, for each item it keeps. */
const KEPT_ITEM_BYTES = 100;

export interface Meter {
  /** What there was since the last time. */
  take(): AwsUsage;
  /** The bodies of the messages sent since the last time. */
  takeMessages(): readonly string[];
  /** Since the last time. */
  takeStreamed(): Streamed;
  /** Of all orders, in the table and its indexes together. */
  storedBytes(): number;
  /** Takes the meter out of the SDK. */
  remove(): void;
}

type Send = (this: unknown, command: { readonly input: object }, ...rest: unknown[]) => Promise<unknown>;

/**
 * Counts what the SDK's clients of this process send to DynamoDB and to SQS. DynamoDB is reached all the same; SQS is
 * not: messages are kept here for whoever plays the worker's trigger.
 */
export function startMeter(): Meter {
  let usage = NOTHING;
  const messages = kept<string>();
  const streamed = kept<StreamRecord>();
  const items = new Map<string, Item>();
  const add = (more: Partial<AwsUsage>) => {
    for (const [name, count] of Object.entries(more))
      usage = { ...usage, [name]: usage[name as keyof AwsUsage] + count };
  };
  const write = (before: Item | undefined, after: Item | undefined) => {
    const { table, due, list } = writeUnits(before, after);
    add({ tableWriteUnits: table, dueWriteUnits: due, listWriteUnits: list });
  };

  async function update(command: UpdateItemCommand, send: () => Promise<unknown>): Promise<unknown> {
    const key = JSON.stringify(command.input.Key);
    const before = items.get(key);
    // The whole item, for its size; what the caller asked for is among it.
    command.input.ReturnValues = 'ALL_NEW';
    try {
      const answer = (await send()) as UpdateItemCommandOutput;
      const after = answer.Attributes;
      write(before, after);
      if (after !== undefined) {
        items.set(key, after);
        // The filter of the stream lets through orders, and breakers, of which there are none here.
        if (after['sk']?.S === 'order')
          streamed.push({ NewImage: after, ...(before && { OldImage: before }) } as StreamRecord);
      }
      return answer;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) write(before, before);
      throw error;
    }
  }

  const restore = [
    replaceSend(DynamoDBClient, async (command, send) => {
      if (command instanceof UpdateItemCommand) return update(command, send);
      const answer = await send();
      add({ readRequests: 1, readUnits: unitsRead(command, answer) });
      return answer;
    }),
    replaceSend(SQSClient, async (command) => {
      if (!(command instanceof SendMessageBatchCommand)) throw new Error('the sweep sends batches only');
      const entries = command.input.Entries ?? [];
      messages.push(...entries.map(({ MessageBody }) => MessageBody ?? ''));
      add({ sendRequests: 1 });
      return { Successful: entries.map(({ Id }) => ({ Id })) };
    }),
  ];
  return {
    take() {
      const taken = usage;
      usage = NOTHING;
      return taken;
    },
    takeMessages: () => messages.take(),
    takeStreamed: () => toldOf(streamed.take()),
    storedBytes: () =>
      [...items.values()]
        .filter(({ sk }) => sk?.S === 'order')
        .flatMap((item) => [item, entryOf('due', item), entryOf('list', item)])
        .reduce((sum, one) => sum + (one === undefined ? 0 : itemBytes(one) + KEPT_ITEM_BYTES), 0),
    remove: () => restore.forEach((undo) => undo()),
  };
}

/** Only when it is asked for: another function's work is not to be measured with what was written. */
function toldOf(records: readonly StreamRecord[]): Streamed {
  const events = records.flatMap((dynamodb) => eventsOfRecord({ dynamodb }));
  return { changes: records.length, events: events.length };
}

/** What has come in since it was last taken. */
function kept<T>() {
  let all: T[] = [];
  return {
    push: (...more: readonly T[]) => void all.push(...more),
    take: (): readonly T[] => {
      const taken = all;
      all = [];
      return taken;
    },
  };
}

function unitsRead(command: object, answer: unknown): number {
  if (command instanceof QueryCommand) {
    const { Items: items = [] } = answer as QueryCommandOutput;
    const bytes = items.reduce((sum, item) => sum + itemBytes(item), 0);
    return readUnits(bytes, command.input.ConsistentRead === true);
  }
  if (command instanceof GetItemCommand) {
    const { Item: item = {} } = answer as GetItemCommandOutput;
    return readUnits(itemBytes(item), command.input.ConsistentRead === true);
  }
  if (!(command instanceof BatchGetItemCommand)) throw new Error('a command that the meter does not know');
  const { Responses: responses = {} } = answer as BatchGetItemCommandOutput;
  return Object.values(responses)
    .flat()
    .reduce((sum, item) => sum + readUnits(itemBytes(item), true), 0);
}

type Catch = (command: { readonly input: object }, send: () => Promise<unknown>) => Promise<unknown>;

/** Puts `caught` before a client's `send`; the answer takes it away again. */
function replaceSend(client: typeof DynamoDBClient | typeof SQSClient, caught: Catch): () => void {
  const prototype = client.prototype as unknown as { send: Send };
  const original = prototype.send;
  prototype.send = async function send(command, ...rest) {
    return caught(command, async () => original.call(this, command, ...rest));
  };
  return () => {
    prototype.send = original;
  };
}
