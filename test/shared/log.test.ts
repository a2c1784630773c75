import { Logger } from '@aws-lambda-powertools/logger';
import { PayscoreError } from '../../lambda/core/errors';
import type { FlowEvent } from '../../lambda/core/event';
import type { OrderRef } from '../../lambda/core/ids';
import { recordTo } from '../../lambda/shared/log';

const REF = { mchid: '1', sub_mchid: '2', out_order_no: 'A', service_id: '3' } as OrderRef;

beforeAll(() => {
  // The Logger then writes to the global console, which can be listened to.
  process.env['POWERTOOLS_DEV'] = 'true';
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => {
  delete process.env['POWERTOOLS_DEV'];
});

type Line = Readonly<Record<string, unknown>>;

/** What the real Logger writes: it has reserved keys, and drops them without a word. */
function written(event: FlowEvent): Line[] {
  const lines: Line[] = [];
  for (const method of ['debug', 'info', 'warn', 'error'] as const) {
    jest.spyOn(console, method).mockImplementation((...[text]: unknown[]) => {
      lines.push({ ...(JSON.parse(String(text)) as Line), method });
    });
  }
  recordTo(new Logger({ serviceName: 'test', logLevel: 'DEBUG' }))(event);
  return lines;
}

/** The Logger's own part of every line; Lambda's and tracing's are not there outside of Lambda. */
function line(method: 'debug' | 'info' | 'warn' | 'error', message: string, more: object): Line {
  return {
    method,
    level: method.toUpperCase(),
    message,
    service: 'test',
    timestamp: expect.any(String) as string,
    sampling_rate: expect.any(Number) as number,
    ...more,
  };
}

const EVIDENCE = {
  http_status: 403,
  code: 'TRADE_ERROR',
  message: '扣款失败',
  request_id: 'AB-271316574',
  sub_code: '271316574',
};

test('every call is one line, with its outcome, its claim and all that WeChat Pay said, its message too', () => {
  const report = { outcome: { kind: 'declined' }, evidence: EVIDENCE } as const;
  const lines = written({ kind: 'called', ref: REF, claim_id: 'c', report });
  expect(lines).toEqual([
    line('info', 'collect called', {
      ...REF,
      claim_id: 'c',
      outcome: { kind: 'declined' },
      wechatpay: EVIDENCE,
    }),
  ]);
  expect(lines).toMatchObject([{ wechatpay: { message: '扣款失败' } }]);
});

test('a query that was verified is one line for whoever looks closely, without what it said', () => {
  const facts = { state: 'DOING', details: [] };
  const evidence = { http_status: 200, request_id: 'AB-0' };
  expect(written({ kind: 'queried', ref: REF, report: { kind: 'verified', facts, evidence } })).toEqual([
    line('debug', 'query verified', { ...REF, wechatpay: evidence }),
  ]);
});

test.each([
  [{ kind: 'refused', because: 'permission', evidence: EVIDENCE } as const],
  [{ kind: 'unanswered', because: 'unverified', evidence: EVIDENCE } as const],
])('a query that gave nothing is a warning that says why, in the words of WeChat Pay', (report) => {
  expect(written({ kind: 'queried', ref: REF, report })).toEqual([
    line('warn', 'query gave nothing', { ...REF, because: report.because, wechatpay: EVIDENCE }),
  ]);
});

test('an outcome that was not recorded is an error with its cause', () => {
  const message = 'outcome not recorded: the attempt stays open and will be asked about';
  const error = new Error('no ledger');
  const report = { outcome: { kind: 'accepted' }, evidence: { request_id: 'AB-0' } } as const;
  const told = { outcome: { kind: 'accepted' }, wechatpay: { request_id: 'AB-0' } };
  expect(written({ kind: 'settle_failed', ref: REF, claim_id: 'c', report, error })).toEqual([
    line('error', message, {
      ...REF,
      claim_id: 'c',
      ...told,
      error: expect.objectContaining({ name: 'Error', message: 'no ledger' }) as object,
    }),
  ]);
  expect(written({ kind: 'settle_failed', ref: REF, claim_id: 'c', report, error: 'text' })).toEqual([
    line('error', message, { ...REF, claim_id: 'c', ...told }),
  ]);
});

test('what follows from a call says which, and under which Request-ID it was answered', () => {
  const of = { claim_id: 'c', request_id: 'AB-1' };
  const error = new PayscoreError('CERTIFICATES_INVALID', 'no list', { request_id: 'AB-1' });
  const facts = { state: 'DOING', details: [] };
  const verified = { kind: 'verified', facts, evidence: { request_id: 'AB-1' } } as const;
  const lines = [
    ...written({ kind: 'breaker', ref: REF, scope: 'pair', breaker: undefined, ...of }),
    ...written({ kind: 'breaker_failed', ref: REF, scope: 'pair', error, ...of }),
    ...written({ kind: 'queried', ref: REF, claim_id: 'c', report: verified }),
  ];
  expect(lines).toHaveLength(3);
  for (const one of lines) {
    expect(one).toMatchObject({ ...REF, claim_id: 'c' });
    expect(JSON.stringify(one)).toContain('"request_id":"AB-1"');
  }
  expect(written({ kind: 'certificates_failed', mchid: REF.mchid, error })).toMatchObject([
    { mchid: '1', request_id: 'AB-1' },
  ]);
  const differs = { kind: 'amount_differs', ref: REF, registered: 1, told: 2, request_id: 'AB-1' };
  expect(written(differs as unknown as FlowEvent)).toMatchObject([{ ...REF, request_id: 'AB-1' }]);
});

const BREAKER = { version: 1, trips: 1, tripped_at: 1, until: 2, because: '403 NO_AUTH' };

test('a breaker that tripped is a warning with why, and one that closed is another', () => {
  expect(written({ kind: 'breaker', ref: REF, scope: 'pair', breaker: BREAKER })).toEqual([
    line('warn', 'breaker changed', { ...REF, scope: 'pair', breaker: BREAKER }),
  ]);
  expect(written({ kind: 'breaker', ref: REF, scope: 'merchant', breaker: undefined })).toEqual([
    line('warn', 'breaker closed: collecting goes on', { ...REF, scope: 'merchant' }),
  ]);
});

test.each([
  [
    { kind: 'breaker_failed', ref: REF, scope: 'pair', error: new Error('no table') } as const,
    'breaker not written: the next call that meets the same writes it',
    { ...REF, scope: 'pair' },
  ],
  [
    { kind: 'work_failed', ref: REF, error: new Error('no table') } as const,
    'order not worked on: its message goes back to the queue',
    REF,
  ],
])('what failed on the way is an error with its cause', (event, message, more) => {
  expect(written(event)).toEqual([
    line('error', message, {
      ...more,
      error: expect.objectContaining({ name: 'Error', message: 'no table' }) as object,
    }),
  ]);
});

test('a message that nobody can read is an error without its words, and one of no order a warning', () => {
  expect(written({ kind: 'poison', message_id: 'm', because: 'is not a JSON object' })).toEqual([
    line('error', 'message not readable: taken out of the queue', {
      message_id: 'm',
      because: 'is not a JSON object',
    }),
  ]);
  const { mchid, sub_mchid, out_order_no } = REF;
  expect(written({ kind: 'not_in_ledger', key: { mchid, sub_mchid, out_order_no } })).toEqual([
    line('warn', 'order of a message not in the ledger, or written by a newer release', {
      mchid,
      sub_mchid,
      out_order_no,
    }),
  ]);
});

const KEY = { mchid: REF.mchid, sub_mchid: REF.sub_mchid, out_order_no: REF.out_order_no };
const NOTICE = { id: 'EV-1', event_type: 'PAYSCORE.USER_PAID' };

test.each(['applied', 'known', 'doubted', 'unregistered', 'other_event'] as const)(
  'a notification that came to %s is one line, with its id and its order',
  (came_to) => {
    const event = { kind: 'notification', mchid: REF.mchid, came_to, ...NOTICE, order: KEY } as const;
    expect(written(event)).toEqual([line('info', 'notification taken', { ...KEY, ...NOTICE, came_to })]);
  },
);

test.each([
  ['unverified', 'warn', 'notification not as it should be'],
  ['merchant_unknown', 'warn', 'notification not as it should be'],
  ['too_large', 'warn', 'notification not as it should be'],
  ['other_service', 'warn', 'notification not as it should be'],
  ['unreadable', 'error', 'notification not taken: WeChat Pay sends it again'],
  ['wrong_tenant', 'error', 'notification not taken: WeChat Pay sends it again'],
  ['undecryptable', 'error', 'notification not taken: WeChat Pay sends it again'],
  ['unavailable', 'error', 'notification not taken: WeChat Pay sends it again'],
  ['out_of_time', 'error', 'notification not taken: WeChat Pay sends it again'],
] as const)('one that came to %s is a line of level %s with why', (came_to, level, message) => {
  const { mchid } = REF;
  expect(written({ kind: 'notification', mchid, came_to, because: 'because of this' })).toEqual([
    line(level, message, { mchid, came_to, because: 'because of this' }),
  ]);
});

test('another amount than the registered one is a warning with both', () => {
  const event = { kind: 'amount_differs', ref: REF, registered: 100, told: 120 } as unknown as FlowEvent;
  expect(written(event)).toEqual([
    line('warn', 'WeChat Pay speaks of another amount', { ...REF, registered: 100, told: 120 }),
  ]);
});

test('a reference that carries more than its names is written with its names alone', () => {
  const ref = { ...REF, private_key: 'SECRET' } as OrderRef;
  const report = { outcome: { kind: 'accepted' }, evidence: {} } as const;
  const text = JSON.stringify(written({ kind: 'called', ref, claim_id: 'c', report }));
  expect(text).toContain('collect called');
  expect(text).not.toContain('SECRET');
});

test('an attempt that is open for longer than half an hour is a warning, a younger one no line', () => {
  expect(written({ kind: 'still_open', ref: REF, age_ms: 1_800_000 })).toEqual([]);
  expect(written({ kind: 'still_open', ref: REF, age_ms: 1_860_000 })).toEqual([
    line('warn', 'attempt still open: WeChat Pay was asked, and nothing is proven', {
      ...REF,
      open_seconds: 1_860,
    }),
  ]);
});
