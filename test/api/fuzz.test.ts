import fc from 'fast-check';
import type { Call } from '../support/api';
import { MCHID, SECRET_TEXTS } from '../support/keys';
import { SERVICE_ID, startWorld, SUB_MCHID, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

const GOOD = `/v1/merchants/${MCHID}/orders/${SUB_MCHID}/NONE/collect`;

function charactersOf(text: string): fc.Arbitrary<string> {
  return fc.constantFrom(...text.split(''));
}

/** What Node's own HTTP client agrees to put into a request line. */
const target = fc
  .string({ unit: charactersOf('/v1-_|*%2F..?#&={}$~:@!,;abZ09'), maxLength: 60 })
  .map((text) => `/${text}`);
const segment = fc.oneof(
  fc.constantFrom(MCHID, SUB_MCHID, 'ORDER_1', '1', '$default', '{mchid}', '__proto__', 'constructor'),
  fc
    .string({ unit: 'binary', maxLength: 40 })
    .map((text) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, ''))),
);
const route = fc
  .tuple(segment, segment, segment, fc.constantFrom('collect', 'query', 'pay'))
  .map(([mchid, sub, number, verb]) => `/v1/merchants/${mchid}/orders/${sub}/${number}/${verb}`);

const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(SERVICE_ID, '', null, true, false, 0, -1, 1e308, [], {}),
  fc.string({ unit: 'binary' }),
  fc.jsonValue(),
);
const name = fc.oneof(
  fc.constantFrom('service_id', 'dry_run', 'mchid', 'out_order_no', '__proto__', 'constructor', 'toString'),
  fc.string(),
);
const json = fc
  .array(fc.tuple(name, value), { maxLength: 6 })
  .map(
    (pairs) => `{${pairs.map(([key, one]) => `${JSON.stringify(key)}:${JSON.stringify(one)}`).join(',')}}`,
  );
const body = fc.oneof(
  json.map((text) => Buffer.from(text)),
  fc.json().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.integer({ min: 1, max: 20_000 }).map((deep) => Buffer.from('['.repeat(deep))),
  fc
    .integer({ min: 1, max: 3_000 })
    .map((deep) => Buffer.from(`${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`)),
);

const headerName = fc.constantFrom(
  'accept',
  'cookie',
  'content-encoding',
  'authorization',
  'x-forwarded-for',
  'x-amz-date',
  'origin',
  'wechatpay-signature',
);
const headerValue = fc.string({ unit: charactersOf('aZ09;,="/ -%\t\u00e4'), maxLength: 40 });
const contentType = fc.oneof(
  fc.constantFrom(
    'application/json',
    'application/json; charset=utf-16',
    'application/problem+json',
    'text/plain',
  ),
  headerValue,
);

const call: fc.Arbitrary<Call> = fc.record(
  {
    method: fc.constantFrom('GET', 'POST', 'POST', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'SEARCH'),
    path: fc.oneof(route, route, target, fc.constant(GOOD)),
    headers: fc
      .tuple(fc.dictionary(headerName, headerValue, { maxKeys: 4 }), fc.option(contentType))
      .map(([headers, type]) => (type === null ? headers : { ...headers, 'content-type': type })),
    body,
  },
  { requiredKeys: ['path'] },
);

test('no input whatever yields a 5xx other than 502 and 503, or tells a secret, or reaches /pay', async () => {
  await fc.assert(
    fc.asyncProperty(call, async (given) => {
      const answer = await world.api.send(given);
      expect([...range(200, 499), 502, 503]).toContain(answer.status);
      for (const secret of SECRET_TEXTS) expect(answer.text).not.toContain(secret);
      // The gateway's own refusals are not ours; everything else that is refused is a problem.
      const refused = answer.status >= 400 && answer.text !== '{"message":"Bad Request"}';
      expect(refused ? answer.body['status'] : answer.status).toBe(answer.status);
    }),
    { numRuns: 600, seed: 20_260_302 },
  );
  expect(world.faults).toEqual([]);
  // No order exists at WeChat Pay, so whatever was valid among it was asked about and no more.
  expect(world.simulator.requests.filter(({ url }) => url.endsWith('/pay'))).toEqual([]);
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

test('no event whatever reaches WeChat Pay unless all of its fields are valid', async () => {
  const before = world.received();
  const badBody = json.filter((text) => !/"service_id":"\d{1,32}"/.test(text));
  await fc.assert(
    fc.asyncProperty(badBody, async (text) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await world.api.send({ path: GOOD, headers, body: text });
      expect(answer.status).toBe(400);
      expect((answer.body['errors'] as unknown[]).length).toBeGreaterThan(0);
    }),
    { numRuns: 200, seed: 20_260_303 },
  );
  expect(world.received()).toBe(before);
});
