import { FUNCTIONS, type FunctionName } from '../../../infra/manifest';
import type { Mchid, OrderRef } from '../../../lambda/core/ids';
import type { KeyCareSummary } from '../../../lambda/flow/key-care';
import { NOTIFICATION_ROUTE, ROUTES } from '../../../lambda/routes';
import { createLedgerTable, startDynamoDb } from '../../../local/aws/dynamodb';
import { startEventBus } from '../../../local/aws/event-bus';
import { startMapping } from '../../../local/aws/event-source-mapping';
import { deliver } from '../../../local/aws/events';
import { startGateway } from '../../../local/aws/gateway';
import { LOCAL_REGION } from '../../../local/aws/identity';
import type { LocalServer } from '../../../local/aws/loopback';
import { startSecretsManager } from '../../../local/aws/secrets-manager';
import { startSqs } from '../../../local/aws/sqs';
import { startWechatPay, type Simulator } from '../../../local/wechatpay';
import { RECORDED } from '../../store/support/records';
import { type Api, apiAt } from '../api';
import { APIV3_KEY, MCHID, MERCHANT_KEY, OTHER_MCHID, PLATFORM, signingSecret, verifySecret } from '../keys';
import {
  BY_CERTIFICATE,
  deliver as send,
  envelopeOf,
  headersOf,
  resourceOf,
  type Signer,
} from '../notifications';
import { EAGER, SERVICE_ID, SUB_MCHID } from '../world';
import type { Deployed } from './deployed';
import { type OwnFunction, startFunction } from './functions';
import { distinct, type Names, type RecordedCall, startRecorder } from './recorder';
import { functionsOf } from './roles';

const DAY_MS = 24 * 3_600_000;

/** What is closed at the end, the last that was started first. */
type Closing = (() => Promise<unknown>)[];

interface Stage {
  readonly simulator: Simulator;
  readonly functions: Readonly<Record<FunctionName, OwnFunction>>;
  readonly gateway: LocalServer;
  readonly api: Api;
  /** Resolves when the queue is empty and `collect` is done. */
  readonly drained: () => Promise<void>;
  readonly faults: readonly Error[];
}

/**
 * Has each function do all of its work, with the environment that the template gives it and with credentials of its own,
 * against recorders in front of the stand-ins for AWS.
 */
export async function recordScenario(deployed: Deployed): Promise<readonly RecordedCall[]> {
  const calls: RecordedCall[] = [];
  const closing: Closing = [];
  try {
    const stage = await setUp(deployed, (call) => calls.push(call), closing);
    await play(stage);
    if (stage.faults.length > 0)
      throw new AggregateError(stage.faults, 'the scenario did not go as it should');
    return distinct(calls);
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

/** Opens what is closed at the end. */
type Open = <T extends { close(): Promise<unknown> }>(opening: Promise<T>) => Promise<T>;

async function setUp(
  deployed: Deployed,
  record: (call: RecordedCall) => void,
  closing: Closing,
): Promise<Stage> {
  const open: Open = async (opening) => {
    const one = await opening;
    closing.push(async () => one.close());
    return one;
  };
  const certificates = [{ serial_no: MERCHANT_KEY.serial_no, certificate: MERCHANT_KEY.certificate }];
  const simulator = await open(
    startWechatPay({
      merchants: [MCHID, OTHER_MCHID].map((mchid) => ({ mchid, apiv3_key: APIV3_KEY, certificates })),
      platform: PLATFORM,
      now: Date.now,
    }),
  );
  const environments = new Map(functionsOf(deployed).map(({ name, environment }) => [name, environment]));
  const aws = await standInsFor(environments.get('api') ?? {}, record, open);
  const started = [...environments].map(async ([name, environment]) => {
    const around = { ...aws, WECHATPAY_HOSTS: [simulator.url, simulator.backupUrl].join(',') };
    return [name, await open(startFunction(name, { ...environment, ...around }))] as const;
  });
  const functions = Object.fromEntries(await Promise.all(started)) as Stage['functions'];
  const faults: Error[] = [];
  const gateway = await open(behindGateway(functions, faults));
  const mapping = startMapping({
    queueUrl: aws.QUEUE_URL,
    endpoint: aws.AWS_ENDPOINT_URL_SQS,
    handler: functions.collect.handler,
    functionName: 'collect',
    timeoutMs: FUNCTIONS.collect.timeoutSeconds * 1_000,
    batchSize: 10,
    windowMs: 0,
    concurrencyMax: 1,
    onFault: (fault) => faults.push(fault),
  });
  closing.push(async () => mapping.stop());
  const api = apiAt(gateway.url, () => Promise.resolve());
  return { simulator, functions, gateway, api, drained: async () => mapping.idle(), faults };
}

/** AWS under the names that the template has for its parts, behind recorders; the variables that lead there. */
async function standInsFor(
  environment: Readonly<Record<string, string>>,
  record: (call: RecordedCall) => void,
  open: Open,
) {
  const [dynamodb, secrets, sqs, bus] = await Promise.all([
    open(startDynamoDb()),
    open(startSecretsManager()),
    open(startSqs()),
    open(startEventBus()),
  ]);
  const { TABLE_NAME = '', SECRET_PREFIX = '', QUEUE_URL = '', EVENT_BUS_NAME = '' } = environment;
  const queue = await sqs.createQueue(QUEUE_URL.split('/').at(-1) ?? '');
  await createLedgerTable(dynamodb.url, TABLE_NAME);
  const put = (name: string, value: object) => secrets.put(`${SECRET_PREFIX}/${name}`, JSON.stringify(value));
  for (const mchid of [MCHID, OTHER_MCHID]) put(`${mchid}/signing`, signingSecret(mchid));
  put(`${MCHID}/verify`, verifySecret(MCHID));
  // WeChat Pay signs for it by certificate.
  const byCertificate = { public_keys: {}, platform_certificates: true };
  put(`${OTHER_MCHID}/verify`, { mchid: OTHER_MCHID, apiv3_key: APIV3_KEY, ...byCertificate });
  const names: Names = {
    table: TABLE_NAME,
    secretPrefix: SECRET_PREFIX,
    queueUrl: queue.url,
    bus: EVENT_BUS_NAME,
  };
  const through = async (target: string) => (await open(startRecorder(target, names, record))).url;
  const sqsUrl = await through(sqs.url);
  return {
    AWS_REGION: LOCAL_REGION,
    AWS_ENDPOINT_URL_DYNAMODB: await through(dynamodb.url),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: await through(secrets.url),
    AWS_ENDPOINT_URL_EVENTBRIDGE: await through(bus.url),
    AWS_ENDPOINT_URL_SQS: sqsUrl,
    // What the client goes by is the address of the queue.
    QUEUE_URL: `${sqsUrl}${new URL(queue.url).pathname}`,
    LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

function behindGateway(functions: Stage['functions'], faults: Error[]): Promise<LocalServer> {
  return startGateway({
    functions: [
      {
        name: 'api',
        routes: [...ROUTES, '$default'],
        authorizer: 'iam',
        handler: functions.api.handler,
        timeoutMs: FUNCTIONS.api.timeoutSeconds * 1_000,
      },
      {
        name: 'notify',
        routes: [NOTIFICATION_ROUTE],
        authorizer: 'none',
        handler: functions.notify.handler,
        timeoutMs: FUNCTIONS.notify.timeoutSeconds * 1_000,
      },
    ],
    onFault: (fault) => faults.push(fault),
  });
}

async function play(stage: Stage): Promise<void> {
  const { api } = stage;
  const [byHand, swept, told] = ['BY_HAND', 'SWEPT', 'TOLD'].map((name) => order(stage, name)) as [
    OrderRef,
    OrderRef,
    OrderRef,
  ];
  await demand(200, api.at('PUT', '/v1/switch', { mode: 'on' }));
  await demand(200, api.at('PUT', `/v1/merchants/${MCHID}/policies`, EAGER));
  for (const ref of [byHand, told]) await demand(201, api.register(ref, { total_amount: 100 }));

  await demand(202, api.collect(byHand));
  await run(stage, 'sweep', { orders: [swept] });
  await run(stage, 'sweep', {});
  await stage.drained();

  await demand(200, api.at('GET', `/v1/merchants/${MCHID}/orders`));
  const since = new Date(Date.now() - DAY_MS).toISOString();
  await demand(200, api.at('POST', `/v1/merchants/${MCHID}/events/republish`, { since }));

  await demand(204, notify(stage, told));
  // The certificate is one that nobody has met: it is wished for, and downloaded by the next run.
  await demand(401, notify(stage, { ...told, mchid: OTHER_MCHID as Mchid }, BY_CERTIFICATE));
  const { renewed } = (await run(stage, 'keys', {})) as KeyCareSummary;
  if (renewed !== 1) throw new Error(`certificates of ${renewed} merchants were renewed instead of 1`);

  await run(stage, 'rollup', {});
  await demand(200, api.at('GET', `/v1/merchants/${MCHID}/overview`));
  await demand(200, api.at('GET', `/v1/merchants/${MCHID}/search?out_order_no=BY_HAND`));

  await run(stage, 'publish', { Records: RECORDED });
  await run(stage, 'import', {
    BatchInput: { bucket: 'files', key: `import/${MCHID}/march.csv`, mchid: MCHID, dry_run: false },
    Items: [{ index: 0, fields: { sub_mchid: SUB_MCHID, out_order_no: 'IMPORTED', service_id: SERVICE_ID } }],
  });
}

function order({ simulator }: Stage, out_order_no: string): OrderRef {
  const ref = { mchid: MCHID, sub_mchid: SUB_MCHID, out_order_no, service_id: SERVICE_ID };
  simulator.addOrder({ ...ref, total_amount: 100 });
  return ref as OrderRef;
}

async function run({ functions }: Stage, name: FunctionName, input: unknown): Promise<unknown> {
  const options = { functionName: name, timeoutMs: FUNCTIONS[name].timeoutSeconds * 1_000 };
  const ended = await deliver(functions[name].handler, { kind: 'constant', input }, options);
  if (ended.kind !== 'returned') throw new Error(`${name} ${ended.kind}`, { cause: ended });
  return ended.value;
}

/** Tells the service that an order was paid, as WeChat Pay would. */
async function notify({ gateway }: Stage, ref: OrderRef, by?: Signer): ReturnType<typeof send> {
  const body = envelopeOf(resourceOf(ref), { createdAt: Date.now() });
  const headers = headersOf(body, { at: Date.now(), ...(by === undefined ? {} : { by }) });
  return send(`${gateway.url}/notifications/${ref.mchid}`, headers, body);
}

async function demand(status: number, answering: Promise<{ status: number; text: string }>): Promise<void> {
  const answer = await answering;
  if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${answer.text}`);
}
