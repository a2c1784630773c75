import { CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CollectorApi } from './http-api';
import { LedgerTable } from './ledger-table';
import { functionEnvironment, secretPrefix, SERVICE_NAME } from './manifest';
import { grantMerchantSecrets } from './merchant-secrets';
import { ServiceFunction } from './service-function';
import type { Settings } from './settings';
import { SweepSchedule } from './sweep-schedule';

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
    const prefix = secretPrefix(settings.stage);
    const environment = functionEnvironment({
      tableName: ledger.tableName,
      secretPrefix: prefix,
      minGapMinutes: settings.min_gap_minutes,
      logLevel: settings.log_level,
    });
    const schedule = new SweepSchedule(this, 'Schedule', settings);
    const { asynchronous } = schedule;
    const api = new ServiceFunction(this, 'Api', { name: 'api', settings, environment });
    const sweep = new ServiceFunction(this, 'Sweep', { name: 'sweep', settings, environment, asynchronous });
    for (const { role } of [api, sweep]) {
      ledger.grantClaims(role);
      grantMerchantSecrets(role, prefix, ['signing', 'verify']);
    }
    schedule.run(sweep.function);
    const http = new CollectorApi(this, 'Http', api.function, settings);

    new CfnOutput(this, 'ApiUrl', { value: http.url });
    new CfnOutput(this, 'TableName', { value: ledger.tableName });
    new CfnOutput(this, 'SecretPrefix', { value: prefix });
  }
}
