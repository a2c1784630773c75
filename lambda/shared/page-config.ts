import { PayscoreError } from '../core/errors';

/** How people sign in. None of it is secret: a page has no secrets. */
export interface SignIn {
  /** The issuer; its `/.well-known/openid-configuration` says the rest. */
  readonly authority: string;
  readonly client_id: string;
  readonly scope: string;
  /** Which token is sent to the API: the one that has the audience and the roles. */
  readonly token: 'access_token' | 'id_token';
}

export interface PageConfig {
  /** Where the built files are. */
  readonly folder: string;
  /** Absent on one machine, where nobody signs in. */
  readonly oidc?: SignIn;
  /** Origins besides the issuer's that signing in asks: some providers have their endpoints elsewhere. */
  readonly origins: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws PayscoreError CONFIG_INVALID naming every variable that is missing or malformed */
export function readPageConfig(env: Environment): PageConfig {
  const faults: string[] = [];
  const given = (name: string): string => {
    const value = env[name]?.trim() ?? '';
    if (value === '') faults.push(`${name} is missing`);
    return value;
  };
  const folder = given('PAGE_FOLDER');
  const origins = (env['PAGE_ORIGINS'] ?? '').split(',').filter((one) => one !== '');
  const oidc = env['OIDC_ISSUER'] === undefined ? undefined : signIn(given);
  if (oidc !== undefined && !URL.canParse(oidc.authority)) faults.push('OIDC_ISSUER is no address');
  if (faults.length === 0) return { folder, origins, ...(oidc === undefined ? {} : { oidc }) };
  const message = `The environment of this function is not usable: ${faults.join('; ')}.`;
  throw new PayscoreError('CONFIG_INVALID', message, { faults });
}

function signIn(given: (name: string) => string): SignIn {
  return {
    authority: given('OIDC_ISSUER'),
    client_id: given('OIDC_CLIENT_ID'),
    scope: given('OIDC_SCOPE'),
    token: given('OIDC_TOKEN') === 'id_token' ? 'id_token' : 'access_token',
  };
}

/** `GET /console/config.json`: what the page has to know before it can do anything. */
export function signInOf({ oidc }: PageConfig): object {
  return { api: '', oidc: oidc ?? null };
}

/**
 * What a browser has to hold the page to, whatever is in it: it loads nothing from elsewhere, runs nothing that stands
 * in its text, is shown in no frame, and talks to this origin and the OIDC provider only.
 */
export function securityHeaders({ oidc, origins }: PageConfig): Readonly<Record<string, string>> {
  const issuer = oidc === undefined ? [] : [new URL(oidc.authority).origin];
  const connect = ["'self'", ...new Set([...issuer, ...origins])].join(' ');
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "manifest-src 'self'",
    `connect-src ${connect}`,
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'strict-transport-security': 'max-age=31536000',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  };
}
