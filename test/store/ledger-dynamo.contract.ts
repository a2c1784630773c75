import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { unpack } from '../../lambda/store/packed';
import { evolve } from '../../lambda/core/evolve';
import type { Mchid } from '../../lambda/core/ids';
import type { LocalServer } from '../../local/aws/loopback';
import { dynamoHost, keyOf, type DynamoHost, type DynamoUnderTest } from './support/dynamo-under-test';
import { ACTOR, CLAIM, created, dueAt, newlyRegistered, newRef, next, T0 } from './support/orders';
import { describeLedger } from './ledger.contract';

const UNAVAILABLE = { name: 'PayscoreError', code: 'LEDGER_UNAVAILABLE' };

/** What holds of the ledger in DynamoDB, on whatever stands for that. */
export function describeDynamoLedger(name: string, start: () => Promise<LocalServer>): void {
  let host: DynamoHost;
  beforeAll(async () => {
    host = await dynamoHost(await start());
  });
  afterAll(async () => host.close());
  afterEach(() => host.heal());

  describeLedger(name, async () => (await host.newTable()).ledger);

  describe(`${name}, in its table`, () => {
    let table: DynamoUnderTest;
    beforeAll(async () => {
      table = await host.newTable();
    });

    test('a row bears in the clear what is conditioned on or looked for, and the rest of the order packed', async () => {
      const ref = newRef({ mchid: '1', sub_mchid: '2', out_order_no: 'A', service_id: '3' });
      const registration = { at: T0, actor: ACTOR, total_amount: 5 as never };
      const order = newlyRegistered(ref, { registration, ...dueAt(T0 + 1) });
      await created(table.ledger, order);
      await table.ledger.save(order, evolve(order, { kind: 'claim', open: CLAIM }));
      const { Item: { packed, ...clear } = {} } = await table.client.send(
        new GetItemCommand({ TableName: table.tableName, Key: keyOf(ref) }),
      );
      expect(clear).toEqual({
        pk: { S: 'order#1#2#A' },
        sk: { S: 'order' },
        schema: { N: '4' },
        version: { N: '2' },
        service_id: { S: '3' },
        due_shard: { S: 'due#6' },
        due_at: { N: '1772424000001' },
        planned_at: { N: '1772424000001' },
        list_of: { S: 'list#1#active' },
        list_at: { S: '2#2026-03-02T04:00:00.000Z#A' },
        total_amount: { N: '5' },
      });
      const actor = { kind: 'api', id: 'arn:aws:iam::000000000000:user/付' };
      expect(unpack(packed?.B ?? '')).toEqual({
        registration: { at: 1772424000000, actor, total_amount: 5 },
        open: {
          claim_id: 'c0ffee',
          actor,
          decided: { rule: 'first_attempt', policy: 'provider:3 service:1' },
          claimed_at: 1772424000001,
          send_by: 1772424005001,
        },
        calls: [],
        timeline: [],
      });
    });

    test.each([5, 3])('a row that another release wrote (schema %i) is refused', async (schema) => {
      const order = await created(table.ledger, newlyRegistered());
      await table.setSchema(order.ref, schema);
      await expect(table.ledger.find(order.ref)).rejects.toMatchObject({
        name: 'PayscoreError',
        code: 'LEDGER_ROW_NEWER',
        message: `Order ${order.ref.out_order_no} was written by another release (schema ${schema}); this one knows 4.`,
      });
    });

    test('of many rows, those that another release wrote are left out', async () => {
      const [mine, foreign] = [newlyRegistered(), newlyRegistered()];
      for (const order of [mine, foreign]) await created(table.ledger, order);
      await table.setSchema(foreign.ref, 5);
      expect(await table.ledger.findMany([foreign.ref, mine.ref])).toEqual([mine]);
    });

    test('pages that DynamoDB cuts short are read to their end', async () => {
      const whole = await host.newTable();
      for (let n = 0; n < 30; n += 1) {
        const ref = newRef({ out_order_no: `${n}` });
        await created(whole.ledger, newlyRegistered(ref, dueAt(T0 + n)));
      }
      let queries = 0;
      // As at 1 MB; here after two items.
      const cut = whole.through(async (command, forward) => {
        if (!(command instanceof QueryCommand)) return forward(command);
        queries += 1;
        return forward(new QueryCommand({ ...command.input, Limit: Math.min(2, command.input.Limit ?? 0) }));
      });
      expect((await cut.due(T0 + 29, 1_000)).map(({ due_at: due }) => due - T0)).toEqual(
        Array.from({ length: 30 }, (_, n) => n),
      );
      expect(queries).toBeGreaterThan(16);
      queries = 0;
      const { orders } = await cut.list({ mchid: '1900009191' as Mchid, pageMax: 29 });
      expect(orders).toHaveLength(29);
      expect(queries).toBe(15);
    });

    test('out of reach is an error with a code, whatever is asked of it', async () => {
      const { ledger } = table;
      const order = await created(ledger, newlyRegistered(newRef(), dueAt(T0)));
      const [seen] = await ledger.due(T0, 100);
      expect(seen).toMatchObject({ due_at: T0 });
      host.cutOff();
      const asked = [
        ledger.find(order.ref),
        ledger.findMany([order.ref]),
        ledger.create(newlyRegistered()),
        ledger.save(order, next(order, { status: 'watched' })),
        ledger.due(T0, 8),
        ledger.postpone({ key: order.ref, due_at: T0 }, T0 + 1),
        ledger.list({ mchid: order.ref.mchid, pageMax: 1 }),
        ledger.registered({ mchid: order.ref.mchid, from: 0, to: T0 + 1, rowsMax: 1 }),
      ];
      for (const answer of await Promise.allSettled(asked))
        expect(answer).toMatchObject({ status: 'rejected', reason: UNAVAILABLE });
      host.heal();
      expect(await ledger.find(order.ref)).toEqual(order);
    });
  });
}
