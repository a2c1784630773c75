import { readSettings, SettingsError } from '../../infra/settings';
import feature from '../../cdk.json';

function faultsOf(context: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    readSettings(context);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.faults;
    throw error;
  }
}

test('nobody has to say anything', () => {
  expect(readSettings({})).toEqual({
    stage: 'dev',
    architecture: 'arm64',
    region: undefined,
    log_retention_days: 30,
    log_level: 'INFO',
    sweep_every_minutes: 1,
    sweep_orders_max: 3_000,
    calls_per_second_max: 50,
    collect_concurrency_max: 10,
    throttle_rate_per_second: 20,
    throttle_burst: 40,
    notifications_rate_per_second: 50,
    notifications_burst: 100,
    events: false,
    event_bus_name: undefined,
    import: false,
    import_concurrency_max: 10,
    console: false,
    oidc_issuer: undefined,
    oidc_client_id: undefined,
    oidc_audience: undefined,
    oidc_origins: [],
    oidc_roles_claim: 'roles',
    oidc_scope: 'openid profile email',
    oidc_token: 'access_token',
    deployment: 'gradual',
    tracing: true,
    network: 'none',
    vpc_id: undefined,
    subnet_ids: [],
    security_group_ids: [],
    nat_gateways: 2,
    domain_name: undefined,
    certificate_arn: undefined,
    alarm_email: undefined,
    alarm_topic_arn: undefined,
    table_name: undefined,
    table_stream_arn: undefined,
    tags: {},
  });
});

test.each([
  [{}, true],
  [{ region: 'ap-southeast-1' }, true],
  [{ region: 'cn-north-1' }, false],
  [{ region: 'cn-northwest-1' }, false],
  [{ region: 'cn-north-1', tracing: 'true' }, true],
  [{ tracing: false }, false],
])('calls are traced unless the stack goes to China, or somebody says otherwise: %j', (context, tracing) => {
  expect(readSettings(context).tracing).toBe(tracing);
});

test('lists and tags are texts with commas on the command line, and what they are in cdk.json', () => {
  const existing = { network: 'existing', vpc_id: 'vpc-0a1b2c3d' };
  const wanted = {
    subnet_ids: ['subnet-0a1b2c3d', 'subnet-0a1b2c3d4e5f60718'],
    security_group_ids: ['sg-0a1b2c3d'],
    tags: { team: 'pay', 'cost-center': 'a=b', 部门: '支付' },
  };
  expect(readSettings({ ...existing, ...wanted })).toMatchObject(wanted);
  const texts = {
    subnet_ids: 'subnet-0a1b2c3d,subnet-0a1b2c3d4e5f60718',
    security_group_ids: 'sg-0a1b2c3d',
    tags: 'team=pay, cost-center=a=b,部门=支付',
  };
  expect(readSettings({ ...existing, ...texts })).toMatchObject(wanted);
});

test.each([
  'team',
  'aws:x=1',
  'AWS:x=1',
  'stage=prod',
  'service=x',
  '=x',
  'a=b;c',
  `${'k'.repeat(129)}=x`,
  `k=${'v'.repeat(257)}`,
  ['team=pay'],
  { team: 1 },
  Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`k${index}`, 'v'])),
])('no tags: %j', (tags) => {
  expect(faultsOf({ tags })).toEqual([expect.stringMatching(/^tags: .* is not tags like team=pay/)]);
});

test.each(['subnet-1', 'subnet-0a1b2c3d,', '', 'subnet-0a1b2c3d, subnet-0a1b2c3d', [1], {}])(
  'no list of subnets: %j',
  (subnet_ids) => {
    expect(faultsOf({ subnet_ids })).toContainEqual(expect.stringMatching(/^subnet_ids: .* is not ids like/));
  },
);

test('values that do not go together are told, all at once', () => {
  const context = {
    region: 'cn-north-1',
    event_bus_name: 'ours',
    domain_name: 'collect.example.com',
    alarm_email: 'ops@example.com',
    alarm_topic_arn: 'arn:aws:sns:us-east-1:111122223333:ops',
    table_stream_arn: 'arn:aws-cn:dynamodb:cn-north-1:111122223333:table/t/stream/2026-01-01T00:00:00.000',
    vpc_id: 'vpc-0a1b2c3d',
  };
  expect(faultsOf(context)).toEqual([
    'event_bus_name: is given, and nothing is published to it, because events is not true',
    'domain_name, certificate_arn: the one is nothing without the other',
    'alarm_email, alarm_topic_arn: one of them; subscribe the address to the topic that is there',
    'table_stream_arn: is given, and table_name is not',
    'vpc_id, subnet_ids, security_group_ids: are given, and not used, because network is not existing',
    'alarm_topic_arn: is not in cn-north-1, where the stack goes',
  ]);
  expect(faultsOf({ network: 'existing', events: 'true', table_name: 'restored' })).toEqual([
    'table_stream_arn: events are read from it; switch the stream of the table on, and name it here',
    'network: existing wants vpc_id, subnet_ids and security_group_ids',
  ]);
});

test('values are read as text from the command line and as numbers from cdk.json', () => {
  expect(readSettings({ log_retention_days: '90', sweep_orders_max: 200 })).toMatchObject({
    log_retention_days: 90,
    sweep_orders_max: 200,
  });
});

test('all faults are told at once, each with its rule', () => {
  const context = {
    stage: 'Prod!',
    architecture: 'arm',
    region: 'china',
    log_retention_days: '31',
    log_level: 'info',
    sweep_every_minutes: '1.5',
    sweep_orders_max: '20001',
    calls_per_second_max: '-1',
    collect_concurrency_max: 1,
    throttle_rate_per_second: 0,
    throttle_burst: '',
    notifications_rate_per_second: '10001',
    notifications_burst: 5_001,
    shedule: '5',
  };
  expect(faultsOf(context)).toEqual([
    expect.stringMatching(/^shedule: not a value this app knows; it knows stage, architecture, region, /),
    'stage: "Prod!" is not 1 to 16 of a-z, 0-9 and -',
    'architecture: "arm" is not one of arm64, x86_64',
    'region: "china" is not a region of aws or aws-cn, like cn-north-1',
    expect.stringMatching(
      /^log_retention_days: "31" is not a retention that CloudWatch Logs has \(1, 3, 5, 7, /,
    ),
    'log_level: "info" is not one of DEBUG, INFO, WARN, ERROR',
    'sweep_every_minutes: "1.5" is not a whole number from 1 to 1440',
    'sweep_orders_max: "20001" is not a whole number from 1 to 20000',
    'calls_per_second_max: "-1" is not a whole number from 1 to 1000',
    'collect_concurrency_max: 1 is not a whole number from 2 to 1000',
    'throttle_rate_per_second: 0 is not a whole number from 1 to 10000',
    'throttle_burst: "" is not a whole number from 1 to 5000',
    'notifications_rate_per_second: "10001" is not a whole number from 1 to 10000',
    'notifications_burst: 5001 is not a whole number from 1 to 5000',
  ]);
  expect(() => readSettings(context)).toThrow(/stage: .*\n.*architecture: /);
});

test.each([
  ['sweep_every_minutes', 1, 1_440],
  ['sweep_orders_max', 1, 20_000],
  ['calls_per_second_max', 1, 1_000],
  ['collect_concurrency_max', 2, 1_000],
])('%s goes from %i to %i, both included', (key, min, max) => {
  expect(faultsOf({ [key]: min })).toEqual([]);
  expect(faultsOf({ [key]: max })).toEqual([]);
  expect(faultsOf({ [key]: min - 1 })).toHaveLength(1);
  expect(faultsOf({ [key]: max + 1 })).toHaveLength(1);
});

test('a bus is named only where something is published to it', () => {
  expect(faultsOf({ event_bus_name: 'company-events' })).toEqual([
    'event_bus_name: is given, and nothing is published to it, because events is not true',
  ]);
  expect(faultsOf({ events: 'yes', event_bus_name: 'a bus' })).toEqual([
    'events: "yes" is not true or false',
    'event_bus_name: "a bus" is not the name of an event bus: 1 to 256 of A-Z a-z 0-9 _ . - /',
  ]);
  expect(readSettings({ events: 'true', event_bus_name: 'company-events' })).toMatchObject({
    events: true,
    event_bus_name: 'company-events',
  });
  expect(readSettings({ events: true })).toMatchObject({ events: true });
  expect(readSettings({ events: false })).toMatchObject({ events: false });
});

test('logs cannot be asked to stay for ever, because then nobody decides', () => {
  expect(faultsOf({ log_retention_days: '9999' })).toHaveLength(1);
});

test("the CDK's own context is nobody's mistake", () => {
  expect(
    faultsOf({ ...feature.context, 'aws:cdk:enable-path-metadata': true, 'cli-telemetry': false }),
  ).toEqual([]);
});

test('government regions, where the service was never synthesised, are refused', () => {
  expect(faultsOf({ region: 'us-gov-west-1' })).toHaveLength(1);
});
