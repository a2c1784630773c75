import type { ComponentChildren } from 'preact';
import { RotateCw } from 'lucide-preact';
import { useConsole } from '../app/console';
import { Button } from './basic';
import { Failed } from './failure';
import { useLong, type Loading } from './use-load';

/** How long nobody notices a wait. */
const SKELETON_AFTER_MS = 150;
const SLOW_AFTER_MS = 5_000;

/** What is loaded, or the shape of it while it is waited for, or why it is not there. */
export function Load<T>(props: {
  loading: Loading<T>;
  what: string;
  skeleton: ComponentChildren;
  children: (value: T) => ComponentChildren;
}) {
  const { loading, what, skeleton, children } = props;
  const { t } = useConsole();
  const { state, reload } = loading;
  const waiting = state.kind === 'loading' || (state.kind === 'ready' && state.stale && !state.failure);
  const slow = useLong(waiting, SLOW_AFTER_MS);
  const shown = useLong(state.kind === 'loading', SKELETON_AFTER_MS);
  if (state.kind === 'failed')
    return <Failed failure={state.failure} retry={reload} what={t.failure.notLoaded(what)} />;
  return (
    <>
      {slow && (
        <p class="slow" role="status">
          {t.failure.takesLong(what)}
        </p>
      )}
      {state.kind === 'loading' ? (
        <div class="skeletons" aria-busy="true">
          <span class="sr-only" role="status">
            {t.common.loading(what)}
          </span>
          {shown && skeleton}
        </div>
      ) : (
        <>
          {state.failure !== undefined && (
            <Failed failure={state.failure} retry={reload} what={t.failure.notRefreshed(what)} />
          )}
          {children(state.value)}
        </>
      )}
    </>
  );
}

export function Lines({ count }: { count: number }) {
  return (
    <div class="lines" aria-hidden="true">
      {Array.from({ length: count }, (_, at) => (
        <span key={at} class={`line w${at % 4}`} />
      ))}
    </div>
  );
}

export function Reload({ loading }: { loading: Pick<Loading<unknown>, 'state' | 'reload'> }) {
  const { t } = useConsole();
  const { state, reload } = loading;
  const busy = state.kind === 'ready' && state.stale && state.failure === undefined;
  return (
    <Button
      kind="quiet"
      busy={busy || state.kind === 'loading'}
      label={t.common.reload}
      icon={<RotateCw size={16} aria-hidden="true" />}
      onClick={reload}
    />
  );
}
