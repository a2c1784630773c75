import { type Report, type RuntimeApi, startRuntimeApi } from '../../../local/aws/runtime-api';

let api: RuntimeApi;
const reports: Report[] = [];
beforeEach(async () => {
  reports.length = 0;
  api = await startRuntimeApi((report) => reports.push(report));
});
afterEach(async () => api.close());

const at = (path: string) => `${api.url}/2018-06-01/runtime/${path}`;
const next = async () => fetch(at('invocation/next'));
const post = async (path: string, body: string, headers = {}) =>
  fetch(at(path), { method: 'POST', body, headers });

/** Resolves when the runtime has asked. */
async function asked(): Promise<void> {
  while (!reports.some(({ kind }) => kind === 'ready')) await new Promise((done) => setTimeout(done, 5));
}

const HANDED = {
  requestId: '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
  event: '{"金额":1}',
  deadlineAt: 1_542_409_706_888,
  functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
};

async function handed(): Promise<Response> {
  const answer = next();
  await asked();
  api.hand(HANDED);
  return answer;
}

test('the next event waits for the runtime to ask, and brings the headers of Lambda', async () => {
  expect(() => api.hand(HANDED)).toThrow('the runtime has not asked for an event');
  const answer = await handed();
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe('{"金额":1}');
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
    'lambda-runtime-deadline-ms': '1542409706888',
    'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:us-east-1:000000000000:function:f',
    'lambda-runtime-trace-id': 'Root=1-8476a536-e9f411e897392dfe598c3fcd;Parent=8476a536e9f411e8;Sampled=0',
  });
});

test('a response and an error are taken once, and for the event that is under way only', async () => {
  await handed();
  expect((await post('invocation/another/response', '1')).status).toBe(400);
  const taken = await post(`invocation/${HANDED.requestId}/response`, '{"statusCode":200}');
  expect([taken.status, await taken.json()]).toEqual([202, { status: 'OK' }]);
  const again = await post(`invocation/${HANDED.requestId}/response`, '2');
  expect([again.status, await again.json()]).toEqual([
    400,
    { errorType: 'InvalidRequestID', errorMessage: 'Invalid request ID' },
  ]);
  expect(reports).toEqual([
    { kind: 'ready' },
    { kind: 'responded', requestId: HANDED.requestId, body: '{"statusCode":200}' },
  ]);
});

test.each([
  ['{"errorType":"E","errorMessage":"why","trace":["at a"]}', 'ignored', 'E', 'why', ['at a']],
  ['{"errorType":"E","errorMessage":"why","stackTrace":["at b"]}', '', 'E', 'why', ['at b']],
  ['not JSON', 'Runtime.Odd', 'Runtime.Odd', '', []],
  ['', '', 'UnknownError', '', []],
])(
  'an error is read from its body, or from its header: %s',
  async (body, header, errorType, errorMessage, trace) => {
    await handed();
    const headers = header === '' ? {} : { 'lambda-runtime-function-error-type': header };
    expect((await post(`invocation/${HANDED.requestId}/error`, body, headers)).status).toBe(202);
    const error = { errorType, errorMessage, trace };
    expect(reports.at(-1)).toEqual({ kind: 'failed', requestId: HANDED.requestId, error });
  },
);

test('an error of the start is told apart from that of an event, and what else is asked for is not there', async () => {
  expect((await post('init/error', '{"errorType":"E","errorMessage":"no table"}')).status).toBe(202);
  expect(reports).toEqual([
    { kind: 'init_failed', error: { errorType: 'E', errorMessage: 'no table', trace: [] } },
  ]);
  expect((await fetch(at('invocation/next'), { method: 'PUT' })).status).toBe(404);
  expect((await fetch(`${api.url}/2015-01-01/runtime/invocation/next`)).status).toBe(404);
});
