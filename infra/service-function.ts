import * as path from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type EventInvokeConfigOptions, Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { PROJECT_ROOT } from './bundling';
import { type FunctionEnvironment, type FunctionName, FUNCTIONS } from './manifest';
import { nodejsBundling } from './nodejs-bundling';
import type { Settings } from './settings';

export interface ServiceFunctionProps {
  readonly name: FunctionName;
  readonly settings: Settings;
  readonly environment: FunctionEnvironment;
  /** What becomes of an asynchronous invocation that fails. */
  readonly asynchronous?: EventInvokeConfigOptions;
}

/** One function with a log group and a role of its own, which may write that log and, until granted more, nothing else. */
export class ServiceFunction extends Construct {
  readonly function: NodejsFunction;
  readonly role: Role;

  constructor(
    scope: Construct,
    id: string,
    { name, settings, environment, asynchronous }: ServiceFunctionProps,
  ) {
    super(scope, id);
    const spec = FUNCTIONS[name];
    const logGroup = new LogGroup(this, 'Logs', {
      retention: settings.log_retention_days,
      // Whatever matters about an order is in the ledger, which is retained; logs end with the stack.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // AWSLambdaBasicExecutionRole would allow writing every log of the account.
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    this.function = new NodejsFunction(this, 'Function', {
      description: `payscore-collector ${settings.stage}: ${name}`,
      entry: path.join(PROJECT_ROOT, spec.entry),
      handler: spec.handler,
      projectRoot: PROJECT_ROOT,
      depsLockFilePath: path.join(PROJECT_ROOT, 'package-lock.json'),
      bundling: nodejsBundling(),
      runtime: Runtime.NODEJS_24_X,
      architecture: settings.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      memorySize: spec.memoryMb,
      timeout: Duration.seconds(spec.timeoutSeconds),
      environment: { ...environment },
      // A variable of version 2 of the SDK; version 3 keeps connections alive by itself.
      awsSdkConnectionReuse: false,
      role: this.role,
      logGroup,
      ...asynchronous,
    });
  }
}
