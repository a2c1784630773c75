import { useEffect, useState } from 'preact/hooks';
import { addressOf, parseRoute, type Route } from './routes';

/** The page that the address names, as long as it names it. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const onChange = () => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return route;
}

export function goTo(route: Exclude<Route, { page: 'unknown' }>): void {
  location.hash = addressOf(route);
}
