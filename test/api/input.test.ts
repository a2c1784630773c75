import { type Call, pathOf } from '../support/api';
import { SERVICE_ID, startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

const JSON_TYPE = { 'content-type': 'application/json' };
const COLLECT = '/v1/merchants/1900009191/orders/1900000109/ORDER_1/collect';
const GOOD_BODY = JSON.stringify({ service_id: SERVICE_ID });

async function problem(call: Partial<Call>): Promise<Record<string, unknown>> {
  const answer = await world.api.send({ path: COLLECT, headers: JSON_TYPE, ...call });
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.body).toMatchObject({ status: answer.status, type: expect.any(String) as string });
  const { type, ...rest } = answer.body;
  return { ...rest, kind: String(type).replace('urn:payscore-collector:problem:', '') };
}

async function errorsOf(call: Partial<Call>): Promise<unknown> {
  const { status, kind, title, detail, errors } = await problem(call);
  expect({ status, kind, title, detail }).toEqual({
    status: 400,
    kind: 'invalid-request',
    title: 'Request not valid',
    detail: 'The request was not carried out. Every fault is listed in errors.',
  });
  return errors;
}

describe('a request with faults', () => {
  test('gets one answer that lists every fault of path and body', async () => {
    const path = `/v1/merchants/abc/orders/1x/${'9'.repeat(33)}/collect`;
    const body = JSON.stringify({ mchid: '1900009191', service_id: 5, dry_run: 'yes', force: true });
    expect(await errorsOf({ path, body })).toEqual([
      { field: 'mchid', rule: 'belongs into the path, not into the body' },
      { field: 'mchid', rule: 'is not a merchant number: 1 to 32 digits' },
      { field: 'sub_mchid', rule: 'is not a merchant number: 1 to 32 digits' },
      { field: 'out_order_no', rule: 'is not an order number: 1 to 32 of 0-9 A-Z a-z _ - | *' },
      { field: 'service_id', rule: 'is not of type string' },
      { field: 'dry_run', rule: 'is not of type boolean' },
      { field: '', rule: 'has fields that are not known here: force' },
    ]);
  });

  test.each(['mchid', 'sub_mchid', 'out_order_no'])(
    'names %s as belonging into the path, even when both say the same',
    async (field) => {
      const same = { mchid: '1900009191', sub_mchid: '1900000109', out_order_no: 'ORDER_1' }[field];
      const body = JSON.stringify({ service_id: SERVICE_ID, [field]: same });
      expect(await errorsOf({ body })).toEqual([{ field, rule: 'belongs into the path, not into the body' }]);
    },
  );

  test.each([
    ['{}', 'service_id', 'is missing'],
    ['', 'service_id', 'is missing'],
    ['{"service_id":null}', 'service_id', 'is not of type string'],
    ['{"service_id":""}', 'service_id', 'is not a service id: 1 to 32 digits'],
    ['{"service_id":"１"}', 'service_id', 'is not a service id: 1 to 32 digits'],
    ['{"service_id":"1\\n"}', 'service_id', 'is not a service id: 1 to 32 digits'],
    [`{"service_id":"${'1'.repeat(33)}"}`, 'service_id', 'is not a service id: 1 to 32 digits'],
    ['{"service_id":"1","dry_run":null}', 'dry_run', 'is not of type boolean'],
    ['{"service_id":"1","dry_run":1}', 'dry_run', 'is not of type boolean'],
    ['{"service_id":"1","dryRun":true}', '', 'has fields that are not known here: dryRun'],
    ['{"service_id":"1","a":1,"b":2}', '', 'has fields that are not known here: a, b'],
    ['{"service_id":"1","constructor":1}', '', 'has fields that are not known here: constructor'],
    ['{"service_id":"1","toString":1}', '', 'has fields that are not known here: toString'],
    ['{"service_id":"1","__proto__":{"dry_run":true}}', '', 'has fields that are not known here: __proto__'],
  ])('body %s: %s %s', async (body, field, rule) => {
    expect(await errorsOf({ body })).toEqual([{ field, rule }]);
  });

  test.each(['[]', '[{"service_id":"1"}]', '"text"', 'null', '42', 'true'])(
    'whose body is %s is told that it is no object',
    async (body) => {
      expect(await errorsOf({ body })).toEqual([{ field: '', rule: 'the body is not a JSON object' }]);
    },
  );

  test('never gets a value back that it sent', async () => {
    const secret = 'hunter2-hunter2';
    const body = JSON.stringify({ service_id: secret, dry_run: secret });
    const answer = await world.api.send({ path: COLLECT, headers: JSON_TYPE, body });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain(secret);
  });

  test('dry_run is unknown to a query', async () => {
    const path = COLLECT.replace('collect', 'query');
    const body = JSON.stringify({ service_id: SERVICE_ID, dry_run: true });
    expect(await errorsOf({ path, body })).toEqual([
      { field: '', rule: 'has fields that are not known here: dry_run' },
    ]);
  });
});

function padded(bytes: number): string {
  return `{"service_id":"x"}`.padEnd(bytes, ' ');
}

describe('a body', () => {
  test.each(['{', '{"service_id":1', "{'service_id':'1'}", 'service_id=1', '\u0000', '{"a":NaN}'])(
    'of %j is 400: not JSON',
    async (body) => {
      expect(await problem({ body })).toMatchObject({
        status: 400,
        kind: 'body-not-json',
        detail: 'The body is not JSON in UTF-8.',
      });
    },
  );

  test('that is not UTF-8 is 400', async () => {
    const body = Buffer.concat([
      Buffer.from('{"service_id":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ]);
    // The gateway hands over as base64 what it does not take for text.
    const headers = { 'content-type': 'application/vnd.api+json' };
    expect(await problem({ headers, body })).toMatchObject({ status: 400, kind: 'body-not-json' });
    expect(await errorsOf({ body })).toEqual([
      { field: 'service_id', rule: 'is not a service id: 1 to 32 digits' },
    ]);
  });

  test.each([
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'text/json',
    'nonsense',
  ])('of type %s is 415', async (type) => {
    expect(await problem({ headers: { 'content-type': type }, body: GOOD_BODY })).toMatchObject({
      status: 415,
      kind: 'unsupported-media-type',
      detail: 'Send the body as application/json.',
    });
  });

  test.each(['application/json', 'Application/JSON; charset=utf-8', 'application/vnd.api+json', undefined])(
    'of type %s is read, in base64 too',
    async (type) => {
      const headers = type === undefined ? {} : { 'content-type': type };
      const body = JSON.stringify({ service_id: 'x' });
      expect(await errorsOf({ headers, body })).toEqual([
        { field: 'service_id', rule: 'is not a service id: 1 to 32 digits' },
      ]);
    },
  );

  test('of more than 16,384 bytes is 413, of exactly as many it is read', async () => {
    expect(await problem({ body: padded(16_385) })).toMatchObject({
      status: 413,
      kind: 'body-too-large',
      detail: 'The body has 16385 bytes; at most 16384 are taken.',
    });
    expect(await errorsOf({ body: padded(16_384) })).toHaveLength(1);
    const base64 = { 'content-type': 'application/vnd.api+json' };
    expect(await problem({ headers: base64, body: padded(16_385) })).toMatchObject({ status: 413 });
    expect(await errorsOf({ headers: base64, body: padded(16_384) })).toHaveLength(1);
  });

  test('counts in bytes, not in characters', async () => {
    const body = JSON.stringify({ service_id: '付'.repeat(5_500) });
    expect(body.length).toBeLessThan(16_384);
    expect(await problem({ body })).toMatchObject({ status: 413 });
  });
});

describe('a path', () => {
  const NOT_ORDER = { field: 'out_order_no', rule: 'is not an order number: 1 to 32 of 0-9 A-Z a-z _ - | *' };

  test.each(['a%2Fb', 'a%20b', '%E4%BB%98', 'a%00', 'a%0A', '%25', '%2E%2E', 'a%23b', 'x'.repeat(33)])(
    'with order number %s is refused by its pattern',
    async (number) => {
      expect(await errorsOf({ path: COLLECT.replace('ORDER_1', number), body: GOOD_BODY })).toEqual([
        NOT_ORDER,
      ]);
    },
  );

  test.each([
    '/',
    '/v1',
    '/v1/merchants/1/orders/2',
    '/v1/merchants/1/orders/2/3/pay',
    '/v1/merchants/1/orders/2/3/collect/',
    '/v1/merchants/1/orders/2/3/collect/4',
    '/v1/merchants//orders/2/3/collect',
    '//v1/merchants/1/orders/2/3/collect',
    '/V1/merchants/1/orders/2/3/collect',
    '/v2/merchants/1/orders/2/3/collect',
    '/constructor',
    '/%24default',
  ])('%s is 404 with the routes there are', async (path) => {
    expect(await problem({ path, body: GOOD_BODY })).toEqual({
      status: 404,
      kind: 'route-not-found',
      title: 'No such route',
      detail: 'This path is not part of the API.',
      routes: [
        'GET /openapi.json',
        'GET /v1/me',
        'GET /v1/switch',
        'PUT /v1/switch',
        'GET /v1/merchants',
        'GET /v1/merchants/{mchid}',
        'GET /v1/merchants/{mchid}/overview',
        'GET /v1/merchants/{mchid}/search',
        'POST /v1/merchants/{mchid}/breakers/lift',
        'GET /v1/merchants/{mchid}/switch',
        'PUT /v1/merchants/{mchid}/switch',
        'GET /v1/merchants/{mchid}/switch/{sub_mchid}',
        'PUT /v1/merchants/{mchid}/switch/{sub_mchid}',
        'GET /v1/merchants/{mchid}/policies',
        'PUT /v1/merchants/{mchid}/policies',
        'DELETE /v1/merchants/{mchid}/policies',
        'GET /v1/merchants/{mchid}/policies/{sub_mchid}',
        'PUT /v1/merchants/{mchid}/policies/{sub_mchid}',
        'DELETE /v1/merchants/{mchid}/policies/{sub_mchid}',
        'GET /v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}',
        'PUT /v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}',
        'DELETE /v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}',
        'GET /v1/merchants/{mchid}/export/orders',
        'GET /v1/merchants/{mchid}/export/attempts',
        'POST /v1/merchants/{mchid}/events/republish',
        'GET /v1/merchants/{mchid}/orders',
        'POST /v1/merchants/{mchid}/orders/import',
        'PUT /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}',
        'GET /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}',
        'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/collect',
        'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/query',
        'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/hold',
        'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/release',
        'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/settle',
        'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/waive',
        'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/reduce',
        'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/correct',
      ],
    });
  });

  test.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'])(
    'that exists is 405 for %s, with Allow',
    async (method) => {
      const answer = await world.api.send({ method, path: COLLECT });
      expect(answer.status).toBe(405);
      expect(answer.headers['allow']).toBe('POST');
      expect(answer.body).toMatchObject({
        type: 'urn:payscore-collector:problem:method-not-allowed',
        detail: `${method} is not possible here; POST is.`,
      });
    },
  );

  test('that exists is 405 for HEAD, which has no body', async () => {
    expect(await world.api.send({ method: 'HEAD', path: COLLECT })).toMatchObject({ status: 405, text: '' });
  });

  test('ignores its query string', async () => {
    expect(await errorsOf({ path: `${COLLECT}?service_id=1&dry_run=true&mchid=2`, body: '{}' })).toEqual([
      { field: 'service_id', rule: 'is missing' },
    ]);
  });
});

test('a merchant without secrets is 404, and the names of both secrets are told', async () => {
  const path = pathOf({ mchid: '999', sub_mchid: '1', out_order_no: '1' } as never, 'collect');
  expect(await problem({ path, body: GOOD_BODY })).toMatchObject({
    status: 404,
    kind: 'merchant-unknown',
    detail:
      'Merchant 999 has no secrets here: create payscore-collector/test/999/signing and ' +
      'payscore-collector/test/999/verify, or check who may read them. No collection was sent.',
    errors: ['signing', 'verify'].map((part) => ({
      field: '',
      rule: `payscore-collector/test/999/${part}: is missing, or this function may not read it`,
    })),
  });
});

test('nothing of all that was refused here has reached WeChat Pay or the ledger, or broke the function', async () => {
  expect(world.received()).toBe(0);
  expect((await world.api.at('GET', '/v1/merchants/1900009191/orders')).body).toEqual({
    orders: [],
    cursor: null,
  });
  expect(world.faults).toEqual([]);
});
