import { useEffect, useMemo, useState } from 'preact/hooks';
import { call, createApi } from '../api/client';
import type { Failure, Result } from '../api/result';
import { CODES, TEXTS } from '../texts';
import { Failed } from '../ui/failure';
import { useLoad } from '../ui/use-load';
import { ConsoleContext, type Console, type Me } from './console';
import { Layout } from './layout';
import { applyPreferences, keepPreferences, readPreferences, type Preferences } from './preferences';
import { Router } from './router';
import type { Config, Session } from './session';
import { SignIn } from './sign-in';

interface AppProps {
  readonly config: Config;
  readonly session: Session;
}

interface Started {
  readonly me: Me;
  readonly merchants: readonly string[];
}

/** The console of whoever is signed in. */
export function App({ config, session }: AppProps) {
  const [preferences, setPreferences] = useState(readPreferences);
  const [over, setOver] = useState(false);
  const [said, setSaid] = useState({ what: '', turn: 0 });
  const api = useMemo(
    () => createApi({ origin: config.api, token: session.token, onUnauthorised: () => setOver(true) }),
    [config, session],
  );
  const starting = useLoad<Started>('start', async (leaving) => {
    const [me, merchants] = await Promise.all([
      call(async (signal) => api.GET('/v1/me', { signal }), leaving),
      call(async (signal) => api.GET('/v1/merchants', { signal }), leaving),
    ]);
    return both(me, merchants);
  });
  useEffect(() => applyPreferences(preferences), [preferences]);
  const { language } = preferences;
  const started = starting.state.kind === 'ready' ? starting.state.value : undefined;
  const value = useMemo<Console>(() => {
    const me = started?.me ?? { id: '', roles: [] };
    return {
      api,
      me,
      mayChange: me.roles.includes('operator'),
      merchants: started?.merchants ?? [],
      language,
      t: TEXTS[language],
      codes: CODES[language],
      preferences,
      prefer: (change: Partial<Preferences>) =>
        setPreferences((before) => {
          const next = { ...before, ...change };
          keepPreferences(next);
          return next;
        }),
      say: (what) => setSaid(({ turn }) => ({ what, turn: turn + 1 })),
      signOut: session.signOut,
    };
  }, [api, started, language, preferences, session]);
  return (
    <ConsoleContext.Provider value={value}>
      <Layout started={started !== undefined}>
        {starting.state.kind === 'failed' ? (
          <Start failure={starting.state.failure} retry={starting.reload} />
        ) : started === undefined ? (
          <p class="sr-only" role="status">
            {value.t.shell.starting}
          </p>
        ) : (
          <Router merchants={started.merchants} />
        )}
      </Layout>
      <Said what={said.what} turn={said.turn} />
      {over && <SignIn language={language} over signIn={session.signIn} />}
    </ConsoleContext.Provider>
  );
}

function both(
  me: Result<Me>,
  merchants: Result<{ readonly merchants: readonly { readonly mchid: string }[] }>,
): Result<Started> {
  if (!me.ok) return me;
  if (!merchants.ok) return merchants;
  const mchids = merchants.value.merchants.map(({ mchid }) => mchid);
  return { ok: true, status: 200, value: { me: me.value, merchants: mchids } };
}

function Start({ failure, retry }: { failure: Failure; retry: () => void }) {
  const t = TEXTS[readPreferences().language];
  return (
    <>
      <h1>{t.signIn.cannotStart}</h1>
      <Failed failure={failure} retry={retry} />
    </>
  );
}

const SAID_MS = 4_000;

/** What was done, for a moment. */
function Said({ what, turn }: { what: string; turn: number }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (turn === 0) return undefined;
    setShown(true);
    const timer = setTimeout(() => setShown(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [turn]);
  return (
    <div class={`toast ${shown ? 'shown' : ''}`} role="status" aria-live="polite">
      {shown ? what : ''}
    </div>
  );
}
