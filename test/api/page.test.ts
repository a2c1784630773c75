import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 as Answer } from 'aws-lambda';
import { pageRoutes } from '../../lambda/api/page';
import { readPageConfig, type PageConfig } from '../../lambda/shared/page-config';
import { encodingOf, readSite } from '../../lambda/shared/site';

const folder = mkdtempSync(path.join(tmpdir(), 'page-'));
const INDEX = '<!doctype html><title>收款</title>';
const SCRIPT = `console.log(${JSON.stringify('x'.repeat(5_000))})`;
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255]);
beforeAll(() => {
  mkdirSync(path.join(folder, 'site', 'assets'), { recursive: true });
  writeFileSync(path.join(folder, 'site', 'index.html'), INDEX);
  writeFileSync(path.join(folder, 'site', 'icon.png'), PNG);
  writeFileSync(path.join(folder, 'site', 'assets', 'index-3f2a.js'), SCRIPT);
  writeFileSync(path.join(folder, 'secret.txt'), 'not for anybody');
});
afterAll(() => rmSync(folder, { recursive: true }));

const OIDC = {
  authority: 'https://login.example.com/realms/staff',
  client_id: 'page',
  scope: 'openid',
  token: 'access_token',
} as const;

async function get(
  rawPath: string,
  headers: Readonly<Record<string, string>> = {},
  config: Partial<PageConfig> = { oidc: OIDC },
): Promise<Answer & { readonly text: string; readonly headers: Readonly<Record<string, string>> }> {
  const site = readSite(path.join(folder, 'site'));
  const serve = pageRoutes(site, { folder, origins: [], ...config });
  const answer = await serve({ rawPath, headers } as unknown as APIGatewayProxyEventV2);
  const text = Buffer.from(answer.body ?? '', answer.isBase64Encoded === true ? 'base64' : 'utf8').toString();
  return { ...answer, text, headers: answer.headers as Readonly<Record<string, string>> };
}

test.each([
  '/console',
  '/console/',
  '/console/index.html',
  '/console/orders/1900000109/A',
  '/console/callback',
])('%s is the page, which is asked for anew each time', async (at) => {
  expect(await get(at)).toMatchObject({
    statusCode: 200,
    text: INDEX,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
  });
});

test('what its name says the content of is kept for good', async () => {
  expect(await get('/console/assets/index-3f2a.js')).toMatchObject({
    statusCode: 200,
    text: SCRIPT,
    headers: {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    },
  });
});

test('bytes that are no text arrive as they are', async () => {
  const { body, headers } = await get('/console/icon.png', { 'accept-encoding': 'br' });
  expect(Buffer.from(body ?? '', 'base64').equals(PNG)).toBe(true);
  expect(headers).toMatchObject({ 'content-type': 'image/png' });
  expect(headers).not.toHaveProperty('content-encoding');
});

test.each([
  '/console/assets/index-0000.js',
  '/console/nothing.html',
  '/console/../secret.txt',
  '/console/../../etc/passwd',
  '/console/assets/../../secret.txt',
  '/console/..\\secret.txt',
  '/console/%2e%2e/secret.txt',
  '/console//etc/passwd.txt',
  '/console/v1/merchants',
  '/consoles',
  '/secret.txt',
])('%s is not there', async (at) => {
  expect(await get(at)).toMatchObject({ statusCode: 404, text: '{"message":"Not Found"}' });
});

test('what a browser has already is not sent again', async () => {
  const { headers } = await get('/console');
  const { etag = '' } = headers;
  expect(etag).toMatch(/^W\/"[\w-]{22}"$/);
  for (const known of [etag, `"x", ${etag}`, '*']) {
    const again = await get('/console', { 'if-none-match': known });
    expect(again).toMatchObject({ statusCode: 304, text: '', headers: { etag } });
    expect(again.headers['content-security-policy']).toBe(headers['content-security-policy']);
  }
  expect(await get('/console', { 'if-none-match': 'W/"other"' })).toMatchObject({ statusCode: 200 });
});

test.each([
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
] as const)('text is compressed with %s for those who take it', async (encoding, decompress) => {
  const { body, headers } = await get('/console/assets/index-3f2a.js', { 'accept-encoding': encoding });
  expect(headers).toMatchObject({ 'content-encoding': encoding, vary: 'accept-encoding' });
  const bytes = Buffer.from(body ?? '', 'base64');
  expect(bytes.length).toBeLessThan(200);
  expect(decompress(bytes).toString()).toBe(SCRIPT);
});

test.each([
  [undefined, 'identity'],
  ['', 'identity'],
  ['deflate', 'identity'],
  ['gzip, deflate, br, zstd', 'br'],
  ['GZIP;q=0.5', 'gzip'],
  ['br;q=0, gzip;q=1.0', 'gzip'],
  ['br;q=0.000', 'identity'],
])('a client that takes %j gets %s', (accepted, encoding) => {
  expect(encodingOf(accepted)).toBe(encoding);
});

test('a browser is told to run nothing but the page’s own files, and to talk to nobody but this origin and the provider', async () => {
  const { headers } = await get('/console/assets/index-3f2a.js');
  expect(headers).toMatchObject({
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; connect-src 'self' https://login.example.com; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    'strict-transport-security': 'max-age=31536000',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
  });
  for (const at of ['/console', '/console/config.json', '/console/no.txt'])
    expect((await get(at)).headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
});

test('a provider that answers elsewhere is one of those that it may talk to', async () => {
  const origins = ['https://auth.example.com', 'https://login.example.com'];
  const { headers } = await get('/console', {}, { oidc: OIDC, origins });
  expect(headers['content-security-policy']).toContain(
    "connect-src 'self' https://login.example.com https://auth.example.com;",
  );
});

test('the page is told how people sign in, or that nobody does', async () => {
  expect(JSON.parse((await get('/console/config.json')).text)).toEqual({ api: '', oidc: OIDC });
  const { text, headers } = await get('/console/config.json', {}, {});
  expect(JSON.parse(text)).toEqual({ api: '', oidc: null });
  expect(headers['content-security-policy']).toContain("connect-src 'self';");
});

test('a page that was not built says how it is', async () => {
  const serve = pageRoutes(readSite(path.join(folder, 'nowhere')), { folder, origins: [] });
  expect(
    await serve({ rawPath: '/console', headers: {} } as unknown as APIGatewayProxyEventV2),
  ).toMatchObject({
    statusCode: 404,
    body: '{"message":"The page was not built: npm run build:console"}',
  });
});

test('a file of a kind that is not known, or too large to be answered, is a mistake of the build', () => {
  const odd = path.join(folder, 'odd');
  mkdirSync(odd);
  writeFileSync(path.join(odd, 'index.js.map'), '{}');
  expect(() => readSite(odd)).toThrow('index.js.map: is no kind of file that the page consists of');
  rmSync(path.join(odd, 'index.js.map'));
  writeFileSync(path.join(odd, 'large.js'), Buffer.alloc(4 * 1024 * 1024 + 1));
  expect(() => readSite(odd)).toThrow('large.js: is larger than 4194304 bytes');
});

describe('its environment', () => {
  const env = {
    PAGE_FOLDER: '/var/task/site',
    PAGE_ORIGINS: 'https://a.example.com,https://b.example.com',
    OIDC_ISSUER: 'https://login.example.com',
    OIDC_CLIENT_ID: 'page',
    OIDC_SCOPE: 'openid profile',
    OIDC_TOKEN: 'id_token',
  };

  test('says where the files are and how people sign in', () => {
    expect(readPageConfig(env)).toEqual({
      folder: '/var/task/site',
      origins: ['https://a.example.com', 'https://b.example.com'],
      oidc: {
        authority: 'https://login.example.com',
        client_id: 'page',
        scope: 'openid profile',
        token: 'id_token',
      },
    });
    expect(readPageConfig({ PAGE_FOLDER: 'x' })).toEqual({ folder: 'x', origins: [] });
  });

  test('is refused as a whole, with every fault named', () => {
    expect(() => readPageConfig({ OIDC_ISSUER: 'login' })).toThrow(
      'PAGE_FOLDER is missing; OIDC_CLIENT_ID is missing; OIDC_SCOPE is missing; OIDC_TOKEN is missing; OIDC_ISSUER is no address',
    );
  });
});
