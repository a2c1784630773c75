import type { Deployed } from './deployed';
import type { Call } from './roles';

type Properties = Readonly<Record<string, unknown>>;

/**
 * What AWS itself does in a role of the stack. No program of ours makes these calls, so none can be recorded: they are
 * what AWS documents, for what the template switches on.
 */
export function platformCallsOf(
  deployed: Deployed,
  roleArn: string,
  functionId: string | undefined,
): readonly Call[] {
  return [
    ...(functionId === undefined ? [] : functionCalls(deployed, functionId)),
    ...machineCalls(deployed, roleArn),
    ...ruleCalls(deployed, roleArn),
    ...flowLogCalls(deployed, roleArn),
  ];
}

const on = (resource: string, ...actions: readonly string[]): readonly Call[] =>
  actions.map((action) => ({ action, resource }));

function functionCalls(deployed: Deployed, id: string): readonly Call[] {
  const [, properties = {}] = deployed.ofType('AWS::Lambda::Function').find(([one]) => one === id) ?? [];
  const { LogGroup } = properties['LoggingConfig'] as { LogGroup: string };
  const { Mode } = (properties['TracingConfig'] ?? {}) as { Mode?: string };
  return [
    // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html
    ...on(logStream(deployed, LogGroup), 'logs:CreateLogStream', 'logs:PutLogEvents'),
    // https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
    ...(Mode === 'Active' ? on('*', 'xray:PutTraceSegments', 'xray:PutTelemetryRecords') : []),
    ...('VpcConfig' in properties ? networkCalls(deployed) : []),
    ...mappingCalls(deployed, id),
    // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    ...deployed
      .ofType('AWS::Lambda::EventInvokeConfig')
      .filter(([, { FunctionName }]) => FunctionName === id)
      .flatMap(([, config]) => failureCalls(config)),
  ];
}

function logStream(deployed: Deployed, logGroup: string): string {
  return deployed.arn('logs', `log-group:${logGroup}:log-stream:one`);
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions */
function networkCalls(deployed: Deployed): readonly Call[] {
  return [
    ...on('*', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'),
    ...on(
      deployed.arn('ec2', 'network-interface/eni-0123456789abcdef0'),
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ),
  ];
}

/** What Lambda's pollers do with a queue or a stream, in the role of the function that they feed. */
function mappingCalls(deployed: Deployed, functionId: string): readonly Call[] {
  return deployed
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(([, { FunctionName }]) => String(FunctionName).split(':')[0] === functionId)
    .flatMap(([, mapping]) => [...sourceCalls(String(mapping['EventSourceArn'])), ...failureCalls(mapping)]);
}

function sourceCalls(source: string): readonly Call[] {
  switch (source.split(':')[2] ?? '') {
    case 'sqs':
      return on(source, ...QUEUE_POLLING);
    case 'dynamodb':
      // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-example-lamda-process-dynamodb-streams.html
      return on(
        source,
        'dynamodb:DescribeStream',
        'dynamodb:GetRecords',
        'dynamodb:GetShardIterator',
        'dynamodb:ListStreams',
      );
    default:
      throw new Error(`${source}: what Lambda does with it is not known here`);
  }
}

/** https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaSQSQueueExecutionRole.html */
export const QUEUE_POLLING: readonly string[] = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
];

/** An on-failure destination: all of ours are queues. */
function failureCalls({ DestinationConfig }: Properties): readonly Call[] {
  const config = DestinationConfig as { OnFailure?: { Destination?: string } } | undefined;
  const destination = config?.OnFailure?.Destination;
  return destination === undefined ? [] : on(destination, 'sqs:SendMessage');
}

interface MapState {
  readonly Label: string;
  readonly ItemReader: { readonly Parameters: { readonly Bucket: string } };
  readonly ItemProcessor: { readonly States: Readonly<Record<string, { readonly Resource: string }>> };
  readonly ResultWriter: { readonly Parameters: { readonly Bucket: string } };
}

function machineCalls(deployed: Deployed, roleArn: string): readonly Call[] {
  return deployed
    .ofType('AWS::StepFunctions::StateMachine')
    .filter(([, { RoleArn }]) => RoleArn === roleArn)
    .flatMap(([id, properties]) => {
      const { States } = JSON.parse(String(properties['DefinitionString'])) as {
        States: Readonly<Record<string, { readonly Type: string }>>;
      };
      const maps = Object.values(States).filter(({ Type }) => Type === 'Map') as unknown as MapState[];
      const places = [...JSON.stringify(States).matchAll(/"StringMatches":"([\w-]+)\/\*\/\*"/g)];
      const { Enabled = false } = { ...(properties['TracingConfiguration'] as { Enabled?: boolean }) };
      return [
        ...maps.flatMap((map) =>
          mapCalls(
            deployed,
            id,
            map,
            places.map(([, place]) => String(place)),
          ),
        ),
        ...(Enabled ? on('*', ...MACHINE_TRACING) : []),
      ];
    });
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html */
const MACHINE_TRACING: readonly string[] = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
];

/**
 * A Distributed Map reads its file, by its version, starts itself, calls the function, and writes the results.
 * That it may read the file's newest version as well is asked for there, though S3 itself would not want it.
 * https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
 */
function mapCalls(
  deployed: Deployed,
  machine: string,
  { Label, ItemReader, ItemProcessor, ResultWriter }: MapState,
  places: readonly string[],
): readonly Call[] {
  const object = (bucket: string, key: string) => `arn:${deployed.partition}:s3:::${bucket}/${key}`;
  const file = '1900009191/march.csv';
  return [
    ...on(deployed.arn('states', `stateMachine:${machine}`), 'states:StartExecution'),
    ...on(
      deployed.arn('states', `execution:${machine}:one`),
      'states:DescribeExecution',
      'states:StopExecution',
    ),
    ...on(deployed.arn('states', `execution:${machine}/${Label}:one`), 'states:RedriveExecution'),
    ...places.flatMap((place) =>
      on(object(ItemReader.Parameters.Bucket, `${place}/${file}`), 's3:GetObject', 's3:GetObjectVersion'),
    ),
    ...Object.values(ItemProcessor.States).flatMap(({ Resource }) => on(Resource, 'lambda:InvokeFunction')),
    ...on(
      object(ResultWriter.Parameters.Bucket, `reports/${places[0]}/${file}/one/SUCCEEDED_0.jsonl`),
      's3:PutObject',
      's3:GetObject',
      's3:ListMultipartUploadParts',
      's3:AbortMultipartUpload',
    ),
  ];
}

/** A rule that starts a state machine does so in a role. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-iam-roles.html */
function ruleCalls(deployed: Deployed, roleArn: string): readonly Call[] {
  return deployed
    .ofType('AWS::Events::Rule')
    .flatMap(([, { Targets }]) =>
      (Targets as readonly { readonly Arn: string; readonly RoleArn?: string }[])
        .filter(({ RoleArn }) => RoleArn === roleArn)
        .flatMap(({ Arn }) => on(Arn, 'states:StartExecution')),
    );
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html */
function flowLogCalls(deployed: Deployed, roleArn: string): readonly Call[] {
  return deployed
    .ofType('AWS::EC2::FlowLog')
    .filter(([, { DeliverLogsPermissionArn }]) => DeliverLogsPermissionArn === roleArn)
    .flatMap(([, { LogGroupName }]) =>
      on(
        logStream(deployed, String(LogGroupName)),
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        'logs:DescribeLogStreams',
      ),
    );
}
