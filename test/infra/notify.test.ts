import { FUNCTIONS } from '../../infra/manifest';
import { allowed, arnOf, live, propertiesOf, synthesised } from './synthesised';

const template = synthesised();

const ROUTE = 'POST /notifications/{mchid}';

function routeProperties(): Readonly<Record<string, unknown>> {
  const routes = propertiesOf(template, 'AWS::ApiGatewayV2::Route');
  return routes.find(({ RouteKey }) => RouteKey === ROUTE) ?? {};
}

test('anybody may call the route of notifications, and no other one', () => {
  expect(routeProperties()).toMatchObject({ AuthorizationType: 'NONE' });
  const open = propertiesOf(template, 'AWS::ApiGatewayV2::Route').filter(
    ({ AuthorizationType }) => AuthorizationType !== 'AWS_IAM',
  );
  expect(open.map(({ RouteKey }) => RouteKey)).toEqual([ROUTE]);
});

test('it is answered by a function of its own', () => {
  const integrations = Object.entries(template.findResources('AWS::ApiGatewayV2::Integration'));
  const ours = integrations.filter(([, one]) => JSON.stringify(one).includes('NotifyLive'));
  expect(ours).toMatchObject([[expect.anything(), { Properties: { PayloadFormatVersion: '2.0' } }]]);
  expect(routeProperties()['Target']).toEqual({
    'Fn::Join': ['', ['integrations/', { Ref: ours[0]?.[0] }]],
  });
});

test('which the API may invoke on that route alone', () => {
  const permissions = propertiesOf(template, 'AWS::Lambda::Permission');
  const ours = permissions.filter((one) => JSON.stringify(one['FunctionName']).includes('NotifyLive'));
  expect(ours).toEqual([
    {
      Action: 'lambda:InvokeFunction',
      FunctionName: live('Notify'),
      Principal: 'apigateway.amazonaws.com',
      SourceArn: {
        'Fn::Join': [
          '',
          expect.arrayContaining([
            { Ref: expect.stringMatching(/^HttpHttpApi/) },
            '/*/*/notifications/{mchid}',
          ]),
        ],
      },
    },
  ]);
});

test('it reads and changes orders and reads what verifies: it cannot read what signs, nor send, nor list', () => {
  expect(allowed(template, 'Notify')).toEqual([
    [['logs:CreateLogStream', 'logs:PutLogEvents'], arnOf('NotifyLogs')],
    [['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], arnOf('LedgerTable')],
    [
      'secretsmanager:GetSecretValue',
      { 'Fn::Join': ['', expect.arrayContaining([':secret:payscore-collector/dev/*/verify-??????'])] },
    ],
  ]);
});

test('it ends with the five seconds that WeChat Pay waits', () => {
  expect(FUNCTIONS.notify.timeoutSeconds).toBe(5);
  const functions = propertiesOf(template, 'AWS::Lambda::Function');
  const ours = functions.find(({ Description }) => Description === 'payscore-collector dev: notify');
  expect(ours).toMatchObject({ Timeout: 5, MemorySize: 256 });
});

describe('a flood of notifications', () => {
  const stageOf = (context: Readonly<Record<string, unknown>>) =>
    propertiesOf(synthesised(context), 'AWS::ApiGatewayV2::Stage');

  test('has a limit of its own and leaves that of the other routes alone', () => {
    expect(stageOf({})).toMatchObject([
      {
        DefaultRouteSettings: { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 40 },
        RouteSettings: { [ROUTE]: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 } },
      },
    ]);
    const context = { notifications_rate_per_second: '7', notifications_burst: 9 };
    expect(stageOf(context)).toMatchObject([
      { RouteSettings: { [ROUTE]: { ThrottlingRateLimit: 7, ThrottlingBurstLimit: 9 } } },
    ]);
  });

  test('the stage waits for the route that it limits: API Gateway refuses to limit one that is not there', () => {
    const routes = template.findResources('AWS::ApiGatewayV2::Route', { Properties: { RouteKey: ROUTE } });
    const [stage] = Object.values<{ DependsOn?: string[] }>(
      template.findResources('AWS::ApiGatewayV2::Stage'),
    );
    expect(stage?.DependsOn).toEqual(expect.arrayContaining(Object.keys(routes)));
    expect(Object.keys(routes)).toHaveLength(1);
  });
});

test('the stack says what to give as notify_url, but for the merchant number', () => {
  expect(template.findOutputs('NotificationsUrl')).toEqual({
    NotificationsUrl: {
      Value: {
        'Fn::Join': [
          '',
          [{ 'Fn::GetAtt': [expect.stringMatching(/^HttpHttpApi/), 'ApiEndpoint'] }, '/notifications'],
        ],
      },
    },
  });
});
