import { connect } from 'node:net';
import fc from 'fast-check';
import { call, drawKeys, gist, type Keys, openWorld, order, query, send, type World } from './caller';

let keys: Keys;
let world: World;

beforeAll(async () => {
  keys = await drawKeys();
});
beforeEach(async () => {
  world = await openWorld(keys);
  world.simulator.addOrder(order());
});
afterEach(() => world.simulator.close());

/** What a raw connection gets for these bytes, until the other side closes it. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(world.simulator.url).port), '127.0.0.1');
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    // A reset is an end like another: what counts is what came before it.
    socket.on('error', () => resolve(text));
    socket.on('close', () => resolve(text));
    socket.end(bytes);
  });
}

test.each([
  ['no HTTP at all', 'hello\r\n\r\n'],
  [
    'an absolute URL',
    'GET http://example.com/v3/certificates HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  ],
  ['a URL in UTF-8 bytes', 'GET /v3/中 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ['no Host', 'GET /v3/certificates HTTP/1.1\r\nConnection: close\r\n\r\n'],
  [
    'a body shorter than promised',
    'POST /_simulator/orders HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{',
  ],
])('%s gets an error or nothing, and the next caller is served', async (_what, bytes) => {
  expect(await raw(bytes)).toMatch(/^$|^HTTP\/1\.1 4\d\d /);
  expect(gist(await query(world))).toBe('200');
});

// Printable ASCII only: anything else never leaves an HTTP client.
const urlText = fc.stringMatching(/^[!-~]{0,40}$/);

test('any URL gets an answer below 500, signed or not, from both surfaces', async () => {
  const prefix = fc.constantFrom(
    '/',
    '/v3/payscore/partner/serviceorder/',
    '/v3/payscore/partner/serviceorder?',
    '/v3/certificates?',
    '/_simulator/',
    '/_simulator/orders/',
  );
  const method = fc.constantFrom('GET', 'POST', 'DELETE');
  const property = fc.asyncProperty(prefix, urlText, method, async (start, rest, verb) => {
    const path = `${start}${rest}`;
    expect((await call(world, { method: verb, path })).status).toBeLessThan(500);
    expect((await send(world.simulator.url, verb, path, {}, '')).status).toBeLessThan(500);
  });
  await fc.assert(property, { numRuns: 100 });
});

test('any JSON as a body gets an answer below 500', async () => {
  const path = fc.constantFrom(
    '/v3/payscore/partner/serviceorder/ORDER1/pay',
    '/v3/payscore/partner/serviceorder/ORDER1/modify',
    '/_simulator/orders',
    '/_simulator/faults',
  );
  const property = fc.asyncProperty(path, fc.json(), async (target, body) => {
    expect((await call(world, { method: 'POST', path: target, body })).status).toBeLessThan(500);
  });
  await fc.assert(property, { numRuns: 100 });
});
