import { allowed, arnOf, propertiesOf, queuePolicyStatements, statements, synthesised } from './synthesised';

const template = synthesised();

const TABLE = arnOf('LedgerTable');
const SECRETS = ['signing', 'verify'].map((kind) => ({
  'Fn::Join': ['', expect.arrayContaining([`:secret:payscore-collector/dev/*/${kind}-??????`])],
}));
const ownLog = (name: string) => [['logs:CreateLogStream', 'logs:PutLogEvents'], arnOf(`${name}Logs`)];
const index = (name: string) => [
  'dynamodb:Query',
  { 'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(/^LedgerTable/), 'Arn'] }, `/index/${name}`]] },
];

test('api reads and changes orders, lists them, and reads what signs and verifies', () => {
  expect(allowed(template, 'Api')).toEqual([
    ownLog('Api'),
    [['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], TABLE],
    index('list'),
    ['secretsmanager:GetSecretValue', SECRETS],
  ]);
});

test('sweep finds what is due, registers what is named, and sends; it cannot read a secret', () => {
  expect(allowed(template, 'Sweep')).toEqual([
    ownLog('Sweep'),
    // Lambda itself uses the function's role to reach the on-failure queue.
    ['sqs:SendMessage', [arnOf('ScheduleFailed'), arnOf('WorkQueue')]],
    [['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], TABLE],
    index('due'),
  ]);
});

test('collect takes from the queue, reads and changes orders, and reads what signs and verifies', () => {
  expect(allowed(template, 'Collect')).toEqual([
    ownLog('Collect'),
    [['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], TABLE],
    ['secretsmanager:GetSecretValue', SECRETS],
    [['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'], arnOf('WorkQueue')],
  ]);
});

test('no statement allows a wildcard but for a merchant number and the suffix of a secret', () => {
  const all = [...statements(template).map(([, statement]) => statement), ...queuePolicyStatements(template)];
  const wild = all
    .filter(({ Effect }) => Effect === 'Allow')
    .filter(({ Action, Resource }) => /[*?]/.test(JSON.stringify([Action, Resource])));
  // api, notify, collect and keys.
  expect(wild.map(({ Action }) => Action)).toEqual(Array(4).fill('secretsmanager:GetSecretValue'));
  expect([...new Set(JSON.stringify(wild).match(/"[^"]*[*?][^"]*"/g))]).toEqual([
    '":secret:payscore-collector/dev/*/signing-??????"',
    '":secret:payscore-collector/dev/*/verify-??????"',
  ]);
});

test('none comes from a managed policy or is written into a role: each function has a role, and each role one policy', () => {
  const roles = propertiesOf(template, 'AWS::IAM::Role');
  expect(roles).toHaveLength(5);
  expect(roles.filter((role) => 'ManagedPolicyArns' in role || 'Policies' in role)).toEqual([]);
  expect(propertiesOf(template, 'AWS::IAM::Policy')).toHaveLength(5);
});

test('api may be invoked by its API alone, in one statement: as many as there are routes would outgrow its policy', () => {
  const invokers = propertiesOf(template, 'AWS::Lambda::Permission');
  const ofApi = invokers.filter((one) => JSON.stringify(one['FunctionName']).includes('"ApiFunction'));
  expect(ofApi).toMatchObject([
    {
      Principal: 'apigateway.amazonaws.com',
      SourceArn: {
        'Fn::Join': ['', expect.arrayContaining([{ Ref: expect.stringMatching(/^HttpHttpApi/) }, '/*/*'])],
      },
    },
  ]);
});

test('what is woken by a rule may be invoked by that rule, and every function by one party at most', () => {
  const invokers = propertiesOf(template, 'AWS::Lambda::Permission');
  const parties = invokers.map(({ Principal, FunctionName }) => [FunctionName, Principal]);
  expect(parties).toHaveLength(4);
  expect(parties).toEqual(
    expect.arrayContaining([
      [arnOf('SweepFunction'), 'events.amazonaws.com'],
      [arnOf('KeysFunction'), 'events.amazonaws.com'],
      [arnOf('ApiFunction'), 'apigateway.amazonaws.com'],
      [arnOf('NotifyFunction'), 'apigateway.amazonaws.com'],
    ]),
  );
});
