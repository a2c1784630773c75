import { live, propertiesOf, synthesised } from './synthesised';

const template = synthesised();

test('no permission of a function comes from a managed policy or is written into a role: each function has a role, and each role one policy', () => {
  const roles = propertiesOf(template, 'AWS::IAM::Role').filter((role) =>
    JSON.stringify(role).includes('lambda.amazonaws.com'),
  );
  expect(roles).toHaveLength(5);
  expect(roles.filter((role) => 'ManagedPolicyArns' in role || 'Policies' in role)).toEqual([]);
  expect(propertiesOf(template, 'AWS::IAM::Policy')).toHaveLength(5);
});

test('api may be invoked by its API alone, in one statement: as many as there are routes would outgrow its policy', () => {
  const invokers = propertiesOf(template, 'AWS::Lambda::Permission');
  const ofApi = invokers.filter((one) => JSON.stringify(one['FunctionName']).includes('"ApiLive'));
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
      [live('Sweep'), 'events.amazonaws.com'],
      [live('Keys'), 'events.amazonaws.com'],
      [live('Api'), 'apigateway.amazonaws.com'],
      [live('Notify'), 'apigateway.amazonaws.com'],
    ]),
  );
});
