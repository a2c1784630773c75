import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Failure, Result } from '../api/result';

export type Loaded<T> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** `stale`: it is being asked again, or could not be: `failure` says why. */
  | { readonly kind: 'ready'; readonly value: T; readonly stale: boolean; readonly failure?: Failure };

export interface Loading<T> {
  readonly state: Loaded<T>;
  readonly reload: () => void;
  /** Another call answered the same: it needs not be asked again. */
  readonly set: (value: T) => void;
}

/**
 * Asks the API whenever `key` changes, and again on `reload`. What is shown stays while it is asked again; an answer that
 * comes after the next question is thrown away.
 */
export function useLoad<T>(key: string, load: (signal: AbortSignal) => Promise<Result<T>>): Loading<T> {
  const [held, setHeld] = useState<{ readonly key: string; readonly state: Loaded<T> }>({
    key,
    state: LOADING,
  });
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    const leaving = new AbortController();
    setHeld((before) => ({
      key,
      state:
        before.key === key && before.state.kind === 'ready'
          ? { kind: 'ready', value: before.state.value, stale: true }
          : LOADING,
    }));
    const ask = async () => {
      const result = await latest.current(leaving.signal);
      if (!leaving.signal.aborted) setHeld((before) => ({ key, state: stateAfter(before.state, result) }));
    };
    void ask();
    return () => leaving.abort();
  }, [key, turn]);
  const reload = useCallback(() => setTurn((count) => count + 1), []);
  const set = useCallback(
    (value: T) => setHeld({ key, state: { kind: 'ready', value, stale: false } }),
    [key],
  );
  return { state: held.key === key ? held.state : LOADING, reload, set };
}

const LOADING = { kind: 'loading' } as const;

function stateAfter<T>(before: Loaded<T>, result: Result<T>): Loaded<T> {
  if (result.ok) return { kind: 'ready', value: result.value, stale: false };
  return before.kind === 'ready'
    ? { kind: 'ready', value: before.value, stale: true, failure: result.failure }
    : { kind: 'failed', failure: result.failure };
}

/** Whether this has been so for a while; quick answers show no sign of having been waited for. */
export function useLong(is: boolean, ms: number): boolean {
  const [long, setLong] = useState(false);
  useEffect(() => {
    if (!is) {
      setLong(false);
      return undefined;
    }
    const timer = setTimeout(() => setLong(true), ms);
    return () => clearTimeout(timer);
  }, [is, ms]);
  return is && long;
}
