import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ACCESS_QUERIES, LOG_QUERIES } from '../../infra/log-queries';
import { FUNCTIONS } from '../../infra/manifest';
import { HEADINGS } from '../../infra/watch';
import { propertiesOf, synthesised } from './synthesised';

const EVERYTHING = {
  events: 'true',
  import: 'true',
  console: 'true',
  oidc_issuer: 'https://id.example.com',
  oidc_client_id: 'collector',
};
const template = synthesised(EVERYTHING);

interface Alarm {
  readonly AlarmName?: string;
  readonly AlarmDescription: string;
  readonly AlarmActions?: readonly unknown[];
  readonly OKActions?: readonly unknown[];
  readonly ComparisonOperator: string;
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Period?: number;
  readonly Metrics?: readonly {
    readonly Expression?: string;
    readonly MetricStat?: { readonly Period: number };
  }[];
  readonly TreatMissingData: string;
}

function alarms(of = template): readonly Alarm[] {
  return propertiesOf(of, 'AWS::CloudWatch::Alarm') as unknown as readonly Alarm[];
}

const PREFIX = 'payscore-collector-dev-';
const named = (of = template) => alarms(of).filter(({ AlarmName }) => AlarmName !== undefined);

function periodOf({ Period, Metrics = [] }: Alarm): number | undefined {
  return Period ?? Metrics.find(({ MetricStat }) => MetricStat)?.MetricStat?.Period;
}

/** `<from this on> n of m × seconds, without a figure: fine or wrong`. */
function rule(alarm: Alarm): string {
  const { ComparisonOperator, Threshold, EvaluationPeriods, DatapointsToAlarm, TreatMissingData } = alarm;
  const sign = ComparisonOperator === 'LessThanThreshold' ? '<' : '>=';
  const times = `${DatapointsToAlarm} of ${EvaluationPeriods} x ${periodOf(alarm)} s`;
  return `${sign} ${Threshold}, ${times}, ${TreatMissingData}`;
}

test('every alarm of the operations list is there, with its threshold, its time and what no figure means', () => {
  const rules = Object.fromEntries(
    named().map((alarm) => [String(alarm.AlarmName).replace(PREFIX, ''), rule(alarm)]),
  );
  expect(rules).toMatchObject({
    OpenAttemptTooOld: '>= 1800, 1 of 12 x 300 s, notBreaching',
    OutcomesUnknown: '>= 2, 1 of 1 x 900 s, notBreaching',
    SignaturesRefused: '>= 1, 1 of 1 x 300 s, notBreaching',
    MerchantStopped: '>= 1, 1 of 12 x 300 s, notBreaching',
    PairStopped: '>= 1, 1 of 12 x 300 s, notBreaching',
    ThrottledByWechatPay: '>= 20, 1 of 1 x 900 s, notBreaching',
    OldestMessageTooOld: '>= 660, 1 of 1 x 300 s, notBreaching',
    SweepNotRun: '< 1, 2 of 2 x 60 s, breaching',
    OrdersOverdue: '>= 1, 1 of 1 x 300 s, notBreaching',
    NotificationsNotTaken: '>= 3, 1 of 1 x 900 s, notBreaching',
    CertificateEnding: '< 31, 1 of 1 x 3600 s, notBreaching',
    KeyCareNotRun: '< 1, 3 of 3 x 600 s, breaching',
    KeysUnusable: '>= 1, 1 of 1 x 1800 s, notBreaching',
    CertificatesNotDownloaded: '>= 1, 3 of 3 x 1200 s, notBreaching',
    ClockSkewed: '>= 60000, 1 of 1 x 300 s, notBreaching',
    OutcomesNotRecorded: '>= 1, 1 of 1 x 300 s, notBreaching',
    TableThrottled: '>= 10, 1 of 1 x 300 s, notBreaching',
    ImportFailed: '>= 1, 1 of 1 x 300 s, notBreaching',
    NotifyErrors: '>= 1, 1 of 1 x 300 s, notBreaching',
    NotifySlow: '>= 4500, 3 of 3 x 300 s, notBreaching',
    SweepSlow: '>= 45000, 3 of 3 x 300 s, notBreaching',
    CollectThrottled: '>= 1, 1 of 1 x 300 s, notBreaching',
  });
});

test('every function has an alarm for its errors, its throttles and its duration', () => {
  const names = named().map(({ AlarmName }) => AlarmName);
  for (const name of Object.keys(FUNCTIONS))
    for (const what of ['Errors', 'Throttled', 'Slow'])
      expect(names).toContain(`${PREFIX}${name.charAt(0).toUpperCase()}${name.slice(1)}${what}`);
});

test('one message in any queue but the work queue is an alarm', () => {
  const queues = Object.keys(template.findResources('AWS::SQS::Queue'));
  const watched = named()
    .filter((alarm) => JSON.stringify(alarm).includes('ApproximateNumberOfMessagesVisible'))
    .map((alarm) => [
      alarm.Threshold,
      /"Fn::GetAtt":\["(\w+)","QueueName"\]/.exec(JSON.stringify(alarm))?.[1],
    ]);
  const others = queues.filter((id) => !id.startsWith('WorkQueue'));
  expect(others).toHaveLength(9);
  expect(new Map(watched.map(([threshold, id]) => [id, threshold]))).toEqual(
    new Map(others.map((id) => [id, 1])),
  );
});

test.each([1, 5, 60, 1_440])(
  'a schedule of every %i minutes is watched over two of its periods',
  (minutes) => {
    const stack = synthesised({ sweep_every_minutes: minutes });
    const [alarm] = named(stack).filter(({ AlarmName }) => AlarmName === `${PREFIX}SweepNotRun`);
    expect(alarm).toMatchObject({
      Period: minutes * 60,
      EvaluationPeriods: 2,
      TreatMissingData: 'breaching',
    });
    // What CloudWatch takes: a day in all, or a week of periods of an hour and more.
    for (const one of alarms(stack)) {
      const seconds = periodOf(one) ?? 0;
      expect(seconds % 60).toBe(0);
      expect(seconds * one.EvaluationPeriods).toBeLessThanOrEqual(seconds >= 3_600 ? 604_800 : 86_400);
    }
  },
);

test('messages that the sweep holds back are not old: the longer its period, the later the alarm', () => {
  const oldest = (context: object) =>
    named(synthesised({ ...context })).find(({ AlarmName }) => AlarmName?.includes('OldestMessage'))
      ?.Threshold;
  expect([oldest({}), oldest({ sweep_every_minutes: 5 }), oldest({ sweep_every_minutes: 60 })]).toEqual([
    660, 900, 1_200,
  ]);
});

test('an alarm of one stage hears nothing of another', () => {
  const prod = synthesised({ stage: 'prod' });
  for (const { AlarmName } of named(prod)) expect(AlarmName).toMatch(/^payscore-collector-prod-/);
  expect(JSON.stringify(alarms(prod))).not.toContain('"payscore-collector/dev"');
  expect(JSON.stringify(alarms(prod))).toContain('"payscore-collector/prod"');
});

describe('who is told', () => {
  const TOPIC = 'arn:aws:sns:us-east-1:111122223333:ops';

  test('nobody, unless that is asked for', () => {
    for (const { AlarmActions, OKActions } of alarms())
      expect([AlarmActions, OKActions]).toEqual([undefined, undefined]);
    expect(propertiesOf(template, 'AWS::SNS::Topic')).toEqual([]);
  });

  test('a topic that is there, of every alarm', () => {
    const stack = synthesised({ alarm_topic_arn: TOPIC });
    for (const { AlarmActions } of alarms(stack)) expect(AlarmActions).toEqual([TOPIC]);
    for (const { OKActions } of named(stack)) expect(OKActions).toEqual([TOPIC]);
    expect(propertiesOf(stack, 'AWS::KMS::Key')).toEqual([]);
  });

  test('an address, by a topic that only the alarms of this account can write to, encrypted and by TLS', () => {
    const stack = synthesised({ alarm_email: 'ops@example.com' });
    expect(propertiesOf(stack, 'AWS::SNS::Subscription')).toMatchObject([
      { Protocol: 'email', Endpoint: 'ops@example.com' },
    ]);
    const Ref = expect.stringMatching(/^WatchOwnTopic/);
    for (const { AlarmActions } of alarms(stack)) expect(AlarmActions).toEqual([{ Ref }]);
    expect(propertiesOf(stack, 'AWS::SNS::Topic')).toMatchObject([
      { KmsMasterKeyId: { 'Fn::GetAtt': [expect.stringMatching(/^WatchTopicKey/), 'Arn'] } },
    ]);
    const publishing = { Service: 'cloudwatch.amazonaws.com' };
    const Condition = {
      ArnLike: { 'aws:SourceArn': expect.anything() },
      StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
    };
    expect(propertiesOf(stack, 'AWS::SNS::TopicPolicy')).toMatchObject([
      {
        PolicyDocument: {
          Statement: [
            { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
            { Effect: 'Allow', Action: 'sns:Publish', Principal: publishing, Condition },
          ],
        },
      },
    ]);
    expect(propertiesOf(stack, 'AWS::KMS::Key')).toMatchObject([
      {
        EnableKeyRotation: true,
        KeyPolicy: {
          Statement: expect.arrayContaining([
            expect.objectContaining({
              Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
              Principal: publishing,
            }),
          ]),
        },
      },
    ]);
  });
});

test('one dashboard shows what is watched, orders first', () => {
  const boards = propertiesOf(template, 'AWS::CloudWatch::Dashboard');
  expect(boards).toMatchObject([{ DashboardName: 'payscore-collector-dev' }]);
  const body = JSON.stringify(boards[0]);
  const places = HEADINGS.map((heading) => body.indexOf(`### ${heading}`));
  expect(places.every((place) => place > 0)).toBe(true);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

describe('saved queries', () => {
  const queries = propertiesOf(template, 'AWS::Logs::QueryDefinition');

  test('lie in a folder of the stage, and look into the logs of all functions, or of the API', () => {
    expect(queries).toHaveLength(Object.keys({ ...LOG_QUERIES, ...ACCESS_QUERIES }).length);
    for (const { Name } of queries) expect(Name).toMatch(/^payscore-collector-dev\//);
    const groups = queries.map(({ LogGroupNames }) => (LogGroupNames as unknown[]).length);
    expect(new Set(groups)).toEqual(new Set([Object.keys(FUNCTIONS).length, 1]));
  });

  test('look for messages that the functions write', () => {
    const folder = path.join(__dirname, '../../lambda');
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(path.join(folder, name), 'utf8'))
      .join('\n');
    const messages = Object.values(LOG_QUERIES)
      .flatMap((text) => [...text.matchAll(/message (?:= (".*?")|in \[(.*?)\])/g)])
      .flatMap(([, one, some]) =>
        [...String(one ?? some).matchAll(/"(.*?)"/g)].map(([, message]) => String(message)),
      );
    expect(messages.length).toBeGreaterThan(15);
    expect(messages.filter((message) => !sources.includes(`'${message}'`))).toEqual([]);
  });
});
