import type { Answer } from '../support/api';
import { SECRET_TEXTS, signingSecret, verifySecret } from '../support/keys';
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

async function everythingThatCanHappen(): Promise<void> {
  const { api } = world;
  world.secrets.fail(6, 'InternalServiceError');
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
  for (const on of [PAY, QUERY]) {
    world.fault({ kind: 'status', status: 401, code: 'SIGN_ERROR', on });
    await keep(api.collect(world.order()));
  }
  const ref = world.order();
  world.dynamodb.disturb({ kind: 'lost_request', action: 'UpdateItem', after: 2, times: 3 });
  await keep(api.collect(ref));
  world.dynamodb.heal();
  await keep(api.query(ref));

  const { mchid } = ref;
  const good = JSON.stringify(signingSecret(mchid));
  for (const [signing, verify] of [
    [good.slice(0, -1), JSON.stringify(verifySecret(mchid))],
    [good.replace('"serial_no"', '"serial"'), JSON.stringify(verifySecret(mchid))],
    [good, JSON.stringify({ ...verifySecret(mchid), mchid: '1', more: SECRET_TEXTS[0] })],
    [JSON.stringify({ ...signingSecret(mchid), mchid: SECRET_TEXTS[1] }), good],
  ] as const) {
    world.secrets.put(`${PREFIX}/${mchid}/signing`, signing);
    world.secrets.put(`${PREFIX}/${mchid}/verify`, verify);
    world.clock.forward(5 * MINUTE);
    await keep(api.collect(world.order()));
  }
}

test('no log line at DEBUG and no answer holds a private key or an APIv3 key', async () => {
  await everythingThatCanHappen();
  const log = written.join('');
  // The log is really the one that was listened to: each kind of line is in it, with its Request-ID.
  for (const line of ['collect called', 'query verified', 'query gave nothing', 'outcome not recorded'])
    expect(log).toContain(line);
  expect(log).toMatch(/"request_id":"[0-9A-F]{40}-271316574"/);
  expect(answers.map(({ status }) => status)).toEqual([
    503, 202, 200, 200, 202, 503, 202, 503, 202, 503, 202, 503, 202, 503, 200, 502, 202, 200, 503, 503, 503,
    503,
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
