import { request } from 'node:http';
import { connect } from 'node:net';
import type { Context } from 'aws-lambda';
import { ROUTES } from '../../../lambda/routes';
import { type GatewayFunction, type GatewayOptions, startGateway } from '../../../local/aws/gateway';
import type { GatewayEvent } from '../../../local/aws/gateway-event';
import type { LocalServer } from '../../../local/aws/loopback';

const COLLECT = '/v1/merchants/1900000001/orders/1900000109/A%7C1%2A/collect';
const now = () => Date.UTC(2026, 2, 5, 19, 3, 58);

let gateway: LocalServer;
let event: GatewayEvent | undefined;
let context: Context | undefined;
let faults: Error[] = [];

type Behind = Pick<GatewayFunction, 'name' | 'routes' | 'timeoutMs'>;

/** A function behind the gateway that answers what a test says. */
function behind(answer: () => unknown, given: Partial<Behind> = {}): GatewayFunction {
  return {
    name: 'api',
    routes: [...ROUTES, '$default'],
    timeoutMs: 29_000,
    authorizer: 'iam',
    handler: async (received, lambda) => {
      event = received;
      context = lambda;
      return answer();
    },
    ...given,
  };
}

async function start(
  answer: () => unknown,
  given: Partial<Behind> = {},
  options: Partial<GatewayOptions> = {},
): Promise<void> {
  event = undefined;
  faults = [];
  gateway = await startGateway({
    functions: [behind(answer, given)],
    now,
    onFault: (fault) => faults.push(fault),
    ...options,
  });
}

afterEach(async () => gateway.close());

const OK = () => ({ statusCode: 200 });

async function call(path: string, init: RequestInit = {}): Promise<readonly [number, string]> {
  const response = await fetch(`${gateway.url}${path}`, init);
  return [response.status, await response.text()];
}

/** What fetch refuses to send: the request line as it stands. */
async function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    let answer = '';
    socket.on('data', (data: Buffer) => (answer += data.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
    socket.write(text);
  });
}

describe('the event', () => {
  test('has the shape of payload format 2.0, down to the authorised caller', async () => {
    await start(OK);
    const headers = {
      'Content-Type': 'application/json',
      'User-Agent': 'test',
      'X-Trace': 'a',
      Cookie: 'a=1; b=2',
    };
    await call(`${COLLECT}?x=1&y=%E4%B8%AD&x=2`, { method: 'POST', headers, body: '{"service_id":"中"}' });
    const host = new URL(gateway.url).host;
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/collect',
      rawPath: '/v1/merchants/1900000001/orders/1900000109/A|1*/collect',
      rawQueryString: 'x=1&y=%E4%B8%AD&x=2',
      cookies: ['a=1', 'b=2'],
      headers: expect.objectContaining({
        host,
        'content-type': 'application/json',
        'content-length': '20',
        'user-agent': 'test',
        'x-trace': 'a',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'http',
        'x-forwarded-port': new URL(gateway.url).port,
      }),
      queryStringParameters: { x: '1,2', y: '中' },
      pathParameters: { mchid: '1900000001', sub_mchid: '1900000109', out_order_no: 'A|1*' },
      requestContext: {
        accountId: '000000000000',
        apiId: 'local',
        authorizer: {
          iam: {
            accessKey: 'local',
            accountId: '000000000000',
            callerId: 'local',
            cognitoIdentity: null,
            principalOrgId: '',
            userArn: 'arn:aws:iam::000000000000:user/local',
            userId: 'local',
          },
        },
        domainName: host,
        domainPrefix: 'local',
        http: {
          method: 'POST',
          path: '/v1/merchants/1900000001/orders/1900000109/A|1*/collect',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test',
        },
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        routeKey: 'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/collect',
        stage: '$default',
        time: '05/Mar/2026:19:03:58 +0000',
        timeEpoch: 1_772_737_438_000,
      },
      body: '{"service_id":"中"}',
      isBase64Encoded: false,
    });
    expect(event?.headers).not.toHaveProperty('cookie');
    expect(event?.headers).not.toHaveProperty('connection');
  });

  test('leaves out what the request does not have', async () => {
    await start(OK);
    await call('/nowhere');
    expect(event).toMatchObject({ routeKey: '$default', rawQueryString: '', isBase64Encoded: false });
    for (const absent of ['cookies', 'queryStringParameters', 'pathParameters', 'body'])
      expect(event).not.toHaveProperty(absent);
  });

  test.each([
    ['a wrong method', 'GET', COLLECT],
    ['a longer path', 'POST', `${COLLECT}/now`],
    ['an empty variable', 'POST', '/v1/merchants//orders/1900000109/A1/collect'],
    ['another case', 'POST', COLLECT.replace('collect', 'COLLECT')],
  ])('%s goes to $default', async (_, method, path) => {
    await start(OK);
    await call(path, { method });
    expect(event?.routeKey).toBe('$default');
  });

  test('a slash that was encoded stays inside its variable', async () => {
    await start(OK);
    await call('/v1/merchants/1/orders/2/a%2Fb/collect', { method: 'POST' });
    expect(event?.pathParameters).toEqual({ mchid: '1', sub_mchid: '2', out_order_no: 'a/b' });
  });

  test.each([
    ['application/json; charset=utf-8', '{}', false],
    ['text/plain', '{}', false],
    ['application/xml', '{}', false],
    ['application/x-www-form-urlencoded', 'e30=', true],
    ['application/problem+json', 'e30=', true],
    ['application/jsonx', 'e30=', true],
    ['application/octet-stream', 'e30=', true],
    ['', 'e30=', true],
  ])('a body of type "%s" arrives as %s', async (type, body, isBase64Encoded) => {
    await start(OK);
    await call(COLLECT, {
      method: 'POST',
      body: Buffer.from('{}'),
      headers: type === '' ? {} : { 'content-type': type },
    });
    expect(event).toMatchObject({ body, isBase64Encoded });
  });

  test('headers sent twice arrive as one', async () => {
    await start(OK);
    await raw('GET / HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nx-one: 2\r\nConnection: close\r\n\r\n');
    expect(event?.headers['x-one']).toBe('1,2');
  });

  test('the context counts down from the time that the function has', async () => {
    await start(OK, { timeoutMs: 29_000, name: 'api' });
    await call('/');
    expect(context).toMatchObject({
      functionName: 'api',
      functionVersion: '$LATEST',
      memoryLimitInMB: '512',
    });
    expect(context?.getRemainingTimeInMillis()).toBe(29_000);
  });
});

describe('bad input never reaches the function', () => {
  test.each([
    ['a percent sign without its digits', '/v1/%'],
    ['bytes that are no UTF-8', '/v1/%FF'],
    ['a query that does not decode', '/?a=%ZZ'],
    ['a whole URL', 'http://example.com/'],
    ['no path', '*'],
  ])('%s is 400', async (_, target) => {
    await start(OK);
    const answer = await raw(`OPTIONS ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toMatch(/\{"message":"Bad Request"\}$/);
    expect(event).toBeUndefined();
  });

  test('more than 10 MB is 413, and exactly 10 MB is not', async () => {
    await start(OK);
    const headers = { 'content-type': 'text/plain' };
    const limit = 10 * 1024 * 1024;
    expect(await call(COLLECT, { method: 'POST', headers, body: 'a'.repeat(limit + 1) })).toEqual([
      413,
      '{"message":"Request Entity Too Large"}',
    ]);
    expect(event).toBeUndefined();
    expect(await call(COLLECT, { method: 'POST', headers, body: 'a'.repeat(limit) })).toEqual([200, '']);
  });

  test('headers of more than 10,240 bytes are refused', async () => {
    await start(OK);
    expect(await call('/', { headers: { 'x-long': 'a'.repeat(10_240) } })).toEqual([431, '']);
  });

  test('without $default an unknown route is 404', async () => {
    await start(OK, { routes: ROUTES });
    expect(await call('/nowhere')).toEqual([404, '{"message":"Not Found"}']);
  });

  test('bytes that are not HTTP do not end the gateway', async () => {
    await start(OK);
    expect(await raw('\x00\x01\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await call('/')).toEqual([200, '']);
  });

  test('a client that leaves in the middle of its body does not end the gateway', async () => {
    await start(OK);
    const leaving = request(`${gateway.url}/`, { method: 'POST', headers: { 'content-length': '10' } });
    leaving.on('error', () => undefined);
    await new Promise<void>((resolve) => {
      leaving.write('a', () => resolve());
    });
    leaving.destroy();
    expect(await call('/')).toEqual([200, '']);
  });
});

describe('the answer', () => {
  test('is the status, headers, cookies and body that the function returned', async () => {
    await start(() => ({
      statusCode: 202,
      headers: { 'Content-Type': 'application/json', 'X-Count': 3, 'Content-Length': 99 },
      cookies: ['a=1', 'b=2'],
      body: '{"中":1}',
    }));
    const response = await fetch(`${gateway.url}${COLLECT}`, { method: 'POST' });
    expect([response.status, await response.text()]).toEqual([202, '{"中":1}']);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('x-count')).toBe('3');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('apigw-requestid')).toBe(event?.requestContext.requestId);
  });

  test('is decoded when the function encoded it', async () => {
    await start(() => ({ statusCode: 200, body: 'AAEC', isBase64Encoded: true }));
    const response = await fetch(gateway.url);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from([0, 1, 2]));
  });

  test('without a status code is the result itself, as JSON', async () => {
    await start(() => ({ ok: true }));
    expect(await call('/')).toEqual([200, '{"ok":true}']);
  });

  test.each([
    ['nothing', undefined],
    ['a status that is no number', { statusCode: '200' }],
    ['a status that HTTP does not have', { statusCode: 700 }],
    ['a body that is no text', { statusCode: 200, body: { a: 1 } }],
    ['headers that are a list', { statusCode: 200, headers: ['a'] }],
    ['a header that is an object', { statusCode: 200, headers: { a: {} } }],
    ['a header name that HTTP does not have', { statusCode: 200, headers: { 'a b': '1' } }],
    ['a header with a line break', { statusCode: 200, headers: { a: '1\r\nb: 2' } }],
    ['cookies that are no list', { statusCode: 200, cookies: 'a=1' }],
    ['more than 6 MB', { statusCode: 200, body: 'a'.repeat(6 * 1024 * 1024) }],
    ['what JSON cannot say', { statusCode: 200, body: 1n }],
  ])('%s is an internal error', async (_, result) => {
    await start(() => result);
    expect(await call('/')).toEqual([500, '{"message":"Internal Server Error"}']);
    expect(faults).toHaveLength(1);
  });

  test('of a function that throws says nothing of why, which only the operator is told', async () => {
    const secret = new Error('secret');
    await start(() => {
      throw secret;
    });
    expect(await call('/')).toEqual([500, '{"message":"Internal Server Error"}']);
    expect(faults).toEqual([expect.objectContaining({ message: 'the function threw', cause: secret })]);
  });

  test('of a function that ran out of its own time is 500', async () => {
    await start(async () => new Promise(() => undefined), { timeoutMs: 5 });
    expect(await call('/')).toEqual([500, '{"message":"Internal Server Error"}']);
    expect(faults.map(({ message }) => message)).toEqual(['Task timed out']);
  });

  test('is 503 when the gateway gave up before the function did', async () => {
    await start(async () => new Promise(() => undefined), { timeoutMs: 1_000 }, { integrationTimeoutMs: 5 });
    expect(await call('/')).toEqual([503, '{"message":"Service Unavailable"}']);
  });
});

test('a route that is not METHOD /path is refused at the start', async () => {
  await start(OK);
  await expect(startGateway({ functions: [behind(OK, { routes: ['/v1'] })] })).rejects.toThrow(
    "'/v1' is neither METHOD /path nor $default",
  );
});

test('a port that is taken is an error at the start', async () => {
  await start(OK);
  const port = Number(new URL(gateway.url).port);
  await expect(startGateway({ functions: [], port })).rejects.toThrow('EADDRINUSE');
});
