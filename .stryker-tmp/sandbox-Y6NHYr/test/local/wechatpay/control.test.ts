import {
  drawKeys,
  gist,
  type Keys,
  MCHID,
  openWorld,
  order,
  pay,
  query,
  send,
  SUB_MCHID,
  type World,
} from './caller';

let keys: Keys;
let world: World;

beforeAll(async () => {
  keys = await drawKeys();
});
beforeEach(async () => {
  world = await openWorld(keys);
});
afterEach(() => world.simulator.close());

const drive = (method: string, path: string, body: unknown = '') => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return send(
    world.simulator.url,
    method,
    `/_simulator${path}`,
    { 'Content-Length': String(Buffer.byteLength(text)) },
    text,
  );
};
const ORDER = `/orders/${MCHID}/${SUB_MCHID}/ORDER1`;

test('orders can be registered and read by anyone with curl', async () => {
  const added = await drive('POST', '/orders', order());
  expect(added).toMatchObject({
    status: 201,
    json: { out_order_no: 'ORDER1', state: 'DOING', paying_amount: 4000 },
  });
  expect((await drive('GET', '/orders')).json).toEqual([added.json]);
  expect((await drive('GET', ORDER)).json).toEqual(added.json);
  expect((await drive('GET', '/orders/1/2/3')).status).toBe(404);
});

test('a customer can be made to pay by hand, once', async () => {
  expect(await drive('POST', `${ORDER}/pay-by-hand`)).toMatchObject({
    status: 404,
    json: { result: 'no_such_order' },
  });
  await drive('POST', '/orders', order());
  expect(await drive('POST', `${ORDER}/pay-by-hand`)).toMatchObject({
    status: 200,
    json: { result: 'paid' },
  });
  expect(await drive('POST', `${ORDER}/pay-by-hand`)).toMatchObject({
    status: 409,
    json: { result: 'not_pending' },
  });
});

test('an order number with | is given percent-encoded', async () => {
  await drive('POST', '/orders', order({ out_order_no: 'a|b' }));
  const paid = await drive('POST', `/orders/${MCHID}/${SUB_MCHID}/a%7Cb/pay-by-hand`);
  expect(paid.status).toBe(200);
});

test('the fate of a customer can be changed', async () => {
  await drive('POST', '/orders', order());
  expect((await drive('POST', `${ORDER}/customer`, { kind: 'declines' })).status).toBe(201);
  expect(gist(await pay(world))).toBe('403 TRADE_ERROR 271316574');
});

test('faults can be asked for and cleared', async () => {
  await drive('POST', '/orders', order());
  const fault = { kind: 'status', status: 500, code: 'SYSTEM_ERROR', times: 'always' };
  expect((await drive('POST', '/faults', fault)).status).toBe(201);
  expect((await query(world)).status).toBe(500);
  expect((await drive('DELETE', '/faults')).json).toEqual({ cleared: true });
  expect((await query(world)).status).toBe(200);
});

test('the calls that arrived can be read, the control calls are not among them', async () => {
  await drive('POST', '/orders', order());
  await pay(world);
  expect((await drive('GET', '/requests')).json).toMatchObject([
    {
      method: 'POST',
      url: '/v3/payscore/partner/serviceorder/ORDER1/pay',
      signature: { verdict: 'valid' },
      outcome: { kind: 'answered', status: 204 },
    },
  ]);
});

test.each([
  ['POST', '/orders', '', 'expected object'],
  ['POST', '/orders', '{', 'the body is not JSON'],
  ['POST', '/orders', '[]', 'expected object'],
  ['POST', '/orders', { ...order(), totalAmount: 1 }, 'Unrecognized key: "totalAmount"'],
  ['POST', '/orders', order({ mchid: '2' }), 'no merchant 2 here'],
  ['POST', '/orders', 'x'.repeat(100_000), 'the body is too large'],
  ['POST', '/faults', { kind: 'nonsense' }, 'kind'],
  ['POST', '/faults', { kind: 'refuse', on: { action: 'steal' } }, 'on.action'],
  ['POST', `${ORDER}/customer`, { kind: 'generous' }, 'kind'],
  ['POST', `/orders/%E4/%/x/customer`, { kind: 'declines' }, 'no order'],
])('%s %s with bad input %j is a 400 that says why', async (method, path, body, message) => {
  const refused = await drive(method, path, body);
  expect(refused.status).toBe(400);
  expect(refused.body).toContain(JSON.stringify(message).slice(1, -1));
});

test('an unknown operation is a 404 that lists the known ones', async () => {
  expect(await drive('PUT', '/orders')).toMatchObject({
    status: 404,
    json: { known: expect.arrayContaining(['GET /_simulator/orders', 'DELETE /_simulator/faults']) },
  });
});
