import { PayscoreError } from '../../lambda/core/errors';
import type { KeyFacts } from '../../lambda/core/key-facts';
import type { Mchid } from '../../lambda/core/ids';
import { CertificateKeeper } from '../../lambda/flow/certificates';
import { careForKeys, type KeyCareSummary } from '../../lambda/flow/key-care';
import {
  DAY,
  HOUR,
  type Lister,
  lasting,
  MCHID,
  MemoryRows,
  MINUTE,
  recorder,
  SigningHolder,
  T0,
} from './support/key-holders';

let clock: number;
let rows: MemoryRows;
let told: ReturnType<typeof recorder>;
let lister: Lister;
/** Merchants whose secrets were read. */
let read: Mchid[];
/** What is in the secrets. */
let secret: Partial<KeyFacts>;
let refusal: PayscoreError | undefined;

beforeEach(() => {
  clock = T0;
  rows = new MemoryRows();
  told = recorder();
  lister = { list: 'OLD', downloads: 0 };
  read = [];
  secret = {};
  refusal = undefined;
});

/** A function instance, which keeps from run to run what it has read. */
function instance(): (deadlineAt?: number) => Promise<KeyCareSummary> {
  const ports = { rows, now: () => clock, record: told.record };
  const keeper = new CertificateKeeper(ports);
  const held = new Map<Mchid, SigningHolder>();
  const get = async (mchid: Mchid) => {
    read.push(mchid);
    if (refusal !== undefined) throw refusal;
    const holder = held.get(mchid) ?? new SigningHolder(lister, secret);
    held.set(mchid, holder);
    return holder;
  };
  return async (deadlineAt = clock + MINUTE) =>
    careForKeys(deadlineAt, { ...ports, keeper, holders: { get } });
}

/** A run in a function instance of its own. */
const run = async (deadlineAt?: number) => instance()(deadlineAt);

const facts = (given: Partial<KeyFacts> = {}): KeyFacts => ({
  signing: [lasting('API', 400)],
  public_keys: [],
  uses_certificates: true,
  platform_certificates: [],
  ...given,
});
const ends = () =>
  told.events.flatMap((event) => (event.kind === 'key_ending' ? [[event.serial_no, event.days_left]] : []));

/** A merchant whose list was downloaded so long ago. */
async function kept(agoMs: number, list = 'OLD'): Promise<void> {
  await rows.saveFacts(MCHID, facts());
  const certificates = { list, fetched_at: clock - agoMs, facts: [lasting(list, 900)] };
  await rows.saveCertificates(MCHID, certificates);
}

test('nobody is there, and nothing is done', async () => {
  expect(await run()).toEqual({ merchants: 0, renewed: 0, ending: 0, left: 0 });
});

describe('the certificates of a merchant', () => {
  test.each([
    [10 * HOUR - 1, 0],
    [10 * HOUR, 1],
  ])('that were downloaded %i ms ago are downloaded again: %i', async (agoMs, downloads) => {
    await kept(agoMs);
    lister.list = 'OLD,NEW';
    expect(await run()).toEqual({ merchants: 1, renewed: downloads, ending: 0, left: 0 });
    expect(lister.downloads).toBe(downloads);
    expect(rows.rows.get(MCHID)?.certificates?.list).toBe(downloads === 1 ? 'OLD,NEW' : 'OLD');
    // Secrets are read only where there is something to do.
    expect(read).toHaveLength(downloads);
  });

  test('are downloaded every ten hours, and no oftener, by a run every ten minutes', async () => {
    await kept(0);
    for (let tick = 0; tick <= 6 * 24; tick += 1) {
      await run();
      clock += 10 * MINUTE;
    }
    expect(lister.downloads).toBe(2);
  });

  test('are downloaded at once when a notification was signed by one that is not known', async () => {
    await kept(HOUR);
    await rows.want(MCHID, clock, clock - MINUTE);
    expect((await run()).renewed).toBe(1);
    clock += 10 * MINUTE;
    expect((await run()).renewed).toBe(0);
    expect(lister.downloads).toBe(1);
  });

  test('of whom only notifications came so far are downloaded as well, and its keys are known then', async () => {
    await rows.want(MCHID, clock, clock - MINUTE);
    expect((await run()).renewed).toBe(1);
    expect(rows.rows.get(MCHID)).toMatchObject({
      facts: { signing: [{ serial_no: 'API' }] },
      certificates: { list: 'OLD', fetched_at: T0 },
    });
  });

  test('are not downloaded when it has left them behind, whatever was wished for', async () => {
    await rows.want(MCHID, clock, clock - MINUTE);
    secret = { uses_certificates: false };
    expect((await run()).renewed).toBe(0);
    clock += 10 * MINUTE;
    await run();
    expect(lister.downloads).toBe(0);
    // After the first look its row says that there is nothing to do.
    expect(read).toHaveLength(1);
  });

  test('stay when the download fails, and are tried for again on the next run', async () => {
    await kept(10 * HOUR);
    lister.failure = new PayscoreError('NO_ANSWER', 'lost');
    expect((await run()).renewed).toBe(0);
    expect(rows.rows.get(MCHID)?.certificates?.list).toBe('OLD');
    delete lister.failure;
    clock += 10 * MINUTE;
    expect((await run()).renewed).toBe(1);
  });

  test.each([
    ['the first', undefined],
    ['a later', 'OLD'],
  ])(
    'of which %s list could not be saved are saved on the next run of the same instance',
    async (_, before) => {
      if (before === undefined) await rows.want(MCHID, clock, clock - MINUTE);
      else await kept(10 * HOUR, before);
      lister.list = 'OLD,NEW';
      const again = instance();
      rows.broken = new Set(['saveCertificates']);
      expect((await again()).renewed).toBe(before === undefined ? 0 : 1);
      expect(rows.rows.get(MCHID)?.certificates?.list).toBe(before);
      rows.broken = new Set();
      clock += 10 * MINUTE;
      expect((await again()).renewed).toBe(1);
      expect(rows.rows.get(MCHID)?.certificates).toMatchObject({ list: 'OLD,NEW', fetched_at: clock });
      clock += 10 * MINUTE;
      expect((await again()).renewed).toBe(0);
      expect(lister.downloads).toBe(2);
    },
  );

  test('that somebody else has downloaded between the reading of the row and this are left at that', async () => {
    await kept(10 * HOUR);
    const all = rows.all.bind(rows);
    rows.all = async () => {
      const seen = await all();
      await rows.saveCertificates(MCHID, { list: 'NEW', fetched_at: clock, facts: [] });
      return seen;
    };
    expect((await run()).renewed).toBe(1);
    expect(lister.downloads).toBe(0);
  });
});

describe('the end of a certificate', () => {
  test('is told of on every run, of the platform certificate too', async () => {
    await kept(0);
    expect((await run()).ending).toBe(0);
    expect(ends()).toEqual([
      ['API', 400],
      ['OLD', 900],
    ]);
    expect(read).toEqual([]);
  });

  test('that is near is looked up in the secret, and told of as it is there', async () => {
    await rows.saveFacts(MCHID, facts({ uses_certificates: false, signing: [lasting('API', 20)] }));
    secret = { uses_certificates: false, signing: [lasting('API', 20)] };
    expect((await run()).ending).toBe(1);
    expect(ends()).toEqual([['API', 20]]);
    secret = { uses_certificates: false, signing: [lasting('API', 20), lasting('NEXT', 800)] };
    expect((await run()).ending).toBe(0);
    expect(ends()).toEqual([
      ['API', 20],
      ['NEXT', 800],
    ]);
  });

  test('of an API certificate that is near leaves none of the platform certificate’s untold', async () => {
    secret = { signing: [lasting('API', 20)] };
    await rows.saveFacts(MCHID, facts(secret));
    const certificates = { list: 'OLD', fetched_at: clock - HOUR, facts: [lasting('OLD', 400)] };
    await rows.saveCertificates(MCHID, certificates);
    expect(await run()).toMatchObject({ renewed: 0, ending: 1 });
    expect(ends()).toEqual([
      ['API', 20],
      ['OLD', 400],
    ]);
    expect(lister.downloads).toBe(0);
  });

  test('of a merchant that is gone is not told of', async () => {
    await rows.saveFacts(MCHID, facts({ signing: [lasting('API', 5)], uses_certificates: false }));
    refusal = new PayscoreError('MERCHANT_UNKNOWN', 'gone');
    expect((await run()).ending).toBe(0);
    expect(told.events).toEqual([]);
  });

  test.each(['SECRET_INVALID', 'SECRETS_UNAVAILABLE'] as const)(
    'is told of as it was last known when the secret is %s, and so is that',
    async (code) => {
      await rows.saveFacts(MCHID, facts({ signing: [lasting('API', 5)], uses_certificates: false }));
      refusal = new PayscoreError(code, 'no');
      expect((await run()).ending).toBe(1);
      expect(told.events).toEqual([
        { kind: 'keys_unusable', mchid: MCHID, error: refusal },
        {
          kind: 'key_ending',
          mchid: MCHID,
          what: 'api_certificate',
          serial_no: 'API',
          valid_to: T0 + 5 * DAY,
          days_left: 5,
        },
      ]);
    },
  );
});

describe('many merchants', () => {
  beforeEach(async () => {
    for (let n = 0; n < 25; n += 1)
      await rows.saveFacts(`70${n}` as Mchid, facts({ uses_certificates: false }));
  });

  test('are all looked after, and one that fails keeps nobody else from it', async () => {
    const failing = '705' as Mchid;
    await rows.saveFacts(failing, facts({ signing: [lasting('API', 5)], uses_certificates: false }));
    refusal = new PayscoreError('SECRET_INVALID', 'no');
    expect(await run()).toEqual({ merchants: 25, renewed: 0, ending: 1, left: 0 });
    expect(ends()).toHaveLength(25);
  });

  test('are left to the next run when there is no time', async () => {
    expect(await run(clock + 9_999)).toEqual({ merchants: 25, renewed: 0, ending: 0, left: 25 });
    expect(await run(clock + 10_000)).toEqual({ merchants: 25, renewed: 0, ending: 0, left: 0 });
  });
});

test('a table that is out of reach is the failure of the run', async () => {
  rows.broken = new Set(['all']);
  await expect(run()).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
});
