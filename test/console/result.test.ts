import { failureOf } from '../../console/src/api/result';

const PROBLEM = {
  type: 'urn:payscore-collector:problem:invalid-request',
  title: 'Not valid',
  status: 400,
  detail: 'Every fault is listed.',
  errors: [{ field: 'until', rule: 'lies behind' }, 'nonsense', { field: '', rule: 'takes one of them' }],
};

test('a problem is told with its title, its detail and every fault', () => {
  expect(failureOf(400, PROBLEM, null)).toEqual({
    kind: 'problem',
    status: 400,
    problem: 'invalid-request',
    title: 'Not valid',
    detail: 'Every fault is listed.',
    errors: [
      { field: 'until', rule: 'lies behind' },
      { field: '', rule: 'takes one of them' },
    ],
    more: {},
    retryAfterSeconds: undefined,
  });
});

test('what a problem carries beyond that is kept, and when to try again', () => {
  const held = { ...PROBLEM, held_back: { action: 'stop', because: 'held' } };
  expect(failureOf(409, held, '10')).toMatchObject({
    more: { held_back: { action: 'stop', because: 'held' } },
    retryAfterSeconds: 10,
  });
  expect(failureOf(409, held, 'Mon, 30 Nov 2026 00:00:00 GMT')).toMatchObject({
    retryAfterSeconds: undefined,
  });
});

test.each([
  [{ message: 'Unauthorized' }, 'Unauthorized'],
  ['<html>', '<html>'],
  [undefined, ''],
  [{ type: 'about:blank', title: 'Elsewhere' }, 'Elsewhere'],
])('what is no problem of this API is told by its status: %j', (body, message) => {
  expect(failureOf(502, body, null)).toEqual({ kind: 'status', status: 502, message });
});
