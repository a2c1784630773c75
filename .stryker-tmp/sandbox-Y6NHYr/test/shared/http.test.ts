import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { json, problem, readJsonBody } from '../../lambda/shared/http';

function event(
  body: string | undefined,
  headers: Record<string, string> = {},
  isBase64Encoded = false,
): APIGatewayProxyEventV2 {
  return { body, headers, isBase64Encoded } as unknown as APIGatewayProxyEventV2;
}

test('an answer is JSON that nobody may keep', () => {
  expect(json(202, { a: '付' }, { 'retry-after': '5' })).toEqual({
    statusCode: 202,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'retry-after': '5',
    },
    body: '{"a":"付"}',
  });
});

test('a problem has the members of RFC 9457, its own type, and what more there is to say', () => {
  const answer = problem({
    kind: 'held-back',
    status: 409,
    title: 'Not collected',
    detail: 'Nothing was sent.',
    more: { next: { action: 'wait' } },
    headers: { allow: 'POST' },
  });
  expect(answer).toMatchObject({
    statusCode: 409,
    headers: { 'content-type': 'application/problem+json; charset=utf-8', allow: 'POST' },
  });
  expect(JSON.parse(answer.body ?? '')).toEqual({
    type: 'urn:payscore-collector:problem:held-back',
    title: 'Not collected',
    status: 409,
    detail: 'Nothing was sent.',
    next: { action: 'wait' },
  });
});

test.each([
  ['an absent body', event(undefined), {}],
  ['an empty body', event('', { 'content-type': 'text/plain' }), {}],
  ['a body without a type', event('{"a":1}'), { a: 1 }],
  ['a typed body', event('[1]', { 'content-type': 'application/json;charset=UTF-8' }), [1]],
  ['a body in base64', event(Buffer.from('{"a":"付"}').toString('base64'), {}, true), { a: '付' }],
  ['a body with a byte order mark', event(`\uFEFF{}`), {}],
])('%s is read', (_name, given, value) => {
  expect(readJsonBody(given)).toEqual({ ok: true, value });
});

test.each([
  ['413: too long', event('"'.padEnd(16_385, 'x')), 413],
  ['413: too long in base64', event(Buffer.alloc(16_385).toString('base64'), {}, true), 413],
  ['415: of another type', event('{}', { 'content-type': 'text/plain' }), 415],
  ['400: no JSON', event('{'), 400],
  ['400: no UTF-8', event(Buffer.from([0x22, 0xff, 0x22]).toString('base64'), {}, true), 400],
])('a body is refused with %s', (_name, given, statusCode) => {
  expect(readJsonBody(given)).toMatchObject({ ok: false, answer: { statusCode } });
});
