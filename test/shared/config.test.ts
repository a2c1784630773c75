import { readConfig } from '../../lambda/shared/config';

const ENV = {
  TABLE_NAME: 'ledger',
  SECRET_PREFIX: 'payscore-collector/prod',
  WECHATPAY_HOSTS: 'https://api.mch.weixin.qq.com,https://api2.mch.weixin.qq.com',
  MIN_GAP_MINUTES: '90',
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
    policy: { gapMs: 5_400_000 },
  });
});

test('spaces around values and slashes after the prefix do no harm', () => {
  expect(
    readConfig({
      ...ENV,
      TABLE_NAME: ' ledger ',
      SECRET_PREFIX: 'a/b//',
      WECHATPAY_HOSTS: 'https://a , https://b',
    }),
  ).toMatchObject({ tableName: 'ledger', secretPrefix: 'a/b', wechatpayHosts: ['https://a', 'https://b'] });
});

test.each([undefined, ''])('without MIN_GAP_MINUTES (%j) the gap is 6 hours', (text) => {
  expect(readConfig({ ...ENV, MIN_GAP_MINUTES: text }).policy.gapMs).toBe(21_600_000);
});

test.each([
  ['3', 180_000],
  ['43200', 2_592_000_000],
])('a gap of %s minutes is taken', (text, gapMs) => {
  expect(readConfig({ ...ENV, MIN_GAP_MINUTES: text }).policy.gapMs).toBe(gapMs);
});

test.each(['2', '0', '-5', '2.5', '43201', '1e2', 'six', ' ', '0x10', 'Infinity'])(
  'a gap of %j minutes is refused: the lock of 3 minutes is a floor that nobody can lower',
  (text) => {
    expect(faultsOf({ ...ENV, MIN_GAP_MINUTES: text })).toMatchObject({
      code: 'CONFIG_INVALID',
      data: { faults: ['MIN_GAP_MINUTES is not a whole number from 3 to 43200'] },
    });
  },
);

test('everything that is wrong is said at once', () => {
  expect(faultsOf({ TABLE_NAME: ' ', MIN_GAP_MINUTES: '1' })).toMatchObject({
    name: 'PayscoreError',
    code: 'CONFIG_INVALID',
    message:
      'The environment of this function is not usable: TABLE_NAME is missing; SECRET_PREFIX is missing; ' +
      'WECHATPAY_HOSTS is missing; MIN_GAP_MINUTES is not a whole number from 3 to 43200.',
    data: {
      faults: [
        'TABLE_NAME is missing',
        'SECRET_PREFIX is missing',
        'WECHATPAY_HOSTS is missing',
        'MIN_GAP_MINUTES is not a whole number from 3 to 43200',
      ],
    },
  });
});
