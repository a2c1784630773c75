import type { JWTPayload, JWTVerifyGetKey } from 'jose';

/** What a token says, as a route of an HTTP API with a JWT authoriser hands it over; undefined: the token is refused. */
export type Authorise = (authorization: string | undefined) => Promise<Claims | undefined>;
export type Claims = Readonly<Record<string, string>>;

export interface JwtOptions {
  readonly issuer: string;
  /** Of which a token's `aud` has to name one; without an `aud`, its `client_id`. */
  readonly audience: readonly string[];
  readonly now?: () => number;
}

/**
 * Verifies tokens as API Gateway does: the signature by the keys that the issuer publishes, RSA only; issuer, audience,
 * and the times. The verifying is someone else's code.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export function jwtAuthoriser({ issuer, audience, now = Date.now }: JwtOptions): Authorise {
  let keys: Promise<JWTVerifyGetKey> | undefined;
  return async (authorization) => {
    const token = /^(?:Bearer )?([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    const { jwtVerify, errors } = await import('jose');
    keys ??= keysOf(issuer);
    try {
      const { payload } = await jwtVerify(token, await keys, {
        issuer,
        algorithms: ['RS256', 'RS384', 'RS512'],
        requiredClaims: ['exp'],
        currentDate: new Date(now()),
      });
      return isMeant(payload, audience) ? asText(payload) : undefined;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      // The issuer was out of reach: the next request asks again.
      keys = undefined;
      return undefined;
    }
  };
}

async function keysOf(issuer: string): Promise<JWTVerifyGetKey> {
  const { createRemoteJWKSet } = await import('jose');
  const response = await fetch(`${issuer}/.well-known/openid-configuration`);
  const { jwks_uri } = (await response.json()) as { readonly jwks_uri: string };
  return createRemoteJWKSet(new URL(jwks_uri));
}

function isMeant({ aud, client_id }: JWTPayload, audience: readonly string[]): boolean {
  const named = aud === undefined ? [client_id] : [aud].flat();
  return named.some((one) => typeof one === 'string' && audience.includes(one));
}

/** Every value becomes text, in the way of the language that the gateway is written in: arrays `[a b]`, maps `map[k:v]`. */
export function asText(payload: Readonly<Record<string, unknown>>): Claims {
  return Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, spell(value)]));
}

function spell(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spell).join(' ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `map[${entries.map(([name, inner]) => `${name}:${spell(inner)}`).join(' ')}]`;
}

/** For a quick look on one machine: nobody signs in, and everybody is this person. */
export const nobodySignsIn: Authorise = async () => ({
  iss: 'http://127.0.0.1',
  sub: 'local',
  name: 'local operator',
  roles: '[operator]',
});
