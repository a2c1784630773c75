import { type Fault } from '../../local/wechatpay';
import { MCHID, MERCHANT_KEY, PLATFORM } from '../support/keys';
import { ABOUT, CERTIFICATES, check, folder, found, report, store, wechatPay } from './merchant-checking';
import { certificate } from './merchant-command';

describe('a merchant with a public key', () => {
  test('without an order: the signature is accepted, and what that does not show is said', async () => {
    const { requests } = await wechatPay();
    const { status, stdout } = await check();

    expect([status, found()]).toEqual([
      0,
      [['signature_accepted', 'answer_not_checked', 'apiv3_key_not_checked']],
    ]);
    expect(stdout).toContain('404 ORDER_NOT_EXIST');
    expect(stdout).toContain('ok        WeChat Pay accepts the signature of this key.');
    expect(stdout).toContain("unproven  Whether WeChat Pay's answers can be verified is not shown");
    expect(stdout).toContain('--order SUB_MCHID/OUT_ORDER_NO --service-id ID');
    expect(stdout).toMatch(/ok +This machine's clock is \d+\.\d s (ahead of|behind) WeChat Pay's\./);
    expect(requests.map(({ method, signature }) => [method, signature.verdict])).toEqual([['GET', 'valid']]);
  });

  test('asks about another order number each time', async () => {
    const { requests } = await wechatPay();
    await check();
    await check();
    const numbers = requests.map(({ url }) => /out_order_no=(CHECK-[0-9a-f]{24})$/.exec(url)?.[1]);
    expect(new Set(numbers).size).toBe(2);
    expect(numbers).not.toContain(undefined);
  });

  test('with an order: its answer is verified', async () => {
    const { requests } = await wechatPay();
    const { status, stdout } = await check(ABOUT);

    expect([status, found()]).toEqual([
      0,
      [['signature_accepted', 'answer_verified', 'apiv3_key_not_checked']],
    ]);
    expect(stdout).toContain(`The answer is signed by WeChat Pay (${PLATFORM.public_key_id}), and verified.`);
    expect(stdout).toContain('Nothing failed.');
    expect(requests).toHaveLength(1);
  });
});

describe('a merchant with platform certificates', () => {
  test('asks for them, opens them with the APIv3 key, and verifies the answer with one of them', async () => {
    store({ verify: CERTIFICATES });
    const { requests } = await wechatPay({ verification: 'certificate' });
    const { status, stdout } = await check();

    expect([status, found()]).toEqual([0, [['signature_accepted', 'answer_verified', 'apiv3_key_right']]]);
    expect(stdout).toContain(`The answer is signed by WeChat Pay (${PLATFORM.serial_no}), and verified.`);
    expect(stdout).toContain(
      `The APIv3 key decrypts the platform certificates: ${PLATFORM.serial_no} until 2120-01-01.`,
    );
    expect(requests.map(({ url }) => url)).toEqual(['/v3/certificates']);
  });

  test('and a public key, as during the changeover: both are shown by one call', async () => {
    store({ verify: { platform_certificates: true } });
    await wechatPay({ verification: 'both' });
    const { status, stdout } = await check();
    expect([status, found()]).toEqual([0, [['signature_accepted', 'answer_verified', 'apiv3_key_right']]]);
    expect(stdout).toContain(`(${PLATFORM.public_key_id}), and verified.`);
  });

  test('and an order: the certificates that were listed verify its answer', async () => {
    store({ verify: CERTIFICATES });
    const { requests } = await wechatPay({ verification: 'certificate' });
    expect([(await check(ABOUT)).status, found()]).toEqual([
      0,
      [
        ['signature_accepted', 'answer_verified', 'apiv3_key_right'],
        ['signature_accepted', 'answer_verified'],
      ],
    ]);
    expect(requests).toHaveLength(2);
  });

  test('hears that the APIv3 key is the wrong one', async () => {
    store({ verify: CERTIFICATES });
    await wechatPay({ verification: 'certificate', apiv3_key: 'AnotherApiV3KeyOf32Characters000' });
    const { status, stdout } = await check();
    expect([status, found()]).toEqual([1, [['signature_accepted', 'apiv3_key_wrong']]]);
    expect(stdout).toContain('do not decrypt under the APIv3 key');
  });

  test('hears that there are none', async () => {
    store({ verify: { platform_certificates: true } });
    await wechatPay({ verification: 'public_key' });
    const { status, stdout } = await check();
    expect([status, found()]).toEqual([1, [['signature_accepted', 'certificates_none']]]);
    expect(stdout).toContain(
      `npm run merchant -- rotate --platform-certificates off --mchid ${MCHID} --file ${folder.path('merchant.json')}`,
    );
  });

  test.each([
    ['a list that is none', { kind: 'body', status: 200, body: '{"data":[]}' }, 'list_unreadable'],
    ['a list that was altered', { kind: 'bad_signature' }, 'certificate_signature_wrong'],
    ['a signature with a certificate that is not listed', { kind: 'unknown_serial' }, 'certificate_unlisted'],
  ] satisfies [string, Fault, string][])('hears of %s', async (_, fault, code) => {
    store({ verify: CERTIFICATES });
    (await wechatPay({ verification: 'certificate' })).fault(fault);
    const { status } = await check();
    expect([status, found()]).toEqual([1, [['signature_accepted', code]]]);
  });
});

describe('two certificates, as during a rotation', () => {
  const fresh = certificate();

  test('are both tried, the second only for its signature', async () => {
    store({ keys: [fresh, MERCHANT_KEY] });
    await wechatPay({ certificates: [fresh, MERCHANT_KEY] });
    const { status, stdout } = await check(ABOUT);
    expect(status).toBe(0);
    expect(stdout).toContain('Nothing failed.');
    expect(report().calls.map(({ signed_with, signs }) => [signed_with, signs])).toEqual([
      [fresh.serial_no, true],
      [MERCHANT_KEY.serial_no, false],
    ]);
  });

  test('of which the second is refused: the service works without it', async () => {
    store({ keys: [fresh, MERCHANT_KEY] });
    await wechatPay({ certificates: [fresh] });
    const { status, stdout } = await check();
    expect([status, found()[1]]).toEqual([0, ['serial_refused']]);
    expect(stdout).toContain('The second one does not: "rotate --finish" drops it.');
  });

  test('of which the one that signs is refused: it does not', async () => {
    store({ keys: [fresh, MERCHANT_KEY] });
    await wechatPay();
    expect([(await check()).status, found()[0], report().usable]).toEqual([1, ['serial_refused'], false]);
  });

  test('of which the first has ended: the second signs', async () => {
    store({ keys: [certificate({ fromDays: -9, untilDays: -1 }), MERCHANT_KEY] });
    await wechatPay();
    expect((await check()).status).toBe(0);
    expect(report().calls[0]).toMatchObject({ signed_with: MERCHANT_KEY.serial_no, signs: true });
  });
});

describe('is refused before anything is asked', () => {
  test.each([
    ['an order of another form', ['--order', '1/2/3', '--service-id', '5'], 'SUB_MCHID/OUT_ORDER_NO'],
    [
      'an order without its service',
      ['--order', '123/A'],
      'service_id is missing (service_id is --service-id)',
    ],
    ['a service without its order', ['--service-id', '5'], '--service-id goes with --order'],
    ['a number that is none', ['--order', 'x/A', '--service-id', '5'], 'sub_mchid is not a merchant number'],
  ])('%s', async (_, args, message) => {
    const { requests } = await wechatPay();
    const { status, stderr } = await check(args);
    expect([status, requests]).toEqual([1, []]);
    expect(stderr).toContain(message);
  });

  test('a host over plain HTTP that is not this machine', async () => {
    const { status, stderr } = await check([], ['http://api.mch.weixin.qq.com']);
    expect(status).toBe(1);
    expect(stderr).toContain('plain http is for loopback only');
  });
});
