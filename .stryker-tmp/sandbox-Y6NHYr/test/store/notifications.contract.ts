import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { KeptNotification } from '../../lambda/core/notification';
import type { Mchid, OrderKey } from '../../lambda/core/ids';
import { DynamoNotifications } from '../../lambda/store/notifications';
import { createLedgerTable } from '../../local/aws/dynamodb';
import { LOCAL_AWS } from '../../local/aws/identity';
import type { LocalServer } from '../../local/aws/loopback';
import { startFlakyProxy, type FlakyProxy } from '../support/flaky';

const TABLE = 'notifications';
const RECEIVED_AT = Date.parse('2026-03-02T04:00:10.500Z');

const KEPT: KeptNotification = {
  mchid: '1900009191' as Mchid,
  id: 'EV-1',
  event_type: 'PAYSCORE.USER_PAID',
  created_at: Date.parse('2026-03-02T04:00:00Z'),
  received_at: RECEIVED_AT,
  because: 'unregistered',
  order: { mchid: '1900009191', sub_mchid: '1900000109', out_order_no: 'A|1' } as OrderKey,
  envelope: '{"id":"EV-1","summary":"支付成功"}',
};

/** What holds of kept notifications, on whatever stands for DynamoDB. */
export function describeNotifications(name: string, start: () => Promise<LocalServer>): void {
  let dynamodb: LocalServer;
  let proxy: FlakyProxy;
  let client: DynamoDBClient;
  let kept: DynamoNotifications;

  beforeAll(async () => {
    dynamodb = await start();
    proxy = await startFlakyProxy(dynamodb.url);
    await createLedgerTable(dynamodb.url, TABLE);
    client = new DynamoDBClient({ endpoint: proxy.url, ...LOCAL_AWS, maxAttempts: 2 });
    kept = new DynamoNotifications({ client, tableName: TABLE });
  });
  afterEach(() => proxy.heal());
  afterAll(async () => {
    client.destroy();
    await proxy.close();
    await dynamodb.close();
  });

  const row = async (id: string, mchid = '1900009191') => {
    const Key = { pk: { S: `notification#${mchid}` }, sk: { S: id } };
    const { Item } = await client.send(new GetItemCommand({ TableName: TABLE, Key }));
    return Item && unmarshall(Item);
  };

  describe(name, () => {
    test('a row says what came, when and why it is kept, and goes away by itself after 180 days', async () => {
      await kept.keep(KEPT);
      expect(await row('EV-1')).toEqual({
        pk: 'notification#1900009191',
        sk: 'EV-1',
        schema: 1,
        event_type: 'PAYSCORE.USER_PAID',
        created_at: 1_772_424_000_000,
        received_at: 1_772_424_010_500,
        because: 'unregistered',
        order: { mchid: '1900009191', sub_mchid: '1900000109', out_order_no: 'A|1' },
        envelope: '{"id":"EV-1","summary":"支付成功"}',
        expires_at: 1_787_976_010,
      });
    });

    test('one whose order is not known is kept without', async () => {
      const { order: _, ...nameless } = KEPT;
      await kept.keep({ ...nameless, id: 'EV-2', because: 'other_event' });
      expect(await row('EV-2')).not.toHaveProperty('order');
    });

    test('the first delivery is the one that is kept, whatever follows', async () => {
      await kept.keep({ ...KEPT, id: 'EV-3' });
      await kept.keep({ ...KEPT, id: 'EV-3', received_at: RECEIVED_AT + 15_000, because: 'other_service' });
      expect(await row('EV-3')).toMatchObject({ received_at: RECEIVED_AT, because: 'unregistered' });
    });

    test('the same id of two merchants is two notifications', async () => {
      await kept.keep({ ...KEPT, id: 'EV-4' });
      await kept.keep({ ...KEPT, id: 'EV-4', mchid: '1900009192' as Mchid, because: 'other_event' });
      expect(await row('EV-4')).toMatchObject({ because: 'unregistered' });
      expect(await row('EV-4', '1900009192')).toMatchObject({ because: 'other_event' });
    });

    test('a write whose answer was lost is there, and is not told as a fault', async () => {
      proxy.disturb({ kind: 'lost_answer', action: 'UpdateItem', times: 1 });
      await kept.keep({ ...KEPT, id: 'EV-5' });
      expect(await row('EV-5')).toMatchObject({ because: 'unregistered' });
    });

    test('a table that is out of reach is told', async () => {
      proxy.disturb({ kind: 'lost_request', action: 'UpdateItem', times: 10 });
      await expect(kept.keep({ ...KEPT, id: 'EV-6' })).rejects.toMatchObject({
        name: 'PayscoreError',
        code: 'LEDGER_UNAVAILABLE',
      });
      proxy.heal();
      expect(await row('EV-6')).toBeUndefined();
    });

    test('one of 64 KiB still fits', async () => {
      await kept.keep({ ...KEPT, id: 'EV-7', envelope: 'x'.repeat(64 * 1024) });
      expect((await row('EV-7'))?.['envelope']).toHaveLength(65_536);
    });
  });
}
