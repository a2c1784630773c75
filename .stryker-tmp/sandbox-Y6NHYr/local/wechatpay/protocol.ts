import { type Answer, type ErrorDetail, ERRORS, refuse } from './answers';
import type { Incoming } from './authenticate';

interface ProtocolRule {
  readonly holds: (request: Incoming) => boolean;
  readonly detail: ErrorDetail;
}

const header = (field: string, issue: string): ErrorDetail => ({ field, issue, location: 'header' });

const mediaTypes = (value: string): readonly string[] =>
  value.split(',').map((range) => (range.split(';')[0] ?? '').trim().toLowerCase());

function acceptsJson(accept: string): boolean {
  return mediaTypes(accept).some((type) => ['application/json', 'application/*', '*/*'].includes(type));
}

// The interface rules of APIv3. That User-Agent is mandatory is "很可能会拒绝" on the page: refused here, so that its absence
// is found before production. Assumed: all of these answer 400, since no page gives a status.
const RULES: readonly ProtocolRule[] = [
  {
    holds: ({ headers }) => (headers['user-agent'] ?? '') !== '',
    detail: header('User-Agent', 'must be present'),
  },
  {
    holds: ({ headers }) => acceptsJson(headers['accept'] ?? ''),
    detail: header('Accept', 'must be present and admit application/json'),
  },
  {
    holds: ({ headers, body }) =>
      body === '' || mediaTypes(headers['content-type'] ?? '').includes('application/json'),
    detail: header('Content-Type', 'must be application/json'),
  },
  {
    // Bytes that are no UTF-8 at all became U+FFFD when read, so that their signature cannot match.
    holds: ({ body }) => !/[\u{10000}-\u{10FFFF}]/u.test(body),
    detail: { field: '/', issue: 'only UTF-8 of one to three bytes a character', location: 'body' },
  },
];

/** The first interface rule a request breaks; undefined when it keeps them all. */
export function refuseProtocol(request: Incoming): Answer | undefined {
  const broken = RULES.find((rule) => !rule.holds(request));
  return broken === undefined ? undefined : refuse(ERRORS.protocol, broken.detail);
}
