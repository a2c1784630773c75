import type { Operation } from '../../lambda/core/order';
import type { CertifiedKey } from '../../lambda/wechatpay/keys';
import { closeTransports, credentialsOf } from './support/client';
import { MERCHANT_KEY } from './support/keys';
import { LIMITS, merchantAt, PAY_LIMITS, PUBLIC_KEYS, REF } from './support/merchant';
import { answer, closeServers, type Handler, NOW_MS } from './support/server';

/** A second generation; which certificate it is does not matter to those who only look at its serial number. */
const NEXT_KEY: CertifiedKey = { ...MERCHANT_KEY, serial_no: '00FF' };

afterEach(async () => {
  closeTransports();
  await closeServers();
});

const both = { publicKeys: PUBLIC_KEYS, signingKeys: [MERCHANT_KEY, NEXT_KEY] as const };
type At = Awaited<ReturnType<typeof merchantAt>>;
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
  const { merchant, signers } = await merchantAt(
    ({ method }, response) =>
      method === 'GET'
        ? answer(response, 200, ORDER)
        : answer(response, 401, JSON.stringify({ code: 'SIGN_ERROR' })),
    both,
  );
  await merchant.query(REF, LIMITS);
  expect((await merchant.collect(REF, PAY_LIMITS)).outcome).toEqual({
    kind: 'misconfigured',
    scope: 'merchant',
  });
  expect(signers()).toEqual([OLD, OLD]);
});

describe('of two, neither of which has worked here a moment ago,', () => {
  const CANCEL: Operation = { kind: 'cancel', user_reason: '免除费用' };
  const QUESTION = '/v3/payscore/partner/serviceorder?service_id=2&sub_mchid=1&out_order_no=A';

  test.each([
    ['pay', async ({ merchant }: At) => merchant.collect(REF, PAY_LIMITS)],
    ['cancel', async ({ merchant }: At) => merchant.change(REF, CANCEL, PAY_LIMITS)],
  ])('a question about the order finds the one for %s, which is sent once', async (action, send) => {
    const at = await merchantAt(refusing([OLD]), both);
    expect((await send(at)).outcome).toEqual({ kind: 'accepted' });
    expect(at.server.arrivals.map(({ method, url }) => [method, url])).toEqual([
      ['GET', QUESTION],
      ['GET', QUESTION],
      ['POST', `/v3/payscore/partner/serviceorder/A/${action}`],
    ]);
    expect(at.signers()).toEqual([OLD, '00FF', '00FF']);
    expect(at.told).toContainEqual(['rotated', OLD, '00FF']);
  });

  test('a question is asked that has no body, and none of a body’s headers', async () => {
    const { merchant, server } = await merchantAt(refusing([]), both);
    await merchant.collect(REF, PAY_LIMITS);
    const [question] = server.arrivals;
    expect(question?.body.toString()).toBe('');
    expect(question?.headers).not.toHaveProperty('content-type');
    expect(question?.headers).not.toHaveProperty('content-length');
  });

  test('one is asked about, and not again while what it found is at most 15 s old', async () => {
    let now = NOW_MS;
    const { merchant, server } = await merchantAt(refusing([]), { ...both, now: () => now });
    const collect = async () => merchant.collect(REF, { timeoutMs: 1_000, sendBy: now + 1_000 });
    const methods = () => server.arrivals.map(({ method }) => method);
    await collect();
    now += 15_000;
    await collect();
    expect(methods()).toEqual(['GET', 'POST', 'POST']);
    // The collection that was taken is proof as well.
    now += 15_000;
    await collect();
    now += 15_001;
    await collect();
    expect(methods()).toEqual(['GET', 'POST', 'POST', 'POST', 'GET', 'POST']);
  });

  test.each([
    ['both are refused', refusing([OLD, '00FF']), 'answered 401'],
    ['the question is throttled', refusing([OLD], 429, 'RATELIMIT_EXCEEDED'), 'answered 429'],
    ['the question meets a fault', refusing([OLD], 500, 'SYSTEM_ERROR'), 'answered 500'],
    [
      'its answer is lost',
      (_: unknown, response: Parameters<Handler>[1]) => response.destroy(),
      'connection_lost',
    ],
  ])('nothing is sent when %s', async (_, handler, why) => {
    const { merchant, server } = await merchantAt(handler, both);
    const unsent = {
      outcome: { kind: 'not_sent', because: 'key_unproven' },
      evidence: {
        detail: `The request was not sent: a question about the order, to find the signing key that works, came to nothing (${why}).`,
      },
    };
    expect(await merchant.collect(REF, PAY_LIMITS)).toEqual(unsent);
    // Nor the next time: what came to nothing has proved nothing.
    expect(await merchant.collect(REF, PAY_LIMITS)).toEqual(unsent);
    expect(server.arrivals.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  test('a question that takes until the last moment for sending leaves the collection unsent', async () => {
    let now = NOW_MS;
    const { merchant, server } = await merchantAt(
      (_, response) => {
        now += 1_000;
        answer(response, 200, ORDER);
      },
      { ...both, now: () => now },
    );
    const limits = { timeoutMs: 10_000, sendBy: NOW_MS + 1_000 };
    expect((await merchant.collect(REF, limits)).outcome).toEqual({
      kind: 'not_sent',
      because: 'send_by_passed',
    });
    expect(server.arrivals.map(({ method }) => method)).toEqual(['GET']);
  });

  test('not even a question is asked after that moment', async () => {
    const { merchant, server } = await merchantAt(refusing([]), both);
    const limits = { timeoutMs: 1_000, sendBy: NOW_MS };
    expect((await merchant.collect(REF, limits)).outcome.kind).toBe('not_sent');
    expect(server.arrivals).toEqual([]);
  });
});

test('the only one is not asked about before a collection', async () => {
  const { merchant, server } = await merchantAt(refusing([]), { publicKeys: PUBLIC_KEYS });
  await merchant.collect(REF, PAY_LIMITS);
  expect(server.arrivals.map(({ method }) => method)).toEqual(['POST']);
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

test('a refusal that has its reason in its body alone is one too', async () => {
  const { merchant, signers } = await merchantAt(refusing([OLD], 403, 'SIGN_ERROR'), both);
  await merchant.query(REF, LIMITS);
  expect(signers()).toEqual([OLD, '00FF']);
});

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
