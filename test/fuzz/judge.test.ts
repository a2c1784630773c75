import { APIV3_KEY } from '../support/keys';
import { faultOfAnswer, faultOfNotified, type Effects } from './judge';
import type { Sent } from './requests';
import type { Answer } from './side';

const NOTHING: Effects = { ledgerWrites: [], pays: 0 };
const WRITTEN: Effects = { ledgerWrites: [{ action: 'UpdateItem', text: '{}' }], pays: 0 };
const PUT: Sent = { method: 'PUT', target: '/v1/switch', headers: [], body: Buffer.from('{}') };
const HEADERS = {
  'content-type': 'application/problem+json; charset=utf-8',
  'cache-control': 'no-store',
  'apigw-requestid': '1',
};

const problem = (status: number, kind: string, title: string, more: object = {}): Answer => ({
  status,
  headers: HEADERS,
  text: JSON.stringify({
    type: `urn:payscore-collector:problem:${kind}`,
    title,
    status,
    detail: 'x',
    ...more,
  }),
});
const INVALID = problem(400, 'invalid-request', 'Request not valid', {
  errors: [{ field: 'mode', rule: 'is missing' }],
});

test('a refusal that is as described, and left nothing behind, is right', () => {
  expect(faultOfAnswer(PUT, INVALID, NOTHING)).toBeUndefined();
});

test('what is refused may not have been written', () => {
  expect(faultOfAnswer(PUT, INVALID, WRITTEN)).toContain('the table was written to');
});

test('what is refused may not have reached /pay', () => {
  expect(faultOfAnswer(PUT, INVALID, { ...NOTHING, pays: 1 })).toContain('/pay was called');
});

test('a 5xx is a fault, and so is a 503 while everything is there', () => {
  const broken = {
    status: 500,
    headers: { 'content-type': 'application/json' },
    text: '{"message":"Internal Server Error"}',
  };
  expect(faultOfAnswer(PUT, broken, NOTHING)).toContain('status 500');
  expect(faultOfAnswer(PUT, problem(503, 'ledger-unavailable', 'Ledger out of reach'), NOTHING)).toContain(
    'status 503',
  );
  expect(faultOfAnswer(PUT, problem(502, 'something', 'Bad'), NOTHING)).toContain('status 502');
});

test('an answer that the description does not have is a fault', () => {
  expect(faultOfAnswer(PUT, { ...INVALID, status: 402 }, NOTHING)).toContain('does not describe');
});

test('an answer that tells a secret is a fault', () => {
  const telling = problem(400, 'invalid-request', APIV3_KEY, { errors: [] });
  expect(faultOfAnswer(PUT, telling, NOTHING)).toBe('the answer tells a secret');
});

describe('of a notification', () => {
  const sent: Sent = {
    method: 'POST',
    target: '/notifications/1900009191',
    headers: [],
    body: Buffer.alloc(0),
  };
  const forged = { sent, isSigned: false };
  const signed = { sent, isSigned: true };
  const failed = (status: number, message: string): Answer => ({
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    text: JSON.stringify({ code: 'FAIL', message }),
  });
  const TAKEN: Answer = { status: 204, headers: {}, text: '' };

  test('what WeChat Pay did not sign is not taken', () => {
    expect(faultOfNotified(signed, TAKEN, WRITTEN)).toBeUndefined();
    expect(faultOfNotified(forged, TAKEN, NOTHING)).toBe('status 204 for what WeChat Pay did not sign');
  });

  test('what is not taken leaves the ledger as it is', () => {
    const refused = failed(401, 'The signature does not prove that WeChat Pay sent this, lately.');
    expect(faultOfNotified(forged, refused, NOTHING)).toBeUndefined();
    expect(faultOfNotified(forged, refused, WRITTEN)).toContain('the table was written to');
  });

  test('a 500 is right only for what is signed and does not decrypt', () => {
    const ourKey = failed(500, 'The resource does not decrypt under the APIv3 key held here.');
    expect(faultOfNotified(signed, ourKey, NOTHING)).toBeUndefined();
    expect(faultOfNotified(forged, ourKey, NOTHING)).toContain('status 500');
    expect(faultOfNotified(signed, failed(500, 'x'), NOTHING)).toContain('status 500');
  });
});
