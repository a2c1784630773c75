import type { CertifiedKey } from '../../lambda/wechatpay/keys';
import { closeTransports, credentialsOf } from './support/client';
import { MERCHANT_KEY } from './support/keys';
import { LIMITS, merchantAt, PAY_LIMITS, PUBLIC_KEYS, REF } from './support/merchant';
import { answer, closeServers, type Handler } from './support/server';

/** A second generation; which certificate it is does not matter to those who only look at its serial number. */
const NEXT_KEY: CertifiedKey = { ...MERCHANT_KEY, serial_no: '00FF' };

afterEach(async () => {
  closeTransports();
  await closeServers();
});

const both = { publicKeys: PUBLIC_KEYS, signingKeys: [MERCHANT_KEY, NEXT_KEY] as const };
const ORDER = '{"out_order_no":"A"}';
/** Answers 401 to what these have signed. */
const refusing =
  (serials: readonly string[], status = 401, code = 'SIGN_ERROR'): Handler =>
  ({ headers, method }, response) => {
    const { serial_no } = credentialsOf(headers.authorization);
    if (serials.includes(String(serial_no))) answer(response, status, JSON.stringify({ code }));
    else if (method === 'GET') answer(response, 200, ORDER);
    else answer(response, 204);
  };
const OLD = MERCHANT_KEY.serial_no;

test('a question that is refused is asked again at once with the other, which signs from then on', async () => {
  const { merchant, signers, told } = await merchantAt(refusing([OLD]), both);
  await merchant.query(REF, LIMITS);
  await merchant.query(REF, LIMITS);
  expect((await merchant.collect(REF, PAY_LIMITS)).outcome).toEqual({ kind: 'accepted' });
  expect(signers()).toEqual([OLD, '00FF', '00FF', '00FF']);
  expect(told.filter(([what]) => what === 'rotated')).toEqual([['rotated', OLD, '00FF']]);
});

test('a collection that is refused is not sent again', async () => {
  const { merchant, signers } = await merchantAt(refusing([OLD]), both);
  expect((await merchant.collect(REF, PAY_LIMITS)).outcome).toEqual({
    kind: 'misconfigured',
    scope: 'merchant',
  });
  expect(signers()).toEqual([OLD]);
});

test('one that is not refused any more is found again', async () => {
  const refused = [OLD];
  const { merchant, signers } = await merchantAt(refusing(refused), both);
  await merchant.query(REF, LIMITS);
  refused.splice(0, 1, '00FF');
  await merchant.query(REF, LIMITS);
  expect(signers()).toEqual([OLD, '00FF', '00FF', OLD]);
});

test('both are tried when both are refused, and what was said to the first is told', async () => {
  const { merchant, signers } = await merchantAt(refusing([OLD, '00FF']), both);
  expect(await merchant.query(REF, LIMITS)).toMatchObject({ kind: 'refused', because: 'credentials' });
  expect(signers()).toEqual([OLD, '00FF']);
  // Neither has proved better: the next question begins with the first again.
  await merchant.query(REF, LIMITS);
  expect(signers()).toEqual([OLD, '00FF', OLD, '00FF']);
});

test.each([
  [404, 'ORDER_NOT_EXIST'],
  [403, 'NO_AUTH'],
  [429, 'RATELIMIT_EXCEEDED'],
  [500, 'SYSTEM_ERROR'],
])(
  'an answer %i %s, which does not speak of the signature, is not asked about again',
  async (status, code) => {
    const { merchant, signers } = await merchantAt(refusing([OLD], status, code), both);
    await merchant.query(REF, LIMITS);
    expect(signers()).toEqual([OLD]);
  },
);

test('a refusal that is no JSON is one all the same', async () => {
  const { merchant, signers } = await merchantAt(
    ({ headers }, response) =>
      credentialsOf(headers.authorization)['serial_no'] === OLD
        ? response.writeHead(401).end('<html>')
        : answer(response, 200, ORDER),
    both,
  );
  await merchant.query(REF, LIMITS);
  expect(signers()).toEqual([OLD, '00FF']);
});

test.each([500, 429])(
  'an answer %i to the second says nothing of its signature: the first stays in use',
  async (status) => {
    const { merchant, signers, told } = await merchantAt(({ headers }, response) => {
      const first = credentialsOf(headers.authorization)['serial_no'] === OLD;
      answer(response, first ? 401 : status, '{}');
    }, both);
    await merchant.query(REF, LIMITS);
    await merchant.query(REF, LIMITS);
    expect(signers()).toEqual([OLD, '00FF', OLD, '00FF']);
    expect(told).toEqual([]);
  },
);

test('an answer that is lost to the second leaves the first in use', async () => {
  const { merchant, signers } = await merchantAt(({ headers }, response) => {
    if (credentialsOf(headers.authorization)['serial_no'] === OLD) answer(response, 401, '{}');
    else response.destroy();
  }, both);
  expect(await merchant.query(REF, LIMITS)).toMatchObject({ kind: 'refused', because: 'credentials' });
  expect(signers()).toEqual([OLD, '00FF']);
});
