import { generateKeyPair, randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import type Provider from 'oidc-provider';
import type { ProviderContext } from 'oidc-provider';
import type { SignInFacts } from '../infra/manifest';
import { CONSOLE_PATH } from '../lambda/routes';
import { listen, readBody } from './aws/loopback';

/** How people sign in on this machine. */
export interface SignIn extends SignInFacts {
  /** What tokens for the API name as their audience. */
  readonly audience: string;
}

/** People of the demonstration; they need no password. */
export const PEOPLE = {
  operator: { name: '王芳 Wang Fang', roles: ['operator'] },
  viewer: { name: '李雷 Li Lei', roles: ['viewer'] },
} as const satisfies Record<string, { readonly name: string; readonly roles: readonly string[] }>;
export type Person = keyof typeof PEOPLE;

export interface SignInServer {
  readonly signIn: SignIn;
  /** From then on people can sign in at the page of this API; before, they cannot at any. */
  serveFor(apiUrl: string): Promise<void>;
  close(): Promise<void>;
}

const CLIENT_ID = 'payscore-collector-console';
const AUDIENCE = 'urn:payscore-collector:api';
const SCOPE = 'openid profile';
const FORM_BYTES_MAX = 1_024;

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const notYet: Answer = async (_request, response) => {
  response.writeHead(503).end();
};

/**
 * A real OIDC provider, someone else's code, on loopback: authorisation code with PKCE, tokens that are signed, and a
 * page to sign in at. Only the passwords are left out.
 */
export async function startSignIn(port?: number): Promise<SignInServer> {
  let answer = notYet;
  const http = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(400);
      response.end();
    });
  });
  const server = await listen(http, port);
  const issuer = server.url;
  return {
    signIn: { issuer, clientId: CLIENT_ID, scope: SCOPE, token: 'access_token', audience: AUDIENCE },
    serveFor: async (apiUrl) => {
      const provider = await providerFor(issuer, apiUrl);
      const callback = provider.callback();
      answer = async (request, response) =>
        request.url?.startsWith('/sign-in/') === true
          ? signInPage(provider, request, response)
          : callback(request, response);
    },
    close: async () => server.close(),
  };
}

async function providerFor(issuer: string, apiUrl: string): Promise<Provider> {
  const { default: ProviderClass } = await withoutWarnings(async () => import('oidc-provider'));
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const jwk = privateKey.export({ format: 'jwk' });
  const provider = await withoutWarnings(async () => {
    const keys = [{ ...jwk, kid: randomUUID(), alg: 'RS256', use: 'sig' }];
    return new ProviderClass(issuer, configurationFor(apiUrl, keys));
  });
  provider.on('server_error', (_context, error) => console.error(error));
  return provider;
}

function configurationFor(apiUrl: string, keys: readonly object[]): object {
  const at = (path: string) => `${apiUrl}${CONSOLE_PATH}${path}`;
  return {
    jwks: { keys },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    clients: [
      {
        client_id: CLIENT_ID,
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: [at('/callback'), at('/'), at('')],
        post_logout_redirect_uris: [at(''), at('/')],
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['name', 'roles'] },
    conformIdTokenClaims: false,
    findAccount: (_context: unknown, id: string) => accountOf(id),
    extraTokenClaims: (_context: unknown, { accountId }: { readonly accountId: string }) =>
      accountOf(accountId)?.claims(),
    clientBasedCORS: (_context: unknown, origin: string) => origin === apiUrl,
    issueRefreshToken: () => true,
    interactions: { url: (_context: unknown, { uid }: { readonly uid: string }) => `/sign-in/${uid}` },
    loadExistingGrant: grantEverything,
    features: {
      devInteractions: { enabled: false },
      // Its own page asks for fonts from elsewhere.
      rpInitiatedLogout: { enabled: true, logoutSource: signOutPage },
      // Without it access tokens are opaque, and nobody but the provider could verify one.
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    ttl: {
      AccessToken: 3_600,
      IdToken: 3_600,
      Interaction: 3_600,
      Session: 86_400,
      Grant: 86_400,
      RefreshToken: 86_400,
    },
  };
}

function accountOf(id: string) {
  if (!Object.hasOwn(PEOPLE, id)) return undefined;
  const { name, roles } = PEOPLE[id as Person];
  return { accountId: id, claims: () => ({ sub: id, name, roles }) };
}

/** Nobody is asked whether this page may know who he is. */
async function grantEverything({ oidc }: ProviderContext) {
  const grant = new oidc.provider.Grant({
    clientId: oidc.client.clientId,
    accountId: oidc.session.accountId,
  });
  grant.addOIDCScope(SCOPE);
  await grant.save();
  return grant;
}

async function signInPage(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { uid } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
    response.writeHead(200, headers).end(html(uid));
    return;
  }
  const form = new URLSearchParams((await readBody(request, FORM_BYTES_MAX))?.toString() ?? '');
  const accountId = form.get('person') ?? '';
  if (accountOf(accountId) === undefined) throw new Error('nobody of that name');
  await provider.interactionFinished(request, response, { login: { accountId } });
}

/** Whoever came here by somebody else's link can still stay. `form` is the provider's own, which the button sends. */
async function signOutPage(context: { body: string }, form: string): Promise<void> {
  context.body = page(
    '退出登录 · Sign out',
    `${form}<p><button type="submit" form="op.logoutForm" name="logout" value="yes">退出登录 · Sign out</button></p>`,
  );
}

function html(uid: string): string {
  const buttons = Object.entries(PEOPLE).map(
    ([id, { name, roles }]) =>
      `<p><button name="person" value="${id}">${name} (${roles.join(', ')})</button></p>`,
  );
  return page(
    '登录 · Sign in',
    `<p>本机演示，无需密码 · A demonstration on this machine, without passwords</p>
<form method="post" action="/sign-in/${uid}">${buttons.join('')}</form>`,
  );
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>body{font:1.1rem system-ui;margin:15vh auto;max-width:24rem;padding:1rem}button{font:inherit;padding:.6rem 1rem;width:100%}</style>
<h1>${title}</h1>
${content}
</html>
`;
}

/** It says of Node 20 that it does not test with it any more, and of itself that it keeps everything in memory. */
async function withoutWarnings<T>(work: () => Promise<T>): Promise<T> {
  const { warn, info, log } = console;
  Object.assign(console, { warn: nothing, info: nothing, log: nothing });
  try {
    return await work();
  } finally {
    Object.assign(console, { warn, info, log });
  }
}

function nothing(): void {}
