import type { SQSEvent } from 'aws-lambda';
import fc from 'fast-check';
import { DEFAULT_POLICY } from '../../lambda/core/policy';
import { deliver } from '../../local/aws/events';
import { invoke } from '../../local/aws/invoke';
import { MCHID } from '../support/keys';
import { SERVICE_ID, startWorld, SUB_MCHID, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

const GOOD = `/v1/merchants/${MCHID}/orders/${SUB_MCHID}/NONE/collect`;

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
  const handler = world.handlerOf('sweep', world.services, createHandler(world.services));
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
      const ended = await deliver(handler, { kind: 'constant', input: given }, options);
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
  const handler = world.handlerOf('collect', world.services, createHandler(world.services));
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
      const ended = await invoke(handler, { Records } as SQSEvent, options);
      expect(ended).toEqual({ kind: 'returned', value: { batchItemFailures: [] } });
    }),
    { numRuns: 150, seed: 20_260_305 },
  );
});
