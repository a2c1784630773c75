import type { Template } from 'aws-cdk-lib/assertions';
import { propertiesOf, synthesised } from './synthesised';

const LAMBDA = 'AWS::Lambda::Function';
const EVERYTHING = { events: 'true', import: 'true' };

const types = (template: Template): readonly string[] =>
  Object.values<{ Type: string }>(template.toJSON()['Resources']).map(({ Type }) => Type);

describe('a new version', () => {
  const template = synthesised(EVERYTHING);

  test('of each function is published, and comes into service under the alias `live`', () => {
    expect(propertiesOf(template, 'AWS::Lambda::Alias').map(({ Name }) => Name)).toEqual(
      Array(7).fill('live'),
    );
    const aliases = Object.values(template.findResources('AWS::Lambda::Alias'));
    const versions = Object.keys(template.findResources('AWS::Lambda::Version'));
    expect(aliases.map((alias) => alias['Properties'].FunctionVersion)).toEqual(
      versions.map((id) => ({ 'Fn::GetAtt': [id, 'Version'] })),
    );
  });

  test('takes a tenth of the invocations more each minute, and goes when it fails once', () => {
    const groups = Object.values(template.findResources('AWS::CodeDeploy::DeploymentGroup'));
    expect(groups).toHaveLength(7);
    for (const { Properties } of groups)
      expect(Properties).toMatchObject({
        DeploymentConfigName: 'CodeDeployDefault.LambdaLinear10PercentEvery1Minute',
        AutoRollbackConfiguration: {
          Enabled: true,
          Events: expect.arrayContaining(['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM']),
        },
        AlarmConfiguration: {
          Enabled: true,
          Alarms: [{ Name: { Ref: expect.stringMatching(/NewVersionFailing/) } }],
        },
      });
    const alarms = propertiesOf(template, 'AWS::CloudWatch::Alarm').filter(({ Dimensions }) =>
      JSON.stringify(Dimensions ?? []).includes('ExecutedVersion'),
    );
    expect(alarms).toHaveLength(7);
    for (const alarm of alarms)
      expect(alarm).toMatchObject({
        MetricName: 'Errors',
        Namespace: 'AWS/Lambda',
        Threshold: 1,
        Period: 60,
      });
  });

  test('leaves the version before where it is, to go back to', () => {
    for (const version of Object.values(template.findResources('AWS::Lambda::Version')))
      expect(version).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('comes into service at once, and without CodeDeploy, where that is asked for', () => {
    const atOnce = synthesised({ ...EVERYTHING, deployment: 'all_at_once' });
    expect(types(atOnce).filter((type) => type.includes('CodeDeploy'))).toEqual([]);
    expect(propertiesOf(atOnce, 'AWS::Lambda::Alias')).toHaveLength(7);
  });

  test('is what everything invokes: nothing names a function without its alias', () => {
    const wakers = ['AWS::Events::Rule', 'AWS::ApiGatewayV2::Integration', 'AWS::Lambda::EventSourceMapping'];
    const waking = wakers.flatMap((type) => propertiesOf(template, type)).map((one) => JSON.stringify(one));
    expect(waking.filter((one) => /"\w+Function[0-9A-F]{8}"/.test(one))).toEqual([]);
    expect(waking.filter((one) => /"\w*Live[0-9A-F]{8}"/.test(one)).length).toBeGreaterThanOrEqual(6);
  });
});

describe('the network', () => {
  test('is none of the stack’s own unless it is asked for', () => {
    const template = synthesised(EVERYTHING);
    expect(types(template).filter((type) => type.startsWith('AWS::EC2'))).toEqual([]);
    expect(propertiesOf(template, LAMBDA).filter((one) => 'VpcConfig' in one)).toEqual([]);
  });

  test('has fixed addresses, which are outputs and outlive the stack; functions reach out by HTTPS only, and nothing reaches in', () => {
    const template = synthesised({ ...EVERYTHING, network: 'own' });
    expect(propertiesOf(template, 'AWS::EC2::NatGateway').map(({ AllocationId }) => AllocationId)).toEqual([
      { 'Fn::GetAtt': [expect.stringMatching(/^NetworkAddress1/), 'AllocationId'] },
      { 'Fn::GetAtt': [expect.stringMatching(/^NetworkAddress2/), 'AllocationId'] },
    ]);
    expect(template.findOutputs('OutgoingAddress1')).toMatchObject({
      OutgoingAddress1: { Value: { Ref: expect.stringMatching(/^NetworkAddress1/) } },
    });
    for (const address of Object.values(template.findResources('AWS::EC2::EIP')))
      expect(address).toMatchObject({ DeletionPolicy: 'Retain' });
    expect(propertiesOf(template, 'AWS::EC2::SecurityGroup')).toMatchObject([
      { SecurityGroupEgress: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }] },
    ]);
    expect(propertiesOf(template, 'AWS::EC2::SecurityGroup')[0]).not.toHaveProperty('SecurityGroupIngress');
    const functions = propertiesOf(template, LAMBDA);
    expect(functions.filter((one) => 'VpcConfig' in one)).toHaveLength(7);
  });

  test('with one gateway costs half', () => {
    const template = synthesised({ network: 'own', nat_gateways: '1' });
    expect(propertiesOf(template, 'AWS::EC2::NatGateway')).toHaveLength(1);
    expect(Object.keys(template.findOutputs('OutgoingAddress*'))).toEqual([]);
    expect(Object.keys(template.findOutputs('OutgoingAddress1'))).toEqual(['OutgoingAddress1']);
  });

  test('may be one that is there: nothing is made in it', () => {
    const template = synthesised({
      network: 'existing',
      vpc_id: 'vpc-0a1b2c3d',
      subnet_ids: 'subnet-0a1b2c3d,subnet-1a1b2c3d',
      security_group_ids: 'sg-0a1b2c3d',
    });
    expect(types(template).filter((type) => type.startsWith('AWS::EC2'))).toEqual([]);
    for (const one of propertiesOf(template, LAMBDA))
      expect(one['VpcConfig']).toEqual({
        SecurityGroupIds: ['sg-0a1b2c3d'],
        SubnetIds: ['subnet-0a1b2c3d', 'subnet-1a1b2c3d'],
      });
  });
});

describe('a domain', () => {
  test('is served with its certificate, by TLS 1.2 at least, and is what the outputs name', () => {
    const template = synthesised({
      domain_name: 'collect.example.com',
      certificate_arn: 'arn:aws:acm:us-east-1:111122223333:certificate/a-b',
    });
    expect(propertiesOf(template, 'AWS::ApiGatewayV2::DomainName')).toMatchObject([
      {
        DomainName: 'collect.example.com',
        DomainNameConfigurations: [
          {
            CertificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/a-b',
            EndpointType: 'REGIONAL',
          },
        ],
      },
    ]);
    expect(propertiesOf(template, 'AWS::ApiGatewayV2::ApiMapping')).toHaveLength(1);
    expect(template.findOutputs('*')).toMatchObject({
      ApiUrl: { Value: 'https://collect.example.com' },
      NotificationsUrl: { Value: 'https://collect.example.com/notifications' },
      DomainTarget: { Value: { 'Fn::GetAtt': [expect.stringMatching(/^HttpDomain/), 'RegionalDomainName'] } },
    });
  });
});

/** Names of parts of something, or of what AWS has: two stacks may have the same. */
const NAMED_WITHIN = [
  'AWS::IAM::Policy PolicyName',
  'AWS::Lambda::Alias Name',
  'AWS::ApiGatewayV2::Stage StageName',
  'AWS::CodeDeploy::DeploymentGroup DeploymentConfigName',
  'AWS::CloudWatch::Alarm MetricName',
];

describe('stages', () => {
  function names(stage: string): readonly string[] {
    const resources: Readonly<Record<string, { Type: string; Properties?: object }>> = synthesised({
      ...EVERYTHING,
      stage,
    }).toJSON()['Resources'];
    return Object.values(resources).flatMap(({ Type, Properties }) =>
      Object.entries({ ...Properties })
        .filter(([key, value]) => key.endsWith('Name') && typeof value === 'string')
        .filter(([key]) => !NAMED_WITHIN.includes(`${Type} ${key}`))
        .map(([key, value]) => `${Type} ${key} ${String(value)}`),
    );
  }

  test('stand side by side in one account: whatever has a name of its own has the stage in it', () => {
    const [one, other] = [names('dev'), names('prod')];
    expect(one).toContain('AWS::Logs::LogGroup LogGroupName /aws/vendedlogs/payscore-collector-dev/access');
    expect(one.filter((name) => other.includes(name))).toEqual([]);
  });

  test('carry tags of their own, on everything that can be tagged', () => {
    const template = synthesised({ tags: 'team=pay' });
    const Tags = expect.arrayContaining([
      { Key: 'service', Value: 'payscore-collector' },
      { Key: 'stage', Value: 'dev' },
      { Key: 'team', Value: 'pay' },
    ]);
    for (const type of [LAMBDA, 'AWS::SQS::Queue', 'AWS::IAM::Role', 'AWS::Logs::LogGroup'])
      for (const properties of propertiesOf(template, type)) expect(properties).toMatchObject({ Tags });
  });
});

test('mappings carry no tags: China knows none on them', () => {
  const mappings = propertiesOf(synthesised(EVERYTHING), 'AWS::Lambda::EventSourceMapping');
  expect(mappings).toHaveLength(2);
  expect(mappings.filter((one) => 'Tags' in one)).toEqual([]);
});

test('calls are traced where that is so, and in China they are not', () => {
  const modes = (template: Template) =>
    propertiesOf(template, LAMBDA).map(
      (one) => (one['TracingConfig'] as { Mode?: string } | undefined)?.Mode,
    );
  expect(modes(synthesised())).toEqual(Array(5).fill('Active'));
  expect(modes(synthesised({ region: 'cn-north-1' })).filter((mode) => mode === 'Active')).toEqual([]);
});

test('an existing table is used, and none is made', () => {
  const template = synthesised({ table_name: 'restored' });
  expect(types(template)).not.toContain('AWS::DynamoDB::GlobalTable');
  expect(JSON.stringify(propertiesOf(template, LAMBDA)[0])).toContain('"TABLE_NAME":"restored"');
  expect(template.findOutputs('TableName')).toEqual({ TableName: { Value: 'restored' } });
});
