import { createServer, type ServerResponse } from 'node:http';
import type { OrderKey } from '../lambda/core/ids';
import { createServices } from '../lambda/services';
import type { Config } from '../lambda/shared/config';
import { LOCAL_AWS } from '../local/aws/identity';
import { listen } from '../local/aws/loopback';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
process.env['AWS_REGION'] = 'us-east-1';

const CONFIG: Config = {
  tableName: 'ledger',
  secretPrefix: 'prefix',
  wechatpayHosts: ['https://api.mch.weixin.qq.com', 'https://api2.mch.weixin.qq.com'],
  queueUrl: 'https://sqs.us-east-1.amazonaws.com/000000000000/work',
  callsPerSecondMax: 50,
  sweepOrdersMax: 3_000,
  sweepEveryMinutes: 5,
};

test('the services follow the clock they are given, and the limits of every sweep', () => {
  const { ports, limits } = createServices(CONFIG, { now: () => 42 });
  expect(ports.now()).toBe(42);
  expect(limits).toMatchObject({ sweepOrdersMax: 3_000, sweepEveryMinutes: 5, callsPerSecondMax: 50 });
});

test('the services follow the wall clock when they are given none', () => {
  const { ports } = createServices(CONFIG);
  expect(Math.abs(ports.now() - Date.now())).toBeLessThan(1_000);
});

test('a whole batch of orders has its connections to AWS at once: none waits for another', async () => {
  const waiting: ServerResponse[] = [];
  // It answers nobody before a hundred have come, which with fewer connections never happens.
  const server = createServer((_request, response) => {
    waiting.push(response);
    if (waiting.length < 100) return;
    for (const one of waiting.splice(0)) one.end('{}');
  });
  const aws = await listen(server);
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: aws.url,
    AWS_ACCESS_KEY_ID: LOCAL_AWS.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_AWS.credentials.secretAccessKey,
  });
  try {
    const { ledger } = createServices(CONFIG).ports;
    const keys = Array.from({ length: 100 }, (_, n) => ({
      mchid: '1',
      sub_mchid: '2',
      out_order_no: `${n}`,
    }));
    const found = await Promise.all(keys.map(async (key) => ledger.find(key as OrderKey)));
    expect(found).toEqual(Array(100).fill(undefined));
  } finally {
    process.env = before;
    await aws.close();
  }
});

test('every claim has a random id of its own', () => {
  const { ports } = createServices(CONFIG);
  const ids = Array.from({ length: 1_000 }, () => ports.newClaimId());
  expect(new Set(ids).size).toBe(1_000);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
});

test('chance is a number from 0 to below 1, another one every time', () => {
  const { ports } = createServices(CONFIG);
  const drawn = Array.from({ length: 1_000 }, () => ports.chance());
  expect(new Set(drawn).size).toBe(1_000);
  for (const chance of drawn) expect(chance >= 0 && chance < 1).toBe(true);
});

test.each([
  ['plain http to a host on the network', 'http://api.mch.weixin.qq.com'],
  ['something that is no URL', 'api.mch.weixin.qq.com'],
  ['a URL with a path', 'https://api.mch.weixin.qq.com/v3'],
  ['nothing between two commas', ''],
])('a host that is %s stops the function when it starts, before any request', (_name, host) => {
  expect(() => createServices({ ...CONFIG, wechatpayHosts: [host] })).toThrow(
    expect.objectContaining({ name: 'PayscoreError', code: 'REQUEST_INVALID' }) as Error,
  );
});
