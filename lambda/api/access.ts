import type { Actor } from '../core/order';
import type { RouteKey } from '../routes';
import { problem, readJsonBody, type HttpAnswer } from '../shared/http';
import type { ApiEvent } from './event';

/** What people may do: look, or decide as well. */
export const ROLES = ['viewer', 'operator'] as const;
export type Role = (typeof ROLES)[number];

/** Who calls, and what he may do. */
export interface Caller {
  readonly actor: Actor;
  readonly roles: readonly Role[];
}

/** Where a dry run says that it is one. */
type DryRun = 'in the query' | 'in the body';

/**
 * What a viewer may call: what only reads, and dry runs, which write nothing. Whatever does not stand here takes an
 * operator.
 */
export const VIEWER_MAY: Readonly<Partial<Record<RouteKey, 'always' | DryRun>>> = {
  'GET /v1/me': 'always',
  'GET /v1/switch': 'always',
  'GET /v1/merchants': 'always',
  'GET /v1/merchants/{mchid}': 'always',
  'GET /v1/merchants/{mchid}/overview': 'always',
  'GET /v1/merchants/{mchid}/search': 'always',
  'GET /v1/merchants/{mchid}/switch': 'always',
  'GET /v1/merchants/{mchid}/switch/{sub_mchid}': 'always',
  'GET /v1/merchants/{mchid}/policies': 'always',
  'PUT /v1/merchants/{mchid}/policies': 'in the query',
  'GET /v1/merchants/{mchid}/policies/{sub_mchid}': 'always',
  'PUT /v1/merchants/{mchid}/policies/{sub_mchid}': 'in the query',
  'GET /v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}': 'always',
  'PUT /v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}': 'in the query',
  'GET /v1/merchants/{mchid}/export/orders': 'always',
  'GET /v1/merchants/{mchid}/export/attempts': 'always',
  'GET /v1/merchants/{mchid}/orders': 'always',
  'POST /v1/merchants/{mchid}/orders/import': 'in the body',
  'GET /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}': 'always',
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/collect': 'in the body',
};

/** As much as any route takes. */
const BODY_BYTES_MAX = 256 * 1024;

/** The answer to a person who may not call this route; undefined to one who may. */
export function refusal(event: ApiEvent, route: RouteKey, rolesClaim: string): HttpAnswer | undefined {
  const roles = personOf(event, rolesClaim)?.roles ?? [];
  if (roles.includes('operator')) return undefined;
  if (!roles.includes('viewer'))
    return forbidden(
      `The token names no role of this service (${ROLES.join(', ')}) in its claim ${rolesClaim}.`,
    );
  const may = VIEWER_MAY[route];
  if (may === 'always' || (may !== undefined && isDryRun(event, may))) return undefined;
  return forbidden('This takes the role operator; the token only names viewer. Nothing was done.');
}

function isDryRun(event: ApiEvent, where: DryRun): boolean {
  if (where === 'in the query') return event.queryStringParameters?.['dry_run'] === 'true';
  const body = readJsonBody(event, BODY_BYTES_MAX);
  return body.ok && (body.value as { readonly dry_run?: unknown } | null)?.dry_run === true;
}

function forbidden(detail: string): HttpAnswer {
  return problem({ kind: 'role-missing', status: 403, title: 'Role missing', detail });
}

/** A machine is let in by IAM, which says by itself what it may call. */
export function callerOf(event: ApiEvent, rolesClaim: string): Caller {
  return personOf(event, rolesClaim) ?? { actor: actorOf(event), roles: ROLES };
}

export function actorOf(event: ApiEvent): Actor {
  return personIn(event) ?? { kind: 'api', id: event.requestContext.authorizer?.iam?.userArn ?? 'unknown' };
}

function personOf(event: ApiEvent, rolesClaim: string): Caller | undefined {
  const actor = personIn(event);
  const claims = event.requestContext.authorizer?.jwt?.claims ?? {};
  return actor && { actor, roles: rolesIn(claims[rolesClaim]) };
}

/** Claims that may say what a person is called, the most telling first. An access token of Cognito has only the last. */
const NAME_CLAIMS = ['name', 'preferred_username', 'email', 'username'] as const;
const NAME_CHARS_MAX = 100;

/** The issuer and the subject never change, and never become somebody else's; the name is for those who read. */
function personIn(event: ApiEvent): Actor | undefined {
  const claims = event.requestContext.authorizer?.jwt?.claims;
  const { iss, sub } = claims ?? {};
  if (typeof iss !== 'string' || typeof sub !== 'string' || iss === '' || sub === '') return undefined;
  const name = NAME_CLAIMS.map((claim) => readable(claims?.[claim])).find((one) => one !== '');
  return { kind: 'console', id: `${iss}#${sub}`, ...(name === undefined ? {} : { name }) };
}

function readable(claim: unknown): string {
  const text = typeof claim === 'string' ? claim.replaceAll(/\p{C}/gu, '').trim() : '';
  return Array.from(text).slice(0, NAME_CHARS_MAX).join('');
}

/** Of a claim that is longer nobody is meant to read roles. */
const CLAIM_CHARS_MAX = 10_000;

/**
 * The roles that a claim names. API Gateway makes `[a b]` of an array; providers write arrays as JSON, or one text with
 * commas or spaces. Whatever is not of one of these forms, a text made of a nested claim above all, names no role.
 * https://github.com/aws-solutions-library-samples/guidance-for-claude-code-with-amazon-bedrock/issues/802
 */
export function rolesIn(claim: unknown): readonly Role[] {
  const names = namesIn(claim);
  return ROLES.filter((role) => names.includes(role));
}

function namesIn(claim: unknown): readonly unknown[] {
  if (Array.isArray(claim)) return claim;
  if (typeof claim !== 'string' || claim.length > CLAIM_CHARS_MAX) return [];
  const text = claim.trim();
  if (text.includes('"')) return jsonIn(text);
  const inner = /^\[(.*)\]$/s.exec(text)?.[1] ?? text;
  return /[[\]{}]/.test(inner) ? [] : inner.split(/[\s,]+/);
}

function jsonIn(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [value];
  } catch {
    return [];
  }
}
