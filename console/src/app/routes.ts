/** The pages, as the fragment of the address names them: any static host serves them all from one file. */
export type Route =
  | { readonly page: 'home' }
  | { readonly page: 'overview'; readonly mchid: string }
  | { readonly page: 'orders'; readonly mchid: string; readonly filter: OrderFilter }
  | {
      readonly page: 'order';
      readonly mchid: string;
      readonly sub_mchid: string;
      readonly out_order_no: string;
    }
  | { readonly page: 'merchants'; readonly mchid: string }
  | {
      readonly page: 'policies';
      readonly mchid: string;
      readonly sub_mchid?: string;
      readonly service_id?: string;
    }
  | { readonly page: 'import'; readonly mchid: string }
  | { readonly page: 'unknown' };

export interface OrderFilter {
  readonly status?: string;
  readonly sub_mchid?: string;
  /** An order number or a transaction id that somebody looks for. */
  readonly find?: string;
}

export type PageName = Exclude<Route['page'], 'home' | 'unknown' | 'order'>;
export const PAGES = [
  'overview',
  'orders',
  'merchants',
  'policies',
  'import',
] as const satisfies readonly PageName[];

/** What a fragment names. Never throws. */
export function parseRoute(fragment: string): Route {
  const [path = '', search = ''] = fragment.replace(/^#\/?/, '').split('?');
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
  const [mchid, page, first, second, ...rest] = parts;
  if (mchid === undefined) return { page: 'home' };
  if (!/^\d{1,32}$/.test(mchid) || rest.length > 0) return { page: 'unknown' };
  switch (page) {
    case undefined:
    case 'overview':
      return { page: 'overview', mchid };
    case 'orders':
      if (first !== undefined && second !== undefined)
        return { page: 'order', mchid, sub_mchid: first, out_order_no: second };
      return first === undefined ? { page: 'orders', mchid, filter: filterOf(search) } : { page: 'unknown' };
    case 'merchants':
    case 'import':
      return { page, mchid };
    case 'policies':
      return {
        page,
        mchid,
        ...(first === undefined ? {} : { sub_mchid: first }),
        ...(second === undefined ? {} : { service_id: second }),
      };
    default:
      return { page: 'unknown' };
  }
}

function filterOf(search: string): OrderFilter {
  const given = new URLSearchParams(search);
  const named = (['status', 'sub_mchid', 'find'] as const).flatMap((name) => {
    const value = given.get(name);
    return value === null || value === '' ? [] : [[name, value] as const];
  });
  return Object.fromEntries(named);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The address of a page. */
export function addressOf(route: Exclude<Route, { page: 'unknown' }>): string {
  if (route.page === 'home') return '#/';
  const at = (...parts: readonly string[]) =>
    `#/${[route.mchid, ...parts].map(encodeURIComponent).join('/')}`;
  switch (route.page) {
    case 'orders': {
      const search = new URLSearchParams(route.filter as Record<string, string>).toString();
      return at('orders') + (search === '' ? '' : `?${search}`);
    }
    case 'order':
      return at('orders', route.sub_mchid, route.out_order_no);
    case 'policies': {
      const { sub_mchid, service_id } = route;
      return at('policies', ...[sub_mchid, service_id].filter((part) => part !== undefined));
    }
    case 'overview':
    case 'merchants':
    case 'import':
      return at(route.page);
  }
}
