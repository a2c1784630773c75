import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  QueryCommand,
  type AttributeValue,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { evolve } from '../../lambda/core/evolve';
import type { Mchid } from '../../lambda/core/ids';
import { DynamoLedger } from '../../lambda/store/ledger';
import { CLAIM, dueAt, newlyRegistered, newRef, next, T0 } from './support/orders';
import { keyOf, type Command } from './support/dynamo-under-test';

/** A ledger whose client records what it is sent, and answers as told. */
function recorded(answer: (command: Command) => unknown = () => ({})) {
  const sent: Command[] = [];
  const pauses: number[] = [];
  const send = async (command: Command) => {
    sent.push(command);
    return answer(command);
  };
  const ledger = new DynamoLedger({
    client: { send },
    tableName: 'orders',
    pause: async (ms) => pauses.push(ms),
  });
  return { ledger, sent, pauses, names: () => sent.map((command) => command.constructor.name) };
}

const failing = (name: string) => () => {
  throw Object.assign(new Error('no'), { name });
};

function queryOf(command: Command): Partial<QueryCommandInput> {
  return command instanceof QueryCommand ? command.input : {};
}

function keysOf(command: Command | undefined): Record<string, AttributeValue>[] {
  return command instanceof BatchGetItemCommand ? (command.input.RequestItems?.['orders']?.Keys ?? []) : [];
}

describe('the ledger asks of DynamoDB', () => {
  test('one UpdateItem for each write and one for what leads to a new order, one GetItem for each order, and never a Scan', async () => {
    const { ledger, names } = recorded();
    const order = newlyRegistered(newRef(), dueAt(T0));
    await ledger.create(order);
    await ledger.save(order, evolve(order, { kind: 'claim', open: CLAIM }));
    await ledger.save(order, next(order, { status: 'paid', ...dueAt(T0 + 1) }));
    await ledger.postpone({ key: order.ref, due_at: T0 }, T0 + 1);
    await ledger.find(order.ref);
    await ledger.findMany([order.ref]);
    expect(names()).toEqual([
      'UpdateItemCommand',
      'UpdateItemCommand',
      'UpdateItemCommand',
      'UpdateItemCommand',
      'UpdateItemCommand',
      'GetItemCommand',
      'BatchGetItemCommand',
    ]);
  });

  test.each([
    [1, 1],
    [8, 1],
    [9, 2],
    [4_000, 500],
  ])('for %i due orders each of the eight parts for its share of %i', async (ordersMax, share) => {
    const { ledger, sent } = recorded();
    expect(await ledger.due(T0, ordersMax)).toEqual([]);
    const queries = sent.map(queryOf);
    expect(queries.map(({ IndexName, Limit }) => [IndexName, Limit])).toEqual(
      Array.from({ length: 8 }, () => ['due', share]),
    );
    expect(queries.map(({ ExpressionAttributeValues: values }) => values?.[':shard']?.S)).toEqual([
      'due#0',
      'due#1',
      'due#2',
      'due#3',
      'due#4',
      'due#5',
      'due#6',
      'due#7',
    ]);
  });

  test('for no more than 500 of them at a time, until it has the share of each part', async () => {
    const { ledger, sent } = recorded((command) => {
      const { Limit = 0, ExpressionAttributeValues: values } = queryOf(command);
      const [pk, sk] = [{ S: 'order#1#2#A' }, { S: 'order' }];
      const item = {
        pk,
        sk,
        service_id: { S: '3' },
        due_at: { N: String(T0) },
        planned_at: { N: String(T0) },
      };
      return { Items: Array.from({ length: Limit }, () => item), LastEvaluatedKey: values };
    });
    expect(await ledger.due(T0, 9_600)).toHaveLength(9_600);
    const limits = sent.map((command) => queryOf(command).Limit ?? 0);
    expect(limits.toSorted((one, other) => one - other)).toEqual([
      ...Array.from({ length: 8 }, () => 200),
      ...Array.from({ length: 16 }, () => 500),
    ]);
    expect(sent.filter((command) => queryOf(command).ExclusiveStartKey === undefined)).toHaveLength(8);
  });

  test('for a page of every status each list once, and one order more than the page has', async () => {
    const { ledger, sent } = recorded();
    await ledger.list({ mchid: '19' as Mchid, pageMax: 50 });
    const queries = sent.map(queryOf);
    expect(queries.map(({ IndexName, Limit }) => [IndexName, Limit])).toEqual(
      Array.from({ length: 7 }, () => ['list', 51]),
    );
    expect(queries.map(({ ExpressionAttributeValues: values }) => values?.[':of']?.S)).toEqual([
      'list#19#active',
      'list#19#watched',
      'list#19#refund_due',
      'list#19#paid',
      'list#19#settled',
      'list#19#cancelled',
      'list#19#expired',
    ]);
  });
});

describe('many orders', () => {
  test('are asked for a hundred at a time, consistently, each once, and none when none is wanted', async () => {
    const { ledger, sent } = recorded();
    const refs = Array.from({ length: 250 }, () => newRef());
    await ledger.findMany([...refs, ...refs]);
    expect(sent.map((command) => keysOf(command).length)).toEqual([100, 100, 50]);
    expect(sent.flatMap(keysOf)).toEqual(refs.map(keyOf));
    for (const command of sent)
      expect(command.input).toMatchObject({ RequestItems: { orders: { ConsistentRead: true } } });
    await ledger.findMany([]);
    expect(sent).toHaveLength(3);
  });

  test('that DynamoDB leaves unread are asked for again, and only those, after longer and longer pauses', async () => {
    const refs = [newRef(), newRef(), newRef()];
    const { ledger, sent, pauses } = recorded((command) => ({
      UnprocessedKeys: { orders: { Keys: keysOf(command).slice(1) } },
    }));
    expect(await ledger.findMany(refs)).toEqual([]);
    expect(sent.map(keysOf)).toEqual([refs.map(keyOf), refs.slice(1).map(keyOf), refs.slice(2).map(keyOf)]);
    expect(pauses).toEqual([50, 100]);
  });

  test('that DynamoDB leaves unread five times are LEDGER_UNAVAILABLE', async () => {
    const { ledger, sent, pauses } = recorded((command) => ({
      UnprocessedKeys: { orders: { Keys: keysOf(command) } },
    }));
    await expect(ledger.findMany([newRef(), newRef()])).rejects.toMatchObject({
      code: 'LEDGER_UNAVAILABLE',
      message: 'DynamoDB left 2 of 2 orders unread, 5 times.',
      data: { reason: 'UnprocessedKeys' },
    });
    expect(sent).toHaveLength(5);
    expect(pauses).toEqual([50, 100, 200, 400]);
  });
});

describe('what DynamoDB refuses', () => {
  test.each(['ResourceNotFoundException', 'ProvisionedThroughputExceededException', 'TimeoutError'])(
    'is LEDGER_UNAVAILABLE with the name of the reason: %s',
    async (reason) => {
      const { ledger } = recorded(failing(reason));
      const order = newlyRegistered();
      const told = {
        code: 'LEDGER_UNAVAILABLE',
        message: `DynamoDB did not answer, or refused (${reason}).`,
        data: { reason },
      };
      await expect(ledger.find(order.ref)).rejects.toMatchObject(told);
      await expect(ledger.findMany([order.ref])).rejects.toMatchObject(told);
      await expect(ledger.create(order)).rejects.toMatchObject(told);
      await expect(ledger.due(T0, 1)).rejects.toMatchObject(told);
    },
  );

  test('because a condition does not hold is a conflict, for each of the writes', async () => {
    const { ledger } = recorded(() => {
      throw new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
    });
    const order = newlyRegistered();
    expect(await ledger.create(order)).toBe('conflict');
    expect(await ledger.save(order, next(order, {}))).toBe('conflict');
    expect(await ledger.postpone({ key: order.ref, due_at: T0 }, T0)).toBe('conflict');
  });
});
