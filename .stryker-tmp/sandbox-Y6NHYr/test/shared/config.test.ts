import { readConfig } from '../../lambda/shared/config';

const ENV = {
  TABLE_NAME: 'ledger',
  SECRET_PREFIX: 'payscore-collector/prod',
  WECHATPAY_HOSTS: 'https://api.mch.weixin.qq.com,https://api2.mch.weixin.qq.com',
  QUEUE_URL: 'https://sqs.cn-north-1.amazonaws.com.cn/000000000000/work',
  CALLS_PER_SECOND_MAX: '50',
  SWEEP_ORDERS_MAX: '3000',
  SWEEP_EVERY_MINUTES: '1',
};

function faultsOf(env: Readonly<Record<string, string | undefined>>): unknown {
  try {
    readConfig(env);
  } catch (error) {
    return error;
  }
  return undefined;
}

test('a whole environment is read', () => {
  expect(readConfig(ENV)).toEqual({
    tableName: 'ledger',
    secretPrefix: 'payscore-collector/prod',
    wechatpayHosts: ['https://api.mch.weixin.qq.com', 'https://api2.mch.weixin.qq.com'],
    queueUrl: 'https://sqs.cn-north-1.amazonaws.com.cn/000000000000/work',
    callsPerSecondMax: 50,
    sweepOrdersMax: 3_000,
    sweepEveryMinutes: 1,
  });
});

test('spaces around values and slashes after the prefix do no harm', () => {
  expect(
    readConfig({
      ...ENV,
      TABLE_NAME: ' ledger ',
      SECRET_PREFIX: 'a/b//',
      WECHATPAY_HOSTS: 'https://a , https://b',
      CALLS_PER_SECOND_MAX: ' 5 ',
    }),
  ).toMatchObject({
    tableName: 'ledger',
    secretPrefix: 'a/b',
    wechatpayHosts: ['https://a', 'https://b'],
    callsPerSecondMax: 5,
  });
});

test.each([
  ['CALLS_PER_SECOND_MAX', '1', '1000', 'callsPerSecondMax'],
  ['SWEEP_ORDERS_MAX', '1', '20000', 'sweepOrdersMax'],
  ['SWEEP_EVERY_MINUTES', '1', '1440', 'sweepEveryMinutes'],
] as const)('%s is taken from %s to %s', (name, least, most, field) => {
  expect(readConfig({ ...ENV, [name]: least })[field]).toBe(1);
  expect(readConfig({ ...ENV, [name]: most })[field]).toBe(Number(most));
});

test.each(['0', '-5', '2.5', '1001', '1e2', 'six', '0x10', 'Infinity', '0000000'])(
  'a rate of %j is refused',
  (text) => {
    expect(faultsOf({ ...ENV, CALLS_PER_SECOND_MAX: text })).toMatchObject({
      code: 'CONFIG_INVALID',
      data: { faults: ['CALLS_PER_SECOND_MAX is not a whole number from 1 to 1000'] },
    });
  },
);

test('everything that is wrong is said at once, and what is missing is not also malformed', () => {
  const faults = [
    'TABLE_NAME is missing',
    'SECRET_PREFIX is missing',
    'WECHATPAY_HOSTS is missing',
    'QUEUE_URL is missing',
    'CALLS_PER_SECOND_MAX is missing',
    'SWEEP_ORDERS_MAX is not a whole number from 1 to 20000',
    'SWEEP_EVERY_MINUTES is missing',
  ];
  expect(faultsOf({ TABLE_NAME: ' ', SWEEP_ORDERS_MAX: '20001' })).toMatchObject({
    name: 'PayscoreError',
    code: 'CONFIG_INVALID',
    message: `The environment of this function is not usable: ${faults.join('; ')}.`,
    data: { faults },
  });
});
