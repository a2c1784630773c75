import type { Context } from 'aws-lambda';
import { startGateway } from '../../../local/aws/gateway';
import type { GatewayEvent, PublicEvent } from '../../../local/aws/gateway-event';
import type { LocalServer } from '../../../local/aws/loopback';

interface Reached<Event> {
  readonly event: Event;
  readonly context: Context;
}

let gateway: LocalServer;
let api: Reached<GatewayEvent> | undefined;
let notify: Reached<PublicEvent> | undefined;

beforeEach(async () => {
  api = undefined;
  notify = undefined;
  gateway = await startGateway({
    functions: [
      {
        name: 'api',
        routes: ['POST /v1/merchants/{mchid}', '$default'],
        authorizer: 'iam',
        handler: async (event, context) => {
          api = { event, context };
          return { statusCode: 200 };
        },
        timeoutMs: 29_000,
      },
      {
        name: 'notify',
        routes: ['POST /notifications/{mchid}'],
        authorizer: 'none',
        handler: async (event, context) => {
          notify = { event, context };
          return { statusCode: 204 };
        },
        timeoutMs: 5_000,
      },
    ],
    now: () => 0,
  });
});
afterEach(async () => gateway.close());

async function call(path: string, method = 'POST'): Promise<number> {
  return (await fetch(`${gateway.url}${path}`, { method })).status;
}

test('each function answers its own routes, and one of them all that no other has', async () => {
  expect(await call('/notifications/1900000001')).toBe(204);
  expect(notify?.event).toMatchObject({
    routeKey: 'POST /notifications/{mchid}',
    pathParameters: { mchid: '1900000001' },
  });
  expect(api).toBeUndefined();
  expect(await call('/notifications/1900000001', 'GET')).toBe(200);
  expect(api).toMatchObject({ event: { routeKey: '$default' } });
});

test('nobody is said to have signed a request on a route that asks for no signature', async () => {
  await call('/notifications/1900000001');
  expect(notify?.event.requestContext).not.toHaveProperty('authorizer');
  await call('/v1/merchants/1900000001');
  expect(api?.event.requestContext.authorizer.iam.userArn).toBe('arn:aws:iam::000000000000:user/local');
});

test('each has its own name and its own time', async () => {
  await call('/notifications/1900000001');
  expect(notify?.context.functionName).toBe('notify');
  expect(notify?.context.getRemainingTimeInMillis()).toBe(5_000);
});
