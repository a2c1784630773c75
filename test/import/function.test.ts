import type { Mchid, OrderRef } from '../../lambda/core/ids';
import type { ImportedRow } from '../../lambda/flow/import';
import { createImportServices } from '../../lambda/import-services';
import { readConfig } from '../../lambda/shared/config';
import { invoke, type LambdaHandler } from '../../local/aws/invoke';
import { MCHID } from '../support/keys';
import { PREFIX, SERVICE_ID, startWorld, SUB_MCHID, type World } from '../support/world';

let world: World;
let handler: LambdaHandler<unknown>;
beforeAll(async () => {
  world = await startWorld();
  const { createHandler } = await import('../../lambda/import');
  const services = world.instance(createImportServices(readConfig(process.env), { now: world.clock.now }));
  handler = world.handlerOf('import', services, createHandler(services));
});
afterAll(async () => world.close());

const KEY = `import/${MCHID}/march.csv`;

/** As the Distributed Map hands it over, and as Lambda does. */
async function run(items: readonly unknown[], batch: object = {}, timeoutMs = 60_000) {
  const event = {
    BatchInput: { bucket: 'files', key: KEY, mchid: MCHID, dry_run: false, ...batch },
    Items: items.map((fields, index) => ({ index: 100 + index, fields })),
  };
  return invoke(handler, event, { functionName: 'import', timeoutMs, now: world.clock.now });
}

async function results(...given: Parameters<typeof run>): Promise<unknown> {
  const ended = await run(...given);
  if (ended.kind !== 'returned') throw new Error(`the function ${ended.kind}`, { cause: ended });
  return ended.value;
}

/** What CSV is to Step Functions: text, and an empty one for what is not there. */
function cells(out_order_no: string, more: object = {}): object {
  return { sub_mchid: SUB_MCHID, out_order_no, service_id: SERVICE_ID, total_amount: '', ...more };
}

function refOf(out_order_no: string): OrderRef {
  return { mchid: MCHID, sub_mchid: SUB_MCHID, out_order_no, service_id: SERVICE_ID } as OrderRef;
}

test('a batch of cells is registered row by row; the answer is a list, one line of the report each', async () => {
  expect(await results([cells('F_1', { total_amount: '100' }), cells('@SUM(A1)'), cells('F_2')])).toEqual([
    { row: 101, sub_mchid: SUB_MCHID, out_order_no: 'F_1', result: 'registered' },
    {
      row: 102,
      sub_mchid: SUB_MCHID,
      out_order_no: '@SUM(A1)',
      result: 'refused',
      errors: [{ field: 'out_order_no', rule: 'is not an order number: 1 to 32 of 0-9 A-Z a-z _ - | *' }],
    },
    { row: 103, sub_mchid: SUB_MCHID, out_order_no: 'F_2', result: 'registered' },
  ]);
  expect((await world.ledger(refOf('F_1'))).registration).toEqual({
    at: world.clock.now(),
    actor: { kind: 'api', id: `s3://files/${KEY}` },
    total_amount: 100,
  });
});

test('a batch that Step Functions hands over twice changes nothing', async () => {
  await results([cells('TWICE')]);
  const before = await world.ledger(refOf('TWICE'));
  world.clock.forward(60_000);
  expect(await results([cells('TWICE')])).toMatchObject([{ result: 'already' }]);
  expect(await world.ledger(refOf('TWICE'))).toEqual(before);
});

test('a dry run writes nothing', async () => {
  expect(await results([cells('DRY')], { dry_run: true })).toMatchObject([{ result: 'would_register' }]);
  expect(await world.services.ports.ledger.find(refOf('DRY'))).toBeUndefined();
});

test('lines of NDJSON may hold numbers, and one that is no object is refused alone', async () => {
  const line = { ...cells('NDJSON'), total_amount: 100 };
  expect(await results([line, 'text', null])).toMatchObject([
    { result: 'registered' },
    { result: 'refused', errors: [{ rule: 'the row is not a JSON object' }] },
    { result: 'refused', errors: [{ rule: 'the row is not a JSON object' }] },
  ]);
});

test('of a file with a wrong column every row is refused, and each says which it was meant to be', async () => {
  const wrong = { ...cells('WRONG'), total_amout: '' };
  expect(await results([{ ...wrong, total_amout: '5' }])).toMatchObject([
    {
      result: 'refused',
      errors: [{ field: 'total_amout', rule: 'is not a column of an import; did you mean total_amount?' }],
    },
  ]);
});

/** What is longest in a result: characters of three bytes, or those that JSON spells in six, in names and columns. */
test.each([['字'], ['\u0001'], ['\ud800'], ['"']])(
  'a hundred rows that are wrong in every way, in characters like %j, give less than 220 KB: Step Functions takes 256 KiB',
  async (character) => {
    const wrong = Object.fromEntries(
      Array.from({ length: 27 }, (_, n) => [`${character.repeat(60)}${n}`, 'x']),
    );
    const row = {
      ...wrong,
      sub_mchid: character.repeat(99),
      out_order_no: character.repeat(99),
      service_id: character.repeat(99),
      total_amount: 'x',
      completed_at: 'x',
      mchid: 'x',
    };
    const told = await results(Array.from({ length: 100 }, () => row));
    expect(told).toHaveLength(100);
    expect((told as ImportedRow[])[99]?.errors).toHaveLength(12);
    expect(Buffer.byteLength(JSON.stringify(told))).toBeLessThan(220_000);
  },
);

test.each([['march.csv'], [''], ['19000 09191'], ['1'.repeat(33)]])(
  'a file whose name has %p where the merchant number belongs is refused row by row',
  async (mchid) => {
    expect(await results([cells('NOBODY')], { mchid })).toMatchObject([
      { row: 101, result: 'refused', errors: [{ field: 'mchid', rule: expect.stringContaining('<mchid>') }] },
    ]);
  },
);

test('orders of a merchant without secrets are refused row by row, and nothing is written', async () => {
  const mchid = '1999999999';
  expect(await results([cells('NOBODY')], { mchid })).toMatchObject([
    { result: 'refused', errors: [{ field: 'mchid', rule: expect.stringContaining('has no secrets here') }] },
  ]);
  const ref = { ...refOf('NOBODY'), mchid: mchid as Mchid };
  expect(await world.services.ports.ledger.find(ref)).toBeUndefined();
});

test('it asks for no secret that signs', async () => {
  const asked = world.secrets.asked();
  expect(asked).toContain(`${PREFIX}/${MCHID}/verify`);
  expect(asked).not.toContain(`${PREFIX}/${MCHID}/signing`);
});

test('rows that were left make the batch fail, so that it is tried again as a whole', async () => {
  world.dynamodb.disturb({ kind: 'lost_request', action: 'UpdateItem', times: 1_000 });
  const ended = await run([cells('LEFT_1'), cells('F_1', { total_amount: '100' }), cells('=1')]);
  world.dynamodb.heal();
  expect(ended).toMatchObject({
    kind: 'threw',
    error: { code: 'IMPORT_INCOMPLETE', message: expect.stringMatching(/^1 of 3 rows were left: /) },
  });
  expect(await results([cells('LEFT_1'), cells('F_1')])).toMatchObject([
    { result: 'registered' },
    { result: 'already' },
  ]);
});

test('what there is no time for is left', async () => {
  const ended = await run([cells('LATE')], {}, 7_999);
  expect(ended).toMatchObject({ kind: 'threw', error: { code: 'IMPORT_INCOMPLETE' } });
  expect(await world.services.ports.ledger.find(refOf('LATE'))).toBeUndefined();
});

test.each([
  [{}],
  [
    {
      BatchInput: { bucket: 'b', key: 'k', mchid: MCHID, dry_run: 'false' },
      Items: [{ index: 0, fields: {} }],
    },
  ],
  [{ BatchInput: { bucket: 'b', key: 'k', mchid: MCHID, dry_run: false }, Items: [] }],
  [{ BatchInput: { bucket: 'b', key: 'k', mchid: MCHID, dry_run: false }, Items: [{ fields: {} }] }],
])('an event that is no batch is refused: %j', async (event) => {
  expect(await invoke(handler, event, { functionName: 'import', timeoutMs: 60_000 })).toMatchObject({
    kind: 'threw',
    error: { code: 'INPUT_INVALID' },
  });
});

test('whoever registered an order by a file is named within bounds', async () => {
  await results([cells('LONG')], { key: `import/${MCHID}/${'f'.repeat(900)}.csv` });
  expect((await world.ledger(refOf('LONG'))).registration.actor.id).toHaveLength(200);
});
