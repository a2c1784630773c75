import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { failureQueue } from './failure-queue';
import { IMPORT_PLACES, importDefinition, MAP_LABELS } from './import-definition';
import type { LedgerTable } from './ledger-table';
import { type FunctionEnvironment, secretPrefix } from './manifest';
import { grantMerchantSecrets } from './merchant-secrets';
import { answerFor, answerForWildcards } from './rules';
import { ServiceFunction, type Surroundings } from './service-function';
import { every, type Watch } from './watch';

interface OrderImportProps extends Surroundings {
  readonly environment: FunctionEnvironment;
  readonly ledger: LedgerTable;
}

/**
 * What is in the bucket is a copy: the files are the merchant's, and what came of them is in the ledger. Of a versioned
 * bucket, what expires becomes a replaced version, which is removed in its turn; S3 clears away the markers by itself.
 */
const KEPT_DAYS = 90;
const REPLACED_KEPT_DAYS = 7;

/**
 * Orders by the file: an upload to `import/<mchid>/` or `dry-run/<mchid>/` starts a state machine, whose Distributed
 * Map reads the file and hands a function a hundred rows at a time; its results, a line a row, are in `reports/`.
 */
export class OrderImport extends Construct {
  readonly outputs: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { ledger, environment, ...surroundings }: OrderImportProps) {
    super(scope, id);
    const { settings } = surroundings;
    const bucket = this.bucket();
    // It registers and calls nobody: that there is a `verify` secret tells it which merchants are known.
    const { live, role } = new ServiceFunction(this, 'Rows', {
      name: 'import',
      environment,
      ...surroundings,
    });
    ledger.grantItems(role, ['GetItem', 'UpdateItem', 'Query']);
    grantMerchantSecrets(role, secretPrefix(settings.stage), ['verify']);

    const machineRole = new Role(this, 'MachineRole', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
    });
    const machine = new StateMachine(this, 'Machine', {
      comment: 'Registers the orders of an uploaded file',
      definitionBody: DefinitionBody.fromString(
        JSON.stringify(
          importDefinition({
            partition: Stack.of(this).partition,
            bucketName: bucket.bucketName,
            functionArn: live.functionArn,
            concurrencyMax: settings.import_concurrency_max,
          }),
        ),
      ),
      role: machineRole,
      tracingEnabled: settings.tracing,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const statements = fileStatements(bucket, live.functionArn);
    for (const statement of statements) machineRole.addToPrincipalPolicy(statement);
    // A policy of its own: the machine waits for its role's first one, which therefore cannot speak of the machine.
    const executions = new Policy(this, 'Executions', {
      roles: [machineRole],
      statements: this.executionStatements(machine),
    });
    answerForWildcards(
      machineRole,
      wild(statements),
      'Files and reports bear whatever names they are given.',
    );
    answerForWildcards(executions, wild(this.executionStatements(machine)), 'Executions get random names.');
    this.answerForMachine(machine, machineRole, settings.tracing);
    const undelivered = this.startOnUpload(bucket, machine, surroundings.watch);
    this.outputs = {
      ImportBucketName: bucket.bucketName,
      ImportStateMachineArn: machine.stateMachineArn,
      ImportUndeliveredUrl: undelivered.queueUrl,
    };
  }

  private bucket(): Bucket {
    const bucket = new Bucket(this, 'Files', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // A file that replaces another of its name must not change under an import that is reading it.
      versioned: true,
      lifecycleRules: [
        {
          abortIncompleteMultipartUploadAfter: Duration.days(1),
          expiration: Duration.days(KEPT_DAYS),
          noncurrentVersionExpiration: Duration.days(REPLACED_KEPT_DAYS),
        },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // CDK's own switch for this brings a function of its own, which may change the notifications of every bucket.
    (bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    };
    answerFor(bucket, {
      'AwsSolutions-S1':
        'Who read or wrote a file is told by data events of CloudTrail, where an account has them; a second bucket for logs would say less.',
    });
    return bucket;
  }

  /**
   * What a Distributed Map does with its own state machine. Executions get random names: here `*` is forced.
   * https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
   */
  private executionStatements(machine: StateMachine): PolicyStatement[] {
    const stack = Stack.of(this);
    const name = stack.splitArn(machine.stateMachineArn, ArnFormat.COLON_RESOURCE_NAME).resourceName;
    const executions = (resourceName: string) =>
      stack.formatArn({
        service: 'states',
        resource: 'execution',
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    return [
      allow(['states:StartExecution'], [machine.stateMachineArn]),
      allow(['states:DescribeExecution', 'states:StopExecution'], [executions(`${name}:*`)]),
      allow(
        ['states:RedriveExecution'],
        MAP_LABELS.map((label) => executions(`${name}/${label}:*`)),
      ),
    ];
  }

  private answerForMachine(machine: StateMachine, role: Role, tracing: boolean): void {
    answerFor(machine, {
      'AwsSolutions-SF1':
        'Its history is kept for 90 days, and what became of each row is in reports/; a log of all events would hold the rows as well.',
    });
    if (tracing) {
      answerForWildcards(role, ['*'], 'X-Ray knows no resource for writing traces.');
      return;
    }
    const reason = 'The context value tracing is false.';
    answerFor(machine, { 'AwsSolutions-SF2': reason, 'Serverless-StepFunctionStateMachineXray': reason });
  }

  /** Where uploads wait for a person whose import could not be started. */
  private startOnUpload(bucket: Bucket, machine: StateMachine, watch: Watch): Queue {
    const undelivered = failureQueue(this, 'Undelivered', watch, {
      name: 'UploadsNotImported',
      says: 'The import of uploaded files could not be started.',
      section: 'uploads-not-imported',
    });
    watch.alarm({
      under: 'Failures',
      graph: 'Imports that failed',
      name: 'ImportFailed',
      says: 'The import of an uploaded file ended before its end.',
      section: 'uploads-not-imported',
      metric: machine.metricFailed(every(5, 'Sum')),
      threshold: 1,
      periodMinutes: 5,
      missing: 'fine',
    });
    new Rule(this, 'Uploaded', {
      description: 'Starts the import of an uploaded file',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [bucket.bucketName] },
          object: { key: Object.values(IMPORT_PLACES).map((place) => ({ prefix: `${place}/` })) },
        },
      },
      targets: [new SfnStateMachine(machine, { deadLetterQueue: undelivered })],
    });
    return undelivered;
  }
}

/** Files and reports bear whatever names they are given: within its folder, `*` is forced here too. */
function fileStatements(bucket: Bucket, functionArn: string): readonly PolicyStatement[] {
  return [
    allow(['lambda:InvokeFunction'], [functionArn]),
    allow(
      ['s3:GetObject', 's3:GetObjectVersion'],
      Object.values(IMPORT_PLACES).map((place) => bucket.arnForObjects(`${place}/*`)),
    ),
    allow(
      ['s3:PutObject', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'],
      [bucket.arnForObjects('reports/*')],
    ),
  ];
}

function wild(statements: readonly PolicyStatement[]): readonly string[] {
  return statements.flatMap(({ resources }) => resources).filter((resource) => resource.includes('*'));
}

function allow(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources });
}
