import type { Answer } from '../support/api';
import { MCHID, SECRET_TEXTS, signingSecret, verifySecret } from '../support/keys';
import { MINUTE, PREFIX, startWorld, type World } from '../support/world';

let world: World;
const written: string[] = [];
const answers: Answer[] = [];

beforeAll(async () => {
  // Everything that reaches the function's log goes through here, the runtime's own error lines included.
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((chunk, ...rest) => {
      written.push(String(chunk));
      for (const told of rest) if (typeof told === 'function') told();
      return true;
    });
  }
  world = await startWorld({ logLevel: 'DEBUG' });
});
afterAll(async () => {
  await world.close();
  jest.restoreAllMocks();
});

function collected(text: string): readonly string[] {
  return SECRET_TEXTS.filter((secret) => text.includes(secret));
}

const PAY = { action: 'pay' } as const;
const QUERY = { action: 'query' } as const;

async function keep(answer: Promise<Answer>): Promise<void> {
  answers.push(await answer);
}

const MERCHANT = `/v1/merchants/${MCHID}`;

/** Every route that shows or changes what is decided for a merchant, and keys where no key belongs. */
async function decisions(): Promise<void> {
  const [secret = ''] = SECRET_TEXTS;
  await keep(world.api.at('GET', MERCHANT));
  await keep(world.api.at('POST', `${MERCHANT}/breakers/lift`, {}));
  await keep(world.api.at('POST', `${MERCHANT}/breakers/lift`, { pair: secret }));
  for (const path of [`${MERCHANT}/policies`, `${MERCHANT}/policies/1`, `${MERCHANT}/policies/1/2`]) {
    await keep(world.api.at('PUT', path, { attempts_max: 9 }));
    await keep(world.api.at('PUT', path, { time_zone: secret, windows: [secret] }));
    await keep(world.api.at('GET', path));
    await keep(world.api.at('DELETE', path));
  }
  await keep(world.api.at('PUT', '/v1/switch', { mode: 'on' }));
  await keep(world.api.at('PUT', `${MERCHANT}/switch/1`, { mode: secret }));
  await keep(world.api.at('GET', `${MERCHANT}/switch`));
  await keep(world.api.at('GET', `${MERCHANT}/orders?limit=2`));
  await keep(world.api.at('GET', `${MERCHANT}/orders?cursor=${secret}`));
  await keep(world.register(world.order(), { total_amount: secret }));
}

/** The schedule and its worker, with what nobody can read in the queue. */
async function schedule(): Promise<void> {
  const [secret = ''] = SECRET_TEXTS;
  await keep(world.register(world.order()));
  await world.message(secret);
  await world.message(JSON.stringify({ v: 1, mchid: MCHID, sub_mchid: '1', out_order_no: 'NONE' }));
  await expect(world.sweep({ mchid: secret })).rejects.toThrow('the sweep threw');
  await world.tick();
}

async function everythingThatCanHappen(): Promise<void> {
  const { api } = world;
  world.secrets.fail(12, 'InternalServiceError');
  await keep(api.collect(world.order()));
  await keep(api.collect(world.order()));
  await keep(api.collect(world.order(), { dry_run: true }));
  await keep(api.collect(world.order({ customer: { kind: 'declines' } })));
  for (const kind of ['lost_answer', 'signtest', 'unsigned', 'garbage_body', 'truncated_body'] as const) {
    for (const on of [PAY, QUERY]) {
      world.fault({ kind, on });
      await keep(api.collect(world.order()));
    }
  }
  const ref = world.order();
  await keep(world.register(ref));
  await keep(api.query(ref));
  // The claim is written, the outcome is not.
  world.dynamodb.disturb({ kind: 'lost_request', action: 'UpdateItem', after: 1, times: 3 });
  await keep(api.collect(ref));
  world.dynamodb.heal();
  await schedule();
  for (const on of [PAY, QUERY]) {
    world.fault({ kind: 'status', status: 401, code: 'SIGN_ERROR', on });
    await keep(api.collect(world.order()));
  }
  await decisions();

  const good = JSON.stringify(signingSecret(MCHID));
  for (const [signing, verify] of [
    [good.slice(0, -1), JSON.stringify(verifySecret(MCHID))],
    [good.replace('"serial_no"', '"serial"'), JSON.stringify(verifySecret(MCHID))],
    [good, JSON.stringify({ ...verifySecret(MCHID), mchid: '1', more: SECRET_TEXTS[0] })],
    [JSON.stringify({ ...signingSecret(MCHID), mchid: SECRET_TEXTS[1] }), good],
  ] as const) {
    world.secrets.put(`${PREFIX}/${MCHID}/signing`, signing);
    world.secrets.put(`${PREFIX}/${MCHID}/verify`, verify);
    world.clock.forward(5 * MINUTE);
    await keep(api.collect(world.order()));
    await keep(api.at('GET', MERCHANT));
    await schedule();
  }
}

test('no log line at DEBUG and no answer holds a private key or an APIv3 key', async () => {
  await everythingThatCanHappen();
  const log = written.join('');
  // The log is really the one that was listened to: each kind of line is in it, with its Request-ID.
  for (const line of [
    'collect called',
    'query verified',
    'query gave nothing',
    'outcome not recorded',
    'request not served',
    'breaker changed',
    'message not readable',
    'order of a message not in the ledger',
    'batch done',
    'sweep done',
  ])
    expect(log).toContain(line);
  expect(log).toMatch(/"request_id":"[0-9A-F]{40}-271316574"/);
  expect(answers.map(({ status }) => status)).toEqual([
    503, 202, 200, 200, 202, 503, 202, 503, 202, 503, 202, 503, 202, 503, 201, 200, 202, 201, 200, 502, 200,
    200, 400, 200, 400, 200, 200, 200, 400, 200, 200, 200, 400, 200, 200, 200, 400, 200, 200, 400, 400, 503,
    200, 201, 503, 200, 201, 503, 200, 201, 503, 200, 201,
  ]);
  expect(collected(log)).toEqual([]);
  expect(collected(answers.map(({ text, headers }) => text + JSON.stringify(headers)).join(''))).toEqual([]);
});

test('the search for secrets would find one', () => {
  expect(collected(`${SECRET_TEXTS[3]}`)).toEqual([SECRET_TEXTS[3]]);
  expect(SECRET_TEXTS.length).toBeGreaterThan(20);
});

test('no log line holds the signature that authorises a request', () => {
  expect(written.join('')).not.toMatch(/WECHATPAY2-SHA256-RSA2048 mchid|signature="/);
});
