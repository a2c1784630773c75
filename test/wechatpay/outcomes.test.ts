import fc from 'fast-check';
import { OUTCOME_RULES, type Outcome } from '../../lambda/core/outcome';
import { classify, DEFAULT_ROW, OUTCOME_ROWS } from '../../lambda/wechatpay/outcomes';
import { subCode } from '../../lambda/wechatpay/request-id';
import { ANSWERS_TO_PAY, type WireAnswer } from './support/answers-to-pay';

/** What each row has to come to, written out a second time. */
const OUTCOMES: Readonly<Record<string, Outcome>> = {
  userpaying: { kind: 'in_progress' },
  trade_state_other: { kind: 'unknown', because: 'unrecognised' },
  accepted_empty: { kind: 'accepted' },
  accepted_body: { kind: 'accepted' },
  system_error: { kind: 'unknown', because: 'server_error' },
  unauthorised: { kind: 'misconfigured', scope: 'merchant' },
  sub_busy: { kind: 'busy' },
  busy_message: { kind: 'busy' },
  throttled_status: { kind: 'throttled' },
  sub_declined: { kind: 'declined' },
  sub_throttled: { kind: 'throttled' },
  sub_cancelled: { kind: 'contradicted', claim: 'cancelled' },
  sub_not_pending: { kind: 'contradicted', claim: 'not_pending' },
  sub_not_found: { kind: 'contradicted', claim: 'not_found' },
  sub_no_permission: { kind: 'misconfigured', scope: 'pair' },
  sub_bad_authorization: { kind: 'misconfigured', scope: 'merchant' },
  sub_bad_parameter: { kind: 'refused' },
  sub_not_possible: { kind: 'refused' },
  declined: { kind: 'declined' },
  order_done: { kind: 'contradicted', claim: 'done' },
  order_cancelled: { kind: 'contradicted', claim: 'cancelled' },
  order_not_found: { kind: 'contradicted', claim: 'not_found' },
  throttled_code: { kind: 'throttled' },
  not_pending: { kind: 'contradicted', claim: 'not_pending' },
  sign_error: { kind: 'misconfigured', scope: 'merchant' },
  no_permission: { kind: 'misconfigured', scope: 'pair' },
  route_not_open: { kind: 'misconfigured', scope: 'pair' },
  refused: { kind: 'refused' },
  default: { kind: 'unknown', because: 'unrecognised' },
};

function read({ status, body, requestId }: WireAnswer) {
  let parsed: unknown = body;
  try {
    parsed = JSON.parse(body);
  } catch {
    // Not JSON stays text.
  }
  return classify({ status, body: parsed, subCode: subCode(requestId) });
}

const ROWS = [...OUTCOME_ROWS, DEFAULT_ROW];

describe('every row of the table, and the default row, decides its own answers', () => {
  test('no row is without an example and an expected outcome, and no example without a row', () => {
    const ids = ROWS.map(({ id }) => id);
    expect(Object.keys(ANSWERS_TO_PAY)).toEqual(ids);
    expect(Object.keys(OUTCOMES)).toEqual(ids);
    expect(ids.filter((id) => ANSWERS_TO_PAY[id]?.length === 0)).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  const examples = Object.entries(ANSWERS_TO_PAY).flatMap(([id, answers]) =>
    answers.map((answer): [string, number, string, string, WireAnswer] => [
      id,
      answer.status,
      answer.body,
      answer.requestId ?? 'no Request-ID',
      answer,
    ]),
  );
  test.each(examples)('%s: %d %s (%s)', (id, _status, _body, _requestId, answer) => {
    const row = read(answer);
    expect(row.id).toBe(id);
    expect(row.outcome).toEqual(OUTCOMES[id]);
  });

  test('every value that a row lists has an example', () => {
    const given = Object.values(ANSWERS_TO_PAY).flat();
    const unproven = OUTCOME_ROWS.flatMap(({ id, when }) => [
      ...(when.subCode ?? []).filter(
        (sub) => !given.some(({ requestId = '' }) => requestId.endsWith(`-${sub}`)),
      ),
      ...(Array.isArray(when.code) ? when.code : []).filter(
        (code) => !ANSWERS_TO_PAY[id]?.some(({ body }) => body.includes(`"${code}"`)),
      ),
      ...(when.message ?? []).filter((part) => !ANSWERS_TO_PAY[id]?.some(({ body }) => body.includes(part))),
    ]);
    expect(unproven).toEqual([]);
  });

  test('every row says where it comes from', () => {
    expect(ROWS.filter(({ source }) => source === '')).toEqual([]);
  });
});

describe('the more certain sign decides', () => {
  test.each([
    [
      'a system error says nothing, whatever is in it',
      { status: 500, body: '{"code":"ORDER_DONE"}', requestId: 'A-271316574' },
      'system_error',
    ],
    [
      'a deduction that is running comes before 429: the attempt has to stay open',
      { status: 429, body: '', requestId: 'A-271316754' },
      'sub_busy',
    ],
    [
      '429 comes before any other sub-code',
      { status: 429, body: '', requestId: 'A-271316574' },
      'throttled_status',
    ],
    [
      'the sub-code comes before the code',
      { status: 400, body: '{"code":"ORDER_DONE"}', requestId: 'A-271316754' },
      'sub_busy',
    ],
    [
      'a deduction that is running comes before any code: the attempt has to stay open',
      { status: 403, body: '{"code":"TRADE_ERROR","message":"单据正在扣款中"}' },
      'busy_message',
    ],
    [
      'the busy message comes before the codes that only say no',
      { status: 400, body: '{"code":"PARAM_ERROR","message":"扣款中"}' },
      'busy_message',
    ],
    [
      'a missing order comes before a missing route',
      { status: 404, body: '{"code":"ORDER_NOT_EXIST"}' },
      'order_not_found',
    ],
    [
      'a sub-code in a 2xx is not listened to',
      { status: 204, body: '', requestId: 'A-271316574' },
      'accepted_empty',
    ],
    [
      'a sub-code in a redirect is not listened to',
      { status: 302, body: '', requestId: 'A-271316574' },
      'default',
    ],
  ])('%s', (_, answer: WireAnswer, id) => {
    expect(read(answer).id).toBe(id);
  });
});

describe('whatever comes back', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'TRADE_ERROR',
      'ORDER_DONE',
      'USERPAYING',
      'SUCCESS',
      'PAID',
      'USER_PAID',
      '扣款中',
      '支付成功',
    ),
  );
  const body = fc.oneof(
    fc.anything(),
    fc.jsonValue(),
    fc.record({ code: fc.oneof(text, fc.anything()), message: fc.oneof(text, fc.anything()) }),
    fc.record({ trade_state: fc.oneof(text, fc.anything()), state: text, code: text }, { requiredKeys: [] }),
  );
  const status = fc.oneof(fc.integer({ min: 200, max: 599 }), fc.integer(), fc.double());
  const sub = fc.option(
    fc.oneof(fc.stringMatching(/^\d{1,12}$/), fc.constantFrom('271316574', '271316754', '268435472', '0')),
    { nil: undefined },
  );
  const KINDS = [
    'accepted',
    'in_progress',
    'busy',
    'unknown',
    'declined',
    'throttled',
    'contradicted',
    'refused',
    'misconfigured',
  ];

  test('a decision is made, never an error, and it never says that money was taken', () => {
    fc.assert(
      fc.property(status, body, sub, (code, content, subCodeGiven) => {
        const row = classify({ status: code, body: content, subCode: subCodeGiven });
        expect(KINDS).toContain(row.outcome.kind);
        expect(JSON.stringify(row.outcome)).not.toMatch(/paid/i);
        return true;
      }),
      { numRuns: 10_000 },
    );
  });

  test('no 2xx and no 5xx closes an attempt', () => {
    const may = fc.oneof(fc.integer({ min: 200, max: 299 }), fc.integer({ min: 500, max: 599 }));
    fc.assert(
      fc.property(may, body, sub, (code, content, subCodeGiven) => {
        const { outcome } = classify({ status: code, body: content, subCode: subCodeGiven });
        expect(OUTCOME_RULES[outcome.kind].leavesOpen).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  test('a body that cannot even be turned into text is read past', () => {
    const hostile = {
      code: { toString: 1 },
      message: Object.create(null) as unknown,
      trade_state: Symbol('s'),
    };
    expect(classify({ status: 400, body: hostile, subCode: undefined }).id).toBe('default');
  });
});

describe('the sub-code is the digits after the last - of the Request-ID', () => {
  test.each([
    ['08DE9A-271316574', '271316574'],
    ['08-DE-9A-0', '0'],
    ['-7', '7'],
    ['08DE9A', undefined],
    ['08DE9A-', undefined],
    ['08DE9A-27131657x', undefined],
    ['08DE9A-1234567890123', undefined],
    ['08DE9A-271316574 ', undefined],
    ['08DE9A-271316574\n', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j: %j', (id, expected) => {
    expect(subCode(id)).toBe(expected);
  });
});

test('an error is decided by its code, whatever else it speaks of', () => {
  const body = { code: 'TRADE_ERROR', message: '扣款失败', trade_state: 'USERPAYING' };
  expect(classify({ status: 403, body, subCode: undefined }).id).toBe('declined');
  expect(classify({ status: 400, body: { ...body, code: 'ORDER_DONE' }, subCode: undefined }).id).toBe(
    'order_done',
  );
});
