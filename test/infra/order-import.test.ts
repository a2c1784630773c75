import { FUNCTIONS } from '../../infra/manifest';
import { IMPORT_ROWS_MAX } from '../../lambda/shared/import-rows';
import { allowed, arnOf, live, propertiesOf, statements, synthesised } from './synthesised';

const template = synthesised({ import: 'true', import_concurrency_max: '7' });
const BUCKET = { Ref: expect.stringMatching(/^ImportFiles/) as string };

/** The state machine's definition, its references to resources spelled by their logical ids. */
function definition(given = template): Record<string, Record<string, never>> {
  const [machine] = propertiesOf(given, 'AWS::StepFunctions::StateMachine');
  const text = JSON.stringify(machine?.['DefinitionString']);
  const [joined] = [JSON.parse(text) as { 'Fn::Join': [string, unknown[]] }];
  const [, parts] = joined['Fn::Join'];
  const spelled = parts.map((part) => (typeof part === 'string' ? part : spell(part as object))).join('');
  return (JSON.parse(spelled) as { States: Record<string, Record<string, never>> }).States;
}

function spell(reference: object): string {
  const [kind, value] = Object.entries(reference)[0] as [string, string | string[]];
  return kind === 'Ref'
    ? String(value).replace(/[0-9A-F]{8}$/, '')
    : `${String(value[0]).replace(/[0-9A-F]{8}$/, '')}.Arn`;
}

test('without the context value there is no bucket, no state machine and no such function', () => {
  const without = synthesised();
  for (const type of ['AWS::S3::Bucket', 'AWS::StepFunctions::StateMachine'])
    expect(propertiesOf(without, type)).toEqual([]);
  expect(JSON.stringify(propertiesOf(without, 'AWS::Lambda::Function'))).not.toContain('dev: import');
});

test('the bucket is private, encrypted, versioned and kept; what is in it expires after 90 days and is gone after 97', () => {
  expect(propertiesOf(template, 'AWS::S3::Bucket')).toEqual([
    {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: [
          {
            Status: 'Enabled',
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
            ExpirationInDays: 90,
            NoncurrentVersionExpiration: { NoncurrentDays: 7 },
          },
        ],
      },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      Tags: expect.any(Array) as unknown[],
    },
  ]);
  const [bucket] = Object.values(template.findResources('AWS::S3::Bucket'));
  expect([bucket?.['DeletionPolicy'], bucket?.['UpdateReplacePolicy']]).toEqual(['Retain', 'Retain']);
  expect(propertiesOf(template, 'AWS::S3::BucketPolicy')[0]?.['PolicyDocument']).toMatchObject({
    Statement: [{ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
  });
});

test('an upload to a place of imports starts the machine; a report does not', () => {
  const rule = propertiesOf(template, 'AWS::Events::Rule').find(
    ({ EventPattern }) => EventPattern !== undefined,
  );
  expect(rule?.['EventPattern']).toEqual({
    source: ['aws.s3'],
    'detail-type': ['Object Created'],
    detail: { bucket: { name: [BUCKET] }, object: { key: [{ prefix: 'import/' }, { prefix: 'dry-run/' }] } },
  });
  expect(rule?.['Targets']).toMatchObject([
    {
      Arn: { Ref: expect.stringMatching(/^ImportMachine/) as string },
      DeadLetterConfig: { Arn: arnOf('ImportUndelivered') },
    },
  ]);
});

test('where a file is put says whether it is tried or done, and its ending how it is read', () => {
  const { Place, Import, DryRun, Format } = definition();
  const key = '$.detail.object.key';
  expect(Place).toMatchObject({
    Choices: [
      { Variable: key, StringMatches: '*/', Next: 'Folder' },
      { Variable: key, StringMatches: 'import/*/*', Next: 'Import' },
      { Variable: key, StringMatches: 'dry-run/*/*', Next: 'DryRun' },
    ],
    Default: 'Misplaced',
  });
  expect(Import).toMatchObject({ Parameters: { dry_run: false } });
  expect(DryRun).toMatchObject({
    Parameters: {
      'bucket.$': '$.detail.bucket.name',
      'key.$': key,
      'version.$': "$.detail.object['version-id']",
      'mchid.$': "States.ArrayGetItem(States.StringSplit($.detail.object.key, '/'), 1)",
      dry_run: true,
    },
    Next: 'Format',
  });
  expect(Format).toMatchObject({
    Choices: [
      { StringMatches: '*.csv', Next: 'Csv' },
      { StringMatches: '*.CSV', Next: 'Csv' },
      { StringMatches: '*.ndjson', Next: 'Ndjson' },
      { StringMatches: '*.NDJSON', Next: 'Ndjson' },
      { StringMatches: '*.jsonl', Next: 'Ndjson' },
      { StringMatches: '*.JSONL', Next: 'Ndjson' },
    ],
    Default: 'UnknownFormat',
  });
});

test.each([
  ['Csv', { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' }],
  ['Ndjson', { InputType: 'JSONL' }],
])(
  '%s is read as the version that was uploaded, a hundred rows at a time, and no failed batch is passed over',
  (name, reader) => {
    expect(definition()[name]).toEqual({
      Type: 'Map',
      Label: name,
      MaxConcurrency: 7,
      ToleratedFailurePercentage: 0,
      ItemReader: {
        Resource: 'arn:AWS::Partition:states:::s3:getObject',
        ReaderConfig: reader,
        Parameters: { Bucket: 'ImportFiles', 'Key.$': '$.key', 'VersionId.$': '$.version' },
      },
      ItemSelector: { 'index.$': '$$.Map.Item.Index', 'fields.$': '$$.Map.Item.Value' },
      ItemBatcher: {
        MaxItemsPerBatch: 100,
        MaxInputBytesPerBatch: 204_800,
        BatchInput: {
          'bucket.$': '$.bucket',
          'key.$': '$.key',
          'mchid.$': '$.mchid',
          'dry_run.$': '$.dry_run',
        },
      },
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
        StartAt: `${name}Rows`,
        States: {
          [`${name}Rows`]: {
            Type: 'Task',
            Resource: 'ImportRowsLive',
            Retry: [
              {
                ErrorEquals: ['States.ALL'],
                IntervalSeconds: 2,
                BackoffRate: 2,
                MaxAttempts: 5,
                MaxDelaySeconds: 60,
                JitterStrategy: 'FULL',
              },
            ],
            End: true,
          },
        },
      },
      ResultWriter: {
        Resource: 'arn:AWS::Partition:states:::s3:putObject',
        Parameters: { Bucket: 'ImportFiles', 'Prefix.$': "States.Format('reports/{}', $.key)" },
        WriterConfig: { OutputType: 'JSONL', Transformation: 'FLATTEN' },
      },
      End: true,
    });
  },
);

test('every state that is named is there, and every way ends', () => {
  const states = definition();
  const named = [...JSON.stringify(states).matchAll(/"(?:Next|Default)":"(\w+)"/g)].map(
    ([, name]) => name ?? '',
  );
  expect(named.filter((name) => !(name in states))).toEqual([]);
  expect(Object.keys(states).filter((name) => !named.includes(name))).toEqual(['Place']);
});

test('a batch has the rows that the function takes', () => {
  expect(IMPORT_ROWS_MAX).toBe(100);
});

test('six tries of a batch, each of the whole timeout, and the longest waits between them fit into the 5 minutes of an Express execution', () => {
  const { Csv } = definition() as unknown as Record<
    string,
    { ItemProcessor: { States: { CsvRows: { Retry: { MaxAttempts: number }[] } } } }
  >;
  expect(Csv?.ItemProcessor.States.CsvRows.Retry.map(({ MaxAttempts }) => MaxAttempts + 1)).toEqual([6]);
  const waits = 2 + 4 + 8 + 16 + 32;
  expect(6 * FUNCTIONS.import.timeoutSeconds + waits).toBeLessThan(300);
});

test('the function registers, and reads of the secrets only what verifies', () => {
  const secret = {
    'Fn::Join': ['', expect.arrayContaining([':secret:payscore-collector/dev/*/verify-??????'])],
  };
  expect(allowed(template, 'ImportRows')).toEqual([
    [['logs:CreateLogStream', 'logs:PutLogEvents'], arnOf('ImportRowsLogs')],
    [['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], arnOf('LedgerTable')],
    ['secretsmanager:GetSecretValue', secret],
  ]);
});

test('the machine calls one function, reads the places of files, writes reports and starts itself, nothing else', () => {
  const files = (place: string) => ({ 'Fn::Join': ['', [arnOf('ImportFiles'), `/${place}/*`]] });
  expect(allowed(template, 'ImportMachine')).toEqual([
    ['lambda:InvokeFunction', live('ImportRows')],
    [
      ['s3:GetObject', 's3:GetObjectVersion'],
      [files('dry-run'), files('import')],
    ],
    [
      ['s3:AbortMultipartUpload', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:PutObject'],
      files('reports'),
    ],
  ]);
  const own = statements(template)
    .filter(([id]) => id.startsWith('ImportExecutions'))
    .map(([, { Action, Resource }]) => [Action, JSON.stringify(Resource)] as const);
  expect(own.map(([action]) => action)).toEqual([
    'states:StartExecution',
    ['states:DescribeExecution', 'states:StopExecution'],
    'states:RedriveExecution',
  ]);
  expect(own[1]?.[1]).toMatch(/":execution:".+":\*"/);
  expect(own[2]?.[1]).toMatch(/"\/Csv:\*".+"\/Ndjson:\*"/);
});

test('no statement has a wildcard but in the names of files, reports, executions and secrets', () => {
  const wild = statements(template)
    .filter(([id, { Effect }]) => id.startsWith('Import') && Effect === 'Allow')
    // X-Ray knows no resource.
    .filter(([, { Action }]) => !JSON.stringify(Action).includes('xray:'))
    .flatMap(
      ([, { Action, Resource }]) => JSON.stringify([Action, Resource]).match(/"[^"]*[*?][^"]*"/g) ?? [],
    );
  expect([...new Set(wild)].toSorted()).toEqual([
    '"/Csv:*"',
    '"/Ndjson:*"',
    '"/dry-run/*"',
    '"/import/*"',
    '"/reports/*"',
    '":*"',
    '":secret:payscore-collector/dev/*/verify-??????"',
  ]);
});

test('in China the same stack synthesises, with no ARN of another partition in it', () => {
  const china = synthesised({ import: 'true', region: 'cn-north-1' });
  expect(JSON.stringify(china.toJSON())).not.toMatch(/arn:aws:/);
  expect(Object.keys(definition(china))).toContain('Csv');
});
