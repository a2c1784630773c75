import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Mchid } from '../lambda/core/ids';
import type { Order } from '../lambda/core/order';
import { DynamoLedger } from '../lambda/store/ledger';
import { LOCAL_AWS } from './aws/identity';
import type { CircleOrder } from './circle-orders';
import { MCHID } from './samples';
import { TABLE_NAME, type LocalService } from './service';
import type { Simulator } from './wechatpay';

/** A new deployment observes; from now on this one collects. */
export async function switchOn(apiUrl: string): Promise<void> {
  await put(apiUrl, '/v1/switch', { mode: 'on' });
}

/** Requests under way at once. */
const IN_FLIGHT_MAX = 8;

/** Brings orders to WeChat Pay, unless they are there, and into the ledger, as the provider's own system would. */
export async function register(
  apiUrl: string,
  simulator: Simulator,
  orders: readonly CircleOrder[],
): Promise<void> {
  const waiting = orders.values();
  const worker = async () => {
    for (const { order, completed_at, fault } of waiting) {
      const { mchid, sub_mchid, out_order_no, service_id, total_amount } = order;
      if (simulator.order(mchid, sub_mchid, out_order_no) === undefined) {
        simulator.addOrder(order);
        if (fault !== undefined) simulator.fault(fault);
      }
      const path = `/v1/merchants/${mchid}/orders/${sub_mchid}/${encodeURIComponent(out_order_no)}`;
      await put(apiUrl, path, {
        service_id,
        total_amount,
        completed_at: new Date(completed_at).toISOString(),
      });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT_MAX }, worker));
}

async function put(apiUrl: string, path: string, body: object): Promise<void> {
  const answer = await fetch(apiUrl + path, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`PUT ${path}: ${answer.status} ${await answer.text()}`);
}

const PAGE_MAX = 100;

/** Every order of the ledger, read page by page as the API lists them. */
export async function readLedger({ dynamodbUrl }: LocalService): Promise<readonly Order[]> {
  const client = new DynamoDBClient({ endpoint: dynamodbUrl, ...LOCAL_AWS });
  const ledger = new DynamoLedger({ client, tableName: TABLE_NAME });
  const orders: Order[] = [];
  try {
    let cursor: string | undefined;
    do {
      const query = { mchid: MCHID as Mchid, pageMax: PAGE_MAX, ...(cursor === undefined ? {} : { cursor }) };
      const page = await ledger.list(query);
      orders.push(...(await ledger.findMany(page.orders)));
      ({ cursor } = page);
    } while (cursor !== undefined);
    return orders;
  } finally {
    client.destroy();
  }
}
