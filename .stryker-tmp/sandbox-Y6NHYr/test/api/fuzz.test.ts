import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import fc from 'fast-check';
import { DEFAULT_POLICY } from '../../lambda/core/policy';
import { ROUTES } from '../../lambda/routes';
import { deliver } from '../../local/aws/events';
import { invoke } from '../../local/aws/invoke';
import type { Call } from '../support/api';
import { MCHID, SECRET_TEXTS } from '../support/keys';
import { SERVICE_ID, startWorld, SUB_MCHID, TABLE, type World } from '../support/world';

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
  fc.constantFrom(MCHID, SUB_MCHID, SERVICE_ID, MCHID, SUB_MCHID, 'ORDER_1', '1', '$default', '__proto__'),
  fc
    .string({ unit: 'binary', maxLength: 40 })
    .map((text) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, ''))),
);
const queryString = fc.oneof(
  fc.constantFrom(
    '',
    '',
    '',
    '?dry_run=true',
    '?version=1',
    '?limit=2',
    '?status=active',
    '?at=0000-01-01T00:00:00Z',
    '?at=9999-12-31T23:59:59-23:59',
    '?mchid=1',
    '?sub_mchid=1',
    '?service_id=1',
  ),
  fc
    .tuple(
      fc.constantFrom('at', 'cursor', 'limit', 'status', 'version', 'dry_run'),
      fc.string({ unit: 'binary', maxLength: 40 }),
    )
    .map(([key, text]) => `?${key}=${encodeURIComponent(text.replace(/\p{Surrogate}/gu, ''))}`),
);
/** Values that fit a route's variables. */
const FITTING: Readonly<Record<string, readonly string[]>> = {
  mchid: [MCHID, MCHID, '404'],
  sub_mchid: [SUB_MCHID, '1'],
  service_id: [SERVICE_ID, '2'],
  out_order_no: ['NONE', 'ORDER_1', 'A|*_-'],
};
const variables = (of: (name: string) => fc.Arbitrary<string>) =>
  fc.record({
    mchid: of('mchid'),
    sub_mchid: of('sub_mchid'),
    service_id: of('service_id'),
    out_order_no: of('out_order_no'),
  });
const fill = (template: string, values: Readonly<Record<string, string>>) =>
  template.replace(/\{(\w+)\}/g, (_, one: string) => values[one] ?? '');
/** A route of the API, its variables filled with anything. */
const route = fc
  .tuple(
    fc.constantFrom(...ROUTES),
    variables(() => segment),
    queryString,
  )
  .map(([key, values, query]) => {
    const [method = '', template = ''] = key.split(' ');
    return { method, path: `${fill(template, values)}${query}` };
  });

const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(SERVICE_ID, '', null, true, false, 0, -1, 8, 1e308, [], {}),
  fc.constantFrom(
    'on',
    'inherit',
    { reason: 'said so' },
    { sub_mchid: '1', service_id: '1' },
    'Asia/Shanghai',
  ),
  fc.constantFrom('0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', [{ from: '23:59', to: '00:00' }], [24]),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.string({ unit: 'binary' }),
  fc.jsonValue(),
);
const NAMES = [
  'service_id',
  'dry_run',
  'mchid',
  'out_order_no',
  'completed_at',
  'total_amount',
  'user_consent',
];
const name = fc.oneof(
  fc.constantFrom(...NAMES, 'mode', 'pair', '__proto__', 'constructor', 'toString'),
  fc.constantFrom(...Object.keys(DEFAULT_POLICY)),
  fc.string(),
);
const json = fc
  .array(fc.tuple(name, value), { maxLength: 6 })
  .map(
    (pairs) => `{${pairs.map(([key, one]) => `${JSON.stringify(key)}:${JSON.stringify(one)}`).join(',')}}`,
  );
/** What the routes take, the longest beginning of a route that fits first. */
const TAKEN: readonly (readonly [string, readonly object[]])[] = [
  ['POST /v1/merchants/{mchid}/breakers', [{}, { pair: { sub_mchid: SUB_MCHID, service_id: SERVICE_ID } }]],
  ['PUT /v1/merchants/{mchid}/switch', [{ mode: 'on' }, { mode: 'inherit' }]],
  ['PUT /v1/switch', [{ mode: 'on' }, { mode: 'off' }, { mode: 'inherit' }]],
  [
    'PUT /v1/merchants/{mchid}/policies',
    [
      {},
      { windows: [{ from: '22:00', to: '02:00', weekdays: ['sun'] }], time_zone: 'America/Havana' },
      { first_attempt_after_hours: 720, last_attempt_day: 180, decline_ladder_hours: [720] },
      {
        avoid_dates: ['2026-03-02', '9999-12-31', '0000-01-01'],
        quiet_hours: [{ from: '21:00', to: '20:59' }],
      },
    ],
  ],
  [
    'PUT /v1/merchants/{mchid}/orders',
    [
      { service_id: SERVICE_ID },
      { service_id: SERVICE_ID, completed_at: '2026-03-01T20:00:00Z', total_amount: 1 },
      { service_id: SERVICE_ID, completed_at: '0000-01-01T00:00:00+14:00' },
      { service_id: SERVICE_ID, completed_at: '9999-12-31T23:59:59-23:59' },
      { service_id: SERVICE_ID, completed_at: '2026-11-01T01:30:00-04:00' },
    ],
  ],
  [
    'POST /v1/merchants/{mchid}/orders',
    [
      { service_id: SERVICE_ID },
      { service_id: SERVICE_ID, user_consent: { reason: 'said so' } },
      { service_id: '2' },
    ],
  ],
];
const takenBy = (key: string) => TAKEN.find(([begin]) => key.startsWith(begin))?.[1] ?? [{}];
/** A request that is as it should be, or nearly. */
const fitting: fc.Arbitrary<Call> = fc.constantFrom(...ROUTES).chain((key) => {
  const [method = '', template = ''] = key.split(' ');
  return fc
    .tuple(
      variables((one) => fc.constantFrom(...(FITTING[one] ?? []))),
      fc.oneof({ weight: 3, arbitrary: fc.constant('') }, { weight: 1, arbitrary: queryString }),
      fc.constantFrom(...takenBy(key)),
    )
    .map(([values, query, sent]) => ({
      method,
      path: `${fill(template, values)}${query}`,
      body: JSON.stringify(sent),
    }));
});
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

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'SEARCH'] as const;
const headers = fc
  .tuple(fc.dictionary(headerName, headerValue, { maxKeys: 4 }), fc.option(contentType))
  .map(([given, type]) => (type === null ? given : { ...given, 'content-type': type }));
const call: fc.Arbitrary<Call> = fc.oneof(
  { weight: 5, arbitrary: fitting },
  { weight: 3, arbitrary: fc.tuple(route, body).map(([given, sent]) => ({ ...given, body: sent })) },
  { weight: 1, arbitrary: fc.tuple(route, headers).map(([given, sent]) => ({ ...given, headers: sent })) },
  {
    weight: 2,
    arbitrary: fc.record(
      {
        method: fc.constantFrom(...METHODS),
        path: fc.oneof(
          route.map(({ path }) => path),
          target,
          fc.constant(GOOD),
        ),
        headers,
        body,
      },
      { requiredKeys: ['path'] },
    ),
  },
);

/** Answers after which the table is as it was: what was asked for was not understood, or not there. */
const UNTOUCHED = ['invalid-request', 'body-not-json', 'body-too-large', 'unsupported-media-type'].concat(
  'route-not-found',
  'method-not-allowed',
  'order-unknown',
  'merchant-unknown',
  'cursor-invalid',
  'service-mismatch',
  'policy-changed',
);

async function table(client: DynamoDBClient): Promise<string> {
  const { Items } = await client.send(new ScanCommand({ TableName: TABLE, ConsistentRead: true }));
  return JSON.stringify(Items);
}

test('no input whatever yields a 5xx other than 502 and 503, tells a secret, or reaches /pay, and what is refused leaves no trace', async () => {
  const client = new DynamoDBClient({});
  // Whoever is the first to need a merchant's keys notes which certificates they are: no trace of a request.
  await world.api.at('GET', `/v1/merchants/${MCHID}`);
  let known = await table(client);
  await fc.assert(
    fc.asyncProperty(call, async (given) => {
      const answer = await world.api.send(given);
      expect([...range(200, 499), 502, 503]).toContain(answer.status);
      for (const secret of SECRET_TEXTS) expect(answer.text).not.toContain(secret);
      // The gateway's own refusals are not ours; everything else that is refused is a problem.
      const refused = answer.status >= 400 && answer.text !== '{"message":"Bad Request"}';
      expect(refused ? answer.body['status'] : answer.status).toBe(answer.status);
      const now = await table(client);
      const kind = String(answer.body['type']).replace('urn:payscore-collector:problem:', '');
      const untouched = UNTOUCHED.includes(kind) || given.method === 'GET';
      expect(untouched ? now : known).toBe(known);
      known = now;
    }),
    { numRuns: 500, seed: 20_260_302 },
  );
  client.destroy();
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
      const typed = { 'content-type': 'application/json' };
      const answer = await world.api.send({ path: GOOD, headers: typed, body: text });
      expect(answer.status).toBe(400);
      expect((answer.body['errors'] as unknown[]).length).toBeGreaterThan(0);
    }),
    { numRuns: 200, seed: 20_260_303 },
  );
  expect(world.received()).toBe(before);
});

test('no input of a schedule whatever does anything but sweep, or is refused', async () => {
  const { createHandler } = await import('../../lambda/sweep');
  const options = { functionName: 'sweep', timeoutMs: 50_000, now: world.clock.now };
  const field = fc.constantFrom(
    'mchid',
    'sub_mchid',
    'service_id',
    'max_orders',
    'dry_run',
    'orders',
    'source',
  );
  const input = fc.oneof(fc.jsonValue(), fc.dictionary(fc.oneof(field, fc.string()), value, { maxKeys: 4 }));
  await fc.assert(
    fc.asyncProperty(input, async (given) => {
      const ended = await deliver(createHandler(world.services), { kind: 'constant', input: given }, options);
      expect(ended.kind === 'threw' ? ended.error : { code: 'INPUT_INVALID' }).toMatchObject({
        code: 'INPUT_INVALID',
      });
      expect(ended.kind).not.toBe('timed_out');
    }),
    { numRuns: 200, seed: 20_260_304 },
  );
});

test('no message whatever goes back to the queue for what it says', async () => {
  const { createHandler } = await import('../../lambda/collect');
  const options = { functionName: 'collect', timeoutMs: 60_000, now: world.clock.now };
  const field = fc.constantFrom('v', 'mchid', 'sub_mchid', 'out_order_no');
  const message = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.dictionary(field, fc.oneof(value, fc.constantFrom(1, '1', 'NONE'))).map((one) => JSON.stringify(one)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 10 }), async (bodies) => {
      const Records = bodies.map((text, n) => ({ messageId: `m${n}`, body: text }));
      const ended = await invoke(createHandler(world.services), { Records } as SQSEvent, options);
      expect(ended).toEqual({ kind: 'returned', value: { batchItemFailures: [] } });
    }),
    { numRuns: 150, seed: 20_260_305 },
  );
});
