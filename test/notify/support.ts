import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { OrderRef } from '../../lambda/core/ids';
import type { Order } from '../../lambda/core/order';
import { createNotifyServices } from '../../lambda/notify-services';
import { NOTIFICATION_ROUTE } from '../../lambda/routes';
import { readConfig } from '../../lambda/shared/config';
import { startGateway } from '../../local/aws/gateway';
import { LOCAL_AWS } from '../../local/aws/identity';
import type { LocalServer } from '../../local/aws/loopback';
import { MCHID } from '../support/keys';
import {
  type Delivered,
  deliver,
  type EnvelopeOptions,
  envelopeOf,
  headersOf,
  type Payment,
  resourceOf,
  type SentHeaders,
  type Signer,
} from '../support/notifications';
import { TABLE, type World } from '../support/world';

export interface Sending {
  /** Whose address it is sent to. */
  readonly mchid?: string;
  readonly by?: Signer;
  /** When it was signed; now unless told otherwise. */
  readonly signedAt?: number;
  /** Taken in place of those that are signed; a header of undefined is left out. */
  readonly headers?: Readonly<Record<string, string | string[] | undefined>>;
  /** Sent in place of what was signed. */
  readonly body?: string | Buffer;
  /** Another instance of the function. */
  readonly url?: string;
}

/** Signs these bytes as WeChat Pay would, and sends them to the service. */
export async function send(world: World, signed: string, sending: Sending = {}): Promise<Delivered> {
  const { mchid = MCHID, by, signedAt = world.clock.now(), url = world.notifications.url } = sending;
  const headers = headersOf(signed, { at: signedAt, ...(by === undefined ? {} : { by }) });
  const sent = Object.entries({ ...headers, ...sending.headers }).filter(([, value]) => value !== undefined);
  return deliver(`${url}/${mchid}`, Object.fromEntries(sent) as SentHeaders, sending.body ?? signed);
}

/** The body of a notification that an order was paid, by these payments so far. */
export function paidBody(
  world: World,
  ref: OrderRef,
  payments?: readonly Payment[],
  options: Partial<EnvelopeOptions> = {},
): string {
  return envelopeOf(resourceOf(ref, payments), { createdAt: world.clock.now(), ...options });
}

/** An order in the ledger, which WeChat Pay was asked about and which is pending. */
export async function pendingOrder(world: World, total_amount = 100): Promise<OrderRef> {
  const ref = world.order({ total_amount });
  await world.register(ref, { total_amount });
  await world.api.query(ref);
  return ref;
}

/** What an order's row says, but for how often it was written. */
export function contentOf({ version: _version, ...order }: Order): Omit<Order, 'version'> {
  return order;
}

/** The row of a notification that was kept. */
export async function keptRow(
  world: World,
  id: string,
  mchid = MCHID,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const client = new DynamoDBClient({ endpoint: world.dynamodb.url, ...LOCAL_AWS });
  try {
    const Key = { pk: { S: `notification#${mchid}` }, sk: { S: id } };
    const { Item } = await client.send(new GetItemCommand({ TableName: TABLE, Key }));
    return Item && unmarshall(Item);
  } finally {
    client.destroy();
  }
}

/** A new instance of the function, which has read nothing yet, behind a gateway of its own. */
export async function newInstance(world: World, timeoutMs = 5_000): Promise<LocalServer> {
  const { createHandler } = await import('../../lambda/notify');
  const services = world.instance(createNotifyServices(readConfig(process.env), { now: world.clock.now }));
  const gateway = await startGateway({
    functions: [
      {
        name: 'notify',
        routes: [NOTIFICATION_ROUTE],
        authorizer: 'none',
        handler: world.handlerOf('notify', services, createHandler(services)),
        timeoutMs,
      },
    ],
    now: world.clock.now,
    onFault: (fault) => world.faults.push(fault),
  });
  return { ...gateway, url: `${gateway.url}/notifications` };
}
