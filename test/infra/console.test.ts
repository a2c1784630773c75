import { readSettings, SettingsError } from '../../infra/settings';
import { CONSOLE_ROUTES, NOTIFICATION_ROUTE, PAGE_ROUTES, ROUTES } from '../../lambda/routes';
import { allowed, arnOf, live, propertiesOf, synthesised } from './synthesised';

const CONTEXT = {
  console: 'true',
  oidc_issuer: 'https://login.example.com/realms/staff',
  oidc_client_id: 'payscore-page',
};
const template = synthesised(CONTEXT);
const routes = propertiesOf(template, 'AWS::ApiGatewayV2::Route');
const keysOf = (type: string): readonly string[] =>
  routes.filter((route) => route['AuthorizationType'] === type).map((route) => String(route['RouteKey']));

const variablesOf = (name: string): Readonly<Record<string, unknown>> => {
  const [one = {}] = propertiesOf(template, 'AWS::Lambda::Function').filter(({ Description }) =>
    String(Description).endsWith(`: ${name}`),
  );
  return (one['Environment'] as { readonly Variables: Readonly<Record<string, unknown>> }).Variables;
};

test('without the context value there is nothing of it', () => {
  const plain = JSON.stringify(synthesised().toJSON());
  expect(plain).not.toMatch(/console|JwtConfiguration|OIDC_ISSUER|ROLES_CLAIM|rollup/i);
});

test('machines keep IAM; the twins ask for a token; the page’s files are open, and nothing else is', () => {
  expect(keysOf('AWS_IAM').toSorted()).toEqual([...ROUTES, '$default'].toSorted());
  expect(keysOf('JWT').toSorted()).toEqual([...CONSOLE_ROUTES].toSorted());
  expect(keysOf('NONE').toSorted()).toEqual([NOTIFICATION_ROUTE, ...PAGE_ROUTES].toSorted());
});

test('tokens are those of the provider, for the page’s client unless another audience is named', () => {
  const authoriserOf = (context: object) =>
    propertiesOf(synthesised({ ...CONTEXT, ...context }), 'AWS::ApiGatewayV2::Authorizer');
  const wanted = {
    AuthorizerType: 'JWT',
    IdentitySource: ['$request.header.Authorization'],
    JwtConfiguration: { Issuer: 'https://login.example.com/realms/staff', Audience: ['payscore-page'] },
  };
  expect(authoriserOf({})).toMatchObject([wanted]);
  expect(authoriserOf({ oidc_audience: 'urn:api' })).toMatchObject([
    { JwtConfiguration: { Audience: ['urn:api'] } },
  ]);
});

test('the twins are answered by the function that answers machines, and files by another', () => {
  expect(propertiesOf(template, 'AWS::ApiGatewayV2::Integration')).toMatchObject([
    { IntegrationUri: live('Api') },
    { IntegrationUri: live('Notify') },
    { IntegrationUri: live('ConsolePage') },
  ]);
});

test('still nothing is opened to browsers of other origins', () => {
  expect(propertiesOf(template, 'AWS::ApiGatewayV2::Api')).toEqual([
    expect.not.objectContaining({ CorsConfiguration: expect.anything() }),
  ]);
});

test('a flood on the open files is no flood on the other routes', () => {
  const [stage] = propertiesOf(template, 'AWS::ApiGatewayV2::Stage');
  const limits = stage?.['RouteSettings'] as Readonly<Record<string, unknown>>;
  expect(Object.keys(limits)).toEqual([NOTIFICATION_ROUTE, ...PAGE_ROUTES]);
  for (const route of PAGE_ROUTES)
    expect(limits[route]).toEqual({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 });
  expect(stage?.['AccessLogSettings']).toMatchObject({
    Format: expect.stringContaining('"person":"$context.authorizer.claims.sub"'),
  });
});

test('the function of the page knows how people sign in and no more; api knows which claim names their roles', () => {
  expect(variablesOf('page')).toEqual({
    PAGE_FOLDER: '/var/task/site',
    PAGE_ORIGINS: '',
    OIDC_ISSUER: 'https://login.example.com/realms/staff',
    OIDC_CLIENT_ID: 'payscore-page',
    OIDC_SCOPE: 'openid profile email',
    OIDC_TOKEN: 'access_token',
    POWERTOOLS_METRICS_NAMESPACE: 'payscore-collector/dev',
  });
  expect(variablesOf('api')).toMatchObject({ CONSOLE_ROLES_CLAIM: 'roles' });
  expect(variablesOf('collect')).not.toHaveProperty('CONSOLE_ROLES_CLAIM');
});

test('the page may do nothing but write its log; the roll-up reads the ledger and writes items', () => {
  expect(allowed(template, 'ConsolePage').map(([actions]) => actions)).toEqual([
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
  ]);
  expect(allowed(template, 'ConsoleRollupRun')).toEqual([
    [['logs:CreateLogStream', 'logs:PutLogEvents'], arnOf('ConsoleRollupRunLogs')],
    ['sqs:SendMessage', arnOf('ConsoleRollupFailed')],
    [
      ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      arnOf('LedgerTable'),
    ],
    ['dynamodb:Query', { 'Fn::Join': ['', [arnOf('LedgerTable'), '/index/list']] }],
  ]);
});

test('overviews are made every five minutes; a run that fails is left to the next, and seen in a queue', () => {
  const rules = propertiesOf(template, 'AWS::Events::Rule').filter((rule) =>
    JSON.stringify(rule).includes('"ConsoleRollup'),
  );
  expect(rules).toMatchObject([
    {
      ScheduleExpression: 'rate(5 minutes)',
      State: 'ENABLED',
      Targets: [
        { Arn: live('ConsoleRollupRun'), DeadLetterConfig: { Arn: arnOf('ConsoleRollupUndelivered') } },
      ],
    },
  ]);
});

test('the stack says where the page is, and is the same in China', () => {
  expect(Object.keys(template.findOutputs('*'))).toEqual(
    expect.arrayContaining(['ConsoleUrl', 'RollupFailedUrl', 'RollupUndeliveredUrl']),
  );
  const china = JSON.stringify(synthesised({ ...CONTEXT, region: 'cn-north-1' }).toJSON());
  expect(china).not.toContain('arn:aws:');
  expect(china).not.toMatch(/cloudfront|cognito/i);
});

describe('its settings', () => {
  const faultsIn = (context: object): readonly string[] => {
    try {
      readSettings({ ...context });
      return [];
    } catch (error) {
      if (error instanceof SettingsError) return error.faults;
      throw error;
    }
  };

  test('want a provider and a client, or nobody could sign in', () => {
    expect(faultsIn({ console: 'true' })).toEqual([
      'console: wants oidc_issuer and oidc_client_id, or nobody could sign in',
    ]);
    expect(faultsIn({ console: 'true', oidc_issuer: CONTEXT.oidc_issuer })).toHaveLength(1);
  });

  test('are no use without the page', () => {
    expect(faultsIn({ oidc_issuer: CONTEXT.oidc_issuer })).toEqual([
      'oidc_issuer, oidc_client_id, oidc_audience: are given, and not used, because console is not true',
    ]);
  });

  test.each([
    { oidc_issuer: 'http://login.example.com' },
    { oidc_issuer: 'login.example.com' },
    { oidc_issuer: 'https://login.example.com?x' },
    { oidc_client_id: 'a b' },
    { oidc_scope: 'profile' },
    { oidc_token: 'token' },
    { oidc_roles_claim: 'a b' },
    { oidc_origins: 'https://a.example.com/path' },
  ])('are judged one by one: %j', (context) => {
    const [name] = Object.keys(context);
    expect(faultsIn({ ...CONTEXT, ...context })[0]).toMatch(new RegExp(`^${name}: .* is not `));
  });

  test.each(['roles', 'cognito:groups', 'https://example.com/roles'])('take %s for the claim', (claim) => {
    expect(readSettings({ ...CONTEXT, oidc_roles_claim: claim }).oidc_roles_claim).toBe(claim);
  });
});
