import { type GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Mchid } from '../../lambda/core/ids';
import { MerchantKeyring, type KeyringOptions, type SecretText } from '../../lambda/store/merchant-keyring';
import { LOCAL_AWS } from '../../local/aws/identity';
import { type LocalSecretsManager, startSecretsManager } from '../../local/aws/secrets-manager';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const MCHID = '1900009191' as Mchid;
type Both = 'signing' | 'verify';
type Keys = Readonly<Record<Both, string>>;

let secrets: LocalSecretsManager;
let client: SecretsManagerClient;
let clock: number;

beforeAll(async () => {
  secrets = await startSecretsManager();
  client = new SecretsManagerClient({ endpoint: secrets.url, ...LOCAL_AWS, maxAttempts: 1 });
});
beforeEach(() => {
  clock = Date.parse('2026-03-02T04:00:00Z');
  putBoth(MCHID, 'one');
});
afterAll(async () => {
  client.destroy();
  await secrets.close();
});

function put(mchid: string, part: Both, text: string): void {
  secrets.put(`prefix/${mchid}/${part}`, text);
}

function putBoth(mchid: string, text: string): void {
  put(mchid, 'signing', text);
  put(mchid, 'verify', text);
}

function keyring(options: Partial<KeyringOptions<Keys, Both>> = {}): MerchantKeyring<Keys, Both> {
  return new MerchantKeyring<Keys, Both>({
    client,
    prefix: 'prefix',
    secrets: ['signing', 'verify'],
    parse: (_mchid, { signing, verify }) => ({ signing: signing.text, verify: verify.text }),
    now: () => clock,
    ...options,
  });
}

/** How many secrets are asked for meanwhile. */
async function readings(work: () => unknown): Promise<number> {
  const before = secrets.calls();
  await work();
  return secrets.calls() - before;
}

const ABSENT = Object.assign(new Error('none'), { name: 'ResourceNotFoundException' });
const DENIED =
  'User: arn:aws:sts::1:assumed-role/collect/x is not authorized to perform: secretsmanager:GetSecretValue';

/** A Secrets Manager that answers this to everything. */
function refusing(name: string, message: string): Pick<SecretsManagerClient, 'send'> {
  const refusal = Object.assign(new Error(message), { name });
  return { send: async () => Promise.reject(refusal) };
}

describe('what cannot be had', () => {
  test.each([
    [
      'its ARN, which only a secret has that is there',
      'AccessDeniedException',
      `${DENIED} on resource: arn:aws:secretsmanager:us-east-1:1:secret:prefix/1900009191/signing-AbCdEf because no identity-based policy allows it`,
    ],
    ['its key in KMS', 'AccessDeniedException', 'Access to KMS is not allowed'],
    [
      'an explicit denial',
      'AccessDeniedException',
      `${DENIED} on resource: prefix/1900009191/signing with an explicit deny in a resource-based policy`,
    ],
    ['a key that does not decrypt', 'DecryptionFailure', 'cannot decrypt'],
  ])(
    'because it may not be read, told by %s, is SECRET_INVALID and says so: another try would come to the same',
    async (_, name, message) => {
      await expect(keyring({ client: refusing(name, message) }).get(MCHID)).rejects.toMatchObject({
        code: 'SECRET_INVALID',
        message: `This function may not read prefix/1900009191/signing (${name}). Check its role, the secret's policy and its KMS key.`,
        data: { faults: [`This function may not read prefix/1900009191/signing (${name}).`] },
      });
    },
  );

  test.each([
    ['ResourceNotFoundException', 'Secrets Manager can’t find the specified secret.'],
    [
      'InvalidRequestException',
      'You can’t perform this operation on the secret because it was marked for deletion.',
    ],
    // No ARN, no match with the pattern that the role may read.
    [
      'AccessDeniedException',
      `${DENIED} on resource: prefix/1900009191/signing because no identity-based policy allows it`,
    ],
  ])('because it is not there, told by %s, is MERCHANT_UNKNOWN', async (name, message) => {
    await expect(keyring({ client: refusing(name, message) }).get(MCHID)).rejects.toMatchObject({
      code: 'MERCHANT_UNKNOWN',
    });
  });

  test('for a reason that is no error at all is SECRETS_UNAVAILABLE', async () => {
    // eslint-disable-next-line prefer-promise-reject-errors -- whatever a client may throw
    const send = async () => Promise.reject(7);
    await expect(keyring({ client: { send } }).get(MCHID)).rejects.toMatchObject({
      code: 'SECRETS_UNAVAILABLE',
      data: { reason: 'unknown' },
    });
  });
});

describe('a number without secrets', () => {
  test('is not asked about again for a minute, and then seen', async () => {
    const keys = keyring();
    const unknown = { code: 'MERCHANT_UNKNOWN' };
    expect(await readings(() => expect(keys.get('81' as Mchid)).rejects.toMatchObject(unknown))).toBe(2);
    putBoth('81', 'new');
    clock += MINUTE - 1;
    expect(await readings(() => expect(keys.get('81' as Mchid)).rejects.toMatchObject(unknown))).toBe(0);
    clock += 1;
    expect(await keys.get('81' as Mchid)).toEqual({ signing: 'new', verify: 'new' });
  });

  test('is asked about once by many callers at the same time', async () => {
    const keys = keyring();
    const asked = await readings(async () => {
      await Promise.allSettled(Array.from({ length: 20 }, () => keys.get('82' as Mchid)));
      await Promise.allSettled(Array.from({ length: 20 }, () => keys.get('82' as Mchid)));
    });
    expect(asked).toBe(2);
  });

  test('is forgotten when its keys are read again because WeChat Pay refused them', async () => {
    let there = true;
    const keys = keyring({
      ttlMs: SECOND,
      client: {
        send: (async (command: GetSecretValueCommand) => {
          if (!there) throw ABSENT;
          return client.send(command);
        }) as SecretsManagerClient['send'],
      },
    });
    putBoth('83', 'one');
    const first = await keys.get('83' as Mchid);
    there = false;
    clock += SECOND;
    await expect(keys.get('83' as Mchid)).rejects.toMatchObject({ code: 'MERCHANT_UNKNOWN' });
    there = true;
    putBoth('83', 'two');
    expect(await keys.refresh('83' as Mchid, first)).toBe(true);
    expect(await keys.get('83' as Mchid)).toEqual({ signing: 'two', verify: 'two' });
  });

  test('is one of so many that are looked for within a minute; then others wait, and known ones do not', async () => {
    const keys = keyring({ unknownPerMinuteMax: 2, ttlMs: SECOND });
    const ask = async (mchid: string) =>
      keys.get(mchid as Mchid).then(
        () => 'known',
        (error: { readonly code: string }) => error.code,
      );
    putBoth('90', 'one');
    expect(await ask('90')).toBe('known');
    expect(await ask('91')).toBe('MERCHANT_UNKNOWN');
    clock += SECOND;
    expect(await ask('92')).toBe('MERCHANT_UNKNOWN');
    const asked = await readings(async () => {
      expect(await ask('93')).toBe('SECRETS_UNAVAILABLE');
      expect(await ask(MCHID)).toBe('SECRETS_UNAVAILABLE');
      expect(await ask('91')).toBe('MERCHANT_UNKNOWN');
    });
    expect(asked).toBe(0);
    expect(await readings(async () => expect(await ask('90')).toBe('known'))).toBe(2);
    clock += MINUTE - SECOND - 1;
    expect(await ask(MCHID)).toBe('SECRETS_UNAVAILABLE');
    clock += 1;
    expect(await ask(MCHID)).toBe('known');
    expect(await ask('93')).toBe('MERCHANT_UNKNOWN');
    expect(await ask('94')).toBe('SECRETS_UNAVAILABLE');
  });

  test('makes room for the next when a thousand others are remembered', async () => {
    let asked = 0;
    const send = (async () => {
      asked += 1;
      throw ABSENT;
    }) as unknown as SecretsManagerClient['send'];
    const keys = keyring({ client: { send } });
    const ask = async (mchid: string) => keys.get(mchid as Mchid).catch(() => undefined);
    for (let n = 0; n <= 1_000; n += 1) await ask(`9${n}`);
    expect(asked).toBe(2 * 1_001);
    await ask('91');
    expect(asked).toBe(2 * 1_001);
    await ask('90');
    expect(asked).toBe(2 * 1_002);
  });

  test('of which one secret is there is looked at anew each time', async () => {
    const keys = keyring();
    put('84', 'verify', 'x');
    await expect(keys.get('84' as Mchid)).rejects.toMatchObject({ code: 'SECRET_INVALID' });
    put('84', 'signing', 'x');
    expect(await keys.get('84' as Mchid)).toEqual({ signing: 'x', verify: 'x' });
  });
});

describe('a keyring for the verify secret alone', () => {
  const verifying = () =>
    new MerchantKeyring({
      client,
      prefix: 'prefix',
      secrets: ['verify'],
      parse: (_mchid, { verify }: { readonly verify: SecretText }) => ({ text: verify.text }),
      now: () => clock,
    });

  test('asks for that one only, and needs no other', async () => {
    put('85', 'verify', 'only');
    const asked = await readings(async () =>
      expect(await verifying().get('85' as Mchid)).toEqual({ text: 'only' }),
    );
    expect(asked).toBe(1);
  });

  test('says that a merchant is unknown when it is missing', async () => {
    put('86', 'signing', 'x');
    await expect(verifying().get('86' as Mchid)).rejects.toMatchObject({
      code: 'MERCHANT_UNKNOWN',
      data: { faults: ['prefix/86/verify: is missing, or this function may not read it'] },
    });
  });

  test('does not mind that the other one changes', async () => {
    const keys = verifying();
    const first = await keys.get(MCHID);
    put(MCHID, 'signing', 'two');
    clock += 5 * MINUTE;
    expect(await keys.get(MCHID)).toBe(first);
  });
});
