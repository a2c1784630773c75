import { actorOf, ROLES, rolesIn, VIEWER_MAY } from '../../lambda/api/access';
import type { ApiEvent } from '../../lambda/api/event';
import type { OrderRef } from '../../lambda/core/ids';
import { CONSOLE_ROUTES, ROUTES, twinOf, type RouteKey } from '../../lambda/routes';
import { pathOf, type Answer } from '../support/api';
import { MCHID } from '../support/keys';
import { tokenOf } from '../support/tokens';
import { SERVICE_ID, startWorld, SUB_MCHID, type World } from '../support/world';

describe('the roles of a claim', () => {
  test.each([
    // As API Gateway hands over an array.
    ['[operator]', ['operator']],
    ['[viewer operator]', ['viewer', 'operator']],
    ['[staff viewer]', ['viewer']],
    ['[staff, operator]', ['operator']],
    ['[]', []],
    // As providers write one text.
    ['operator', ['operator']],
    ['viewer,operator', ['viewer', 'operator']],
    ['viewer, staff', ['viewer']],
    ['viewer operator', ['viewer', 'operator']],
    ['  viewer\n', ['viewer']],
    ['["viewer","operator"]', ['viewer', 'operator']],
    ['["former operator"]', []],
    ['"operator"', ['operator']],
    // As others than API Gateway hand over an array.
    [
      ['viewer', 7, 'operator'],
      ['viewer', 'operator'],
    ],
  ])('%j names %j', (claim, roles) => {
    expect(rolesIn(claim)).toEqual(roles);
  });

  test.each([
    [undefined],
    [null],
    [7],
    [true],
    [''],
    ['Operator'],
    ['operators'],
    ['operator;viewer'],
    ['an-operator'],
    ['operator.'],
    // Of a claim that is nested, whatever stands in it.
    ['map[roles:[staff operator viewer]]'],
    ['[map[name:x operator] viewer]'],
    ['[[operator]]'],
    ['[operator'],
    ['operator]'],
    ['{"roles":["operator"]}'],
    ['["operator"'],
    ['{operator}'],
    [{ operator: true }],
    [`[${'x '.repeat(5_000)}operator]`],
  ])('%j names none', (claim) => {
    expect(rolesIn(claim)).toEqual([]);
  });
});

test('every route that people may call has a twin, and what the twin leads to is that route', () => {
  expect(CONSOLE_ROUTES.map((key) => twinOf(key))).toEqual(
    ROUTES.filter((key) => key !== 'GET /openapi.json'),
  );
  expect(twinOf('GET /v1/me')).toBeUndefined();
  expect(twinOf('GET /console/openapi.json')).toBeUndefined();
});

test('what a viewer may call is what reads, and dry runs: anything else that was ever added takes an operator', () => {
  const always = Object.keys(VIEWER_MAY).filter((key) => VIEWER_MAY[key as RouteKey] === 'always');
  const reading = ROUTES.filter((key) => key.startsWith('GET /v1/'));
  expect(always.toSorted()).toEqual(reading.toSorted());
  const dry = Object.entries(VIEWER_MAY).filter(([, may]) => may !== 'always');
  expect(dry.map(([key]) => key.split('/').at(-1))).toEqual(
    expect.arrayContaining(['policies', '{sub_mchid}', '{service_id}', 'import', 'collect']),
  );
  expect(dry).toHaveLength(5);
});

describe('the actor of a request', () => {
  const of = (claims: Readonly<Record<string, unknown>>) =>
    actorOf({ requestContext: { authorizer: { jwt: { claims } } } } as unknown as ApiEvent);
  const iss = 'https://login.example.com';

  test('is the issuer and the subject, which stay the same, with what the person is called', () => {
    expect(of({ iss, sub: 'a1b2', name: '王芳', email: 'wang@example.com' })).toEqual({
      kind: 'console',
      id: 'https://login.example.com#a1b2',
      name: '王芳',
    });
  });

  test.each([
    [{ preferred_username: 'wangfang', email: 'w@example.com' }, 'wangfang'],
    [{ email: 'w@example.com', username: 'x' }, 'w@example.com'],
    [{ username: 'wang' }, 'wang'],
    [{ name: ' \u202eWang\n\u0000Fang ' }, 'WangFang'],
    [{ name: '😀'.repeat(150) }, '😀'.repeat(100)],
    [{ name: '\u200b', email: 'w@example.com' }, 'w@example.com'],
  ])('is called by the first claim that says something: %j', (claims, name) => {
    expect(of({ iss, sub: 'a1b2', ...claims }).name).toBe(name);
  });

  test('has no name where no claim says one', () => {
    expect(of({ iss, sub: 'a1b2', name: 7 })).toEqual({
      kind: 'console',
      id: 'https://login.example.com#a1b2',
    });
  });

  test.each([[{ iss }], [{ sub: 'a1b2' }], [{ iss: '', sub: 'a1b2' }], [{ iss, sub: '' }], [{}]])(
    'is nobody in particular for a token that does not say who: %j',
    (claims) => {
      expect(of(claims)).toEqual({ kind: 'api', id: 'unknown' });
    },
  );
});

describe('over HTTP', () => {
  const ISSUER = 'https://login.example.com';
  const WANG = { iss: ISSUER, sub: 'wang', name: '王芳' };
  const VIEWER = tokenOf({ ...WANG, roles: '[staff viewer]' });
  const OPERATOR = tokenOf({ ...WANG, roles: '[operator]' });
  let world: World;
  let order: OrderRef;
  beforeAll(async () => {
    world = await startWorld();
    order = world.order();
    await world.register(order);
  });
  afterAll(async () => world.close());

  function call(key: string, token: string | undefined, body?: object, query = ''): Promise<Answer> {
    const [method = '', template = ''] = key.split(' ');
    const values: Readonly<Record<string, string>> = { ...order, service_id: SERVICE_ID };
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
    return world.api.send({
      method,
      path: `/console${path}${query}`,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: token }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  const TWINS = CONSOLE_ROUTES.map((key) => twinOf(key) as RouteKey);
  const ORDER = '/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}';

  test.each(TWINS)('%s: without a token nobody gets as far as the service', async (key) => {
    expect(await call(key, undefined, key.startsWith('GET') ? undefined : {})).toMatchObject({
      status: 401,
      body: { message: 'Unauthorized' },
      headers: { 'www-authenticate': 'Bearer' },
    });
  });

  test.each(TWINS)('%s: a token that names no role is refused, whatever is asked for', async (key) => {
    for (const roles of ['[staff]', '', 'map[roles:[operator]]'])
      expect(await call(key, tokenOf({ ...WANG, roles }), {}, '?dry_run=true')).toMatchObject({
        status: 403,
        body: { type: 'urn:payscore-collector:problem:role-missing' },
      });
    const { status } = await call(key, tokenOf({ ...WANG, groups: '[operator]' }), { dry_run: true });
    expect(status).toBe(403);
  });

  test.each(TWINS.filter((key) => VIEWER_MAY[key] !== 'always'))(
    '%s: a viewer is refused, and nothing is done',
    async (key) => {
      const before = await world.ledger(order);
      const queries = ['', '?dry_run=false', '?dry_run=', '?dry_run=true&dry_run=false'];
      for (const query of queries)
        for (const body of [undefined, {}, { dry_run: false }, { dry_run: 'true' }, { dry_run: 1 }])
          expect(await call(key, VIEWER, body, query)).toMatchObject({
            status: 403,
            body: { detail: 'This takes the role operator; the token only names viewer. Nothing was done.' },
          });
      expect(await world.ledger(order)).toEqual(before);
    },
  );

  test.each(TWINS.filter((key) => VIEWER_MAY[key] === 'always'))('%s: a viewer is let in', async (key) => {
    const period = key.includes('export') ? '?from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z' : '';
    const query = key.endsWith('search') ? '?out_order_no=ORDER_1' : period;
    expect((await call(key, VIEWER, undefined, query)).status).toBe(200);
  });

  test('a dry run is for viewers too, and writes nothing', async () => {
    const before = await world.ledger(order);
    const service_id = SERVICE_ID;
    const rows = [{ sub_mchid: SUB_MCHID, out_order_no: 'NEW', service_id }];
    const dry = [
      await call(`POST ${ORDER}/collect`, VIEWER, { service_id, dry_run: true }),
      await call('POST /v1/merchants/{mchid}/orders/import', VIEWER, { dry_run: true, rows }),
      await call('PUT /v1/merchants/{mchid}/policies', VIEWER, { attempts_max: 3 }, '?dry_run=true'),
    ];
    expect(dry.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await world.ledger(order)).toEqual(before);
    expect(
      await world.services.ports.ledger.find({ ...order, out_order_no: 'NEW' as never }),
    ).toBeUndefined();
    const stored = await world.services.admin.readPolicies(order.mchid);
    expect(stored.map(({ changed_by }) => changed_by)).toEqual(['test']);
  });

  test('who calls is told: a person by his token, a machine by IAM', async () => {
    expect((await call('GET /v1/me', VIEWER)).body).toEqual({
      id: `${ISSUER}#wang`,
      name: '王芳',
      roles: ['viewer'],
    });
    expect((await call('GET /v1/me', OPERATOR)).body).toMatchObject({ roles: ['operator'] });
    expect((await world.api.at('GET', '/v1/me')).body).toEqual({
      id: 'arn:aws:iam::000000000000:user/local',
      roles: ROLES,
    });
  });

  test('what a person does bears the person: on the timeline, at switch and policy, with the order', async () => {
    const held = await call(`POST ${ORDER}/hold`, OPERATOR, { reason: 'disputed' });
    const spelled = `王芳 (${ISSUER}#wang)`;
    expect(held).toMatchObject({ status: 200, body: { hold: { actor: spelled } } });
    await call(`POST ${ORDER}/release`, OPERATOR, { reason: 'settled' });
    const { body } = await world.api.at('GET', pathOf(order));
    const actor = { kind: 'console', id: `${ISSUER}#wang`, name: '王芳' };
    expect(body['timeline']).toMatchObject([{ hold: { actor: spelled } }, { kind: 'released', actor }]);
    const changed = await call('PUT /v1/merchants/{mchid}/policies/{sub_mchid}', OPERATOR, {
      attempts_max: 3,
    });
    expect(changed.body).toMatchObject({ stored: { changed_by: spelled } });
    const collected = await call(`POST ${ORDER}/collect`, OPERATOR, { service_id: SERVICE_ID });
    expect(collected.status).toBe(202);
    const { timeline } = await world.ledger(order);
    expect(timeline.at(-1)).toMatchObject({ kind: 'attempt', actor });
    const period = 'from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z';
    const { text } = await world.api.at('GET', `/v1/merchants/${MCHID}/export/attempts?${period}`);
    expect(text).toContain(spelled);
  });

  test('the claim that names the roles is the one that the deployment says', async () => {
    const { createHandler } = await import('../../lambda/api');
    const handler = createHandler(world.services, { rolesClaim: 'https://example.com/roles' });
    const event = {
      routeKey: 'GET /console/v1/me',
      headers: {},
      requestContext: {
        authorizer: {
          jwt: { claims: { ...WANG, roles: '[operator]', 'https://example.com/roles': '[viewer]' } },
        },
      },
    } as unknown as ApiEvent;
    const context = { getRemainingTimeInMillis: () => 29_000 } as never;
    expect(JSON.parse(String((await handler(event, context)).body))).toMatchObject({ roles: ['viewer'] });
  });

  test('an event of a twin that bears no person is refused, should the gateway ever let one pass', async () => {
    const { createHandler } = await import('../../lambda/api');
    const handler = createHandler(world.services);
    const context = { getRemainingTimeInMillis: () => 29_000 } as never;
    for (const authorizer of [
      undefined,
      { iam: { userArn: 'arn' } },
      { jwt: { claims: { roles: '[operator]' } } },
    ]) {
      const event = { routeKey: 'GET /console/v1/merchants', headers: {}, requestContext: { authorizer } };
      expect((await handler(event as unknown as ApiEvent, context)).statusCode).toBe(403);
    }
  });
});
