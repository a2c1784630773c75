import type {
  APIGatewayProxyEventV2 as PublicEvent,
  APIGatewayProxyStructuredResultV2 as Answer,
} from 'aws-lambda';
import { CONSOLE_PATH } from '../routes';
import { securityHeaders, signInOf, type PageConfig } from '../shared/page-config';
import { Encoder, encodingOf, type Site, type SiteFile } from '../shared/site';

const INDEX = 'index.html';
const CONFIG = 'config.json';

/** Serves the page's files: all of them public, none of them written after it was deployed. */
export function pageRoutes(site: Site, config: PageConfig) {
  const encoder = new Encoder();
  const security = securityHeaders(config);
  return async (event: PublicEvent): Promise<Answer> => {
    const name = nameIn(event.rawPath);
    if (name === CONFIG) return answer(200, signInOf(config), security);
    const file = name === undefined ? undefined : (site.get(name) ?? fallback(site, name));
    if (file === undefined) return answer(404, notThere(site), security);
    return serve(file, event.headers, security, encoder);
  };
}

/** The path below the page; of the page itself its first file. */
function nameIn(rawPath: string): string | undefined {
  if (rawPath !== CONSOLE_PATH && !rawPath.startsWith(`${CONSOLE_PATH}/`)) return undefined;
  const name = rawPath.slice(CONSOLE_PATH.length + 1);
  return name === '' ? INDEX : name;
}

/** What is no file is a place within the page, which finds its own way; what looks like a file is not there. */
function fallback(site: Site, name: string): SiteFile | undefined {
  return /[.\\]/.test(name) || name.startsWith('v1/') ? undefined : site.get(INDEX);
}

function notThere(site: Site): object {
  return { message: site.has(INDEX) ? 'Not Found' : 'The page was not built: npm run build:console' };
}

function serve(
  file: SiteFile,
  headers: PublicEvent['headers'],
  security: Readonly<Record<string, string>>,
  encoder: Encoder,
): Answer {
  const { etag, type, immutable } = file;
  const caching = {
    etag,
    'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
  };
  if (isKnown(etag, headers['if-none-match']))
    return { statusCode: 304, headers: { ...security, ...caching } };
  const { bytes, encoding } = encoder.encode(file, encodingOf(headers['accept-encoding']));
  return {
    statusCode: 200,
    headers: {
      ...security,
      ...caching,
      'content-type': type,
      ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
    },
    body: bytes.toString('base64'),
    isBase64Encoded: true,
  };
}

function isKnown(etag: string, known: string | undefined): boolean {
  const tags = (known ?? '').split(',').map((one) => one.trim());
  return tags.includes(etag) || tags.includes('*');
}

function answer(status: number, body: object, security: Readonly<Record<string, string>>): Answer {
  return {
    statusCode: status,
    headers: {
      ...security,
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-cache',
    },
    body: JSON.stringify(body),
  };
}
