import { ROUTES } from '../../lambda/routes';
import { arnOf, propertiesOf, statements, synthesised } from './synthesised';

const template = synthesised();
const china = synthesised({ region: 'cn-north-1' });

const LAMBDA = 'AWS::Lambda::Function';
const LOG_GROUP = 'AWS::Logs::LogGroup';

describe('the API', () => {
  test('asks for a signed request on every route, $default included', () => {
    const routes = propertiesOf(template, 'AWS::ApiGatewayV2::Route');
    expect(routes.map((route) => [route['RouteKey'], route['AuthorizationType']])).toEqual([
      ['GET /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}', 'AWS_IAM'],
      ['POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/collect', 'AWS_IAM'],
      ['POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/query', 'AWS_IAM'],
      ['$default', 'AWS_IAM'],
    ]);
    expect(routes).toHaveLength(ROUTES.length + 1);
  });

  test('hands every route to one function in payload format 2.0', () => {
    expect(propertiesOf(template, 'AWS::ApiGatewayV2::Integration')).toMatchObject([
      { PayloadFormatVersion: '2.0', IntegrationType: 'AWS_PROXY', IntegrationUri: arnOf('ApiFunction') },
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
  test('run on Node 24, api ending before the gateway gives up and sweep after five minutes', () => {
    const common = {
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      MemorySize: 512,
      Architectures: ['arm64'],
    };
    expect(propertiesOf(template, LAMBDA)).toMatchObject([
      { ...common, Description: 'payscore-collector dev: api', Timeout: 29 },
      { ...common, Description: 'payscore-collector dev: sweep', Timeout: 300 },
    ]);
  });

  test('know the table, the secrets, the hosts and the gap from their environment, and nothing else', () => {
    const Variables = {
      TABLE_NAME: { Ref: expect.stringMatching(/^LedgerTable/) },
      SECRET_PREFIX: 'payscore-collector/dev',
      WECHATPAY_HOSTS: 'https://api.mch.weixin.qq.com,https://api2.mch.weixin.qq.com',
      MIN_GAP_MINUTES: '360',
      LOG_LEVEL: 'INFO',
      POWERTOOLS_SERVICE_NAME: 'payscore-collector',
    };
    const environments = propertiesOf(template, LAMBDA).map((properties) => properties['Environment']);
    expect(environments).toEqual([{ Variables }, { Variables }]);
  });

  test('take architecture, gap, log level and stage from the context', () => {
    const context = { architecture: 'x86_64', min_gap_minutes: '3', log_level: 'DEBUG', stage: 'prod' };
    const Variables = { MIN_GAP_MINUTES: '3', LOG_LEVEL: 'DEBUG', SECRET_PREFIX: 'payscore-collector/prod' };
    const wanted = { Architectures: ['x86_64'], Environment: { Variables } };
    expect(propertiesOf(synthesised(context), LAMBDA)).toMatchObject([wanted, wanted]);
  });
});

describe('permissions', () => {
  test('are exactly reading and changing one order, reading merchant secrets, and writing the own log', () => {
    expect(statements(template).map(([id, { Action }]) => [id.replace(/Role.*/, ''), Action])).toEqual([
      ['Api', ['logs:CreateLogStream', 'logs:PutLogEvents']],
      ['Api', ['dynamodb:GetItem', 'dynamodb:UpdateItem']],
      ['Api', 'secretsmanager:GetSecretValue'],
      ['Sweep', ['logs:CreateLogStream', 'logs:PutLogEvents']],
      // Lambda itself uses the function's role to reach the on-failure queue.
      ['Sweep', 'sqs:SendMessage'],
      ['Sweep', ['dynamodb:GetItem', 'dynamodb:UpdateItem']],
      ['Sweep', 'secretsmanager:GetSecretValue'],
    ]);
  });

  test('name their resource, and only a merchant number and the suffix of a secret are left open', () => {
    const wild = statements(template).filter(([, { Resource }]) => JSON.stringify(Resource).includes('*'));
    expect(wild.map(([, { Action }]) => Action)).toEqual([
      'secretsmanager:GetSecretValue',
      'secretsmanager:GetSecretValue',
    ]);
    expect([...new Set(JSON.stringify(wild).match(/:secret:[^"]*/g))]).toEqual([
      ':secret:payscore-collector/dev/*/signing-??????',
      ':secret:payscore-collector/dev/*/verify-??????',
    ]);
  });

  test('come from no managed policy', () => {
    const roles = propertiesOf(template, 'AWS::IAM::Role');
    expect(roles).toHaveLength(2);
    expect(roles.filter((role) => 'ManagedPolicyArns' in role)).toEqual([]);
  });
});

test('the ledger outlives the stack, refuses deletion, and can be restored to any second', () => {
  expect(Object.values(template.findResources('AWS::DynamoDB::GlobalTable'))).toMatchObject([
    {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        Replicas: [
          {
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          },
        ],
      },
    },
  ]);
});

function retentions(context: Readonly<Record<string, unknown>>): readonly unknown[] {
  return propertiesOf(synthesised(context), LOG_GROUP).map((group) => group['RetentionInDays']);
}

test('all logs, the access log included, are kept for the days asked for', () => {
  expect(retentions({})).toEqual([30, 30, 30]);
  expect(retentions({ log_retention_days: '90' })).toEqual([90, 90, 90]);
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
      Object.entries<{ Type: string }>(stack.toJSON()['Resources']).map(([id, { Type }]) => `${id} ${Type}`);
    expect(types(china)).toEqual(types(template));
  });
});

test('the stack says where its API, its table and its secrets are', () => {
  expect(template.findOutputs('*')).toEqual({
    ApiUrl: { Value: { 'Fn::GetAtt': [expect.stringMatching(/^HttpHttpApi/), 'ApiEndpoint'] } },
    TableName: { Value: { Ref: expect.stringMatching(/^LedgerTable/) } },
    SecretPrefix: { Value: 'payscore-collector/dev' },
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
