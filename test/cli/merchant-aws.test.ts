import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { LOCAL_AWS } from '../../local/aws/identity';
import { startSecretsManager, type LocalSecretsManager } from '../../local/aws/secrets-manager';
import type { Ended } from '../local/spawned';
import { MCHID, signingSecret, verifySecret } from '../support/keys';
import {
  addArgs,
  downloads,
  merchant,
  temporaryFolder,
  type Downloads,
  type Folder,
} from './merchant-command';

const SIGNING = `payscore-collector/prod/${MCHID}/signing`;
const VERIFY = `payscore-collector/prod/${MCHID}/verify`;

let folder: Folder;
let files: Downloads;
let secrets: LocalSecretsManager;
let client: SecretsManagerClient;

beforeEach(async () => {
  folder = temporaryFolder();
  files = downloads(folder);
  secrets = await startSecretsManager();
  client = new SecretsManagerClient({ ...LOCAL_AWS, endpoint: secrets.url });
});

afterEach(async () => {
  client.destroy();
  await secrets.close();
  folder.remove();
});

function onAws(...args: readonly string[]): Promise<Ended> {
  return merchant([...args, '--stage', 'prod'], { AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url });
}

async function stored(name: string): Promise<unknown> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name }));
  return JSON.parse(String(SecretString));
}

async function absent(name: string): Promise<void> {
  await expect(stored(name)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
}

test('when only one of the two could be written, it says which stands, and the same command finishes it', async () => {
  secrets.fail(1, 'AccessDeniedException', `CreateSecret ${SIGNING}`);
  const half = await onAws(...addArgs(files));
  expect(half.status).toBe(1);
  expect(half.stderr).toContain(`this AWS identity may not secretsmanager:CreateSecret on ${SIGNING}`);
  expect(half.stderr).toContain(`Half of it stands: ${VERIFY} is written, ${SIGNING} is not.`);
  expect(half.stderr).toContain('give the same command again; it writes only what is missing');
  await absent(SIGNING);

  const finished = await onAws(...addArgs(files));
  expect(finished.status).toBe(0);
  expect(finished.stdout).toContain(`unchanged       ${VERIFY}`);
  expect(finished.stdout).toContain(`created         ${SIGNING}`);
  expect(await stored(SIGNING)).toEqual(signingSecret(MCHID));
});

describe('what AWS refuses is explained in a line', () => {
  const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };

  test.each([
    ['no credentials', none, 'no AWS credentials were found: log in'],
    ['no region', { AWS_REGION: '' }, 'no usable AWS region is set: give --region, or set AWS_REGION'],
    [
      'no Secrets Manager',
      { AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:1' },
      'Secrets Manager is out of reach (ECONNREFUSED)',
    ],
  ])('%s', async (_, environment, message) => {
    const { status, stderr } = await merchant([...addArgs(files), '--stage', 'prod'], {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      ...environment,
    });
    expect([status, stderr.trim().split('\n')]).toEqual([1, [expect.stringContaining(message)]]);
  });

  test('no permission to read', async () => {
    secrets.fail(2, 'AccessDeniedException');
    const { status, stderr } = await onAws(...addArgs(files));
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^this AWS identity may not secretsmanager:GetSecretValue on payscore-collector\/prod\//,
    );
  });

  test('a secret that is scheduled for deletion', async () => {
    secrets.put(VERIFY, JSON.stringify(verifySecret(MCHID)));
    secrets.scheduleDeletion(VERIFY);
    const { status, stderr } = await onAws(...addArgs(files));
    expect(status).toBe(1);
    expect(stderr).toContain(`"aws secretsmanager restore-secret --secret-id ${VERIFY}" takes it back`);
  });

  test('a fault of AWS that stays, after three tries', async () => {
    secrets.fail(3, 'InternalServiceError', `CreateSecret ${VERIFY}`);
    const { status, stderr } = await onAws(...addArgs(files));
    expect(status).toBe(1);
    expect(stderr).toContain(
      `Secrets Manager did not answer CreateSecret of ${VERIFY} (InternalServiceError)`,
    );
    expect(stderr).toContain('Nothing was written.');
    await absent(SIGNING);
  });

  test('a call that is throttled is tried again by itself', async () => {
    secrets.fail(1, 'ThrottlingException', 'CreateSecret');
    expect((await onAws(...addArgs(files))).status).toBe(0);
  });
});
