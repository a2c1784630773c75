import { allowed, arnOf, liveName, propertiesOf, statements, synthesised } from './synthesised';

const silent = synthesised();
const template = synthesised({ events: 'true' });
const elsewhere = synthesised({ events: true, event_bus_name: 'company-events' });

const MAPPING = 'AWS::Lambda::EventSourceMapping';
const BUS = 'AWS::Events::EventBus';

const publishMapping = () =>
  propertiesOf(template, MAPPING).filter(({ StartingPosition }) => StartingPosition !== undefined);
const ownBus = arnOf('EventsBus');
const STREAM = { 'Fn::GetAtt': [expect.stringMatching(/^LedgerTable/), 'StreamArn'] };

test('nobody is told of anything unless somebody asks for it', () => {
  expect(propertiesOf(silent, BUS)).toEqual([]);
  expect(
    JSON.stringify(silent.toJSON()).match(/EVENT_BUS_NAME|events:PutEvents|GetRecords|dev: publish/),
  ).toBeNull();
});

test('the stack makes a bus of its own, under its own name, that goes with it', () => {
  expect(Object.values(template.findResources(BUS))).toMatchObject([
    { DeletionPolicy: 'Delete', Properties: { Name: 'payscore-collector-dev' } },
  ]);
  expect(propertiesOf(template, 'AWS::Events::Archive')).toEqual([]);
});

test('changes of orders and breakers go to publish, a hundred at a time, within a second', () => {
  expect(publishMapping()).toEqual([
    expect.objectContaining({
      FunctionName: liveName('EventsPublish'),
      EventSourceArn: STREAM,
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 1,
      ParallelizationFactor: 2,
      StartingPosition: 'LATEST',
      FilterCriteria: {
        Filters: [
          {
            Pattern:
              '{"eventName":["INSERT","MODIFY"],"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"order#"}]}}}}',
          },
          {
            Pattern:
              '{"eventName":["INSERT","MODIFY"],"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"merchant#"}]},"sk":{"S":[{"prefix":"breaker#"}]}}}}',
          },
        ],
      },
    }),
  ]);
});

test('what cannot be told is tried for two hours, from the first change that failed on, and then waits in a queue', () => {
  expect(publishMapping()).toMatchObject([
    {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRecordAgeInSeconds: 7_200,
      MaximumRetryAttempts: 1_000,
      DestinationConfig: { OnFailure: { Destination: arnOf('EventsFailed') } },
    },
  ]);
});

test('publish reads the stream, puts to the one bus, reports to the one queue, and reaches neither the table nor a secret', () => {
  expect(allowed(template, 'EventsPublish')).toEqual([
    [['logs:CreateLogStream', 'logs:PutLogEvents'], arnOf('EventsPublishLogs')],
    ['events:PutEvents', ownBus],
    [['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], STREAM],
    [
      'dynamodb:ListStreams',
      {
        'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(/^LedgerTable/), 'Arn'] }, '/stream/*']],
      },
    ],
    ['sqs:SendMessage', arnOf('EventsFailed')],
  ]);
});

test('besides it only api may put events, which tells again what the ledger keeps', () => {
  const telling = statements(template).filter(([, { Action }]) =>
    JSON.stringify(Action).includes('events:PutEvents'),
  );
  expect(telling.map(([id]) => id.replace(/RoleDefaultPolicy\w+$/, '')).toSorted()).toEqual([
    'Api',
    'EventsPublish',
  ]);
});

test('only the two that put events know the bus', () => {
  const knowing = propertiesOf(template, 'AWS::Lambda::Function').flatMap(({ Description, Environment }) => {
    const { EVENT_BUS_NAME: bus } = (Environment as { Variables: Record<string, unknown> }).Variables;
    return bus === undefined ? [] : [[Description, bus]];
  });
  expect(new Set(knowing.map((one) => JSON.stringify(one[0])))).toEqual(
    new Set(['"payscore-collector dev: api"', '"payscore-collector dev: publish"']),
  );
  for (const [, bus] of knowing) expect(bus).toEqual({ Ref: expect.stringMatching(/^EventsBus/) });
});

test('a bus that is there already is used, and none is made', () => {
  expect(propertiesOf(elsewhere, BUS)).toEqual([]);
  expect(JSON.stringify(allowed(elsewhere, 'EventsPublish'))).toContain(':event-bus/company-events');
  expect(JSON.stringify(elsewhere.toJSON())).toContain('"EVENT_BUS_NAME":"company-events"');
});

test('the stack says where its bus and what failed are', () => {
  expect(template.findOutputs('*')).toMatchObject({
    EventBusName: { Value: { Ref: expect.stringMatching(/^EventsBus/) } },
    PublishFailedUrl: { Value: { Ref: expect.stringMatching(/^EventsFailed/) } },
  });
  expect(Object.keys(silent.findOutputs('*'))).not.toContain('EventBusName');
});

test('in China it is the same, and speaks of aws-cn only', () => {
  const china = synthesised({ events: true, region: 'cn-north-1' });
  expect(propertiesOf(china, BUS)).toHaveLength(1);
  expect(JSON.stringify(china.toJSON())).not.toContain('arn:aws:');
});
