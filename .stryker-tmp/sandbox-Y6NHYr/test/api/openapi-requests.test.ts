import description from '../../lambda/api/openapi.json';
import { NOTIFICATION_ROUTE } from '../../lambda/routes';
import { describedRoutes, type DescribedRoute, type ObjectSchema } from '../support/contract';
import { MCHID } from '../support/keys';
import { SERVICE_ID, startWorld, SUB_MCHID, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

/** WeChat Pay decides what is in a notification. */
const OURS = describedRoutes()
  .filter(({ route }) => route !== NOTIFICATION_ROUTE)
  .map((described) => [described.route, described] as const);

interface Fault {
  readonly field: string;
  readonly rule: string;
}

const UNKNOWN = 'not_a_field';

test.each(OURS)('%s knows every field that is described, and no other', async (_route, described) => {
  const { query, body } = fieldsOf(described);
  const faults = await faultsOf(described, [...query, UNKNOWN], body === undefined ? [] : [...body, UNKNOWN]);
  const unknown = faults.filter(({ rule }) => rule.includes('not known here'));
  expect(unknown).not.toEqual([]);
  for (const { field, rule } of unknown)
    expect(`${field} ${rule}`).toMatch(/^(not_a_field is|.*: not_a_field$)/);
  expect(faults.filter(({ rule }) => rule.startsWith('belongs into the path'))).toEqual([]);
  // Nothing that a body holds may be null.
  expect(faults.map(({ field }) => field)).toEqual(expect.arrayContaining(body ?? []));
});

test.each(OURS)('%s demands what is described as required, and no more', async (_route, described) => {
  const { required } = fieldsOf(described);
  // Something has to be wrong, or the request would be carried out.
  const faults = await faultsOf(described, [UNKNOWN], [UNKNOWN]);
  const demanded = faults.map(({ field }) => field).filter((field) => field !== '' && field !== UNKNOWN);
  expect(demanded.toSorted()).toEqual(required.toSorted());
});

function isBodiless({ operation }: DescribedRoute): boolean {
  return operation.requestBody === undefined;
}

function fieldsOf({ operation: { parameters = [], requestBody } }: DescribedRoute) {
  const inQuery = parameters.filter((one) => one.in === 'query');
  const schema = requestBody && resolved(requestBody.content['application/json'].schema);
  return {
    query: inQuery.map(({ name }) => name),
    body: schema && Object.keys(schema.properties ?? {}),
    required: [
      ...inQuery.filter(({ required }) => required).map(({ name }) => name),
      ...(schema?.required ?? []),
    ],
  };
}

function resolved(schema: ObjectSchema): ObjectSchema {
  const name = schema.$ref?.replace('#/components/schemas/', '');
  const all = description.components.schemas as unknown as Readonly<Record<string, ObjectSchema>>;
  return name === undefined ? schema : (all[name] ?? {});
}

/** What a request is refused for in which these fields have no value: empty in the query string, null in the body. */
async function faultsOf(
  described: DescribedRoute,
  query: readonly string[],
  body: readonly string[],
): Promise<readonly Fault[]> {
  const [method, template] = described.route.split(' ') as ['GET' | 'PUT' | 'DELETE' | 'POST', string];
  const values: Readonly<Record<string, string>> = {
    mchid: MCHID,
    sub_mchid: SUB_MCHID,
    service_id: SERVICE_ID,
    out_order_no: 'ORDER_1',
  };
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
  const search = takesQuery(described) ? `?${query.map((name) => `${name}=`).join('&')}` : '';
  const sent = Object.fromEntries(body.map((name) => [name, null]));
  const answer = await world.api.at(method, `${path}${search}`, isBodiless(described) ? undefined : sent);
  expect(answer).toMatchObject({ status: 400, body: { title: 'Request not valid' } });
  return answer.body['errors'] as readonly Fault[];
}

/** A route with a body does not look at the query string, unless it says so. */
function takesQuery(described: DescribedRoute): boolean {
  return isBodiless(described) || fieldsOf(described).query.length > 0;
}
