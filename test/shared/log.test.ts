import type { Logger } from '@aws-lambda-powertools/logger';
import type { FlowEvent } from '../../lambda/core/event';
import type { OrderRef } from '../../lambda/core/ids';
import { recordTo } from '../../lambda/shared/log';

const REF = { mchid: '1', sub_mchid: '2', out_order_no: 'A', service_id: '3' } as OrderRef;

/** A logger that keeps what it is told. */
function written(event: FlowEvent): unknown[][] {
  const lines: unknown[][] = [];
  const at =
    (level: string) =>
    (...line: unknown[]) =>
      lines.push([level, ...line]);
  const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  recordTo(logger as unknown as Logger)(event);
  return lines;
}

const EVIDENCE = {
  http_status: 403,
  code: 'TRADE_ERROR',
  message: '扣款失败',
  request_id: 'AB-271316574',
  sub_code: '271316574',
};

test('every call is one line, with its outcome, its claim and what WeChat Pay support asks for', () => {
  const report = { outcome: { kind: 'declined' }, evidence: EVIDENCE } as const;
  expect(written({ kind: 'called', ref: REF, claim_id: 'c', report })).toEqual([
    ['info', 'collect called', { ...REF, claim_id: 'c', outcome: { kind: 'declined' }, ...EVIDENCE }],
  ]);
});

test('a query that was verified is one line for whoever looks closely, without what it said', () => {
  const facts = { state: 'DOING', details: [] };
  const report = { kind: 'verified', facts, evidence: { http_status: 200, request_id: 'AB-0' } } as const;
  expect(written({ kind: 'queried', ref: REF, report })).toEqual([
    ['debug', 'query verified', { ...REF, http_status: 200, request_id: 'AB-0' }],
  ]);
});

test.each([
  [{ kind: 'refused', because: 'permission', evidence: EVIDENCE } as const],
  [{ kind: 'unanswered', because: 'unverified', evidence: EVIDENCE } as const],
])('a query that gave nothing is a warning that says why', (report) => {
  expect(written({ kind: 'queried', ref: REF, report })).toEqual([
    ['warn', 'query gave nothing', { ...REF, because: report.because, ...EVIDENCE }],
  ]);
});

test('an outcome that was not recorded is an error with its cause', () => {
  const error = new Error('no ledger');
  expect(written({ kind: 'settle_failed', ref: REF, claim_id: 'c', error })).toEqual([
    [
      'error',
      'outcome not recorded: the attempt stays open and will be asked about',
      { ...REF, claim_id: 'c', error },
    ],
  ]);
  expect(written({ kind: 'settle_failed', ref: REF, claim_id: 'c', error: 'text' })).toMatchObject([
    ['error', expect.anything(), { error: undefined }],
  ]);
});

test('a reference that carries more than its names is written with its names alone', () => {
  const ref = { ...REF, private_key: 'SECRET' } as OrderRef;
  const report = { outcome: { kind: 'accepted' }, evidence: {} } as const;
  expect(JSON.stringify(written({ kind: 'called', ref, claim_id: 'c', report }))).not.toContain('SECRET');
});
