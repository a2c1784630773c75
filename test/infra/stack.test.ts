import { parseRouteKey } from '../../infra/http-api';
import { NOTIFICATION_ROUTE, ROUTES } from '../../lambda/routes';
import { arnOf, live, propertiesOf, synthesised } from './synthesised';

const template = synthesised();
const china = synthesised({ region: 'cn-north-1' });

const LAMBDA = 'AWS::Lambda::Function';
const LOG_GROUP = 'AWS::Logs::LogGroup';

describe('the API', () => {
  test('asks for a signed request on every route, $default included, but for notifications', () => {
    const routes = propertiesOf(template, 'AWS::ApiGatewayV2::Route');
    const keys = [...ROUTES, '$default', NOTIFICATION_ROUTE];
    expect(new Set(routes.map((route) => route['RouteKey']))).toEqual(new Set(keys));
    expect(routes).toHaveLength(keys.length);
    const open = routes.filter((route) => route['AuthorizationType'] !== 'AWS_IAM');
    expect(open.map((route) => route['RouteKey'])).toEqual([NOTIFICATION_ROUTE]);
  });

  test.each(['GET /v1/a', 'POST /v1/a/{b}', 'PUT /v1/a/{b}', 'DELETE /v1/a/{b}'])(
    'declares %s as it is spelled',
    (key) => {
      expect(parseRouteKey(key).key).toBe(key);
    },
  );

  test.each(['FETCH /v1/a', 'GET', 'get /v1/a'])('refuses %s, which is no route', (key) => {
    expect(() => parseRouteKey(key)).toThrow(`'${key}' is not METHOD /path`);
  });

  test('hands every route to one function, and notifications to another, in payload format 2.0', () => {
    expect(propertiesOf(template, 'AWS::ApiGatewayV2::Integration')).toMatchObject([
      { PayloadFormatVersion: '2.0', IntegrationType: 'AWS_PROXY', IntegrationUri: live('Api') },
      { PayloadFormatVersion: '2.0', IntegrationType: 'AWS_PROXY', IntegrationUri: live('Notify') },
    ]);
  });

  test('is throttled on its only stage, and logs who asked for what', () => {
    expect(propertiesOf(template, 'AWS::ApiGatewayV2::Stage')).toMatchObject([
      {
        StageName: '$default',
        AutoDeploy: true,
        DefaultRouteSettings: { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 },
        AccessLogSettings: {
          DestinationArn: arnOf('HttpAccessLog'),
          Format: expect.stringContaining('"caller":"$context.identity.userArn"'),
        },
      },
    ]);
  });

  test('opens nothing to browsers of other origins', () => {
    expect(propertiesOf(template, 'AWS::ApiGatewayV2::Api')).toEqual([
      expect.not.objectContaining({ CorsConfiguration: expect.anything() }),
    ]);
  });
});

describe('the functions', () => {
  test('run on Node 24; api ends before the gateway gives up, sweep before the next one, collect after a minute', () => {
    const common = {
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      MemorySize: 512,
      Architectures: ['arm64'],
    };
    expect(propertiesOf(template, LAMBDA)).toMatchObject([
      { ...common, Description: 'payscore-collector dev: api', Timeout: 29 },
      { ...common, Description: 'payscore-collector dev: notify', Timeout: 5, MemorySize: 256 },
      { ...common, Description: 'payscore-collector dev: sweep', Timeout: 50 },
      { ...common, Description: 'payscore-collector dev: collect', Timeout: 60 },
      { ...common, Description: 'payscore-collector dev: keys', Timeout: 60, MemorySize: 256 },
    ]);
  });

  test('take no share of the account for themselves: concurrency is not reserved', () => {
    const reserved = propertiesOf(template, LAMBDA).filter((one) => 'ReservedConcurrentExecutions' in one);
    expect(reserved).toEqual([]);
  });

  test('know the table, the queue, the secrets, the hosts and the limits from their environment, and nothing else', () => {
    const Variables = {
      TABLE_NAME: { Ref: expect.stringMatching(/^LedgerTable/) },
      SECRET_PREFIX: 'payscore-collector/dev',
      WECHATPAY_HOSTS: 'https://api.mch.weixin.qq.com,https://api2.mch.weixin.qq.com',
      QUEUE_URL: { Ref: expect.stringMatching(/^WorkQueue/) },
      CALLS_PER_SECOND_MAX: '50',
      SWEEP_ORDERS_MAX: '3000',
      SWEEP_EVERY_MINUTES: '1',
      LOG_LEVEL: 'INFO',
      POWERTOOLS_SERVICE_NAME: 'payscore-collector',
      POWERTOOLS_METRICS_NAMESPACE: 'payscore-collector/dev',
    };
    const environments = propertiesOf(template, LAMBDA).map((properties) => properties['Environment']);
    expect(environments).toEqual(Array.from({ length: 5 }, () => ({ Variables })));
  });

  test('take architecture, limits, log level and stage from the context', () => {
    const context = {
      architecture: 'x86_64',
      calls_per_second_max: '5',
      sweep_orders_max: '200',
      log_level: 'DEBUG',
      stage: 'prod',
    };
    const Variables = {
      CALLS_PER_SECOND_MAX: '5',
      SWEEP_ORDERS_MAX: '200',
      LOG_LEVEL: 'DEBUG',
      SECRET_PREFIX: 'payscore-collector/prod',
    };
    const wanted = { Architectures: ['x86_64'], Environment: { Variables } };
    expect(propertiesOf(synthesised(context), LAMBDA)).toMatchObject(Array.from({ length: 5 }, () => wanted));
  });
});

function retentions(context: Readonly<Record<string, unknown>>): readonly unknown[] {
  return propertiesOf(synthesised(context), LOG_GROUP).map((group) => group['RetentionInDays']);
}

test('all logs, the access log included, are kept for the days asked for', () => {
  expect(retentions({})).toEqual(Array(6).fill(30));
  expect(retentions({ log_retention_days: '90' })).toEqual(Array(6).fill(90));
});

describe('partitions', () => {
  test('a stack without a region names no partition at all', () => {
    expect(JSON.stringify(template.toJSON())).not.toMatch(/arn:aws(?:-cn)?:/);
  });

  test('a stack in China speaks of aws-cn only', () => {
    expect(JSON.stringify(china.toJSON())).not.toContain('arn:aws:');
    expect(JSON.stringify(china.toJSON())).toContain('arn:aws-cn:secretsmanager:cn-north-1:');
  });

  test('a stack in China has the same resources', () => {
    const types = (stack: typeof template) =>
      Object.entries<{ Type: string }>(stack.toJSON()['Resources'])
        // The id of a version says what it holds: whether calls are traced is one of these things.
        .map(([id, { Type }]) => `${Type === 'AWS::Lambda::Version' ? id.slice(0, -32) : id} ${Type}`);
    expect(types(china)).toEqual(types(template));
  });
});

test('the stack says where its API, its table, its secrets and its queues are', () => {
  expect(template.findOutputs('*')).toEqual({
    ApiUrl: { Value: { 'Fn::GetAtt': [expect.stringMatching(/^HttpHttpApi/), 'ApiEndpoint'] } },
    NotificationsUrl: { Value: { 'Fn::Join': ['', expect.arrayContaining(['/notifications'])] } },
    TableName: { Value: { Ref: expect.stringMatching(/^LedgerTable/) } },
    SecretPrefix: { Value: 'payscore-collector/dev' },
    QueueUrl: { Value: { Ref: expect.stringMatching(/^WorkQueue/) } },
    QueueDeadLettersUrl: { Value: { Ref: expect.stringMatching(/^WorkDeadLetters/) } },
    SweepFailedUrl: { Value: { Ref: expect.stringMatching(/^ScheduleFailed/) } },
    SweepUndeliveredUrl: { Value: { Ref: expect.stringMatching(/^ScheduleUndelivered/) } },
    KeysFailedUrl: { Value: { Ref: expect.stringMatching(/^KeyCareFailed/) } },
    KeysUndeliveredUrl: { Value: { Ref: expect.stringMatching(/^KeyCareUndelivered/) } },
  });
});

test('resources carry the service and the stage that they cost money for', () => {
  const Tags = [
    { Key: 'service', Value: 'payscore-collector' },
    { Key: 'stage', Value: 'dev' },
  ];
  for (const type of [LAMBDA, LOG_GROUP, 'AWS::SQS::Queue', 'AWS::Events::Rule', 'AWS::IAM::Role'])
    for (const properties of propertiesOf(template, type)) expect(properties).toMatchObject({ Tags });
});
