import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SETTINGS } from '../../infra/settings';
import { scripts } from '../../package.json';
import { propertiesOf, synthesised } from '../infra/synthesised';

const ROOT = path.join(__dirname, '../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const guide = read('docs/deploy.md');
const readme = read('README.md');

test('the table of context values has each that there is, with its default, and no other', () => {
  const rows = [...guide.matchAll(/^\| `(\w+)` +\| (?:`(.*?)`)? *\|/gm)].map(([, key, value]) => [
    String(key),
    value,
  ]);
  const settings = Object.entries<{ readonly fallback: unknown }>(SETTINGS).map(([key, { fallback }]) => [
    key,
    // Nothing, and lists and tags with nothing in them, have no default that could be written.
    ['string', 'number', 'boolean'].includes(typeof fallback) ? String(fallback) : undefined,
  ]);
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(settings));
  expect(rows).toHaveLength(settings.length);
});

/** How many alarms there are, and how many metrics they look at, which is what is charged for. */
function alarmed(context: object): string {
  const alarms = propertiesOf(synthesised({ ...context }), 'AWS::CloudWatch::Alarm') as readonly {
    readonly Metrics?: readonly { readonly MetricStat?: object }[];
  }[];
  const metrics = alarms.map(({ Metrics }) =>
    Metrics === undefined ? 1 : Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length,
  );
  return `${alarms.length} alarms over ${metrics.reduce((sum, count) => sum + count, 0)} metrics`;
}

test('as many alarms are paid for as it says', () => {
  const few = alarmed({});
  expect(guide).toContain(`: ${few} `);
  expect(readme).toContain(`${few.split(' ')[0]} alarms,`);
  expect(guide).toContain(`there are ${alarmed({ events: 'true', import: 'true' })}.`);
});

test('every service in the template is in the table of services, and every type of resource is thought of', () => {
  const SERVICES: Readonly<Record<string, string>> = {
    ApiGatewayV2: 'API Gateway',
    CloudWatch: 'CloudWatch',
    CodeDeploy: 'CodeDeploy',
    DynamoDB: 'DynamoDB',
    EC2: 'VPC',
    Events: 'EventBridge',
    KMS: 'KMS',
    Lambda: 'Lambda',
    Logs: 'CloudWatch Logs',
    S3: 'S3',
    SNS: 'SNS',
    SQS: 'SQS',
    StepFunctions: 'Step Functions',
  };
  const context = { events: 'true', import: 'true', network: 'own', alarm_email: 'ops@example.com' };
  const resources: Readonly<Record<string, { Type: string }>> = synthesised(context).toJSON()['Resources'];
  const used = new Set(Object.values(resources).map(({ Type }) => String(Type.split('::')[1])));
  // Of IAM there is one for all partitions, and nothing to choose; the other is CDK's own note.
  for (const without of ['IAM', 'CDK']) used.delete(without);
  expect([...used].filter((one) => !(one in SERVICES))).toEqual([]);
  const table = readme.slice(readme.indexOf('## Where it runs'), readme.indexOf('## One order at'));
  for (const one of used) expect(table).toContain(String(SERVICES[one]));
});

test('each command of our own exists, and each link arrives', () => {
  const commands = [...guide.matchAll(/npm run ([\w:-]+)/g), ...readme.matchAll(/npm run ([\w:-]+)/g)];
  expect(commands.map(([, name]) => String(name)).filter((name) => !(name in scripts))).toEqual([]);
  const anchors = [...guide.matchAll(/^## (.+)$/gm)].map(([, text]) =>
    String(text)
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
  const links = [...readme.matchAll(/docs\/deploy\.md#([\w-]+)/g)].map(([, link]) => String(link));
  expect(links.length).toBeGreaterThan(3);
  expect(links.filter((link) => !anchors.includes(link))).toEqual([]);
});
