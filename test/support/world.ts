import type { Mchid, OrderRef } from '../../lambda/core/ids';
import type { Order } from '../../lambda/core/order';
import type { PolicyLayer } from '../../lambda/core/policy';
import type { Mode } from '../../lambda/core/switch';
import type { KeyCareSummary } from '../../lambda/flow/key-care';
import type { SweepSummary } from '../../lambda/flow/sweep';
import type { createHandler as CreateSweep } from '../../lambda/sweep';
import { createNotifyServices } from '../../lambda/notify-services';
import type { RollupSummary } from '../../lambda/flow/rollup';
import { CONSOLE_ROUTES, NOTIFICATION_ROUTE, ROUTES } from '../../lambda/routes';
import { createServices, type Services } from '../../lambda/services';
import { readConfig } from '../../lambda/shared/config';
import { createLedgerTable, startDynamoDb } from '../../local/aws/dynamodb';
import { deliver } from '../../local/aws/events';
import type { FunctionName } from '../../infra/manifest';
import { gatewayOf, startGateway, type Gateway, type GatewayOptions } from '../../local/aws/gateway';
import type { LambdaHandler } from '../../local/aws/invoke';
import type { LocalServer } from '../../local/aws/loopback';
import { type LocalSecretsManager, startSecretsManager } from '../../local/aws/secrets-manager';
import {
  type Fault,
  type NewOrder,
  type Rules,
  type SimulatedMerchant,
  type Simulator,
  startWechatPay,
} from '../../local/wechatpay';
import { startSqs } from '../../local/aws/sqs';
import { type Answer, type Api, apiAt } from './api';
import { type FlakyProxy, startFlakyProxy } from './flaky';
import { APIV3_KEY, MCHID, MERCHANT_KEY, OTHER_MCHID, PLATFORM } from './keys';
import { environmentWith, PREFIX, putSecrets, TABLE } from './environment';
import { Invocations } from './invocations';
import { startDeployments } from './runtime/deployed';
import type { Clock } from './clock';
import { EAGER } from './eager';
import { isPayOf } from './pays';
import { runRollup } from './rollup';
import { claimsIn } from './tokens';
import { workerAt } from './worker';

export * from './spans';
/** Noon in Beijing. */
export const START = Date.parse('2026-03-02T04:00:00Z');

export const SUB_MCHID = '1900000109';
export const SERVICE_ID = '00004000000000000000000000000001';
export { PREFIX, putSecrets, TABLE };

export interface World {
  readonly clock: Clock;
  readonly simulator: Simulator;
  readonly secrets: LocalSecretsManager;
  readonly dynamodb: FlakyProxy;
  readonly services: Services;
  readonly api: Api;
  /** What merchants give as `notify_url`, but for the merchant number at its end. */
  readonly notifications: { readonly url: string };
  /** Errors that became a 500. */
  readonly faults: Error[];
  /** An order of its own at WeChat Pay, pending payment of 1 yuan unless told otherwise. */
  order(more?: Partial<NewOrder>): OrderRef;
  /** Calls to `/pay` that arrived at WeChat Pay for this order, on either host. */
  paysReceived(ref: OrderRef): number;
  /** Everything that arrived at WeChat Pay. */
  received(): number;
  /** As the ledger has it; fails when it has not. */
  ledger(ref: OrderRef): Promise<Order>;
  /** Brings an order into the ledger, by the API. */
  register(ref: OrderRef, more?: object): Promise<Answer>;
  /** One tick of the schedule: it fails when the sweep does. */
  sweep(input?: object, of?: Services): Promise<SweepSummary>;
  /** One run of the function that looks after keys, by an instance of its own unless told which. */
  keys(of?: Services): Promise<KeyCareSummary>;
  /** One run of the function that makes the overviews. */
  rollup(): Promise<RollupSummary>;
  /** Every message in the queue through the worker. */
  work(of?: Services): Promise<void>;
  /** One tick, and then every message it sent. */
  tick(input?: object, of?: Services): Promise<SweepSummary>;
  /** Puts a message of any body into the queue. */
  message(body: string): Promise<void>;
  /** Messages in the queue that nobody has acknowledged. */
  messages(): Promise<number>;
  fault(fault: Fault): void;
  /** Fresh services, as in a new function instance; nothing is cached in them. */
  newServices(change?: {
    hosts?: readonly string[];
    callsPerSecondMax?: number;
    tableName?: string;
  }): Services;
  /** What the provider's policy says from now on, instead of `EAGER`. */
  policy(layer: PolicyLayer): Promise<void>;
  switch(mode: Mode): Promise<void>;
  apiOf(services: Services, timeoutMs?: number): Promise<Api>;
  /**
   * The function that has these services: `inProcess`, or under `npm run test:runtime` the bundle in processes of its own,
   * as long as nothing in these services was replaced for a test.
   */
  handlerOf<Event>(
    name: FunctionName,
    services: object,
    inProcess: LambdaHandler<Event>,
  ): LambdaHandler<Event>;
  /** `services`, copied, as those of one more instance; it has the world's own environment, and this. */
  instance<Services extends object>(services: Services, more?: Readonly<Record<string, string>>): Services;
  /** What is behind `api`, without the socket. */
  readonly gateway: Gateway;
  /** Resolves when no function is at anything: a client that goes away does not end what it has asked for. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

export { EAGER };

export interface WorldOptions {
  /** Merchants that WeChat Pay knows under other API certificates than the usual one. */
  readonly merchants?: readonly SimulatedMerchant[];
  /** Powertools' level; nothing is logged by default. */
  readonly logLevel?: string;
  /** What of WeChat Pay's behaviour is otherwise than usual. */
  readonly rules?: Partial<Rules>;
  /** In this process by default. */
  readonly dynamodb?: () => Promise<LocalServer>;
}

/** The whole service with its real parts, and the rest of the world in stand-ins, over HTTP. */
export async function startWorld({
  merchants = [],
  logLevel = 'SILENT',
  rules = {},
  dynamodb: startTables = startDynamoDb,
}: WorldOptions = {}): Promise<World> {
  let ms = START;
  const now = () => ms;
  const deployments = startDeployments(now);
  const clock: Clock = {
    now,
    forward: (by) => {
      ms += by;
      deployments.moveClock(ms);
    },
  };
  const certificates = [{ serial_no: MERCHANT_KEY.serial_no, certificate: MERCHANT_KEY.certificate }];
  const [simulator, secrets, dynalite, sqs] = await Promise.all([
    startWechatPay({
      merchants: [
        ...[MCHID, OTHER_MCHID].map((mchid) => ({ mchid, apiv3_key: APIV3_KEY, certificates })),
        ...merchants,
      ],
      platform: PLATFORM,
      now,
      rules,
    }),
    startSecretsManager({ now }),
    startTables(),
    startSqs(),
  ]);
  const { queue } = await sqs.createWorkQueue({
    name: 'work',
    visibilityTimeoutSeconds: 60,
    maxReceiveCount: 5,
  });
  const worker = workerAt(sqs.url, queue.url);
  const dynamodb = await startFlakyProxy(dynalite.url);
  await createLedgerTable(dynamodb.url, TABLE);
  for (const mchid of [MCHID, OTHER_MCHID]) putSecrets(secrets, mchid);
  const environment = environmentWith({
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ENDPOINT_URL_SQS: sqs.url,
    QUEUE_URL: queue.url,
    WECHATPAY_HOSTS: [simulator.url, simulator.backupUrl].join(','),
    LOG_LEVEL: logLevel,
  });
  Object.assign(process.env, environment);

  const faults: Error[] = [];
  const apis: Api[] = [];
  const newServices: World['newServices'] = (change = {}) => {
    const made = createServices(
      {
        tableName: change.tableName ?? TABLE,
        secretPrefix: PREFIX,
        wechatpayHosts: change.hosts ?? [simulator.url, simulator.backupUrl],
        queueUrl: queue.url,
        callsPerSecondMax: change.callsPerSecondMax ?? 50,
        sweepOrdersMax: 3_000,
        sweepEveryMinutes: 1,
      },
      { now },
    );
    // Nothing is spread out: what is due at an instant is due then.
    const services = { ...made, ports: { ...made.ports, chance: () => 0 } };
    const { hosts, callsPerSecondMax, tableName = TABLE } = change;
    deployments.deployedWith(services, {
      ...environment,
      TABLE_NAME: tableName,
      ...(hosts === undefined ? {} : { WECHATPAY_HOSTS: hosts.join(',') }),
      ...(callsPerSecondMax === undefined ? {} : { CALLS_PER_SECOND_MAX: String(callsPerSecondMax) }),
    });
    return services;
  };
  const instance: World['instance'] = (services, more = {}) => {
    const one = { ...services };
    deployments.deployedWith(one, { ...environment, ...more });
    return one;
  };
  const handlerOf: World['handlerOf'] = (...of) => deployments.handlerOf(...of);
  const invocations = new Invocations();
  const behind = async (services: Services, timeoutMs = 29_000): Promise<GatewayOptions> => {
    // The handlers read their environment when they are loaded, as on Lambda.
    const { createHandler } = await import('../../lambda/api');
    const { createHandler: createNotify } = await import('../../lambda/notify');
    const ofNotify = instance(createNotifyServices(readConfig(process.env), { now }));
    return {
      functions: [
        {
          name: 'api',
          routes: [...ROUTES, '$default'],
          authorizer: 'iam',
          handler: invocations.counted(handlerOf('api', services, createHandler(services))),
          timeoutMs,
        },
        {
          name: 'api',
          routes: CONSOLE_ROUTES,
          authorizer: 'jwt',
          authorise: async (token) => claimsIn(token),
          handler: invocations.counted(handlerOf('api', services, createHandler(services))),
          timeoutMs,
        },
        {
          name: 'notify',
          routes: [NOTIFICATION_ROUTE],
          authorizer: 'none',
          handler: invocations.counted(handlerOf('notify', ofNotify, createNotify(ofNotify))),
          timeoutMs: 5_000,
        },
      ],
      now,
      onFault: (fault) => faults.push(fault),
    };
  };
  const apiOf: World['apiOf'] = async (services, timeoutMs) => {
    const gateway = await startGateway(await behind(services, timeoutMs));
    const api = apiAt(gateway.url, () => gateway.close());
    apis.push(api);
    return api;
  };
  const services = newServices();
  const api = await apiOf(services);
  const gateway = gatewayOf(await behind(services));
  const setPolicy: World['policy'] = async (layer) => {
    for (const mchid of [MCHID, OTHER_MCHID, ...merchants.map((one) => one.mchid)] as Mchid[])
      await services.admin.savePolicy({ mchid }, layer, 'test', now());
  };
  const setSwitch: World['switch'] = async (mode) => services.admin.saveMode('service', mode, 'test', now());
  await Promise.all([setPolicy(EAGER), setSwitch('on')]);
  // One instance, as long as nothing else is asked for: it knows what it has sent.
  const sweeps = new WeakMap<Services, ReturnType<typeof CreateSweep>>();
  const sweep: World['sweep'] = async (input = {}, of = services) => {
    const { createHandler } = await import('../../lambda/sweep');
    const handler = sweeps.get(of) ?? createHandler(of);
    sweeps.set(of, handler);
    const once = { kind: 'constant', input } as const;
    const options = { functionName: 'sweep', timeoutMs: 50_000, now };
    const swept = await deliver(handlerOf('sweep', of, handler), once, options);
    if (swept.kind !== 'returned') throw new Error(`the sweep ${swept.kind}`, { cause: swept });
    return swept.value as SweepSummary;
  };
  const keys: World['keys'] = async (of = newServices()) => {
    const { createHandler } = await import('../../lambda/keys');
    const options = { functionName: 'keys', timeoutMs: 60_000, now };
    const handler = handlerOf('keys', of, createHandler(of));
    const ran = await deliver(handler, { kind: 'constant', input: {} }, options);
    if (ran.kind !== 'returned') throw new Error(`looking after keys ${ran.kind}`, { cause: ran });
    return ran.value as KeyCareSummary;
  };
  const work: World['work'] = async (of = services) => {
    const { createHandler } = await import('../../lambda/collect');
    const handler = handlerOf('collect', of, createHandler(of));
    await worker.drain(handler, { functionName: 'collect', timeoutMs: 60_000, now });
  };
  let numbers = 0;

  return {
    clock,
    simulator,
    secrets,
    dynamodb,
    services,
    api,
    notifications: { url: `${api.url}/notifications` },
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
    paysReceived: (ref) => simulator.requests.filter((one) => isPayOf(one, ref)).length,
    received: () => simulator.requests.length,
    ledger: async (ref) => {
      const order = await services.ports.ledger.find(ref);
      if (order === undefined) throw new Error(`${ref.out_order_no} is not in the ledger`);
      return order;
    },
    register: (ref, more = {}) => api.register(ref, more),
    sweep,
    keys,
    rollup: () => runRollup(TABLE, now),
    work,
    tick: async (input, of) => {
      const swept = await sweep(input, of);
      await work(of);
      return swept;
    },
    message: (body) => worker.put(body),
    messages: () => worker.kept(),
    policy: setPolicy,
    switch: setSwitch,
    fault: (fault) => simulator.fault(fault),
    newServices,
    apiOf,
    handlerOf,
    instance,
    gateway,
    quiet: async () => invocations.over(),
    close: async () => {
      worker.close();
      await Promise.all(apis.map((one) => one.close()));
      await deployments.close();
      await Promise.all([
        simulator.close(),
        secrets.close(),
        dynamodb.close(),
        dynalite.close(),
        sqs.close(),
      ]);
    },
  };
}
