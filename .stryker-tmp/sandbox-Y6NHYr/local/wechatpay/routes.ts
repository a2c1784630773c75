import { OUT_ORDER_NO } from './orders';
import type { ErrorDetail } from './answers';
import { impossible } from './impossible';

export const CHANGES = ['pay', 'sync', 'modify', 'cancel'] as const;
export type Change = (typeof CHANGES)[number];

export const ACTIONS = [...CHANGES, 'query', 'certificates', 'unknown'] as const;
/** What a request asks for, as far as its method and URL tell. */
export type Action = (typeof ACTIONS)[number];

export type Route =
  | { readonly kind: 'change'; readonly action: Change; readonly out_order_no: string }
  | { readonly kind: 'query'; readonly query: URLSearchParams }
  | { readonly kind: 'certificates'; readonly query: URLSearchParams }
  | { readonly kind: 'malformed'; readonly action: Action; readonly detail: ErrorDetail }
  | { readonly kind: 'unknown' };

const ORDERS = '/v3/payscore/partner/serviceorder';
const CHANGE_PATH = new RegExp(`^${ORDERS}/([^/]*)/(${CHANGES.join('|')})$`);

const malformed = (action: Action, value: string, issue: string): Route => ({
  kind: 'malformed',
  action,
  detail: { field: 'out_order_no', value, issue, location: 'path' },
});

function changeRoute(action: Change, raw: string): Route {
  let decoded: string;
  try {
    // Once: %257C is the order number "%7C", which no order may have, and not "|".
    decoded = decodeURIComponent(raw);
  } catch {
    return malformed(action, raw, 'is not percent-encoded UTF-8');
  }
  return OUT_ORDER_NO.test(decoded)
    ? { kind: 'change', action, out_order_no: decoded }
    : malformed(action, decoded, 'must be 1 to 32 of 0-9 A-Z a-z _ - | *');
}

/** `url` is the raw request target: path and query as they arrived. */
export function route(method: string, url: string): Route {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  if (method === 'GET' && path === ORDERS) return { kind: 'query', query };
  if (method === 'GET' && path === '/v3/certificates') return { kind: 'certificates', query };
  const [, raw, suffix] = CHANGE_PATH.exec(path) ?? [];
  const action = CHANGES.find((change) => change === suffix);
  if (method !== 'POST' || raw === undefined || action === undefined) return { kind: 'unknown' };
  return changeRoute(action, raw);
}

export function actionOf(found: Route): Action {
  switch (found.kind) {
    case 'change':
    case 'malformed':
      return found.action;
    case 'query':
    case 'certificates':
    case 'unknown':
      return found.kind;
    default:
      return impossible(found);
  }
}

/** The order a URL names, if it does. */
export function orderNumberOf(found: Route): string | undefined {
  switch (found.kind) {
    case 'change':
      return found.out_order_no;
    case 'query':
      return found.query.get('out_order_no') ?? undefined;
    case 'certificates':
    case 'malformed':
    case 'unknown':
      return undefined;
    default:
      return impossible(found);
  }
}
