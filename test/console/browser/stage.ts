import { MCHID, SAMPLES, SERVICE_ID, SUB_MCHID, arrange } from '../../../local/samples';
import { wake } from '../../../local/circle';
import { startWorld, type LocalWorld } from '../../../local/world';
import type { NewOrder } from '../../../local/wechatpay';

const DAY_MS = 86_400_000;

/** The service with its simulated WeChat Pay, and orders with different fates in its ledger. */
export interface Stage {
  readonly world: LocalWorld;
  readonly url: string;
  /** Brings an order to WeChat Pay and into the ledger. */
  add(order: Partial<NewOrder> & { readonly out_order_no: string }, completedDaysAgo?: number): Promise<void>;
  close(): Promise<void>;
}

export async function setStage(page: 'no_auth' | 'sign_in'): Promise<Stage> {
  const world = await startWorld({ page });
  const url = world.service.apiUrl;
  const put = async (path: string, body: object) => send(url, 'PUT', path, body);
  const add: Stage['add'] = async (given, completedDaysAgo = 2) => {
    const completedAtMs = world.now() - completedDaysAgo * DAY_MS;
    const order = {
      mchid: MCHID,
      sub_mchid: SUB_MCHID,
      service_id: SERVICE_ID,
      total_amount: 1_250,
      ...given,
    };
    world.simulator.addOrder({ ...order, completedAtMs });
    await put(orderPath(order), {
      service_id: SERVICE_ID,
      total_amount: order.total_amount,
      completed_at: new Date(completedAtMs).toISOString(),
    });
  };
  await put('/v1/switch', { mode: 'on' });
  for (const sample of SAMPLES) arrange(world.simulator, sample, world.now());
  await Promise.all(
    SAMPLES.map(async ({ order, sub_mchid = SUB_MCHID }) =>
      send(url, 'POST', `${orderPath({ sub_mchid, ...order })}/collect`, { service_id: SERVICE_ID }),
    ),
  );
  // Who paid is known by WeChat Pay's own word, as it would be a moment later.
  await world.simulator.deliverNotifications();
  await wake(world.service.rollup, 'rollup');
  return { world, url, add, close: async () => world.close() };
}

function orderPath({
  sub_mchid,
  out_order_no,
}: {
  readonly sub_mchid: string;
  readonly out_order_no: string;
}): string {
  return `/v1/merchants/${MCHID}/orders/${sub_mchid}/${encodeURIComponent(out_order_no)}`;
}

/** As a machine does; what comes back is for the page to show. */
async function send(url: string, method: string, path: string, body: object): Promise<void> {
  const answer = await fetch(url + path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await answer.arrayBuffer();
}
