import { request as httpRequest } from 'node:http';
import type { OrderRef } from '../../lambda/core/ids';
import type { Order } from '../../lambda/core/order';
import { ROUTES } from '../../lambda/routes';
import { createServices, type Services } from '../../lambda/services';
import { createLedgerTable, startDynamoDb } from '../../local/aws/dynamodb';
import { startGateway } from '../../local/aws/gateway';
import { LOCAL_AWS, LOCAL_REGION } from '../../local/aws/identity';
import { type LocalSecretsManager, startSecretsManager } from '../../local/aws/secrets-manager';
import {
  type Fault,
  type NewOrder,
  type SimulatedMerchant,
  type Simulator,
  startWechatPay,
} from '../../local/wechatpay';
import { type FlakyProxy, startFlakyProxy } from './flaky';
import { APIV3_KEY, MCHID, MERCHANT_KEY, OTHER_MCHID, PLATFORM, signingSecret, verifySecret } from './keys';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** Noon in Beijing. */
export const START = Date.parse('2026-03-02T04:00:00Z');

export const SUB_MCHID = '1900000109';
export const SERVICE_ID = '00004000000000000000000000000001';
export const TABLE = 'ledger';
export const PREFIX = 'payscore-collector/test';

/** One clock for the service and for WeChat Pay; it moves only when a test moves it. */
export interface Clock {
  readonly now: () => number;
  forward(ms: number): void;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Parsed JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Api {
  readonly url: string;
  send(call: Call): Promise<Answer>;
  /** `body` replaces the usual one. */
  collect(ref: OrderRef, more?: object): Promise<Answer>;
  query(ref: OrderRef): Promise<Answer>;
  close(): Promise<void>;
}

export interface World {
  readonly clock: Clock;
  readonly simulator: Simulator;
  readonly secrets: LocalSecretsManager;
  readonly dynamodb: FlakyProxy;
  readonly services: Services;
  readonly api: Api;
  /** Errors that became a 500. */
  readonly faults: Error[];
  /** An order of its own at WeChat Pay, pending payment of 1 yuan unless told otherwise. */
  order(more?: Partial<NewOrder>): OrderRef;
  /** Calls to `/pay` that arrived at WeChat Pay for this order, on either host. */
  paysReceived(ref: OrderRef): number;
  /** Everything that arrived at WeChat Pay. */
  received(): number;
  ledger(ref: OrderRef): Promise<Order>;
  fault(fault: Fault): void;
  /** Fresh services, as in a new function instance; nothing is cached in them. */
  newServices(change?: { gapMs?: number; hosts?: readonly string[] }): Services;
  apiOf(services: Services, timeoutMs?: number): Promise<Api>;
  close(): Promise<void>;
}

/** The way to an order's resource; `|` and what else a URL cannot hold is encoded. */
export function pathOf({ mchid, sub_mchid, out_order_no }: OrderRef, action: 'collect' | 'query'): string {
  return `/v1/merchants/${mchid}/orders/${sub_mchid}/${encodeURIComponent(out_order_no)}/${action}`;
}

export interface WorldOptions {
  /** Merchants that WeChat Pay knows under other API certificates than the usual one. */
  readonly merchants?: readonly SimulatedMerchant[];
  /** Powertools' level; nothing is logged by default. */
  readonly logLevel?: string;
}

/** The whole service with its real parts, and the rest of the world in stand-ins, over HTTP. */
export async function startWorld({ merchants = [], logLevel = 'SILENT' }: WorldOptions = {}): Promise<World> {
  let ms = START;
  const now = () => ms;
  const clock: Clock = {
    now,
    forward: (by) => {
      ms += by;
    },
  };
  const certificates = [{ serial_no: MERCHANT_KEY.serial_no, certificate: MERCHANT_KEY.certificate }];
  const [simulator, secrets, dynalite] = await Promise.all([
    startWechatPay({
      merchants: [
        ...[MCHID, OTHER_MCHID].map((mchid) => ({ mchid, apiv3_key: APIV3_KEY, certificates })),
        ...merchants,
      ],
      platform: PLATFORM,
      now,
    }),
    startSecretsManager({ now }),
    startDynamoDb(),
  ]);
  const dynamodb = await startFlakyProxy(dynalite.url);
  await createLedgerTable(dynamodb.url, TABLE);
  for (const mchid of [MCHID, OTHER_MCHID]) putSecrets(secrets, mchid);
  setEnvironment({
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    WECHATPAY_HOSTS: [simulator.url, simulator.backupUrl].join(','),
    LOG_LEVEL: logLevel,
  });

  const faults: Error[] = [];
  const apis: Api[] = [];
  const newServices: World['newServices'] = (change = {}) =>
    createServices(
      {
        tableName: TABLE,
        secretPrefix: PREFIX,
        wechatpayHosts: change.hosts ?? [simulator.url, simulator.backupUrl],
        policy: { gapMs: change.gapMs ?? 6 * HOUR },
      },
      { now },
    );
  const apiOf: World['apiOf'] = async (services, timeoutMs = 29_000) => {
    // Both handlers read their environment when they are loaded, as on Lambda.
    const { createHandler } = await import('../../lambda/api');
    const gateway = await startGateway({
      routes: [...ROUTES, '$default'],
      handler: createHandler(services),
      timeoutMs,
      now,
      onFault: (fault) => faults.push(fault),
    });
    const api = apiAt(gateway.url, () => gateway.close());
    apis.push(api);
    return api;
  };
  const services = newServices();
  const api = await apiOf(services);
  let numbers = 0;

  return {
    clock,
    simulator,
    secrets,
    dynamodb,
    services,
    api,
    faults,
    order: (more = {}) => {
      const given = {
        mchid: MCHID,
        sub_mchid: SUB_MCHID,
        out_order_no: `ORDER_${(numbers += 1)}`,
        service_id: SERVICE_ID,
        total_amount: 100,
        ...more,
      };
      simulator.addOrder(given);
      const { mchid, sub_mchid, out_order_no, service_id } = given;
      return { mchid, sub_mchid, out_order_no, service_id } as OrderRef;
    },
    paysReceived: ({ mchid, sub_mchid, out_order_no }) =>
      simulator.requests.filter(
        ({ url, body, headers }) =>
          url.endsWith(`/${encodeURIComponent(out_order_no)}/pay`) &&
          // A call whose connection was reset before its body was read says no more than its path.
          (body === '' || body.includes(`"${sub_mchid}"`)) &&
          headers['authorization']?.includes(`mchid="${mchid}"`) === true,
      ).length,
    received: () => simulator.requests.length,
    ledger: (ref) => services.ports.ledger.load(ref),
    fault: (fault) => simulator.fault(fault),
    newServices,
    apiOf,
    close: async () => {
      await Promise.all(apis.map((one) => one.close()));
      await Promise.all([simulator.close(), secrets.close(), dynamodb.close(), dynalite.close()]);
    },
  };
}

export function putSecrets(secrets: LocalSecretsManager, mchid: string, key = MERCHANT_KEY): void {
  secrets.put(`${PREFIX}/${mchid}/signing`, JSON.stringify(signingSecret(mchid, key)));
  secrets.put(`${PREFIX}/${mchid}/verify`, JSON.stringify(verifySecret(mchid)));
}

function setEnvironment(more: Readonly<Record<string, string>>): void {
  Object.assign(process.env, {
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: LOCAL_AWS.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_AWS.credentials.secretAccessKey,
    TABLE_NAME: TABLE,
    SECRET_PREFIX: PREFIX,
    POWERTOOLS_SERVICE_NAME: 'test',
    ...more,
  });
}

function apiAt(url: string, close: () => Promise<void>): Api {
  const send: Api['send'] = ({ method = 'POST', path, headers = {}, body }) =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(url);
      // Not fetch: it would refuse some methods and tidy up some paths.
      const sent = body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) };
      const outgoing = httpRequest(
        { hostname, port, method, path, headers: sent, agent: false },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers,
              text,
              body: jsonOf(text),
            });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  const post = (path: string, body: object) =>
    send({ path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return {
    url,
    send,
    collect: (ref, more = {}) => post(pathOf(ref, 'collect'), { service_id: ref.service_id, ...more }),
    query: (ref) => post(pathOf(ref, 'query'), { service_id: ref.service_id }),
    close,
  };
}

function jsonOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
