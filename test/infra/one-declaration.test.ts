import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { build, stop } from 'esbuild';
import { bundleOptions, PAGE_BUILT } from '../../infra/bundling';
import { LOCAL_FUNCTIONS, DEFAULTS, FUNCTIONS, SCHEDULES } from '../../infra/manifest';
import { readSettings } from '../../infra/settings';
import { CollectorStack } from '../../infra/stack';
import { readConfig } from '../../lambda/shared/config';
import { runCircle } from '../../local/circle';
import {
  BEHIND_GATEWAY,
  DEPARTURES,
  LOCAL_MAPPING,
  LOCAL_QUEUE,
  localEnvironment,
  TIMEOUTS_MS,
} from '../../local/wiring';
import flags from '../../cdk.json';
import { propertiesOf, synthesised } from './synthesised';

/*
 * What is deployed and what runs on this machine, side by side: the first as the template says, the second as
 * local/service.ts and local/circle.ts hand it to their stand-ins.
 */

// A page to put beside its function; what it is made of is another test's.
jest.mock<object>('../../infra/bundling', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'declared-page-'));
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html>');
  return { ...jest.requireActual<object>('../../infra/bundling'), PAGE_BUILT: folder };
});
afterAll(() => rmSync(PAGE_BUILT, { recursive: true }));

const CONSOLE = {
  console: 'true',
  oidc_issuer: 'https://id.example.com',
  oidc_client_id: 'collector',
};
const template = synthesised(CONSOLE);

interface DeployedFunction {
  readonly Description: string;
  readonly Handler: string;
  readonly Timeout: number;
  readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
}

const deployed = new Map(
  propertiesOf(template, 'AWS::Lambda::Function').map((properties) => {
    const one = properties as unknown as DeployedFunction;
    return [one.Description.replace('payscore-collector dev: ', ''), one] as const;
  }),
);

/** The function whose alias something names. */
function functionOf(target: unknown): string {
  const alias = /"(\w*Live[0-9A-F]{8})"/.exec(JSON.stringify(target))?.[1] ?? '';
  const id = template.findResources('AWS::Lambda::Alias')[alias]?.['Properties'].FunctionName.Ref;
  const description = template.findResources('AWS::Lambda::Function')[id]?.['Properties'].Description;
  return String(description).replace('payscore-collector dev: ', '');
}

const local = localEnvironment({
  queueUrl: 'http://127.0.0.1:1/queue',
  wechatpayHosts: ['http://127.0.0.1:2'],
  callsPerSecondMax: undefined,
  logLevel: 'INFO',
  signIn: {
    issuer: 'https://id.example.com',
    clientId: 'collector',
    scope: 'openid profile email',
    token: 'access_token',
  },
  standIns: {
    AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:3',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:4',
    AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:5',
    AWS_REGION: 'local',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  },
});

test('the functions are the same, and have the same time', () => {
  const times = [...deployed].map(([name, { Timeout }]) => [name, Timeout * 1_000] as const);
  expect(Object.fromEntries(times)).toEqual(TIMEOUTS_MS);
});

test('the routes are the same, behind the same functions, and ask for the same signature', () => {
  const integrations = new Map(
    Object.entries(template.findResources('AWS::ApiGatewayV2::Integration')).map(([id, { Properties }]) => [
      id,
      functionOf(Properties.IntegrationUri),
    ]),
  );
  const inStack = propertiesOf(template, 'AWS::ApiGatewayV2::Route').map(
    ({ RouteKey, AuthorizationType, Target }) => {
      const integration = /"(\w+)"\}?\]\]\}$/.exec(JSON.stringify(Target))?.[1] ?? '';
      const authorizer = AuthorizationType === 'AWS_IAM' ? 'iam' : String(AuthorizationType).toLowerCase();
      return `${String(RouteKey)} -> ${integrations.get(integration)}, ${authorizer}`;
    },
  );
  const here = Object.values(BEHIND_GATEWAY).flatMap(({ name, routes, authorizer }) =>
    routes.map((route) => `${route} -> ${name}, ${authorizer}`),
  );
  expect(here.toSorted()).toEqual(inStack.toSorted());
});

describe('the environment', () => {
  /** Of a machine: where things are, and how much is told. */
  const PLACES = [
    'TABLE_NAME',
    'SECRET_PREFIX',
    'WECHATPAY_HOSTS',
    'QUEUE_URL',
    'POWERTOOLS_METRICS_NAMESPACE',
    'PAGE_FOLDER',
  ];

  const here: Readonly<Record<string, string>> = local;
  const unset: readonly string[] = DEPARTURES.unset;

  test.each(LOCAL_FUNCTIONS)('of %s has its variables, with the same values but for places', (name) => {
    const there = deployed.get(name)?.Environment.Variables ?? {};
    const wanted = Object.keys(there).filter((key) => !unset.includes(key));
    expect(wanted.length).toBeGreaterThan(5);
    expect(wanted.filter((key) => !(key in here))).toEqual([]);
    const same = (of: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(wanted.filter((key) => !PLACES.includes(key)).map((key) => [key, of[key]]));
    expect(same(here)).toEqual(same(there));
  });

  test('has none here that no deployed function has', () => {
    const own: readonly string[] = DEPARTURES.environment;
    const there = [...deployed.values()].flatMap(({ Environment }) => Object.keys(Environment.Variables));
    const shared = Object.keys(here).filter((key) => !own.includes(key));
    expect(new Set([...shared, ...unset])).toEqual(new Set(there));
  });

  test('has what the functions read, and nothing that nobody reads', () => {
    const read = new Set<string>();
    const variables = deployed.get('collect')?.Environment.Variables ?? {};
    const env = new Proxy<Record<string, string>>(
      { ...local },
      {
        get: (target, key) => {
          read.add(String(key));
          return target[String(key)];
        },
      },
    );
    readConfig(env);
    // The Logger and Metrics of Powertools read these by themselves.
    const byPowertools = ['LOG_LEVEL', 'POWERTOOLS_METRICS_NAMESPACE', 'POWERTOOLS_SERVICE_NAME'];
    expect([...read, ...byPowertools].toSorted()).toEqual(Object.keys(variables).toSorted());
  });
});

describe('the work queue', () => {
  const inStack = () => {
    const queues = Object.entries(template.findResources('AWS::SQS::Queue'));
    const work = queues.find(([id]) => id.startsWith('WorkQueue'))?.[1]['Properties'];
    return {
      visibilityTimeoutSeconds: work.VisibilityTimeout,
      maxReceiveCount: work.RedrivePolicy.maxReceiveCount,
      retentionDays: work.MessageRetentionPeriod / 24 / 60 / 60,
    };
  };

  test('keeps, hides and gives up messages alike', () => {
    const { name: _name, ...here } = LOCAL_QUEUE;
    expect(here).toEqual(inStack());
  });

  test('feeds the same function in the same batches; the window alone is shorter here', () => {
    const [mapping] = propertiesOf(template, 'AWS::Lambda::EventSourceMapping');
    expect(propertiesOf(template, 'AWS::Lambda::EventSourceMapping')).toHaveLength(1);
    const { functionName, batchSize, concurrencyMax, timeoutMs, windowMs } = LOCAL_MAPPING;
    expect({ functionName, batchSize, concurrencyMax, timeoutMs }).toEqual({
      functionName: functionOf(mapping?.['FunctionName']),
      batchSize: mapping?.['BatchSize'],
      concurrencyMax: (mapping?.['ScalingConfig'] as { MaximumConcurrency: number } | undefined)
        ?.MaximumConcurrency,
      timeoutMs: TIMEOUTS_MS.collect,
    });
    expect([windowMs, mapping?.['MaximumBatchingWindowInSeconds']]).toEqual([DEPARTURES.windowMs, 1]);
    // The stand-in answers as a mapping does that reports failures one by one.
    expect(mapping?.['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures']);
  });
});

describe('the schedules', () => {
  /** How often each function is woken, in minutes. */
  const inStack = () =>
    Object.fromEntries(
      propertiesOf(template, 'AWS::Events::Rule').map(({ ScheduleExpression, Targets }) => [
        functionOf(Targets),
        Number(/^rate\((\d+) minutes?\)$/.exec(String(ScheduleExpression))?.[1]),
      ]),
    );

  test('are those that are declared', () => {
    const declared = Object.entries(SCHEDULES).map(([name, { everyMinutes }]) => [name, everyMinutes]);
    expect(inStack()).toEqual(Object.fromEntries(declared));
    expect(SCHEDULES.sweep.everyMinutes).toBe(DEFAULTS.sweepEveryMinutes);
  });

  test('wake the same functions here, at a pace that is said to be another', async () => {
    const woken: string[] = [];
    let clock = 0;
    const handler = (name: string, value: unknown) => async () => {
      woken.push(name);
      return value;
    };
    await runCircle({
      world: {
        service: {
          sweep: handler('sweep', { due: 0, sent: 0 }),
          keys: handler('keys', {}),
          rollup: handler('rollup', {}),
          busy: () => false,
        },
        simulator: { deliverNotifications: async () => [], deliveries: [], nextEventAtMs: () => Infinity },
        now: () => clock,
        moveTo: (to: number) => (clock = to),
        began: 0,
      },
      view: {
        nextDueAt: () => 0,
        due: () => [],
        read: async () => undefined,
        readAll: async () => undefined,
        readKnown: async () => undefined,
        snapshot: () => ({}),
      },
      orders: [],
      agenda: { keep: async () => undefined, nextAt: () => Infinity },
      until: DEPARTURES.tickMs.keys + 1,
      onProgress: () => undefined,
      say: () => undefined,
    } as unknown as Parameters<typeof runCircle>[0]);
    const times = (name: string) => woken.filter((one) => one === name).length;
    expect(Object.keys(DEPARTURES.tickMs).toSorted()).toEqual(Object.keys(inStack()).toSorted());
    expect({ sweep: times('sweep'), keys: times('keys'), rollup: times('rollup') }).toEqual({
      sweep: 5,
      keys: 2,
      // Once more at the end: the page is to show how it ended.
      rollup: 2,
    });
    expect(woken).toHaveLength(9);
  });
});

describe('the code', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'declared-'));
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await stop();
  });

  test('of every function is byte for byte what would be deployed', async () => {
    const app = new App({ context: flags.context, outdir: path.join(folder, 'cdk.out') });
    const stack = new CollectorStack(app, readSettings({ ...CONSOLE, events: 'true', import: 'true' }));
    const { directory } = app.synth();
    const functions = propertiesOf(
      Template.fromStack(stack),
      'AWS::Lambda::Function',
    ) as unknown as readonly (DeployedFunction & {
      readonly Code: { readonly S3Key: string };
    })[];
    expect(functions).toHaveLength(Object.keys(FUNCTIONS).length);
    for (const { Description, Handler, Code } of functions) {
      const name = Description.replace('payscore-collector dev: ', '') as keyof typeof FUNCTIONS;
      const outfile = path.join(folder, `${name}.mjs`);
      // eslint-disable-next-line no-await-in-loop -- one after the other: each takes all cores
      await build(bundleOptions(name, outfile));
      const asset = readFileSync(
        path.join(directory, `asset.${Code.S3Key.replace(/\.zip$/, '')}`, 'index.mjs'),
      );
      expect([name, asset.equals(readFileSync(outfile))]).toEqual([name, true]);
      expect(Handler).toBe(`index.${FUNCTIONS[name].handler}`);
    }
  }, 600_000);
});
