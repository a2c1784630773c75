import { createServices } from '../lambda/services';
import type { Config } from '../lambda/shared/config';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
process.env['AWS_REGION'] = 'us-east-1';

const CONFIG: Config = {
  tableName: 'ledger',
  secretPrefix: 'prefix',
  wechatpayHosts: ['https://api.mch.weixin.qq.com', 'https://api2.mch.weixin.qq.com'],
  queueUrl: 'https://sqs.us-east-1.amazonaws.com/000000000000/work',
  callsPerSecondMax: 50,
  sweepOrdersMax: 3_000,
};

test('the services follow the clock they are given, and the limits of every sweep', () => {
  const { ports, limits } = createServices(CONFIG, { now: () => 42 });
  expect(ports.now()).toBe(42);
  expect(limits).toMatchObject({ sweepOrdersMax: 3_000, callsPerSecondMax: 50 });
});

test('the services follow the wall clock when they are given none', () => {
  const { ports } = createServices(CONFIG);
  expect(Math.abs(ports.now() - Date.now())).toBeLessThan(1_000);
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
