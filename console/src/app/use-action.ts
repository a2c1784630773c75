import { useRef, useState } from 'preact/hooks';
import type { Failure, Result } from '../api/result';

export type Acting<T> =
  | { readonly kind: 'idle' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'done'; readonly value: T; readonly status: number }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** A call that changes something: made once each time it is asked for, never twice at once. */
export function useAction<T>(): {
  readonly acting: Acting<T>;
  readonly act: (make: () => Promise<Result<T>>) => Promise<Result<T> | undefined>;
  readonly reset: () => void;
} {
  const [acting, setActing] = useState<Acting<T>>({ kind: 'idle' });
  const under = useRef(false);
  const act = async (make: () => Promise<Result<T>>) => {
    if (under.current) return undefined;
    under.current = true;
    setActing({ kind: 'busy' });
    const result = await make();
    under.current = false;
    setActing(
      result.ok
        ? { kind: 'done', value: result.value, status: result.status }
        : { kind: 'failed', failure: result.failure },
    );
    return result;
  };
  return { acting, act, reset: () => setActing({ kind: 'idle' }) };
}
