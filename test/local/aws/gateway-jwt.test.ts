import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { asText, jwtAuthoriser, type Authorise } from '../../../local/aws/gateway-jwt';
import { listen, type LocalServer } from '../../../local/aws/loopback';

const NOW = Date.parse('2026-03-02T04:00:00Z');
const SECONDS = NOW / 1_000;
const AUDIENCE = 'collector';

let issuer: LocalServer;
let ours: CryptoKey;
let theirs: CryptoKey;
let answering = true;
let authorise: Authorise;

beforeAll(async () => {
  const [own, other] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  ours = own.privateKey;
  theirs = other.privateKey;
  const keys = [{ ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'RS256', use: 'sig' }];
  const server = createServer((request, response) => {
    if (!answering) response.writeHead(503);
    const isKeys = request.url === '/keys';
    response.end(JSON.stringify(isKeys ? { keys } : { jwks_uri: `${issuer.url}/keys` }));
  });
  issuer = await listen(server);
});
afterAll(async () => issuer.close());
beforeEach(() => {
  answering = true;
  authorise = jwtAuthoriser({ issuer: issuer.url, audience: [AUDIENCE], now: () => NOW });
});

const CLAIMS = { sub: 'li', exp: SECONDS + 60, aud: AUDIENCE };

async function token(claims: JWTPayload = {}, key = ours, kid = 'own', endless = false): Promise<string> {
  const { exp, ...rest } = CLAIMS;
  const end = endless ? {} : { exp };
  return new SignJWT({ ...rest, ...end, iss: issuer.url, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid })
    .sign(key);
}

test('a token of the issuer for this audience lets its bearer in, with or without the word', async () => {
  const claims = { sub: 'li', aud: AUDIENCE, iss: issuer.url, exp: String(SECONDS + 60) };
  expect(await authorise(`Bearer ${await token()}`)).toEqual(claims);
  expect(await authorise(await token())).toEqual(claims);
});

test('one audience of several will do, and without any the client that it was given to', async () => {
  expect(await authorise(await token({ aud: ['other', AUDIENCE] }))).toMatchObject({
    aud: '[other collector]',
  });
  const { aud: _aud, ...rest } = CLAIMS;
  const bare = await new SignJWT({ ...rest, iss: issuer.url, client_id: AUDIENCE })
    .setProtectedHeader({ alg: 'RS256', kid: 'own' })
    .sign(ours);
  expect(await authorise(bare)).toMatchObject({ client_id: AUDIENCE });
});

test.each<[string, () => Promise<string | undefined>]>([
  ['that is not there', async () => undefined],
  ['that is none', async () => 'Bearer abc'],
  ['that has ended', async () => token({ exp: SECONDS - 1 })],
  ['that has not begun', async () => token({ nbf: SECONDS + 60 })],
  ['without an end', async () => token({}, ours, 'own', true)],
  ['for somebody else', async () => token({ aud: 'other' })],
  [
    'for a client, when its audience is somebody else',
    async () => token({ aud: 'other', client_id: AUDIENCE }),
  ],
  ['of another issuer', async () => token({ iss: 'https://id.example.com' })],
  ['signed with a key that the issuer does not have', async () => token({}, theirs)],
  ['signed with a key of another name', async () => token({}, theirs, 'other')],
  ['that nobody signed', async () => new UnsecuredJWT({ ...CLAIMS, iss: issuer.url }).encode()],
  [
    'signed with a shared secret',
    async () =>
      new SignJWT({ ...CLAIMS, iss: issuer.url })
        .setProtectedHeader({ alg: 'HS256', kid: 'own' })
        .sign(Buffer.alloc(32, 1)),
  ],
])('a token %s lets nobody in', async (_which, made) => {
  expect(await authorise(await made())).toBeUndefined();
});

test('while the issuer is out of reach nobody is let in; the next request asks again', async () => {
  answering = false;
  expect(await authorise(await token())).toBeUndefined();
  answering = true;
  expect(await authorise(await token())).toMatchObject({ sub: 'li' });
});

test('claims become text as the gateway writes them: arrays and maps in the way of Go', () => {
  const claims = {
    roles: ['viewer', 'operator'],
    realm: { b: [1, 2], a: true },
    none: null,
    email_verified: false,
  };
  expect(asText(claims)).toEqual({
    roles: '[viewer operator]',
    realm: 'map[a:true b:[1 2]]',
    none: 'null',
    email_verified: 'false',
  });
});
