/** A route's key as API Gateway spells it: `METHOD /path/{variable}`, or `$default` for all that match no other. */
export const DEFAULT_ROUTE = '$default';

export interface RouteMatch {
  readonly routeKey: string;
  /** Percent-decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Route {
  readonly key: string;
  readonly method: string;
  readonly segments: readonly string[];
}

/** Compiles a list of route keys; `rawPath` is the path as it stands in the request line. */
export function routeMatcher(keys: readonly string[]) {
  // One that takes all that is below it comes after those that name what they take.
  const routes = keys
    .filter((key) => key !== DEFAULT_ROUTE)
    .map(parseRoute)
    .toSorted((one, other) => Number(isGreedy(one)) - Number(isGreedy(other)));
  const hasDefault = keys.includes(DEFAULT_ROUTE);

  return function match(method: string, rawPath: string): RouteMatch | undefined {
    const segments = rawPath.split('/').slice(1);
    for (const route of routes) {
      if (route.method !== method && route.method !== 'ANY') continue;
      const pathParameters = matchSegments(route.segments, segments);
      if (pathParameters !== undefined) return { routeKey: route.key, pathParameters };
    }
    return hasDefault ? { routeKey: DEFAULT_ROUTE, pathParameters: {} } : undefined;
  };
}

const GREEDY = /^\{(\w+)\+\}$/;

function isGreedy({ segments }: Route): boolean {
  return GREEDY.test(segments.at(-1) ?? '');
}

function parseRoute(key: string): Route {
  const [method, path, ...rest] = key.split(' ');
  if (method === undefined || path?.startsWith('/') !== true || rest.length > 0)
    throw new Error(`'${key}' is neither METHOD /path nor ${DEFAULT_ROUTE}`);
  return { key, method, segments: path.split('/').slice(1) };
}

function matchSegments(
  route: readonly string[],
  actual: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const rest = GREEDY.exec(route.at(-1) ?? '')?.[1];
  if (rest !== undefined) {
    const before = route.length - 1;
    const found =
      actual.length < route.length ? undefined : matchSegments(route.slice(0, -1), actual.slice(0, before));
    return found && { ...found, [rest]: decodeURIComponent(actual.slice(before).join('/')) };
  }
  if (route.length !== actual.length) return undefined;
  const found: [string, string][] = [];
  for (const [index, segment] of route.entries()) {
    const value = actual[index] ?? '';
    const variable = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (variable === undefined ? value !== segment : value === '') return undefined;
    if (variable !== undefined) found.push([variable, decodeURIComponent(value)]);
  }
  return Object.fromEntries(found);
}
