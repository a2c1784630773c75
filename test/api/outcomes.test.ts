import type { Mchid, OrderRef } from '../../lambda/core/ids';
import { classify, DEFAULT_ROW, OUTCOME_ROWS } from '../../lambda/wechatpay/outcomes';
import type { Fault } from '../../local/wechatpay';
import { MCHID } from '../support/keys';
import { HOUR, MINUTE, SECOND, SERVICE_ID, startWorld, SUB_MCHID, type World } from '../support/world';

type ErrorAnswer = readonly [status: number, code: string, subCode: number, message?: string];
type SignedAnswer = readonly [status: number, body: string];

interface Example {
  readonly row: string;
  readonly given: ErrorAnswer | SignedAnswer;
  /** `attempt` of the answer, as far as it is not prose. */
  readonly attempt: { outcome: string; because?: string; claim?: string; scope?: string };
  readonly stays: 'open' | 'closed';
  /** What keeps the next call away once it is closed: the merchant's gap, or WeChat Pay's lock of 3 minutes. */
  readonly next: 'gap' | 'lock';
}

/** A sub-code that stands in no row, so that the code alone decides. */
const UNLISTED = 268435457;

const OPEN = { stays: 'open', next: 'gap' } as const;
const CLOSED = { stays: 'closed', next: 'gap' } as const;
const LOCKED = { stays: 'closed', next: 'lock' } as const;

const DECLINED = { attempt: { outcome: 'declined' }, ...CLOSED } as const;
const BUSY = { attempt: { outcome: 'busy' }, ...OPEN } as const;
const THROTTLED = { attempt: { outcome: 'throttled' }, ...LOCKED } as const;
const REFUSED = { attempt: { outcome: 'refused' }, ...CLOSED } as const;
const ACCEPTED = { attempt: { outcome: 'accepted' }, ...OPEN } as const;
const MERCHANT = { attempt: { outcome: 'misconfigured', scope: 'merchant' }, ...LOCKED } as const;
const PAIR = { attempt: { outcome: 'misconfigured', scope: 'pair' }, ...LOCKED } as const;
const UNRECOGNISED = { attempt: { outcome: 'unknown', because: 'unrecognised' }, ...OPEN } as const;
const SERVER_ERROR = { attempt: { outcome: 'unknown', because: 'server_error' }, ...OPEN } as const;
const says = (claim: string) => ({ attempt: { outcome: 'contradicted', claim }, ...CLOSED }) as const;

const EXAMPLES: readonly Example[] = [
  {
    row: 'userpaying',
    given: [200, '{"trade_state":"USERPAYING"}'],
    attempt: { outcome: 'in_progress' },
    ...OPEN,
  },
  { row: 'trade_state_other', given: [200, '{"trade_state":"SUCCESS"}'], ...UNRECOGNISED },
  { row: 'trade_state_other', given: [200, '{"trade_state":"USERPAYING "}'], ...UNRECOGNISED },
  { row: 'accepted_empty', given: [204, ''], ...ACCEPTED },
  { row: 'accepted_empty', given: [200, ''], ...ACCEPTED },
  { row: 'accepted_body', given: [200, '{"order_id":"1"}'], ...ACCEPTED },
  { row: 'accepted_body', given: [202, '{"state":"DONE","collection":{"state":"USER_PAID"}}'], ...ACCEPTED },
  { row: 'system_error', given: [500, 'SYSTEM_ERROR', UNLISTED], ...SERVER_ERROR },
  { row: 'system_error', given: [503, 'TRADE_ERROR', 271316574], ...SERVER_ERROR },
  { row: 'unauthorised', given: [401, 'SIGN_ERROR', 270924332], ...MERCHANT },
  // A deduction that is running keeps the attempt open, whatever status or code says it.
  { row: 'busy_message', given: [429, 'RATE_LIMITED', 268435472, '单据正在扣款中,请稍后再试'], ...BUSY },
  { row: 'busy_message', given: [403, 'TRADE_ERROR', UNLISTED, '单据正在扣款中'], ...BUSY },
  { row: 'busy_message', given: [403, 'TRADE_ERROR', 271316574, '收款结果不明'], ...BUSY },
  { row: 'throttled_status', given: [429, 'ANY_NAME', UNLISTED], ...THROTTLED },
  { row: 'sub_declined', given: [403, 'X', 271316574], ...DECLINED },
  { row: 'sub_busy', given: [400, 'INVALID_REQUEST', 271316754], ...BUSY },
  { row: 'sub_throttled', given: [403, 'X', 268435472], ...THROTTLED },
  { row: 'sub_cancelled', given: [400, 'INVALID_ORDER_STATE', 271302333], ...says('cancelled') },
  { row: 'sub_not_pending', given: [400, 'PARAM_ERROR', 271316657], ...says('not_pending') },
  { row: 'sub_not_pending', given: [400, 'PARAM_ERROR', 271302262], ...says('not_pending') },
  { row: 'sub_not_pending', given: [400, 'PARAM_ERROR', 271302332], ...says('not_pending') },
  { row: 'sub_not_found', given: [404, 'X', 271317510], ...says('not_found') },
  { row: 'sub_no_permission', given: [403, 'X', 268503786], ...PAIR },
  { row: 'sub_no_permission', given: [400, 'X', 271302144], ...PAIR },
  { row: 'sub_no_permission', given: [400, 'X', 271302149], ...PAIR },
  { row: 'sub_bad_authorization', given: [400, 'X', 270924332], ...MERCHANT },
  { row: 'sub_bad_parameter', given: [400, 'X', 268435464], ...REFUSED },
  { row: 'sub_not_possible', given: [400, 'X', 271316592], ...REFUSED },
  { row: 'declined', given: [403, 'TRADE_ERROR', UNLISTED, '扣款失败'], ...DECLINED },
  { row: 'order_done', given: [400, 'ORDER_DONE', UNLISTED], ...says('done') },
  { row: 'order_cancelled', given: [400, 'ORDER_CANCELED', UNLISTED], ...says('cancelled') },
  { row: 'order_cancelled', given: [400, 'ORDER_CANCELLED', UNLISTED], ...says('cancelled') },
  { row: 'order_not_found', given: [404, 'ORDER_NOT_EXIST', UNLISTED], ...says('not_found') },
  { row: 'throttled_code', given: [403, 'FREQUENCY_LIMIT_EXCEED', UNLISTED], ...THROTTLED },
  { row: 'throttled_code', given: [400, 'RATELIMIT_EXCEEDED', UNLISTED], ...THROTTLED },
  { row: 'throttled_code', given: [400, 'RATE_LIMITED', UNLISTED], ...THROTTLED },
  { row: 'busy_message', given: [400, 'INVALID_REQUEST', UNLISTED, '单据正在扣款中,请稍后再试'], ...BUSY },
  { row: 'busy_message', given: [403, 'X', UNLISTED, '收款结果不明,请稍后重试'], ...BUSY },
  {
    row: 'not_pending',
    given: [400, 'INVALID_ORDER_STATE', UNLISTED, '单据状态错误'],
    ...says('not_pending'),
  },
  { row: 'sign_error', given: [400, 'SIGN_ERROR', UNLISTED, 'x'], ...MERCHANT },
  { row: 'no_permission', given: [403, 'NO_AUTH', UNLISTED, 'x'], ...PAIR },
  { row: 'route_not_open', given: [404, 'NOT_FOUND', UNLISTED], ...PAIR },
  { row: 'refused', given: [400, 'PARAM_ERROR', UNLISTED, 'x'], ...REFUSED },
  { row: 'refused', given: [400, 'INVALID_REQUEST', UNLISTED, 'x'], ...REFUSED },
  { row: 'default', given: [400, 'NEVER_SEEN', UNLISTED], ...UNRECOGNISED },
  { row: 'default', given: [409, 'TRADE_ERROR', UNLISTED], ...UNRECOGNISED },
  { row: 'default', given: [302, 'MOVED', UNLISTED], ...UNRECOGNISED },
  { row: 'default', given: [200, '{"code":"ORDER_DONE"}'], ...UNRECOGNISED },
  { row: 'default', given: [200, 'SUCCESS'], ...UNRECOGNISED },
  { row: 'default', given: [200, '["order_id"]'], ...UNRECOGNISED },
];

let world: World;
/** Everything that the functions log. */
const logged: string[] = [];
beforeAll(async () => {
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((chunk, ...rest) => {
      logged.push(String(chunk));
      for (const told of rest) if (typeof told === 'function') told();
      return true;
    });
  }
  world = await startWorld({ logLevel: 'DEBUG' });
});
beforeEach(() => {
  logged.length = 0;
});
afterEach(async () => {
  world.simulator.clearFaults();
  await closeBreakers();
});
afterAll(async () => {
  await world.close();
  jest.restoreAllMocks();
});

type Line = Readonly<Record<string, unknown>>;

/** The lines that speak of an order, by what they say. */
function linesOf({ out_order_no }: OrderRef): ReadonlyMap<unknown, Line> {
  const lines = logged.flatMap((text) => text.split('\n')).filter((text) => text.startsWith('{'));
  const parsed = lines.map((text) => JSON.parse(text) as Line);
  return new Map(
    parsed.filter((line) => line['out_order_no'] === out_order_no).map((line) => [line['message'], line]),
  );
}

/** A configuration fault forbids every other collection for an hour; the one that tries again here is served. */
async function closeBreakers(): Promise<void> {
  const { breakers } = await world.services.ports.controls.read(MCHID as Mchid);
  if (breakers.merchant === undefined && breakers.pairs.size === 0) return;
  const lift = (body: object) => world.api.at('POST', `/v1/merchants/${MCHID}/breakers/lift`, body);
  await lift({});
  await lift({ pair: { sub_mchid: SUB_MCHID, service_id: SERVICE_ID } });
  expect((await world.api.collect(world.order())).status).toBe(202);
}

function faultFor(given: Example['given']): Fault {
  const on = { action: 'pay' } as const;
  if (isSigned(given)) return { kind: 'body', status: given[0], body: given[1], on };
  const [status, code, sub_code, message = ''] = given;
  return { kind: 'status', status, code, sub_code, message, on };
}

function isSigned(given: Example['given']): given is SignedAnswer {
  return given.length === 2;
}

function classified(given: Example['given']): string {
  if (!isSigned(given)) {
    const [status, code, subCode, message = ''] = given;
    return classify({ status, body: { code, message }, subCode: String(subCode) }).id;
  }
  const [status, text] = given;
  const json = /^[[{]/.test(text);
  return classify({ status, body: json ? (JSON.parse(text) as unknown) : text, subCode: '0' }).id;
}

test('every row of the outcome table has an example here, and every example belongs to its row', () => {
  expect(EXAMPLES.map(({ given }) => classified(given))).toEqual(EXAMPLES.map(({ row }) => row));
  const shown = new Set(EXAMPLES.map(({ row }) => row));
  expect([...OUTCOME_ROWS, DEFAULT_ROW].map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([]);
});

test.each(EXAMPLES.map((example) => [example.row, JSON.stringify(example.given), example] as const))(
  'row %s: WeChat Pay answers %s',
  async (_row, _given, { given, attempt, stays, next }) => {
    const ref = world.order();
    const claimedAt = world.clock.now();
    world.fault(faultFor(given));
    const answer = await world.api.collect(ref);

    expect(answer.status).toBe(stays === 'open' ? 202 : 200);
    expect(answer.body).toMatchObject({ attempt: { ...attempt, open: stays === 'open' }, recorded: true });
    const subCode = isSigned(given) ? 0 : given[2];
    expect(answer.body['wechatpay']).toMatchObject({
      http_status: given[0],
      request_id: expect.stringMatching(new RegExp(`^[0-9A-F]{40}-${subCode}$`)) as string,
      sub_code: String(subCode),
      ...(isSigned(given) ? {} : { code: given[1], message: given[3] ?? '' }),
    });

    // Every line of a call says of which order and attempt, and what WeChat Pay's support asks for.
    const { request_id } = answer.body['wechatpay'] as Line;
    const { id: claim_id } = answer.body['attempt'] as Line;
    const lines = linesOf(ref);
    expect(lines.get('query verified')).toMatchObject({
      ...ref,
      wechatpay: { request_id: expect.stringMatching(/^[0-9A-F]{40}-0$/) as string },
    });
    expect(lines.get('collect called')).toMatchObject({ ...ref, claim_id, wechatpay: { request_id } });
    const stopped = attempt.outcome === 'misconfigured' ? { ...ref, claim_id, request_id } : {};
    expect(lines.has('breaker changed')).toBe(attempt.outcome === 'misconfigured');
    expect(lines.get('breaker changed') ?? {}).toMatchObject(stopped);

    const row = await world.ledger(ref);
    expect(row.open?.outcome?.kind).toBe(stays === 'open' ? attempt.outcome : undefined);
    expect(row.calls).toEqual(next === 'gap' ? [claimedAt] : []);
    // Not from the claim: the call may have left until its send_by.
    expect(row.last_sent_at).toBe(claimedAt + 5 * SECOND);
    expect(row.timeline.at(-1)).toMatchObject({ kind: 'attempt', evidence: { http_status: given[0] } });
    expect(row.observed?.standing.kind ?? 'asked again').toMatch(/^(pending|asked again)$/);
    expect(world.paysReceived(ref)).toBe(1);
  },
);

test('what contradicts a pending order is asked about before anything else is done', async () => {
  const ref = world.order();
  world.fault({ kind: 'status', status: 400, code: 'ORDER_DONE', on: { action: 'pay' } });
  const answer = await world.api.collect(ref);
  expect(answer.body).toMatchObject({
    standing: null,
    next: { action: 'query', because: 'doubted' },
  });
  expect((await world.api.collect(ref)).body).toMatchObject({
    standing: { kind: 'pending' },
    held_back: { action: 'wait', because: 'gap' },
  });
  expect(world.paysReceived(ref)).toBe(1);
});

test.each([
  [429, 'RATE_LIMITED', 268435472],
  [403, 'FREQUENCY_LIMIT_EXCEED', UNLISTED],
])(
  'what WeChat Pay did not process (%i %s) may be tried again after its lock of 3 minutes',
  async (...answer) => {
    const [status, code, sub_code] = answer;
    const ref = world.order();
    world.fault({ kind: 'status', status, code, sub_code, on: { action: 'pay' } });
    // Counted from the last moment at which the call may have left, 5 s after the claim.
    const until = new Date(world.clock.now() + 5 * SECOND + 3 * MINUTE).toISOString();
    expect((await world.api.collect(ref)).body).toMatchObject({
      next: { action: 'wait', because: 'lock', until },
    });
    world.clock.forward(5 * SECOND + 3 * MINUTE - 1);
    expect((await world.api.collect(ref)).body).toMatchObject({
      held_back: { action: 'wait', because: 'lock', until },
    });
    world.clock.forward(1);
    expect((await world.api.collect(ref)).status).toBe(202);
    expect(world.paysReceived(ref)).toBe(2);
  },
);

test('what WeChat Pay refused for want of configuration (404 NOT_FOUND) may be tried again after an hour, once', async () => {
  const ref = world.order();
  const other = world.order();
  world.fault({ kind: 'status', status: 404, code: 'NOT_FOUND', sub_code: UNLISTED, on: { action: 'pay' } });
  const until = new Date(world.clock.now() + HOUR).toISOString();
  const wait = { action: 'wait', because: 'breaker', until };
  expect((await world.api.collect(ref)).body).toMatchObject({ attempts: [], next: wait });
  world.clock.forward(HOUR - 1);
  expect((await world.api.collect(other)).body).toMatchObject({ held_back: wait });
  world.clock.forward(1);
  expect((await world.api.collect(ref)).status).toBe(202);
  expect([world.paysReceived(ref), world.paysReceived(other)]).toEqual([2, 0]);
});
