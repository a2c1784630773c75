import { demandDescribed } from '../support/contract';

/** Every answer that a test gets from the API goes through this; here it is shown what that would tell. */
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const PROBLEM_TYPE = { 'content-type': 'application/problem+json; charset=utf-8' };
const SWITCH = { mode: 'on', from: 'service', levels: { service: 'on' } };
const GOOD = {
  method: 'GET',
  path: '/v1/switch',
  status: 200,
  headers: JSON_TYPE,
  text: JSON.stringify(SWITCH),
};
const OUT_OF_REACH = {
  type: 'urn:payscore-collector:problem:ledger-unavailable',
  title: 'Ledger out of reach',
  status: 503,
  detail: 'DynamoDB did not answer.',
};
const NO_ROUTE = {
  type: 'urn:payscore-collector:problem:route-not-found',
  title: 'No such route',
  status: 404,
  detail: 'This path is not part of the API.',
  routes: ['GET /v1/switch'],
};

const body = (value: object) => ({ text: JSON.stringify(value) });
const problem = (value: typeof OUT_OF_REACH | typeof NO_ROUTE, headers: object = {}) => ({
  status: value.status,
  headers: { ...PROBLEM_TYPE, ...headers },
  ...body(value),
});

test.each([
  ['an answer', {}],
  ['of a route whose path has variables', { path: '/v1/merchants/1900009191/switch/1900000109' }],
  ['a problem of the route', problem(OUT_OF_REACH, { 'retry-after': '10' })],
  ['a path that does not exist', { path: '/v1/nowhere', ...problem(NO_ROUTE) }],
  ['the gateway’s own words', { status: 503, ...body({ message: 'Service Unavailable' }) }],
  ['a path that does not decode', { path: '/%', status: 400, ...body({ message: 'Bad Request' }) }],
  [
    'an answer to HEAD, which has no body',
    { method: 'HEAD', status: 405, text: '', headers: { ...PROBLEM_TYPE, allow: 'GET' } },
  ],
  ['no content', { method: 'POST', path: '/notifications/1900009191', status: 204, headers: {}, text: '' }],
])('what is described passes: %s', (_what, change) => {
  expect(() => demandDescribed({ ...GOOD, ...change })).not.toThrow();
});

test.each([
  ['a status', { status: 201 }, 'status 201'],
  ['a media type', { headers: { 'content-type': 'text/html' } }, "content-type 'text/html'"],
  ['a property', body({ ...SWITCH, by: 'me' }), 'additional properties {"additionalProperty":"by"}'],
  ['a property further in', body({ ...SWITCH, levels: { shop: 'on' } }), '/levels must NOT have additional'],
  ['a missing property', body({ mode: 'on', from: 'service' }), `required property 'levels'`],
  ['a value', body({ ...SWITCH, mode: 'ON' }), '/mode must be equal to one of the allowed values'],
  ['a type', body({ ...SWITCH, mode: 1 }), '/mode must be string'],
  ['a missing header', problem(OUT_OF_REACH), 'no header retry-after'],
  ['a problem of other routes', { ...problem(NO_ROUTE), status: 400 }, '/type must be equal to constant'],
  [
    'what a problem carries',
    { ...problem(OUT_OF_REACH, { 'retry-after': '10' }), ...body({ ...OUT_OF_REACH, order: 1 }) },
    '"order"',
  ],
  [
    'content where there is none',
    { method: 'POST', path: '/notifications/1', status: 204 },
    "content-type 'application/json'",
  ],
  ['success where there is no route', { path: '/v1/nowhere' }, 'status 200'],
  ['a method', { method: 'PATCH' }, 'status 200'],
])('what is not described fails the test: %s', (_what, change, told) => {
  expect(() => demandDescribed({ ...GOOD, ...change })).toThrow(told);
});

test('what does not fit is told with the request, the route and the answer', () => {
  expect(() => demandDescribed({ ...GOOD, ...body({ mode: 'on', from: 'service' }) })).toThrow(
    `GET /v1/switch answered what lambda/api/openapi.json does not describe for GET /v1/switch: the body must have required property 'levels' {"missingProperty":"levels"}\n200 {"mode":"on","from":"service"}`,
  );
});

test('a body that is not JSON fails the test', () => {
  expect(() => demandDescribed({ ...GOOD, text: '<html>' })).toThrow(SyntaxError);
});
