import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { build, stop } from 'esbuild';
import { bundleOptions, PROJECT_ROOT } from '../../infra/bundling';
import description from '../../lambda/api/openapi.json';
import { NOTIFICATION_ROUTE, ROUTES } from '../../lambda/routes';
import { describedRoutes } from '../support/contract';
import { startWorld } from '../support/world';

type Json = Readonly<Record<string, unknown>>;

afterAll(stop);

test('every route is described, and nothing else', () => {
  const described = describedRoutes().map(({ route }) => route);
  expect(described.toSorted()).toEqual([...ROUTES, NOTIFICATION_ROUTE].toSorted());
});

test('GET /openapi.json answers the description as it is checked in', async () => {
  const world = await startWorld();
  const answer = await world.api.at('GET', '/openapi.json');
  await world.close();
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: { openapi: '3.1.0' },
  });
  expect(answer.body).toEqual(description);
});

test('every route wants a signature of AWS or a person’s token but the one that WeChat Pay calls', () => {
  expect(description.security).toEqual([{ sigv4: [] }, { oidc: [] }]);
  const otherwise = describedRoutes().filter(
    ({ operation: { security, responses } }) => security !== undefined || responses['403'] === undefined,
  );
  expect(otherwise.map(({ route, operation }) => [route, operation.security])).toEqual([
    [NOTIFICATION_ROUTE, []],
  ]);
});

test('Redocly’s recommended rules find nothing, but that two answers belong to no route', async () => {
  const program = ['--import', 'tsx', 'test/support/lint-openapi.ts', 'lambda/api/openapi.json'];
  const { stdout } = await promisify(execFile)(process.execPath, program, { cwd: PROJECT_ROOT });
  expect(JSON.parse(stdout)).toEqual(
    // What fits no route is answered all the same, and OpenAPI has no place for that but among the components.
    ['RouteNotFound', 'MethodNotAllowed'].map((name) => ({
      rule: 'no-unused-components',
      message: `Component: "${name}" is never used.`,
      at: `#/components/responses/${name}`,
    })),
  );
});

test('an object has no properties that are not described, but where others decide what is in it', () => {
  expect([...openObjects(description.components.schemas)]).toEqual([
    '/Notification',
    '/Notification/properties/resource',
  ]);
});

/** Where the schemas of objects are that take properties nobody described. */
function* openObjects(value: unknown, at = ''): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  const { type, additionalProperties: more, examples: _values, ...inner } = value as Json;
  const saysWhich = more === false || Object.keys(Object(more)).length > 0;
  if (type === 'object' && !saysWhich) yield at;
  for (const [key, one] of Object.entries({ ...inner, more })) yield* openObjects(one, `${at}/${key}`);
}

test('the function carries the description, and nothing of what it is made from', async () => {
  const options = bundleOptions('api', path.join(PROJECT_ROOT, 'unused.mjs'));
  const { metafile } = await build({ ...options, write: false, metafile: true });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs).toContain('lambda/api/openapi.json');
  expect(inputs.filter((input) => input.startsWith('lambda/api/contract/'))).toEqual([]);
});
