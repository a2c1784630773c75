import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PayscoreError } from '../../lambda/core/errors';
import type { Mchid } from '../../lambda/core/ids';
import { MerchantKeyring, type KeyringOptions, type SecretText } from '../../lambda/store/merchant-keyring';
import { LOCAL_AWS } from '../../local/aws/identity';
import { type LocalSecretsManager, startSecretsManager } from '../../local/aws/secrets-manager';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const MCHID = '1900009191' as Mchid;

interface Keys {
  readonly signing: string;
  readonly verify: string;
}

let secrets: LocalSecretsManager;
let client: SecretsManagerClient;
let clock: number;
let parsed: number;

beforeAll(async () => {
  secrets = await startSecretsManager();
  client = new SecretsManagerClient({
    endpoint: secrets.url,
    ...LOCAL_AWS,
    maxAttempts: 1,
    requestHandler: { requestTimeout: 1_000, throwOnRequestTimeout: true },
  });
});
beforeEach(() => {
  clock = Date.parse('2026-03-02T04:00:00Z');
  parsed = 0;
  putBoth(MCHID, 'one');
});
afterAll(async () => {
  client.destroy();
  await secrets.close();
});

function put(mchid: string, part: 'signing' | 'verify', text: string): void {
  secrets.put(`prefix/${mchid}/${part}`, text);
}

function putBoth(mchid: string, text: string): void {
  put(mchid, 'signing', text);
  put(mchid, 'verify', text);
}

type Both = 'signing' | 'verify';

function parse(_mchid: Mchid, { signing, verify }: Readonly<Record<Both, SecretText>>): Keys {
  parsed += 1;
  return { signing: signing.text, verify: verify.text };
}

function keyring(options: Partial<KeyringOptions<Keys, Both>> = {}): MerchantKeyring<Keys, Both> {
  return new MerchantKeyring({
    client,
    prefix: 'prefix',
    secrets: ['signing', 'verify'],
    parse,
    now: () => clock,
    ...options,
  });
}

/** What the given work asks of Secrets Manager. */
async function readings(work: () => Promise<unknown>): Promise<number> {
  const before = secrets.calls();
  await work();
  return secrets.calls() - before;
}

describe('keys', () => {
  test('are read when first wanted, both secrets, and then kept for five minutes', async () => {
    const keys = keyring();
    expect(await readings(() => keys.get(MCHID))).toBe(2);
    clock += 5 * MINUTE - 1;
    expect(await readings(() => keys.get(MCHID))).toBe(0);
    clock += 1;
    expect(await readings(() => keys.get(MCHID))).toBe(2);
  });

  test('are the same object, parsed once, for as long as the secrets do not change', async () => {
    const keys = keyring();
    const first = await keys.get(MCHID);
    clock += 5 * MINUTE;
    expect(await keys.get(MCHID)).toBe(first);
    expect(parsed).toBe(1);
  });

  test.each(['signing', 'verify'] as const)(
    'are new once %s has a new version, after the time limit',
    async (part) => {
      const keys = keyring();
      const first = await keys.get(MCHID);
      put(MCHID, part, 'two');
      clock += 5 * MINUTE - 1;
      expect(await keys.get(MCHID)).toBe(first);
      clock += 1;
      expect(await keys.get(MCHID)).toEqual({ signing: 'one', verify: 'one', [part]: 'two' });
    },
  );

  test('are read once for many callers at the same time', async () => {
    const keys = keyring();
    const got: Keys[] = [];
    const asked = await readings(async () => {
      got.push(...(await Promise.all(Array.from({ length: 20 }, () => keys.get(MCHID)))));
    });
    expect(asked).toBe(2);
    expect(new Set(got).size).toBe(1);
  });

  test('of two merchants are two', async () => {
    const keys = keyring();
    putBoth('2', 'other');
    expect(await keys.get('2' as Mchid)).toEqual({ signing: 'other', verify: 'other' });
    expect(await keys.get(MCHID)).toEqual({ signing: 'one', verify: 'one' });
  });

  test('of 500 merchants are kept, and the one read longest ago makes room for the next', async () => {
    const keys = keyring();
    for (let n = 0; n <= 500; n += 1) {
      putBoth(`7${n}`, 'x');
      await keys.get(`7${n}` as Mchid);
    }
    expect(await readings(() => keys.get('71' as Mchid))).toBe(0);
    expect(await readings(() => keys.get('70' as Mchid))).toBe(2);
  });
});

describe('a refresh', () => {
  test('reads again once 30 s have passed, and says whether anything changed', async () => {
    const keys = keyring();
    const first = await keys.get(MCHID);
    expect(await keys.refresh(MCHID, first)).toBe(false);
    expect(await keys.get(MCHID)).toBe(first);
    put(MCHID, 'signing', 'two');
    clock += 30 * SECOND;
    expect(await keys.refresh(MCHID, first)).toBe(true);
    expect(await keys.get(MCHID)).toEqual({ signing: 'two', verify: 'one' });
  });

  test('within 30 s of the last refresh reads nothing and says no', async () => {
    const keys = keyring();
    const first = await keys.get(MCHID);
    await keys.refresh(MCHID, first);
    put(MCHID, 'signing', 'two');
    clock += 30 * SECOND - 1;
    const asked = await readings(async () => expect(await keys.refresh(MCHID, first)).toBe(false));
    expect(asked).toBe(0);
    clock += 1;
    expect(await keys.refresh(MCHID, first)).toBe(true);
  });

  test('right after the first reading reads again: only refreshes are spaced', async () => {
    const keys = keyring();
    const first = await keys.get(MCHID);
    put(MCHID, 'signing', 'two');
    const asked = await readings(async () => expect(await keys.refresh(MCHID, first)).toBe(true));
    expect(asked).toBe(2);
  });

  test('of keys that another caller has replaced meanwhile says yes and reads nothing', async () => {
    const keys = keyring();
    const first = await keys.get(MCHID);
    put(MCHID, 'verify', 'two');
    // Both callers were refused with the same keys, and one of them comes later.
    expect(await keys.refresh(MCHID, first)).toBe(true);
    const asked = await readings(async () => expect(await keys.refresh(MCHID, first)).toBe(true));
    expect(asked).toBe(0);
  });

  test('of one merchant does not hold back that of another', async () => {
    const keys = keyring();
    putBoth('2', 'one');
    const [one, other] = [await keys.get(MCHID), await keys.get('2' as Mchid)];
    putBoth(MCHID, 'two');
    putBoth('2', 'two');
    expect(await keys.refresh(MCHID, one)).toBe(true);
    expect(await keys.refresh('2' as Mchid, other)).toBe(true);
  });

  test('by many callers at once is one reading, and all of them are told of the change', async () => {
    const keys = keyring();
    const first = await keys.get(MCHID);
    put(MCHID, 'verify', 'two');
    const asked = await readings(async () => {
      const told = await Promise.all(Array.from({ length: 10 }, () => keys.refresh(MCHID, first)));
      expect(told).toEqual(Array.from({ length: 10 }, () => true));
    });
    expect(asked).toBe(2);
  });

  test('that comes while another caller is still reading is told of the change as well', async () => {
    const keys = keyring();
    const first = await keys.get(MCHID);
    put(MCHID, 'verify', 'two');
    const asked = await readings(async () => {
      const one = keys.refresh(MCHID, first);
      clock += SECOND;
      const other = keys.refresh(MCHID, first);
      expect(await Promise.all([one, other])).toEqual([true, true]);
    });
    expect(asked).toBe(2);
  });

  test('that fails says no and leaves the keys in use until their time is over', async () => {
    const keys = keyring();
    const first = await keys.get(MCHID);
    secrets.fail(2, 'InternalServiceError');
    expect(await keys.refresh(MCHID, first)).toBe(false);
    expect(await keys.get(MCHID)).toBe(first);
  });
});

describe('what cannot be had', () => {
  test('of an unknown merchant is MERCHANT_UNKNOWN, with the names to create', async () => {
    await expect(keyring().get('404' as Mchid)).rejects.toMatchObject({
      code: 'MERCHANT_UNKNOWN',
      message:
        'Merchant 404 has no secrets here: create prefix/404/signing and prefix/404/verify, or check who may read them.',
      data: {
        faults: [
          'prefix/404/signing: is missing, or this function may not read it',
          'prefix/404/verify: is missing, or this function may not read it',
        ],
      },
    });
  });

  test.each([
    ['signing', 'verify'],
    ['verify', 'signing'],
  ] as const)('with only %s there is SECRET_INVALID, which names the other', async (there, absent) => {
    const mchid = `5${there.length}`;
    put(mchid, there, 'x');
    await expect(keyring().get(mchid as Mchid)).rejects.toMatchObject({
      code: 'SECRET_INVALID',
      data: { faults: [`prefix/${mchid}/${absent}: is missing, or this function may not read it`] },
    });
  });

  test.each([
    ['InternalServiceError', 'InternalServiceError'],
    ['ThrottlingException', 'ThrottlingException'],
    ['hang', 'TimeoutError'],
  ] as const)(
    'because of %s is SECRETS_UNAVAILABLE, and is asked for again the next time',
    async (fault, reason) => {
      const keys = keyring();
      secrets.fail(2, fault);
      await expect(keys.get(MCHID)).rejects.toMatchObject({
        code: 'SECRETS_UNAVAILABLE',
        data: { reason },
        message: expect.stringMatching(
          /^Secrets Manager did not give prefix\/1900009191\/(signing|verify) \(\w+\)\. Try again\.$/,
        ) as string,
      });
      expect(await keys.get(MCHID)).toEqual({ signing: 'one', verify: 'one' });
    },
  );

  test('because it cannot be parsed is told anew each time, and nothing of it is kept', async () => {
    let good = false;
    const faulty = new PayscoreError('SECRET_INVALID', 'unusable', { faults: ['a', 'b'] });
    const keys = keyring({
      parse: (...given) => {
        if (!good) throw faulty;
        return parse(...given);
      },
    });
    await expect(keys.get(MCHID)).rejects.toBe(faulty);
    await expect(keys.get(MCHID)).rejects.toBe(faulty);
    good = true;
    expect(await keys.get(MCHID)).toEqual({ signing: 'one', verify: 'one' });
  });

  test('is never told with a value of a secret', async () => {
    put('66', 'signing', 'VALUE-OF-A-SECRET');
    const error: unknown = await keyring()
      .get('66' as Mchid)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PayscoreError);
    const { message, data, stack } = error as PayscoreError;
    expect(JSON.stringify({ message, data, stack })).not.toContain('VALUE-OF-A-SECRET');
  });
});
