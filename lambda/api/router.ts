import { isPayscoreError, type ErrorCode, type PayscoreError } from '../core/errors';
import type { Instant } from '../core/ids';
import type { EventBus, OrderList, OrderSearch, Ports } from '../flow/ports';
import type { Admin } from '../flow/admin';
import { ROUTES, twinOf, type RouteKey } from '../routes';
import { problem, type HttpAnswer, type Problem } from '../shared/http';
import { refusal } from './access';
import type { ApiEvent } from './event';

export interface RouteContext {
  readonly ports: Ports;
  readonly orders: OrderList;
  readonly search: OrderSearch;
  readonly admin: Admin;
  /** Absent: nobody is told of changes. */
  readonly bus?: EventBus | undefined;
  /** The claim of a person's token that names his roles. */
  readonly rolesClaim: string;
  /** The answer has to be on its way by then. */
  readonly deadlineAt: Instant;
  /** Told of every failure of a part behind that became a problem. */
  readonly report: (failure: PayscoreError) => void;
}

export type Route = (event: ApiEvent, context: RouteContext) => Promise<HttpAnswer>;

/**
 * Answers one event of API Gateway (HTTP API, payload 2.0). What the parts behind cannot do becomes a problem
 * with its own status; only a mistake in this program passes through.
 */
export async function dispatch(
  routes: Readonly<Record<RouteKey, Route>>,
  event: ApiEvent,
  context: RouteContext,
): Promise<HttpAnswer> {
  const twin = twinOf(event.routeKey) as RouteKey | undefined;
  const key = twin ?? (event.routeKey as RouteKey);
  const route = routes[key] as Route | undefined;
  if (route === undefined) return notRouted(event);
  const refused = twin === undefined ? undefined : refusal(event, twin, context.rolesClaim);
  if (refused !== undefined) return refused;
  try {
    return await route(event, context);
  } catch (error) {
    const known = isPayscoreError(error) ? FAILURES[error.code] : undefined;
    if (known === undefined || !isPayscoreError(error)) throw error;
    context.report(error);
    // Nothing throws any more once a collection has been sent; from then on every failure is part of the answer.
    return problem({ ...known, detail: `${error.message} No collection was sent.`, ...faultsOf(error) });
  }
}

function faultsOf({ data }: PayscoreError): Pick<Problem, 'more'> {
  const faults = Array.isArray(data['faults']) ? (data['faults'] as string[]) : [];
  return faults.length === 0 ? {} : { more: { errors: faults.map((rule) => ({ field: '', rule })) } };
}

const RETRY_SOON = { 'retry-after': '10' };

/** Errors that come from behind the API, as problems. */
const FAILURES: Readonly<Partial<Record<ErrorCode, Omit<Problem, 'detail'>>>> = {
  MERCHANT_UNKNOWN: { kind: 'merchant-unknown', status: 404, title: 'Merchant unknown' },
  SECRET_INVALID: { kind: 'merchant-secret-invalid', status: 503, title: 'Merchant keys not usable' },
  SECRETS_UNAVAILABLE: {
    kind: 'secrets-unavailable',
    status: 503,
    title: 'Keys out of reach',
    headers: RETRY_SOON,
  },
  LEDGER_UNAVAILABLE: {
    kind: 'ledger-unavailable',
    status: 503,
    title: 'Ledger out of reach',
    headers: RETRY_SOON,
  },
  LEDGER_RESTORED: { kind: 'ledger-restored', status: 409, title: 'Ledger restored from a backup' },
  CURSOR_INVALID: { kind: 'cursor-invalid', status: 400, title: 'Cursor not valid' },
  LEDGER_ROW_NEWER: {
    kind: 'release-too-old',
    status: 503,
    title: 'Order belongs to a newer release',
    headers: RETRY_SOON,
  },
};

/** API Gateway hands everything that fits no route to `$default`: no such path, or the wrong method for it. */
function notRouted(event: ApiEvent): HttpAnswer {
  const { method } = event.requestContext.http;
  const allowed = ROUTES.map((key) => key.split(' ') as [method: string, template: string])
    .filter(([, template]) => matches(template, event.rawPath))
    .map(([allowedMethod]) => allowedMethod);
  if (allowed.length > 0) {
    const allow = allowed.join(', ');
    return problem({
      kind: 'method-not-allowed',
      status: 405,
      title: 'Method not allowed',
      detail: `${method} is not possible here; ${allow} is.`,
      headers: { allow },
    });
  }
  return problem({
    kind: 'route-not-found',
    status: 404,
    title: 'No such route',
    detail: 'This path is not part of the API.',
    more: { routes: ROUTES },
  });
}

function matches(template: string, path: string): boolean {
  const wanted = template.split('/');
  const given = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((part, i) => (part.startsWith('{') ? given[i] !== '' : part === given[i]))
  );
}
