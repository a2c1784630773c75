import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { applyRules } from '../../infra/rules';
import { readSettings } from '../../infra/settings';
import { CollectorStack } from '../../infra/stack';
import flags from '../../cdk.json';

interface Report {
  readonly pluginReports: readonly {
    readonly violations: readonly {
      readonly ruleName: string;
      readonly violatingConstructs: readonly { readonly constructPath: string }[];
    }[];
  }[];
}

/** What AWS's rules and CDK's own validation find in an app, as `construct: rule`. */
function findings(make: (app: App) => void): readonly string[] {
  const app = new App({ context: { ...flags.context, 'aws:cdk:bundling-stacks': [] } });
  make(app);
  applyRules(app);
  const { directory } = app.synth();
  const report = JSON.parse(readFileSync(path.join(directory, 'validation-report.json'), 'utf8')) as Report;
  return report.pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${constructPath}: ${ruleName}`),
    ),
  );
}

const NETWORK = {
  network: 'existing',
  vpc_id: 'vpc-0a1b2c3d',
  subnet_ids: 'subnet-0a1b2c3d,subnet-1a1b2c3d',
  security_group_ids: 'sg-0a1b2c3d',
};
const DOMAIN = {
  domain_name: 'collect.example.com',
  certificate_arn: 'arn:aws:acm:us-east-1:111122223333:certificate/a-b',
};

test.each([
  {},
  { events: 'true', import: 'true' },
  { region: 'cn-north-1', events: 'true', import: 'true' },
  { network: 'own', alarm_email: 'ops@example.com', ...DOMAIN },
  { region: 'cn-north-1', alarm_email: 'ops@example.com' },
  { alarm_topic_arn: 'arn:aws:sns:us-east-1:111122223333:ops' },
  { ...NETWORK, deployment: 'all_at_once', tracing: 'false' },
  { region: 'cn-northwest-1', network: 'own', nat_gateways: '1', deployment: 'all_at_once' },
])('the stack has no finding that nobody has answered for: %j', (context) => {
  expect(findings((app) => new CollectorStack(app, readSettings(context)))).toEqual([]);
});

test('a queue without a dead-letter queue, added to the stack, ends the synthesis', () => {
  const add = (app: App) => new CfnQueue(new CollectorStack(app, readSettings({})), 'Added');
  expect(() => findings(add)).toThrow(/payscore-collector-dev\/Added .+\n.+AwsSolutions-SQS3/);
});

test('so does a property that CloudFormation does not know', () => {
  const properties = { SqsManagedSseEnabled: true, Colour: 'red' };
  const add = (app: App) =>
    new CfnResource(new Stack(app, 'S'), 'Queue', { type: 'AWS::SQS::Queue', properties });
  expect(() => findings(add)).toThrow(/Colour: Additional properties are not allowed/);
});
