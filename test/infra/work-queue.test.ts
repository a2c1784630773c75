import { DEFAULTS, FUNCTIONS, WORK_QUEUE } from '../../infra/manifest';
import { arnOf, liveName, propertiesOf, queuePolicyStatements, synthesised } from './synthesised';

const template = synthesised();

const QUEUE = 'AWS::SQS::Queue';
const MAPPING = 'AWS::Lambda::EventSourceMapping';

function one(type: string, idPrefix: string): Readonly<Record<string, unknown>> {
  const found = Object.entries(template.findResources(type)).filter(([id]) => id.startsWith(idPrefix));
  expect(found).toHaveLength(1);
  return { ...found[0]?.[1]['Properties'] };
}

describe('the work queue', () => {
  test('is a standard queue that keeps a message for four days and hides it while it is handled', () => {
    const queue = one(QUEUE, 'WorkQueue');
    expect(queue).toMatchObject({ MessageRetentionPeriod: 345_600, VisibilityTimeout: 361 });
    expect(queue).not.toHaveProperty('FifoQueue');
  });

  test('gives a message up after five deliveries, to a queue that keeps it for 14 days', () => {
    expect(one(QUEUE, 'WorkQueue')).toMatchObject({
      RedrivePolicy: { deadLetterTargetArn: arnOf('WorkDeadLetters'), maxReceiveCount: 5 },
    });
    expect(one(QUEUE, 'WorkDeadLetters')).toMatchObject({ MessageRetentionPeriod: 1_209_600 });
  });

  test('hides a message for six timeouts of its worker and the window, as Lambda demands', () => {
    const { Timeout: timeoutSeconds } = one('AWS::Lambda::Function', 'CollectFunction');
    const { VisibilityTimeout: hiddenSeconds } = one(QUEUE, 'WorkQueue');
    const { MaximumBatchingWindowInSeconds: windowSeconds } = one(MAPPING, 'WorkMapping');
    expect(Number(hiddenSeconds)).toBeGreaterThanOrEqual(6 * Number(timeoutSeconds) + Number(windowSeconds));
  });
});

describe('collect', () => {
  test('is handed batches of up to 100 within a second, ten at once, and gives back only what failed', () => {
    expect(propertiesOf(template, MAPPING)).toMatchObject([
      {
        EventSourceArn: arnOf('WorkQueue'),
        FunctionName: liveName('Collect'),
        BatchSize: 100,
        MaximumBatchingWindowInSeconds: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 10 },
      },
    ]);
  });

  test('may be given more or fewer batches at once', () => {
    const mapping = (collect_concurrency_max: string) =>
      propertiesOf(synthesised({ collect_concurrency_max }), MAPPING);
    expect(mapping('2')).toMatchObject([{ ScalingConfig: { MaximumConcurrency: 2 } }]);
    expect(mapping('1000')).toMatchObject([{ ScalingConfig: { MaximumConcurrency: 1_000 } }]);
  });

  test('is not handed anything before its role may take it: the mapping waits for the function, that for its policy', () => {
    for (const name of ['Api', 'Notify', 'Sweep', 'Collect', 'Keys']) {
      const functions = Object.entries(template.findResources('AWS::Lambda::Function'));
      const [, found] = functions.find(([id]) => id.startsWith(`${name}Function`)) ?? [];
      expect(found).toMatchObject({
        DependsOn: [
          expect.stringMatching(`^${name}RoleDefaultPolicy`),
          expect.stringMatching(`^${name}Role`),
        ],
      });
    }
  });
});

test('the local run reads the same numbers from the manifest', () => {
  expect(WORK_QUEUE).toEqual({
    batchSize: 100,
    windowSeconds: 1,
    visibilityTimeoutSeconds: 361,
    maxReceiveCount: 5,
    retentionDays: 4,
  });
  expect(DEFAULTS).toEqual({
    sweepEveryMinutes: 1,
    sweepOrdersMax: 3_000,
    callsPerSecondMax: 50,
    collectConcurrencyMax: 10,
    importConcurrencyMax: 10,
  });
  expect(FUNCTIONS.collect.timeoutSeconds).toBe(60);
});

/** The queues that a queue, a rule or a function names for what it could not do. */
function deadLetterQueues(): ReadonlySet<string> {
  const named =
    /"(?:deadLetterTargetArn|DeadLetterConfig":\{"Arn|OnFailure":\{"Destination)":\{"Fn::GetAtt":\["(\w+)","Arn"\]/g;
  const all = JSON.stringify(template.toJSON()).matchAll(named);
  return new Set([...all].map(([, id]) => String(id)));
}

describe('every queue', () => {
  test('has a dead-letter queue or is one', () => {
    const queues = Object.entries(template.findResources(QUEUE));
    const dead = deadLetterQueues();
    const without = queues.filter(
      ([id, queue]) => !('RedrivePolicy' in queue['Properties']) && !dead.has(id),
    );
    expect([queues.length, dead.size]).toEqual([6, 5]);
    expect(without).toEqual([]);
  });

  test('is encrypted, refuses plain HTTP, and goes with the stack, because it holds hints and the ledger the truth', () => {
    const wanted = { DeletionPolicy: 'Delete', Properties: { SqsManagedSseEnabled: true } };
    expect(Object.values(template.findResources(QUEUE))).toMatchObject(
      Array.from({ length: 6 }, () => wanted),
    );
    const refusals = queuePolicyStatements(template).filter(({ Effect }) => Effect === 'Deny');
    const refusal = { Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    expect(refusals).toMatchObject(Array.from({ length: 6 }, () => refusal));
    expect(new Set(refusals.map(({ Resource }) => JSON.stringify(Resource))).size).toBe(6);
  });

  test('is written to by nobody outside the account but EventBridge, each for the rule it belongs to', () => {
    const byRule = (id: string) => ({
      Action: 'sqs:SendMessage',
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { ArnEquals: { 'aws:SourceArn': arnOf(`${id}Rule`) } },
      Resource: arnOf(`${id}Undelivered`),
    });
    expect(queuePolicyStatements(template).filter(({ Effect }) => Effect === 'Allow')).toMatchObject([
      byRule('Schedule'),
      byRule('KeyCare'),
    ]);
  });
});
