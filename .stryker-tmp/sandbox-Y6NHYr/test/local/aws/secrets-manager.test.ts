import {
  CreateSecretCommand,
  GetSecretValueCommand,
  InvalidRequestException,
  ListSecretsCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { LOCAL_AWS } from '../../../local/aws/identity';
import { type LocalSecretsManager, startSecretsManager } from '../../../local/aws/secrets-manager';

const NAME = 'payscore-collector/dev/1900000001/signing';

let server: LocalSecretsManager;
let client: SecretsManagerClient;

beforeEach(async () => {
  server = await startSecretsManager({ now: () => Date.UTC(2026, 0, 2, 3, 4, 5) });
  // The one way to redirect an SDK client that needs nothing in the code that makes it.
  process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'] = server.url;
  client = new SecretsManagerClient({ ...LOCAL_AWS, maxAttempts: 1 });
});

afterEach(async () => {
  delete process.env['AWS_ENDPOINT_URL_SECRETS_MANAGER'];
  client.destroy();
  await server.close();
});

async function read(SecretId = NAME, VersionStage?: string) {
  return client.send(
    new GetSecretValueCommand({ SecretId, ...(VersionStage === undefined ? {} : { VersionStage }) }),
  );
}

test('the SDK, told only by its environment variable, reads what was put', async () => {
  server.put(NAME, '{"mchid":"1900000001"}');
  expect(await read()).toMatchObject({
    Name: NAME,
    ARN: expect.stringMatching(/:secret:payscore-collector\/dev\/1900000001\/signing-.{6}$/),
    SecretString: '{"mchid":"1900000001"}',
    VersionStages: ['AWSCURRENT'],
    CreatedDate: new Date('2026-01-02T03:04:05Z'),
  });
});

test('a secret is also found by its ARN', async () => {
  server.put(NAME, 'a');
  const { ARN } = await read();
  expect(await read(ARN)).toMatchObject({ Name: NAME, SecretString: 'a' });
});

test('a new value is the current one, and the one before it stays readable by its stage and its version', async () => {
  const { VersionId } = await client.send(new CreateSecretCommand({ Name: NAME, SecretString: 'old' }));
  await client.send(new PutSecretValueCommand({ SecretId: NAME, SecretString: 'new' }));
  expect(await read(NAME, 'AWSCURRENT')).toMatchObject({ SecretString: 'new' });
  expect(await read(NAME, 'AWSPREVIOUS')).toMatchObject({
    SecretString: 'old',
    VersionStages: ['AWSPREVIOUS'],
  });
  expect(await client.send(new GetSecretValueCommand({ SecretId: NAME, VersionId }))).toMatchObject({
    SecretString: 'old',
  });
});

test("a secret or a version that is not there is AWS's own error", async () => {
  await expect(read()).rejects.toThrow(ResourceNotFoundException);
  await expect(read()).rejects.toThrow("Secrets Manager can't find the specified secret.");
  await expect(client.send(new PutSecretValueCommand({ SecretId: NAME, SecretString: 'a' }))).rejects.toThrow(
    ResourceNotFoundException,
  );
  server.put(NAME, 'a');
  await expect(read(NAME, 'AWSPREVIOUS')).rejects.toThrow(ResourceNotFoundException);
});

test('a name is created once', async () => {
  server.put(NAME, 'a');
  await expect(client.send(new CreateSecretCommand({ Name: NAME, SecretString: 'b' }))).rejects.toThrow(
    ResourceExistsException,
  );
});

test('a call that the SDK repeats, because its answer was lost, makes one version', async () => {
  const ClientRequestToken = '6f1d7a52-3c1c-4f0e-9a53-1c7b1c1b1f01';
  const create = { Name: NAME, SecretString: 'a', ClientRequestToken };
  const first = await client.send(new CreateSecretCommand(create));
  expect(await client.send(new CreateSecretCommand(create))).toMatchObject({
    ARN: first.ARN,
    VersionId: ClientRequestToken,
  });
  await expect(client.send(new CreateSecretCommand({ ...create, SecretString: 'b' }))).rejects.toThrow(
    ResourceExistsException,
  );

  const put = {
    SecretId: NAME,
    SecretString: 'c',
    ClientRequestToken: '6f1d7a52-3c1c-4f0e-9a53-1c7b1c1b1f02',
  };
  await client.send(new PutSecretValueCommand(put));
  await client.send(new PutSecretValueCommand(put));
  expect(await read(NAME, 'AWSPREVIOUS')).toMatchObject({ SecretString: 'a' });
  await expect(client.send(new PutSecretValueCommand({ ...put, SecretString: 'd' }))).rejects.toThrow(
    ResourceExistsException,
  );
});

test('a secret that is scheduled for deletion is neither read, nor written, nor made anew', async () => {
  server.put(NAME, 'a');
  server.scheduleDeletion(NAME);
  await expect(read()).rejects.toThrow('it was marked for deletion');
  await expect(client.send(new PutSecretValueCommand({ SecretId: NAME, SecretString: 'b' }))).rejects.toThrow(
    InvalidRequestException,
  );
  await expect(client.send(new CreateSecretCommand({ Name: NAME, SecretString: 'b' }))).rejects.toThrow(
    'already scheduled for deletion',
  );
});

test('a fault can be asked for by the call it is for', async () => {
  server.put(NAME, 'a');
  server.fail(1, 'AccessDeniedException', `PutSecretValue ${NAME}`);
  expect(await read()).toMatchObject({ SecretString: 'a' });
  await expect(
    client.send(new PutSecretValueCommand({ SecretId: NAME, SecretString: 'b' })),
  ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  expect(await read()).toMatchObject({ SecretString: 'a' });
});

test.each(['InternalServiceError', 'ThrottlingException'] as const)(
  'as many calls as asked for end in %s, and the next one does not',
  async (fault) => {
    server.put(NAME, 'a');
    server.fail(2, fault);
    await expect(read()).rejects.toMatchObject({ name: fault });
    await expect(read()).rejects.toMatchObject({ name: fault });
    expect(await read()).toMatchObject({ SecretString: 'a' });
    expect(server.calls()).toBe(3);
  },
);

test('a throttled call is one that the SDK tries again by itself', async () => {
  const patient = new SecretsManagerClient({ ...LOCAL_AWS, maxAttempts: 2 });
  server.put(NAME, 'a');
  server.fail(1, 'ThrottlingException');
  expect(await patient.send(new GetSecretValueCommand({ SecretId: NAME }))).toMatchObject({
    SecretString: 'a',
  });
  expect(server.calls()).toBe(2);
  patient.destroy();
});

test('a hanging call ends when its caller gives up, and does not keep the server from closing', async () => {
  server.put(NAME, 'a');
  server.fail(1, 'hang');
  const abortSignal = AbortSignal.timeout(50);
  await expect(
    client.send(new GetSecretValueCommand({ SecretId: NAME }), { abortSignal }),
  ).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(server.calls()).toBe(1);
});

test('what it cannot do it says', async () => {
  await expect(client.send(new ListSecretsCommand({}))).rejects.toMatchObject({
    name: 'UnknownOperationException',
  });
});

test.each([
  [
    'no signature',
    { 'x-amz-target': 'secretsmanager.GetSecretValue' },
    '{}',
    'MissingAuthenticationTokenException',
  ],
  ['no target', {}, '{}', 'UnknownOperationException'],
  [
    'a body that is not JSON',
    { 'x-amz-target': 'secretsmanager.GetSecretValue', authorization: 'AWS4-HMAC-SHA256 x' },
    '{',
    'SerializationException',
  ],
])('a request with %s is refused', async (_, headers, body, type) => {
  const response = await fetch(server.url, { method: 'POST', headers, body });
  expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ __type: type })]);
});
