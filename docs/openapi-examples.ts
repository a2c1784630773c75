import type { RouteKey } from '../lambda/routes';
import { DAY, HOUR, MINUTE, SERVICE_ID, startWorld, SUB_MCHID, type World } from '../test/support/world';
import { MCHID } from '../test/support/keys';

/** One request, and what the service answered to it. */
export interface Example {
  readonly route: RouteKey;
  readonly summary: string;
  readonly request?: object;
  readonly status: number;
  /** Parsed, if it is JSON. */
  readonly answer: unknown;
}

interface Step {
  readonly route: RouteKey;
  readonly summary: string;
  /** `BIKE-1011` unless another one is named. */
  readonly order?: string;
  readonly body?: object;
  readonly query?: string;
  /** What happens before. */
  readonly first?: (world: World) => void;
}

const ORDER = '/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}';
const service_id = SERVICE_ID;

const STEPS: readonly Step[] = [
  { route: 'GET /v1/switch', summary: 'Nobody has switched anything off' },
  {
    route: 'PUT /v1/merchants/{mchid}/switch/{sub_mchid}',
    summary: 'A sub-merchant is only observed',
    body: { mode: 'observe' },
  },
  {
    route: 'PUT /v1/merchants/{mchid}/switch/{sub_mchid}',
    summary: 'It is collected for again',
    body: { mode: 'inherit' },
  },
  {
    route: `PUT ${ORDER}`,
    summary: 'A new order',
    body: { service_id, completed_at: '2026-03-01T17:20:00+08:00', total_amount: 350 },
  },
  {
    route: 'PUT /v1/merchants/{mchid}/policies',
    summary: 'What a change would do',
    query: 'dry_run=true',
    body: { attempts_per_day_max: 2, windows: [{ from: '09:00', to: '20:00' }] },
  },
  {
    route: `POST ${ORDER}/collect`,
    summary: 'A dry run',
    body: { service_id, dry_run: true },
  },
  {
    route: `POST ${ORDER}/collect`,
    summary: 'The request was taken; whether the user was charged is not known yet',
    body: { service_id },
  },
  {
    route: `POST ${ORDER}/collect`,
    summary: 'An attempt is open already',
    body: { service_id },
  },
  {
    route: `POST ${ORDER}/query`,
    summary: 'Paid, verified',
    body: { service_id },
    first: (world) => world.clock.forward(5 * MINUTE),
  },
  { route: `GET ${ORDER}`, summary: 'The story of an order that was paid' },
  {
    route: `POST ${ORDER}/collect`,
    order: 'BIKE-1012',
    summary: 'The user has no money',
    body: { service_id },
  },
  {
    route: `POST ${ORDER}/hold`,
    order: 'BIKE-1012',
    summary: 'The user disputes the order',
    body: { reason: 'User says the lock did not close; case 4711.', until: '2026-03-09T00:00:00+08:00' },
  },
  {
    route: `POST ${ORDER}/release`,
    order: 'BIKE-1012',
    summary: 'The dispute is settled',
    body: { reason: 'Case 4711: the lock was fine.' },
  },
  {
    route: `POST ${ORDER}/reduce`,
    order: 'BIKE-1012',
    summary: 'Less is due',
    body: { reason: 'Half of it as a courtesy.', total_amount: 640 },
    first: (world) => world.clock.forward(HOUR),
  },
  {
    route: `POST ${ORDER}/settle`,
    order: 'BIKE-1012',
    summary: 'The user paid in cash',
    body: { reason: 'Paid at the desk, receipt 88.', paid_at: '2026-03-02T13:00:00+08:00' },
    first: (world) => world.clock.forward(HOUR),
  },
  {
    route: `POST ${ORDER}/waive`,
    order: 'BIKE-1012',
    summary: 'There is nothing left to waive',
    body: { reason: 'Goodwill.' },
    first: (world) => world.clock.forward(DAY),
  },
  {
    route: `POST ${ORDER}/correct`,
    order: 'BIKE-1012',
    summary: 'WeChat Pay is asked again',
    body: { reason: 'The user says he paid twice.' },
  },
  {
    route: 'POST /v1/merchants/{mchid}/orders/import',
    summary: 'A good row and a bad one',
    body: {
      rows: [
        { row: 2, sub_mchid: SUB_MCHID, out_order_no: 'BIKE-1014', service_id, total_amount: 500 },
        { row: 3, sub_mchid: SUB_MCHID, out_order_no: 'BIKE 1015', service_id },
      ],
    },
  },
  {
    route: 'GET /v1/merchants/{mchid}/export/attempts',
    summary: 'The attempts of a month',
    query: 'from=2026-03-01T00:00:00%2B08:00&to=2026-04-01T00:00:00%2B08:00',
  },
  { route: 'GET /v1/merchants/{mchid}/orders', summary: 'The first page', query: 'limit=2' },
  { route: 'GET /v1/merchants/{mchid}/policies', summary: 'The policy of the provider' },
  { route: 'GET /v1/merchants/{mchid}', summary: 'A merchant that collects' },
  { route: 'POST /v1/merchants/{mchid}/breakers/lift', summary: 'There was none', body: {} },
  {
    route: `POST ${ORDER}/query`,
    order: 'BIKE-1013',
    summary: 'A request with two faults',
    body: { service: service_id, service_id: 'bike' },
  },
];

/**
 * What the service answers to these requests, over HTTP, against the simulated WeChat Pay. All that is random in it is
 * fixed, so that the same code always gives the same examples.
 */
export async function recordExamples(): Promise<readonly Example[]> {
  // What a release of 2027 will not run on is no matter of this document.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const world = await startWorld();
  try {
    world.order({ out_order_no: 'BIKE-1011', total_amount: 350 });
    world.order({ out_order_no: 'BIKE-1012', total_amount: 1_280, customer: { kind: 'declines' } });
    let claims = 0;
    const newClaimId = () => `6f1c2a90-3d5b-4c8e-9a77-${String((claims += 1)).padStart(12, '0')}`;
    const services = { ...world.services, ports: { ...world.services.ports, newClaimId } };
    const { url } = await world.apiOf(services);
    const examples: Example[] = [];
    for (const step of STEPS) {
      step.first?.(world);
      examples.push(await record(step, url));
    }
    return examples;
  } finally {
    await world.close();
  }
}

async function record({ route, summary, order, query, body }: Step, url: string): Promise<Example> {
  const [method = '', template = ''] = route.split(' ');
  const values: Readonly<Record<string, string>> = {
    mchid: MCHID,
    sub_mchid: SUB_MCHID,
    out_order_no: order ?? 'BIKE-1011',
  };
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
  // Not by the tests' own caller: that one holds every answer to the document that is only being made.
  const response = await fetch(`${url}${path}${query === undefined ? '' : `?${query}`}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  // Not response.text(), which would take the byte order mark away.
  const bytes = Buffer.from(await response.arrayBuffer());
  const mediaType = String(response.headers.get('content-type')).replace(/;.*/, '');
  const text = bytes.toString('utf8').replace(REQUEST_ID, `${FIXED_REQUEST_ID}-`);
  return {
    route,
    summary,
    ...(body === undefined ? {} : { request: body }),
    status: response.status,
    answer: mediaType.endsWith('json') ? (JSON.parse(text) as unknown) : text,
  };
}

/** Of WeChat Pay, up to its sub-code. */
const REQUEST_ID = /[0-9A-F]{40}-/g;
const FIXED_REQUEST_ID = '08E2D0A4B106102F18C8AEB8572095A31C28C1A3';
