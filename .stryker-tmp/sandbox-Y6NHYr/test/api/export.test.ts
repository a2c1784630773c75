import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { OrderRef } from '../../lambda/core/ids';
import { SCHEMA } from '../../lambda/core/order';
import { LOCAL_AWS } from '../../local/aws/identity';
import { keyOf } from '../store/support/dynamo-under-test';
import { pathOf } from '../support/api';
import { joined, pagesOf, rowsOf, type Row } from '../support/exports';
import { MCHID, OTHER_MCHID } from '../support/keys';
import { HOUR, MINUTE, startWorld, TABLE, type World } from '../support/world';

const PERIOD = 'from=2026-03-02T04:00:00Z&to=2026-03-12T04:00:00Z';
const of = (what: 'orders' | 'attempts', query = PERIOD, mchid: string = MCHID) =>
  `/v1/merchants/${mchid}/export/${what}?${query}`;

let world: World;
let paid: OrderRef;
let declined: OrderRef;
let unknown: OrderRef;
let held: OrderRef;

beforeAll(async () => {
  world = await startWorld();
  paid = world.order({ out_order_no: 'PAID', total_amount: 350 });
  declined = world.order({ out_order_no: '-1|3-4*', total_amount: 1_280, customer: { kind: 'declines' } });
  unknown = world.order({ out_order_no: '12E5', sub_mchid: '1900000110' });
  held = world.order({ out_order_no: 'HELD', sub_mchid: '1900000110' });
  const foreign = world.order({ mchid: OTHER_MCHID, out_order_no: 'PAID' });
  await world.register(paid, { completed_at: '2026-03-01T10:00:00+08:00', total_amount: 350 });
  world.clock.forward(MINUTE);
  for (const ref of [declined, unknown, held, foreign]) await world.register(ref);
  await world.api.at('POST', `${pathOf(held)}/hold`, { reason: '=HYPERLINK("http://x"), 付款争议' });
  await world.api.collect(paid);
  world.clock.forward(5 * MINUTE);
  await world.api.query(paid);
  await world.api.collect(declined);
  world.clock.forward(7 * HOUR);
  await world.api.collect(declined);
  world.fault({ kind: 'lost_answer', on: { action: 'pay' } });
  await world.api.collect(unknown);
  await world.api.collect(foreign);
});
afterAll(async () => world.close());

test.each(['orders', 'attempts'] as const)(
  'an export of %s of a merchant that is unknown here is 404, and no empty file',
  async (what) => {
    expect(await world.api.at('GET', of(what, PERIOD, '1900009999'))).toMatchObject({
      status: 404,
      body: { type: 'urn:payscore-collector:problem:merchant-unknown' },
    });
  },
);

const table = async (...wanted: Parameters<typeof of>) => joined(await pagesOf(world.api, of(...wanted)));

/** An RFC 3339 time of an answer, as Beijing's clocks show it; nothing for nothing. */
function beijing(time: string | null | undefined): string {
  if (time === null || time === undefined) return '';
  return new Date(Date.parse(time) + 8 * HOUR).toISOString().replace('Z', '+08:00');
}

interface Shown {
  readonly order_status: string;
  readonly registered_at: string;
  readonly completed: { readonly at: string; readonly from: string };
  readonly attempts: readonly string[];
  readonly hold: { readonly reason: string } | null;
  readonly due_at: string | null;
  readonly standing: { readonly paid_amount?: number; readonly transaction_id?: string } | null;
  readonly timeline: readonly {
    readonly kind: string;
    readonly at: string;
    readonly claim_id: string;
    readonly outcome: string;
    readonly count: number;
    readonly wechatpay: {
      readonly message?: string;
      readonly request_id?: string;
      readonly sub_code?: string;
    };
  }[];
}

test('an order says of itself what its own route says', async () => {
  const rows = rowsOf(await table('orders'));
  expect(rows.map((row) => row['out_order_no'])).toEqual(['PAID', '-1|3-4*', '12E5', 'HELD']);
  for (const [index, ref] of [paid, declined, unknown, held].entries()) {
    const shown = (await world.api.at('GET', pathOf(ref))).body as unknown as Shown;
    const attempts = shown.timeline.filter(({ kind }) => kind === 'attempt');
    expect(rows[index]).toMatchObject({
      ...ref,
      status: shown.order_status,
      registered_at: beijing(shown.registered_at),
      completed_at: beijing(shown.completed.at),
      completed_from: shown.completed.from,
      paid_amount: String(shown.standing?.paid_amount ?? ''),
      transaction_id: shown.standing?.transaction_id ?? '',
      attempts: String(shown.attempts.length),
      last_attempt_at: beijing(attempts.at(-1)?.at),
      last_outcome: attempts.at(-1)?.outcome ?? '',
      held: shown.hold === null ? 'no' : 'yes',
      hold_reason: shown.hold?.reason ?? '',
      next_due_at: beijing(shown.due_at),
    } satisfies Row);
  }
  // Or all of them might have agreed on nothing.
  expect(rows.map((row) => [row['status'], row['last_outcome'], row['attempts'], row['held']])).toEqual([
    ['paid', 'accepted', '1', 'no'],
    ['active', 'declined', '2', 'no'],
    ['active', 'unknown', '1', 'no'],
    ['watched', '', '0', 'yes'],
  ]);
});

test('the attempts are those on the timelines, each with WeChat Pay’s own words', async () => {
  const rows = rowsOf(await table('attempts'));
  const expected: Row[] = [];
  for (const ref of [paid, declined, unknown, held]) {
    const shown = (await world.api.at('GET', pathOf(ref))).body as unknown as Shown;
    for (const { kind, at, claim_id, outcome, count, wechatpay } of shown.timeline)
      if (kind === 'attempt')
        expected.push({
          ...ref,
          attempt_id: claim_id,
          at: beijing(at),
          outcome,
          count: String(count),
          request_id: wechatpay.request_id ?? '',
          sub_code: wechatpay.sub_code ?? '',
        });
  }
  expect(rows).toMatchObject(expected);
  expect(rows.map((row) => [row['out_order_no'], row['outcome'], row['rule'], row['closed_as']])).toEqual([
    ['PAID', 'accepted', 'demand', 'paid'],
    ['-1|3-4*', 'declined', 'demand', ''],
    ['-1|3-4*', 'declined', 'demand', ''],
    ['12E5', 'unknown', 'demand', ''],
  ]);
});

test('a file of orders is this, byte by byte', async () => {
  const [header, first, , , last] = (await table('orders')).split('\r\n');
  expect(header).toBe(
    '\uFEFFmchid,sub_mchid,out_order_no,service_id,status,registered_at,completed_at,completed_from,' +
      'total_amount,paid_amount,paid_at,transaction_id,attempts,last_attempt_at,last_outcome,held,hold_reason,next_due_at',
  );
  const { standing } = (await world.ledger(paid)).observed ?? {};
  const transaction = standing?.kind === 'paid' ? standing.transaction_id : undefined;
  expect(first).toBe(
    '`1900009191,`1900000109,`PAID,`00004000000000000000000000000001,paid,2026-03-02T12:00:00.000+08:00,' +
      `2026-03-01T10:00:00.000+08:00,registration,350,350,2026-03-02T12:01:00.000+08:00,\`${transaction ?? '?'},1,` +
      '2026-03-02T12:01:00.000+08:00,accepted,no,,',
  );
  expect(last).toContain(',watched,');
  expect(last).toContain(',yes,"`=HYPERLINK(""http://x""), 付款争议",');
});

test('a file of attempts is this, byte by byte', async () => {
  const [header, first] = (await table('attempts')).split('\r\n');
  expect(header).toBe(
    '\uFEFFmchid,sub_mchid,out_order_no,service_id,attempt_id,at,actor,rule,policy,outcome,http_status,code,' +
      'sub_code,message,request_id,count,closed_as,closed_at',
  );
  const entry = (await world.ledger(paid)).timeline.find(({ kind }) => kind === 'attempt');
  const { claim_id, evidence } = entry as {
    claim_id: string;
    evidence: { request_id: string; sub_code: string };
  };
  expect(first).toBe(
    `\`1900009191,\`1900000109,\`PAID,\`00004000000000000000000000000001,\`${claim_id},2026-03-02T12:01:00.000+08:00,` +
      `arn:aws:iam::000000000000:user/local,demand,provider:1,accepted,204,,\`${evidence.sub_code},,\`${evidence.request_id},` +
      '1,paid,2026-03-02T12:06:00.000+08:00',
  );
});

test('the gateway hands the byte order mark on as the three bytes it is', async () => {
  const response = await fetch(`${world.api.url}${of('orders')}`);
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from([0xef, 0xbb, 0xbf, 0x6d, 0x63, 0x68, 0x69, 0x64]));
});

test('orders of a status are those of no other', async () => {
  const rows = rowsOf(await table('orders', `${PERIOD}&status=active`));
  expect(rows.map((row) => row['out_order_no'])).toEqual(['-1|3-4*', '12E5']);
});

test('another merchant’s are its own', async () => {
  for (const what of ['orders', 'attempts'] as const) {
    const rows = rowsOf(await table(what, PERIOD, OTHER_MCHID));
    expect(rows.map((row) => [row['mchid'], row['out_order_no']])).toEqual([[OTHER_MCHID, 'PAID']]);
  }
});

test('an order that another release wrote is left out, and said to be', async () => {
  const client = new DynamoDBClient({ endpoint: world.dynamodb.url, ...LOCAL_AWS });
  const writtenUnder = (schema: number) =>
    client.send(
      new UpdateItemCommand({
        TableName: TABLE,
        Key: keyOf(paid),
        UpdateExpression: 'SET #s = :s',
        ExpressionAttributeNames: { '#s': 'schema' },
        ExpressionAttributeValues: { ':s': { N: String(schema) } },
      }),
    );
  await writtenUnder(SCHEMA + 1);
  for (const what of ['orders', 'attempts'] as const) {
    const answer = await world.api.at('GET', of(what));
    expect(answer.headers['x-rows-left-out']).toBe('1');
    expect(rowsOf(answer.text).map((row) => row['out_order_no'])).not.toContain('PAID');
  }
  await writtenUnder(SCHEMA);
  expect((await world.api.at('GET', of('orders'))).headers['x-rows-left-out']).toBe('0');
  client.destroy();
});

test('a ledger out of reach is a 503, and no half of a page', async () => {
  world.dynamodb.disturb({ kind: 'lost_request', times: 1_000, action: 'Query' });
  expect(await world.api.at('GET', of('orders'))).toMatchObject({
    status: 503,
    headers: { 'retry-after': '10' },
    body: { title: 'Ledger out of reach' },
  });
  world.dynamodb.heal();
  expect((await world.api.at('GET', of('orders'))).status).toBe(200);
});
