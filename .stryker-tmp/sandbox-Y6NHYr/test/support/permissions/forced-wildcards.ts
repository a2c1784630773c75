interface ForcedWildcard {
  readonly actions: RegExp;
  /** The resource from its service on. */
  readonly resource: RegExp;
  readonly because: string;
  readonly source: string;
}

/** Every wildcard that the stack has, and why it cannot do without. */
const FORCED: readonly ForcedWildcard[] = [
  {
    actions: /^secretsmanager:GetSecretValue$/,
    resource: /:secret:payscore-collector\/[a-z0-9-]+\/\*\/(signing|verify)-\?{6}$/,
    because: 'merchants come and go without a deployment, and a name ends in six characters by chance',
    source: 'https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html',
  },
  {
    actions: /^logs:(CreateLogStream|PutLogEvents|DescribeLogStreams)$/,
    resource: /:log-group:[\w/-]+:\*$/,
    because: 'the streams of a group are named by Lambda, or by VPC',
    source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html',
  },
  {
    actions: /^xray:(PutTraceSegments|PutTelemetryRecords|GetSamplingRules|GetSamplingTargets)$/,
    resource: /^\*$/,
    because: 'there is no resource to name',
    source: 'https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html',
  },
  {
    actions:
      /^ec2:((Create|Delete|Describe)NetworkInterfaces?|DescribeSubnets|(Una|A)ssignPrivateIpAddresses)$/,
    resource: /^\*$/,
    because: 'interfaces are made by Lambda, which wants this on everything',
    source:
      'https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions',
  },
  {
    actions: /^dynamodb:ListStreams$/,
    resource: /:table\/[\w.-]+\/stream\/\*$/,
    because: 'listing finds streams and names none',
    source:
      'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-example-lamda-process-dynamodb-streams.html',
  },
  {
    actions: /^states:(DescribeExecution|StopExecution|RedriveExecution)$/,
    resource: /:execution:\w+(\/\w+)?:\*$/,
    because: 'executions are named by chance',
    source: 'https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html',
  },
  {
    actions: /^s3:(GetObject|GetObjectVersion)$/,
    resource: /:s3:::\w+\/(import|dry-run)\/\*$/,
    because: 'files bear whatever names they are given',
    source: 'https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html',
  },
  {
    actions: /^s3:(PutObject|GetObject|ListMultipartUploadParts|AbortMultipartUpload)$/,
    resource: /:s3:::\w+\/reports\/\*$/,
    because: 'reports are named by the file and by the run',
    source: 'https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html',
  },
];

/** Why the stack allows this on more than one resource; absent: it must not. */
export function forcedWildcard(action: string, resource: string): ForcedWildcard | undefined {
  return FORCED.find((one) => one.actions.test(action) && one.resource.test(resource));
}
