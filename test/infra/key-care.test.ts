import { allowed, arnOf, live, propertiesOf, synthesised } from './synthesised';

const template = synthesised();

/** Of all resources of a type, those that name the function `keys`. */
function ofKeys(type: string): readonly Readonly<Record<string, unknown>>[] {
  return propertiesOf(template, type).filter(
    (one) => JSON.stringify(one).includes('"KeysLive') || JSON.stringify(one).includes('"KeysFunction'),
  );
}

test('keys are looked after every ten minutes; what could not be delivered ends in a queue', () => {
  expect(ofKeys('AWS::Events::Rule')).toMatchObject([
    {
      State: 'ENABLED',
      ScheduleExpression: 'rate(10 minutes)',
      Targets: [
        {
          Arn: live('Keys'),
          DeadLetterConfig: { Arn: arnOf('KeyCareUndelivered') },
          RetryPolicy: { MaximumEventAgeInSeconds: 600 },
        },
      ],
    },
  ]);
});

test('a run that failed is not run again and ends in the other queue: the next tick does what it left', () => {
  expect(ofKeys('AWS::Lambda::EventInvokeConfig')).toMatchObject([
    {
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 600,
      DestinationConfig: { OnFailure: { Destination: arnOf('KeyCareFailed') } },
    },
  ]);
});

test('it reads what signs and verifies, and the rows of merchants; it takes no message and lists no order', () => {
  const secret = (kind: string) => ({
    'Fn::Join': ['', expect.arrayContaining([`:secret:payscore-collector/dev/*/${kind}-??????`])],
  });
  expect(allowed(template, 'Keys')).toEqual([
    [['logs:CreateLogStream', 'logs:PutLogEvents'], arnOf('KeysLogs')],
    // Lambda itself uses the function's role to reach the on-failure queue.
    ['sqs:SendMessage', arnOf('KeyCareFailed')],
    [['dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], arnOf('LedgerTable')],
    ['secretsmanager:GetSecretValue', ['signing', 'verify'].map(secret)],
  ]);
});

test('every function tells its metrics under the name of the service and the stage', () => {
  const functions = propertiesOf(template, 'AWS::Lambda::Function');
  expect(functions.length).toBeGreaterThan(4);
  for (const one of functions)
    expect(one).toMatchObject({
      Environment: { Variables: { POWERTOOLS_METRICS_NAMESPACE: 'payscore-collector/dev' } },
    });
});
