import type { User, UserManager } from 'oidc-client-ts';

/** What the page is told of the deployment: nothing in it is secret. */
export interface Config {
  /** Where the API is; empty: where the page comes from. */
  readonly api: string;
  /** `null`: the local run without sign-in. */
  readonly oidc: OidcConfig | null;
}

export interface OidcConfig {
  readonly authority: string;
  readonly client_id: string;
  readonly scope: string;
  /** Which token the API is given. */
  readonly token: 'access_token' | 'id_token';
}

export interface Session {
  /** What the API is given; undefined where nobody signs in, or the session is over. */
  readonly token: () => string | undefined;
  readonly signIn: () => Promise<void>;
  /** `null` where nobody signs in. */
  readonly signOut: (() => Promise<void>) | null;
}

export type Opened =
  | { readonly kind: 'open'; readonly session: Session }
  /** Nobody is signed in; `refused` is why the provider, or the check of its answer, said no. */
  | { readonly kind: 'signed_out'; readonly refused?: string; readonly signIn: () => Promise<void> };

const WITHOUT: Session = { token: () => undefined, signIn: async () => {}, signOut: null };

export async function readConfig(): Promise<Config> {
  const answer = await fetch('/console/config.json', { cache: 'no-store' });
  if (!answer.ok) throw new Error(`config.json: ${answer.status}`);
  return (await answer.json()) as Config;
}

/**
 * Opens the session of whoever is there: authorisation code with PKCE. Tokens are kept in the tab's own storage and go
 * with it. The library is loaded only where somebody signs in.
 */
export async function openSession({ oidc }: Config): Promise<Opened> {
  if (oidc === null) return { kind: 'open', session: WITHOUT };
  const { UserManager: Manager, WebStorageStateStore } = await import('oidc-client-ts');
  const store = new WebStorageStateStore({ store: sessionStorage, prefix: 'oidc.' });
  const here = `${location.origin}/console`;
  const { token: which, ...provider } = oidc;
  const manager = new Manager({
    ...provider,
    redirect_uri: `${here}/callback`,
    post_logout_redirect_uri: here,
    response_type: 'code',
    userStore: store,
    stateStore: store,
    automaticSilentRenew: false,
    loadUserInfo: false,
  });
  const signIn = async () => manager.signinRedirect({ state: location.hash });
  const returned = await comeBack(manager);
  if (typeof returned === 'string') return { kind: 'signed_out', refused: returned, signIn };
  const user = returned ?? (await manager.getUser());
  if (user === null || user.expired) return { kind: 'signed_out', signIn };
  return { kind: 'open', session: sessionOf(manager, user, which, signIn) };
}

/** Comes back from the provider: the person, why it refused, or that nobody has been there. */
async function comeBack(manager: UserManager): Promise<User | string | undefined> {
  const given = new URLSearchParams(location.search);
  if (!given.has('state') || !(given.has('code') || given.has('error'))) return undefined;
  try {
    const user = await manager.signinCallback();
    const hash = typeof user?.state === 'string' ? user.state : '';
    history.replaceState(null, '', `/console/${hash}`);
    return user;
  } catch (error) {
    history.replaceState(null, '', '/console/');
    return error instanceof Error ? error.message : String(error);
  }
}

function sessionOf(
  manager: UserManager,
  opened: User,
  which: OidcConfig['token'],
  signIn: () => Promise<void>,
): Session {
  let user = opened;
  // With a refresh token the person goes on working; without one he signs in again when the token has ended.
  const renew = async (): Promise<void> => {
    const next = await manager.signinSilent();
    if (next !== null) user = next;
  };
  if (user.refresh_token !== undefined)
    manager.events.addAccessTokenExpiring(() => {
      // It ends then, which the page says at the next call.
      renew().catch(() => undefined);
    });
  return {
    token: () => (user.expired ? undefined : user[which]),
    signIn,
    signOut: async () => {
      await manager.removeUser();
      await manager.signoutRedirect({ id_token_hint: user.id_token ?? '' }).catch(() => location.reload());
    },
  };
}
