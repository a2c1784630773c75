import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { PAGE_BUILT } from './bundling';
import type { LedgerTable } from './ledger-table';
import {
  type FunctionEnvironment,
  pageEnvironment,
  ROLLUP_EVERY_MINUTES,
  type SignInFacts,
} from './manifest';
import { RegularRun } from './regular-run';
import { ServiceFunction, type Surroundings } from './service-function';
import { type Settings, SettingsError } from './settings';

export interface ConsoleProps extends Surroundings {
  readonly environment: FunctionEnvironment;
  readonly ledger: LedgerTable;
}

/** Where Lambda unpacks the files that lie beside a function's code. */
const PAGE_FOLDER = '/var/task/site';

/** What people look at: the page, and the overviews that it shows first. */
export class OperatorConsole extends Construct {
  /** Hands out the page's files. */
  readonly page: IFunction;
  readonly schedule: RegularRun;

  constructor(scope: Construct, id: string, { environment, ledger, ...surroundings }: ConsoleProps) {
    super(scope, id);
    const { settings } = surroundings;
    this.page = new ServiceFunction(this, 'Page', {
      name: 'page',
      ...surroundings,
      environment: {
        PAGE_FOLDER,
        PAGE_ORIGINS: settings.oidc_origins.join(','),
        ...pageEnvironment(signInOf(settings)),
        POWERTOOLS_METRICS_NAMESPACE: environment.POWERTOOLS_METRICS_NAMESPACE,
      },
      site: builtPage(this),
    }).live;

    // It calls nobody and has no keys: it reads the ledger, and writes what that comes to.
    this.schedule = new RegularRun(this, 'Rollup', {
      everyMinutes: ROLLUP_EVERY_MINUTES,
      description: 'Makes the overviews of all merchants anew',
    });
    const rollup = new ServiceFunction(this, 'RollupRun', {
      name: 'rollup',
      ...surroundings,
      environment,
      asynchronous: this.schedule.asynchronous,
    });
    ledger.grantItems(rollup.role, ['BatchGetItem', 'GetItem', 'UpdateItem', 'Query']);
    ledger.grantIndex(rollup.role, 'list');
    this.schedule.run(rollup.live);
  }
}

/** A stack that has the page was told how people sign in: that is a rule of the settings. */
function signInOf({
  oidc_issuer: issuer = '',
  oidc_client_id: clientId = '',
  ...settings
}: Settings): SignInFacts {
  return { issuer, clientId, scope: settings.oidc_scope, token: settings.oidc_token };
}

/** @throws SettingsError when it was not built, and code is put together */
function builtPage(scope: Construct): string {
  if (Stack.of(scope).bundlingRequired && !existsSync(path.join(PAGE_BUILT, 'index.html')))
    throw new SettingsError(['console: is true, and the page was not built: npm run build:console']);
  return PAGE_BUILT;
}
