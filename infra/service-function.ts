import * as path from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Architecture,
  type EventInvokeConfigOptions,
  type IAlias,
  type IVersion,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { PROJECT_ROOT } from './bundling';
import type { Deployments } from './deployments';
import { ALIAS, type FunctionEnvironment, type FunctionName, FUNCTIONS } from './manifest';
import { grantInterfaces, type Network } from './network';
import { nodejsBundling } from './nodejs-bundling';
import { answerFor, answerForWildcards } from './rules';
import type { Settings } from './settings';

/** What every function of the stack is made with. */
export interface Surroundings {
  readonly settings: Settings;
  readonly deployments: Deployments;
  /** Absent: it reaches out from wherever Lambda runs it. */
  readonly network: Network | undefined;
}

export interface ServiceFunctionProps extends Surroundings {
  readonly name: FunctionName;
  readonly environment: FunctionEnvironment | Readonly<Record<string, string>>;
  /** A folder whose files lie beside its code. */
  readonly site?: string;
  /** What becomes of an asynchronous invocation that fails. */
  readonly asynchronous?: EventInvokeConfigOptions;
}

/** One function with a log group and a role of its own, which may write that log and, until granted more, nothing else. */
export class ServiceFunction extends Construct {
  /** What everything that wakes the function names: the version in service and, while a deployment shifts, the next one. */
  readonly live: IAlias;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const { name, settings, asynchronous, deployments } = props;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: settings.log_retention_days,
      // Whatever matters about an order is in the ledger, which is retained; logs end with the stack.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // AWSLambdaBasicExecutionRole would allow writing every log of the account.
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    if (props.network !== undefined) grantInterfaces(this.role);
    // CDK's classes are not written for `exactOptionalPropertyTypes`: they are what their interfaces say all the same.
    const version = this.code(logGroup, props).currentVersion as IVersion;
    const live = new Alias(this, 'Live', { aliasName: ALIAS, version, ...asynchronous });
    deployments.add(this, name, live);
    this.live = live as IAlias;
  }

  private code(
    logGroup: LogGroup,
    { name, settings, environment, network, site }: ServiceFunctionProps,
  ): NodejsFunction {
    const spec = FUNCTIONS[name];
    const code = new NodejsFunction(this, 'Function', {
      description: `payscore-collector ${settings.stage}: ${name}`,
      entry: path.join(PROJECT_ROOT, spec.entry),
      handler: spec.handler,
      projectRoot: PROJECT_ROOT,
      depsLockFilePath: path.join(PROJECT_ROOT, 'package-lock.json'),
      bundling: nodejsBundling(site),
      runtime: Runtime.NODEJS_24_X,
      architecture: settings.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      memorySize: spec.memoryMb,
      timeout: Duration.seconds(spec.timeoutSeconds),
      environment: { ...environment },
      // A variable of version 2 of the SDK; version 3 keeps connections alive by itself.
      awsSdkConnectionReuse: false,
      role: this.role,
      logGroup,
      tracing: settings.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      // A version that is no longer in service stays, so that the alias can be set back to it without a build.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      ...network?.placement,
    });
    // What CDK grants for it. https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
    if (settings.tracing) answerForWildcards(this.role, ['*'], 'X-Ray knows no resource for writing traces.');
    answerFor(code, {
      'Serverless-LambdaDLQ':
        'It is invoked synchronously or by a mapping; where it is not, its failures go to an on-failure destination, which says more than a dead-letter queue.',
      ...(settings.tracing ? {} : { 'Serverless-LambdaTracing': 'The context value tracing is false.' }),
    });
    return code;
  }
}
