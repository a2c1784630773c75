import { CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CollectorApi } from './http-api';
import { LedgerTable } from './ledger-table';
import { functionEnvironment, secretPrefix, SERVICE_NAME } from './manifest';
import { grantMerchantSecrets } from './merchant-secrets';
import { ServiceFunction } from './service-function';
import type { Settings } from './settings';
import { SweepSchedule } from './sweep-schedule';
import { WorkQueue } from './work-queue';

/** The whole service in one account and region. Several stages can stand side by side. */
export class CollectorStack extends Stack {
  constructor(scope: Construct, settings: Settings) {
    super(scope, `${SERVICE_NAME}-${settings.stage}`, {
      description: 'Collects pending WeChat Pay Payscore orders',
      env: settings.region === undefined ? {} : { region: settings.region },
    });
    Tags.of(this).add('service', SERVICE_NAME);
    Tags.of(this).add('stage', settings.stage);

    const ledger = new LedgerTable(this, 'Ledger');
    const work = new WorkQueue(this, 'Work');
    const prefix = secretPrefix(settings.stage);
    const environment = functionEnvironment({
      tableName: ledger.tableName,
      secretPrefix: prefix,
      queueUrl: work.queue.queueUrl,
      callsPerSecondMax: settings.calls_per_second_max,
      sweepOrdersMax: settings.sweep_orders_max,
      sweepEveryMinutes: settings.sweep_every_minutes,
      logLevel: settings.log_level,
    });
    const schedule = new SweepSchedule(this, 'Schedule', settings);
    const { asynchronous } = schedule;

    const api = new ServiceFunction(this, 'Api', { name: 'api', settings, environment });
    ledger.grantItems(api.role, ['BatchGetItem', 'GetItem', 'UpdateItem', 'Query']);
    ledger.grantIndex(api.role, 'list');
    grantMerchantSecrets(api.role, prefix, ['signing', 'verify']);
    const http = new CollectorApi(this, 'Http', api.function, settings);

    // It never calls WeChat Pay: what is due is sent to the queue, and orders that its input names are registered.
    const sweep = new ServiceFunction(this, 'Sweep', { name: 'sweep', settings, environment, asynchronous });
    ledger.grantItems(sweep.role, ['GetItem', 'UpdateItem', 'Query']);
    ledger.grantIndex(sweep.role, 'due');
    work.grantSend(sweep.role);
    schedule.run(sweep.function);

    const collect = new ServiceFunction(this, 'Collect', { name: 'collect', settings, environment });
    ledger.grantItems(collect.role, ['BatchGetItem', 'GetItem', 'UpdateItem', 'Query']);
    grantMerchantSecrets(collect.role, prefix, ['signing', 'verify']);
    work.feed(collect, settings.collect_concurrency_max);

    const outputs = {
      ApiUrl: http.url,
      TableName: ledger.tableName,
      SecretPrefix: prefix,
      QueueUrl: work.queue.queueUrl,
      QueueDeadLettersUrl: work.deadLetters.queueUrl,
      SweepFailedUrl: schedule.failed.queueUrl,
      SweepUndeliveredUrl: schedule.undelivered.queueUrl,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
