import { CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { watchCalls, watchNotifications } from './calls-watched';
import { OperatorConsole } from './console';
import { Deployments } from './deployments';
import { CollectorApi } from './http-api';
import { KeyCare } from './key-care';
import { LedgerTable } from './ledger-table';
import { LogQueries } from './log-queries';
import { type FunctionEnvironment, functionEnvironment, secretPrefix, SERVICE_NAME } from './manifest';
import { grantMerchantSecrets } from './merchant-secrets';
import { networkOf } from './network';
import { OrderEvents } from './order-events';
import { OrderImport } from './order-import';
import { ServiceFunction, type Surroundings } from './service-function';
import type { Settings } from './settings';
import { SweepSchedule } from './sweep-schedule';
import { Watch } from './watch';
import { WorkQueue } from './work-queue';

/**
 * Of mappings, which cost nothing, China knows no tags.
 * https://docs.amazonaws.cn/en_us/aws/latest/userguide/lambda.html
 */
const UNTAGGED = ['AWS::Lambda::EventSourceMapping'];

/** The whole service in one account and region. Several stages can stand side by side. */
export class CollectorStack extends Stack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, `${SERVICE_NAME}-${settings.stage}`, {
      description: 'Collects pending WeChat Pay Payscore orders',
      env: settings.region === undefined ? {} : { region: settings.region },
    });
    const tags = { service: SERVICE_NAME, stage: settings.stage, ...settings.tags };
    for (const [key, value] of Object.entries(tags))
      Tags.of(this).add(key, value, { excludeResourceTypes: UNTAGGED });

    const watch = new Watch(this, 'Watch', settings);
    const ledger = new LedgerTable(this, 'Ledger', settings, watch);
    const work = new WorkQueue(this, 'Work', settings, watch);
    const prefix = secretPrefix(settings.stage);
    const environment = environmentOf(settings, ledger, work);
    const surroundings: Surroundings = {
      settings,
      deployments: new Deployments(this, 'Deployments', settings, watch),
      watch,
      network: networkOf(this, settings),
    };
    const common = { ...surroundings, environment };
    const schedule = new SweepSchedule(this, 'Schedule', settings, watch);

    const events = settings.events ? new OrderEvents(this, 'Events', settings, watch) : undefined;
    const rolesClaim = settings.console ? { CONSOLE_ROLES_CLAIM: settings.oidc_roles_claim } : {};
    const telling = { ...surroundings, environment: { ...environment, ...events?.environment } };
    const answering = { ...telling, environment: { ...telling.environment, ...rolesClaim } };

    const api = new ServiceFunction(this, 'Api', { name: 'api', ...answering });
    // It tells again what the ledger keeps.
    events?.grantPut(api.role);
    ledger.grantItems(api.role, ['BatchGetItem', 'GetItem', 'UpdateItem', 'Query']);
    ledger.grantIndex(api.role, 'list');
    grantMerchantSecrets(api.role, prefix, ['signing', 'verify']);

    // It reads what verifies, and nothing that signs: whoever breaks into the one open route cannot call WeChat Pay.
    const notify = new ServiceFunction(this, 'Notify', { name: 'notify', ...common });
    ledger.grantItems(notify.role, ['GetItem', 'UpdateItem', 'Query']);
    grantMerchantSecrets(notify.role, prefix, ['verify']);
    const people = settings.console ? new OperatorConsole(this, 'Console', { ...common, ledger }) : undefined;
    const answers = { api: api.live, notify: notify.live, ...(people && { page: people.page }) };
    const http = new CollectorApi(this, 'Http', answers, settings);

    // It never calls WeChat Pay: what is due is sent to the queue, and orders that its input names are registered.
    const { asynchronous } = schedule;
    const sweep = new ServiceFunction(this, 'Sweep', { name: 'sweep', ...common, asynchronous });
    ledger.grantItems(sweep.role, ['GetItem', 'UpdateItem', 'Query']);
    ledger.grantIndex(sweep.role, 'due');
    work.grantSend(sweep.role);
    schedule.run(sweep.live);

    const collect = new ServiceFunction(this, 'Collect', { name: 'collect', ...common });
    ledger.grantItems(collect.role, ['BatchGetItem', 'GetItem', 'UpdateItem', 'Query']);
    grantMerchantSecrets(collect.role, prefix, ['signing', 'verify']);
    work.feed(collect, settings.collect_concurrency_max);

    // It signs its downloads, like every call; what it has downloaded is read by all that verify, from the table.
    const care = new KeyCare(this, 'KeyCare', watch);
    const keys = new ServiceFunction(this, 'Keys', {
      name: 'keys',
      ...common,
      asynchronous: care.asynchronous,
    });
    ledger.grantItems(keys.role, ['GetItem', 'UpdateItem', 'Query']);
    grantMerchantSecrets(keys.role, prefix, ['signing', 'verify']);
    care.run(keys.live);

    events?.publish(ledger, telling);

    watchCalls(watch);
    watchNotifications(watch);
    const files = settings.import ? new OrderImport(this, 'Import', { ...common, ledger }) : undefined;

    new LogQueries(this, 'Queries', { functions: watch.logs, access: http.accessLog });
    watch.draw();

    const parts = { http, ledger, work, schedule, care, people, events };
    const outputs = { SecretPrefix: prefix, ...outputsOf(parts), ...files?.outputs };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}

interface Parts {
  readonly http: CollectorApi;
  readonly ledger: LedgerTable;
  readonly work: WorkQueue;
  readonly schedule: SweepSchedule;
  readonly care: KeyCare;
  readonly people: OperatorConsole | undefined;
  readonly events: OrderEvents | undefined;
}

/** What whoever deploys it needs to know: addresses, names, and where failures end. */
function outputsOf({ http, ledger, work, schedule, care, people, events }: Parts): Record<string, string> {
  return {
    ApiUrl: http.url,
    ...(http.domainTarget === undefined ? {} : { DomainTarget: http.domainTarget }),
    NotificationsUrl: `${http.url}/notifications`,
    TableName: ledger.tableName,
    QueueUrl: work.queue.queueUrl,
    QueueDeadLettersUrl: work.deadLetters.queueUrl,
    SweepFailedUrl: schedule.failed.queueUrl,
    SweepUndeliveredUrl: schedule.undelivered.queueUrl,
    KeysFailedUrl: care.failed.queueUrl,
    KeysUndeliveredUrl: care.undelivered.queueUrl,
    ...(people && {
      ConsoleUrl: `${http.url}/console`,
      RollupFailedUrl: people.schedule.failed.queueUrl,
      RollupUndeliveredUrl: people.schedule.undelivered.queueUrl,
    }),
    ...(events && { EventBusName: events.busName, PublishFailedUrl: events.failed.queueUrl }),
  };
}

/** What every function is told. */
function environmentOf(settings: Settings, ledger: LedgerTable, work: WorkQueue): FunctionEnvironment {
  return functionEnvironment({
    tableName: ledger.tableName,
    secretPrefix: secretPrefix(settings.stage),
    queueUrl: work.queue.queueUrl,
    callsPerSecondMax: settings.calls_per_second_max,
    sweepOrdersMax: settings.sweep_orders_max,
    sweepEveryMinutes: settings.sweep_every_minutes,
    logLevel: settings.log_level,
  });
}
