import { MCHID, OTHER_MCHID } from '../support/keys';
import { SERVICE_ID, startWorld, SUB_MCHID, type World } from '../support/world';
import type { OrderRef } from '../../lambda/core/ids';
import type { Answer } from '../support/api';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

let numbers = 0;

function fresh(more: object = {}): { out_order_no: string; [field: string]: unknown } {
  return {
    sub_mchid: SUB_MCHID,
    out_order_no: `IMPORTED_${(numbers += 1)}`,
    service_id: SERVICE_ID,
    total_amount: 100,
    ...more,
  };
}

async function post(body: object, mchid: string = MCHID): Promise<Answer> {
  return world.api.at('POST', `/v1/merchants/${mchid}/orders/import`, body);
}

function refOf({ out_order_no }: { out_order_no: string }, mchid: string = MCHID): OrderRef {
  return { mchid, sub_mchid: SUB_MCHID, out_order_no, service_id: SERVICE_ID } as OrderRef;
}

test('orders are registered row by row, by whoever calls, and are then orders like any other', async () => {
  const [one, two] = [fresh({ completed_at: '2026-03-01 12:00' }), fresh()];
  const answer = await post({ rows: [one, { ...two, row: 17 }, fresh({ out_order_no: '=1+1' })] });
  expect([answer.status, answer.body]).toEqual([
    200,
    {
      dry_run: false,
      results: [
        { row: 1, sub_mchid: SUB_MCHID, out_order_no: one.out_order_no, result: 'registered' },
        { row: 17, sub_mchid: SUB_MCHID, out_order_no: two.out_order_no, result: 'registered' },
        {
          row: 3,
          sub_mchid: SUB_MCHID,
          out_order_no: '=1+1',
          result: 'refused',
          errors: [{ field: 'out_order_no', rule: 'is not an order number: 1 to 32 of 0-9 A-Z a-z _ - | *' }],
        },
      ],
    },
  ]);
  expect((await world.ledger(refOf(one))).registration).toEqual({
    at: world.clock.now(),
    actor: { kind: 'api', id: expect.stringMatching(/^arn:aws:iam::/) as string },
    total_amount: 100,
    completed_at: Date.parse('2026-03-01T04:00:00Z'),
  });
  const again = await world.register(refOf(two), { total_amount: 100 });
  expect(again.body['registration']).toBe('already');
});

test('a dry run says what would be done, and the ledger does not change', async () => {
  const known = fresh();
  await post({ rows: [known] });
  const fromNow = fresh();
  const answer = await post({ dry_run: true, rows: [known, fromNow, { ...known, total_amount: 90 }] });
  expect(answer.body).toMatchObject({
    dry_run: true,
    results: [{ result: 'already' }, { result: 'would_register' }, { result: 'refused', duplicate_of: 1 }],
  });
  expect(await world.services.ports.ledger.find(refOf(fromNow))).toBeUndefined();
});

test('what a PUT has registered an import finds, under the same rule for times that lie ahead', async () => {
  const ref = world.order();
  await world.register(ref, { total_amount: 100 });
  const { sub_mchid, out_order_no, service_id } = ref;
  const soon = new Date(world.clock.now() + 24 * 3_600_000).toISOString();
  const late = new Date(world.clock.now() + 24 * 3_600_000 + 1).toISOString();
  const answer = await post({
    rows: [
      { sub_mchid, out_order_no, service_id, total_amount: 100 },
      fresh({ completed_at: soon }),
      fresh({ completed_at: late }),
    ],
  });
  expect(answer.body).toMatchObject({
    results: [
      { result: 'already' },
      { result: 'registered' },
      { result: 'refused', errors: [{ field: 'completed_at', rule: 'lies more than a day ahead' }] },
    ],
  });
});

test('two merchants never mix: a row of another one is refused, and the same row of each is two orders', async () => {
  const row = fresh();
  expect((await post({ rows: [{ ...row, mchid: OTHER_MCHID }] })).body).toMatchObject({
    results: [{ result: 'refused', errors: [{ field: 'mchid' }] }],
  });
  for (const mchid of [MCHID, OTHER_MCHID])
    expect((await post({ rows: [row] }, mchid)).body).toMatchObject({ results: [{ result: 'registered' }] });
  expect((await world.ledger(refOf(row, OTHER_MCHID))).ref.mchid).toBe(OTHER_MCHID);
});

test('a merchant without secrets here is refused as a whole, and nothing is registered', async () => {
  const row = fresh();
  const answer = await post({ rows: [row] }, '1999999999');
  expect([answer.status, answer.body['type']]).toEqual([
    404,
    'urn:payscore-collector:problem:merchant-unknown',
  ]);
  expect(await world.services.ports.ledger.find(refOf(row, '1999999999'))).toBeUndefined();
});

test.each([
  ['no rows at all', {}, [{ field: 'rows', rule: 'is missing' }]],
  ['an empty list', { rows: [] }, [{ field: 'rows', rule: 'has fewer than 1' }]],
  [
    'a row too many',
    { rows: Array.from({ length: 101 }, () => ({})) },
    [{ field: 'rows', rule: 'has more than 100' }],
  ],
  ['a row that is no object', { rows: ['A'] }, [{ field: 'rows[0]', rule: 'is not of type record' }]],
  ['an unknown field', { rows: [{}], force: true }, [{ field: '', rule: expect.stringContaining('force') }]],
  [
    'a merchant in the body',
    { mchid: MCHID, rows: [{}] },
    [{ field: 'mchid', rule: 'belongs into the path, not into the body' }],
  ],
])('a request with %s is refused', async (_, body, errors) => {
  const answer = await post(body);
  expect([answer.status, answer.body['errors']]).toEqual([400, errors]);
});

test('a body may have 256 KiB, sixteen times what other routes take', async () => {
  const room = 256 * 1024 - JSON.stringify({ rows: [fresh({ filler: '' })] }).length;
  const fits = await post({ rows: [fresh({ filler: 'x'.repeat(room - 8) })] });
  expect(fits.body).toMatchObject({ results: [{ result: 'refused', errors: [{ field: 'filler' }] }] });
  const tooLarge = await post({ rows: [fresh({ filler: 'x'.repeat(room + 8) })] });
  expect(tooLarge.status).toBe(413);
});

test('a row of ten thousand unknown fields is told of in a few lines, not in megabytes', async () => {
  const fields = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`field_${n}`, 1]));
  const answer = await post({ rows: [fresh(fields)] });
  expect(answer.body).toMatchObject({ results: [{ result: 'refused', errors: { length: 6 } }] });
  expect(answer.text).toContain('and 9995 more are not columns of an import');
  expect(answer.text.length).toBeLessThan(2_000);
});

test('a hundred rows are taken in one request, and each is answered', async () => {
  const rows = Array.from({ length: 100 }, () => fresh());
  const { results } = (await post({ dry_run: true, rows })).body as { results: { result: string }[] };
  expect(results.map(({ result }) => result)).toEqual(rows.map(() => 'would_register'));
});

test('while the ledger is out of reach rows are left, and given again they are registered', async () => {
  const row = fresh();
  world.dynamodb.disturb({ kind: 'lost_request', action: 'GetItem', times: 1_000 });
  const answer = await post({ rows: [row, fresh({ service_id: 'x' })] });
  world.dynamodb.heal();
  expect(answer.body).toMatchObject({ results: [{ result: 'left' }, { result: 'refused' }] });
  expect((await post({ rows: [row] })).body).toMatchObject({ results: [{ result: 'registered' }] });
});
