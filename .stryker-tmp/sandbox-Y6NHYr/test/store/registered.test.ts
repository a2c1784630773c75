import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Mchid } from '../../lambda/core/ids';
import type { OrderStatus } from '../../lambda/core/order';
import { startDynamoDb } from '../../local/aws/dynamodb';
import { dynamoHost, type DynamoHost } from './support/dynamo-under-test';
import { created, newlyRegistered, newRef, next, T0 } from './support/orders';

let host: DynamoHost;
beforeAll(async () => {
  host = await dynamoHost(await startDynamoDb());
});
afterAll(async () => host.close());

const WHOLE = { mchid: '1900009191' as Mchid, from: 0, to: T0 + 1, rowsMax: 10 };

function listIn(command: QueryCommand): string | undefined {
  return command.input.ExpressionAttributeValues?.[':of']?.S;
}

/** The lists are read side by side; here an order leaves one before it is looked at and enters one that was. */
test.each<[OrderStatus, OrderStatus]>([
  ['active', 'paid'],
  ['paid', 'active'],
  ['watched', 'active'],
  ['expired', 'refund_due'],
])('an order that goes from %s to %s while the lists are read is found all the same', async (from, to) => {
  const table = await host.newTable();
  await created(table.ledger, newlyRegistered(newRef({ out_order_no: 'A' }), { status: 'settled' }));
  const order = await created(table.ledger, newlyRegistered(newRef({ out_order_no: 'B' }), { status: from }));
  const looks: unknown[] = [];
  let move = () => {};
  const moved = new Promise<void>((resolve) => {
    move = resolve;
  });
  const ledger = table.through(async (command, forward) => {
    const list = command instanceof QueryCommand ? listIn(command) : undefined;
    if (list === `list#${WHOLE.mchid}#${from}`) await moved;
    const answer = await forward(command);
    if (list === `list#${WHOLE.mchid}#${to}` && looks.push(answer) === 1) {
      await table.ledger.save(order, next(order, { status: to }));
      move();
    }
    return answer;
  });
  const { orders, ...more } = await ledger.registered(WHOLE);
  expect(orders.map(({ out_order_no, status }) => [out_order_no, status])).toEqual([
    ['A', 'settled'],
    ['B', to],
  ]);
  expect(more).toEqual({});
  expect(looks).toMatchObject([{ Count: 0 }, { Count: 1 }]);
});

test('of a stretch no more is read than that of each list, and once more up to its end', async () => {
  const table = await host.newTable();
  for (let n = 0; n < 30; n += 1) {
    const ref = newRef({ out_order_no: `N${n}` });
    const status = n % 10 === 0 ? 'active' : 'paid';
    await created(
      table.ledger,
      newlyRegistered(ref, { status, registration: { at: n, actor: { kind: 'api', id: '' } } }),
    );
  }
  let items = 0;
  const ledger = table.through(async (command, forward) => {
    const answer = (await forward(command)) as { Items?: unknown[] };
    items += answer.Items?.length ?? 0;
    return answer;
  });
  const { orders, next: rest } = await ledger.registered({ ...WHOLE, rowsMax: 9 });
  // Ten orders lie up to the ninth that is paid: N0 to N9; of the active ones there are three.
  expect(orders.map(({ out_order_no }) => out_order_no)).toEqual(
    Array.from({ length: 10 }, (_, n) => `N${n}`),
  );
  expect(items).toBe(9 + 3 + 9 + 1);
  expect(rest).toBe('1900000109#1970-01-01T00:00:00.009Z#N9');
});
