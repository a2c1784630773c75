import { createApiCertificate, type ApiCertificate } from '../../local/wechatpay';
import type { Api } from '../support/api';
import {
  APIV3_KEY,
  MCHID,
  MERCHANT_KEY,
  PLATFORM,
  type SigningSecret,
  signingSecret,
  verifySecret,
} from '../support/keys';
import { MINUTE, PREFIX, putSecrets, SECOND, START, startWorld, type World } from '../support/world';

/** Its old API certificate has ended at WeChat Pay; only the new one is accepted. */
const ROTATED = '1900000888';
/** Its API certificate is rotated before our eyes. */
const ROTATING = '1900000889';

let world: World;
let renewed: ApiCertificate;
let api: Api;

beforeAll(async () => {
  renewed = await createApiCertificate(ROTATED, START);
  const { serial_no, certificate } = renewed;
  world = await startWorld({
    merchants: [
      { mchid: ROTATED, apiv3_key: APIV3_KEY, certificates: [{ serial_no, certificate }] },
      { mchid: ROTATING, apiv3_key: APIV3_KEY, certificates: [MERCHANT_KEY] },
    ],
  });
});
beforeEach(async () => {
  world.simulator.clearFaults();
  for (const mchid of [ROTATED, ROTATING]) putSecrets(world.secrets, mchid);
  putSecrets(world.secrets, MCHID);
  // A function instance that has read no secret yet.
  api = await world.apiOf(world.newServices());
});
afterAll(async () => world.close());

function calls(what: 'query' | 'pay', out_order_no: string): number {
  const end = what === 'pay' ? `/${out_order_no}/pay` : `out_order_no=${out_order_no}`;
  return world.simulator.requests.filter(({ url }) => url.endsWith(end)).length;
}

describe('when WeChat Pay answers a query with 401', () => {
  test('keys are read again once, and then not for 30 s, and the caller is told which secret to check', async () => {
    const ref = world.order({ mchid: ROTATED });
    const before = world.secrets.calls();
    const answer = await api.collect(ref);
    expect(answer.status).toBe(502);
    expect(answer.body).toMatchObject({
      detail:
        'WeChat Pay refused the merchant’s signature or certificate. Check the …/signing secret and the clock. ' +
        'This request sent no collection.',
      wechatpay: { http_status: 401, code: 'SIGN_ERROR', sub_code: '270924332' },
    });
    // Both secrets when first wanted, and both once more because the keys were refused.
    expect(world.secrets.calls() - before).toBe(4);
    world.clock.forward(30 * SECOND - 1);
    await api.collect(ref);
    expect(world.secrets.calls() - before).toBe(4);
    expect([calls('query', ref.out_order_no), calls('pay', ref.out_order_no)]).toEqual([2, 0]);
  });

  test('a rotated key is read once and the query repeated with it, in the same request', async () => {
    const ref = world.order({ mchid: ROTATED });
    expect((await api.collect(ref)).status).toBe(502);
    world.secrets.put(`${PREFIX}/${ROTATED}/signing`, JSON.stringify(signingSecret(ROTATED, renewed)));
    world.clock.forward(30 * SECOND);
    const before = world.secrets.calls();
    expect((await api.collect(ref)).status).toBe(202);
    expect(world.secrets.calls() - before).toBe(2);
    expect([calls('query', ref.out_order_no), calls('pay', ref.out_order_no)]).toEqual([3, 1]);
  });

  test('a key that was rotated a moment after it was first read is seen at once', async () => {
    const ref = world.order({ mchid: ROTATED });
    // First read for an order that WeChat Pay does not refuse to speak of: a first reading is no refresh.
    world.fault({ kind: 'status', status: 500, code: 'SYSTEM_ERROR', on: { action: 'query' } });
    expect((await api.collect(ref)).status).toBe(503);
    world.secrets.put(`${PREFIX}/${ROTATED}/signing`, JSON.stringify(signingSecret(ROTATED, renewed)));
    expect((await api.collect(ref)).status).toBe(202);
  });

  test('a rotated key is seen by two requests at the same time', async () => {
    const refs = [world.order({ mchid: ROTATED }), world.order({ mchid: ROTATED })];
    world.fault({ kind: 'status', status: 500, code: 'SYSTEM_ERROR', on: { action: 'query' } });
    expect((await api.collect(world.order({ mchid: ROTATED }))).status).toBe(503);
    world.secrets.put(`${PREFIX}/${ROTATED}/signing`, JSON.stringify(signingSecret(ROTATED, renewed)));
    const before = world.secrets.calls();
    const answers = await Promise.all(refs.map((ref) => api.collect(ref)));
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    expect(world.secrets.calls() - before).toBe(2);
  });

  test('a key that did not change is read once, and the query is not repeated', async () => {
    const ref = world.order({ mchid: ROTATED });
    await api.collect(ref);
    world.clock.forward(30 * SECOND);
    const before = world.secrets.calls();
    expect((await api.collect(ref)).status).toBe(502);
    expect((await api.collect(ref)).status).toBe(502);
    expect(world.secrets.calls() - before).toBe(2);
    expect(calls('query', ref.out_order_no)).toBe(3);
  });

  test('a new secret that cannot be used leaves the old keys in use until they are too old', async () => {
    const ref = world.order({ mchid: ROTATED });
    await api.collect(ref);
    world.secrets.put(`${PREFIX}/${ROTATED}/signing`, '{"mchid":');
    world.clock.forward(30 * SECOND);
    expect((await api.collect(ref)).status).toBe(502);
    world.clock.forward(5 * MINUTE);
    const answer = await api.collect(ref);
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({
      errors: [{ field: '', rule: `${PREFIX}/${ROTATED}/signing: is not JSON` }],
    });
  });
});

test('a query whose answer names a key that is not known is repeated once the new key is there', async () => {
  const ref = world.order();
  const unknown = { ...verifySecret(MCHID), public_keys: { PUB_KEY_ID_1: PLATFORM.public_key } };
  world.secrets.put(`${PREFIX}/${MCHID}/verify`, JSON.stringify(unknown));
  expect((await api.collect(ref)).body).toMatchObject({
    wechatpay: { detail: expect.any(String) as string },
  });
  putSecrets(world.secrets, MCHID);
  world.clock.forward(30 * SECOND);
  expect((await api.collect(ref)).status).toBe(202);
});

describe('when WeChat Pay answers the collection with 401', () => {
  test('the merchant is misconfigured, nothing is sent again, no attempt is burned, and the keys are read again', async () => {
    const ref = world.order();
    await api.register(ref);
    await api.query(ref);
    world.clock.forward(30 * SECOND);
    const before = world.secrets.calls();
    world.fault({ kind: 'status', status: 401, code: 'SIGN_ERROR', on: { action: 'pay' } });
    const answer = await api.collect(ref);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      attempt: { outcome: 'misconfigured', scope: 'merchant', open: false },
      wechatpay: { http_status: 401, code: 'SIGN_ERROR', sub_code: '270924332' },
      open_attempt: null,
    });
    expect((await world.ledger(ref)).calls).toEqual([]);
    expect(calls('pay', ref.out_order_no)).toBe(1);
    expect(world.secrets.calls() - before).toBe(2);
  });
});

describe('while two generations of the API certificate are live', () => {
  const both = (keys: SigningSecret['keys']) =>
    world.secrets.put(`${PREFIX}/${ROTATING}/signing`, JSON.stringify({ mchid: ROTATING, keys }));
  /** Whose certificates were on the calls that arrived meanwhile, in their order and without repetition. */
  async function signedBy(work: () => Promise<void>): Promise<string[]> {
    const before = world.simulator.requests.length;
    await work();
    const arrived = world.simulator.requests.slice(before);
    return [
      ...new Set(
        arrived.map(({ headers }) => /serial_no="(\w+)"/.exec(String(headers['authorization']))?.[1] ?? ''),
      ),
    ];
  }
  /** Collects for new orders, all at once: every one of them by one collection that was taken. */
  async function collectSome(orders = 8): Promise<void> {
    const refs = Array.from({ length: orders }, () => world.order({ mchid: ROTATING }));
    const answers = await Promise.all(refs.map(async (ref) => api.collect(ref)));
    expect(answers.map(({ status }) => status)).toEqual(Array(orders).fill(202));
    expect(refs.map((ref) => world.paysReceived(ref))).toEqual(Array(orders).fill(1));
  }

  test('the old one can be revoked while collecting goes on: no call fails, no attempt is burned', async () => {
    const { simulator, clock } = world;
    const next = await createApiCertificate(ROTATING, clock.now());
    both([MERCHANT_KEY]);
    expect(await signedBy(collectSome)).toEqual([MERCHANT_KEY.serial_no]);
    // WeChat Pay takes both from now on; the secret follows, and is seen without a deployment.
    simulator.merchant(ROTATING).addCertificate(next);
    both([MERCHANT_KEY, next]);
    clock.forward(5 * MINUTE);
    expect(await signedBy(collectSome)).toEqual([MERCHANT_KEY.serial_no]);
    simulator.merchant(ROTATING).revokeCertificate(MERCHANT_KEY.serial_no);
    const reads = world.secrets.calls();
    // A question is refused and asked again with the new one, which then signs every collection.
    expect(await signedBy(collectSome)).toEqual([MERCHANT_KEY.serial_no, next.serial_no]);
    expect(await signedBy(collectSome)).toEqual([next.serial_no]);
    expect(world.secrets.calls()).toBe(reads);
    both([next]);
    clock.forward(5 * MINUTE);
    expect(await signedBy(collectSome)).toEqual([next.serial_no]);
    const shown = await api.at('GET', `/v1/merchants/${ROTATING}`);
    expect(shown.body).toMatchObject({ breakers: [], keys: { signing: [{ serial_no: next.serial_no }] } });
  });

  test('a new one that does not live yet leaves the signing to the old one', async () => {
    const { clock } = world;
    const later = await createApiCertificate(ROTATED, clock.now() + 30 * 86_400_000);
    world.secrets.put(
      `${PREFIX}/${ROTATED}/signing`,
      JSON.stringify({ mchid: ROTATED, keys: [later, renewed] }),
    );
    const ref = world.order({ mchid: ROTATED });
    const used = await signedBy(async () => {
      expect((await api.collect(ref)).status).toBe(202);
    });
    expect(used).toEqual([renewed.serial_no]);
  });
});

test('of two generations whose first is revoked, the second collects what another instance has asked about', async () => {
  const keys = [MERCHANT_KEY, renewed];
  world.secrets.put(`${PREFIX}/${ROTATED}/signing`, JSON.stringify({ mchid: ROTATED, keys }));
  const other = await world.apiOf(world.newServices());
  const ref = world.order({ mchid: ROTATED });
  await api.register(ref);
  expect((await api.query(ref)).status).toBe(200);
  expect((await other.collect(ref)).status).toBe(202);
  // Each of them has found out for itself which one works.
  expect([calls('query', ref.out_order_no), calls('pay', ref.out_order_no)]).toEqual([4, 1]);
});

test('two generations may be given, and the first one signs', async () => {
  const keys = [renewed, MERCHANT_KEY];
  world.secrets.put(`${PREFIX}/${ROTATED}/signing`, JSON.stringify({ mchid: ROTATED, keys }));
  const ref = world.order({ mchid: ROTATED });
  expect((await api.collect(ref)).status).toBe(202);
});
