import { CertificateKeeper } from '../../lambda/flow/certificates';
import {
  DAY,
  FakeHolder,
  HOUR,
  type Lister,
  lasting,
  MCHID,
  MemoryRows,
  MINUTE,
  recorder,
  SigningHolder,
  T0,
  unreachable,
} from './support/key-holders';

let clock: number;
let rows: MemoryRows;
let told: ReturnType<typeof recorder>;
let lister: Lister;

beforeEach(() => {
  clock = T0;
  rows = new MemoryRows();
  told = recorder();
  lister = { list: 'OLD', downloads: 0 };
});

/** One for each function instance; the table is shared. */
const keeper = () => new CertificateKeeper({ rows, now: () => clock, record: told.record });
const kinds = () => told.events.map(({ kind }) => kind);
const kept = () => rows.rows.get(MCHID)?.certificates;

async function keep(list: string, fetched_at = T0): Promise<void> {
  await rows.saveCertificates(MCHID, { list, fetched_at, facts: [] });
  rows.calls.length = 0;
}

describe('a merchant that only has public keys', () => {
  test('never asks for certificates, whatever happens', async () => {
    const holder = new SigningHolder(lister, { uses_certificates: false });
    const one = keeper();
    await one.equip(holder);
    expect(await one.renew(holder, 5_000)).toBe(false);
    await one.want(holder);
    expect(lister.downloads).toBe(0);
    expect(rows.rows.get(MCHID)).toEqual({
      mchid: MCHID,
      facts: { signing: [lasting('API', 400)], public_keys: [], uses_certificates: false },
    });
    expect(one.fetchedAt(holder)).toBeUndefined();
  });

  test('costs a function that does not sign not one call', async () => {
    const holder = new FakeHolder({ uses_certificates: false });
    await keeper().equip(holder);
    expect(rows.calls).toEqual([]);
  });

  test('is served when the table is out of reach, which is asked again after five minutes', async () => {
    const holder = new SigningHolder(lister, { uses_certificates: false });
    const one = keeper();
    rows.broken = new Set(['find']);
    await one.equip(holder);
    await one.equip(holder);
    expect(rows.calls).toEqual(['find']);
    expect(kinds()).toEqual([]);
    rows.broken = new Set();
    clock += 5 * MINUTE;
    await one.equip(holder);
    expect(rows.calls).toEqual(['find', 'find', 'saveFacts']);
  });
});

describe('what is known of a merchant’s keys', () => {
  test('is written once, and again only when it has changed', async () => {
    await keeper().equip(new SigningHolder(lister, { uses_certificates: false }));
    await keeper().equip(new SigningHolder(lister, { uses_certificates: false }));
    expect(rows.count('saveFacts')).toBe(1);
    const renewed = { uses_certificates: false, signing: [lasting('API', 400), lasting('NEXT', 800)] };
    await keeper().equip(new SigningHolder(lister, renewed));
    expect(rows.count('saveFacts')).toBe(2);
    expect(rows.rows.get(MCHID)?.facts?.signing).toHaveLength(2);
  });
});

describe('a merchant that uses platform certificates', () => {
  test('gets them downloaded when there are none, by one that signs, and kept for all', async () => {
    const holder = new SigningHolder(lister);
    const one = keeper();
    await one.equip(holder);
    expect(holder.serials).toEqual(['OLD']);
    expect(kept()).toEqual({ list: 'OLD', fetched_at: T0, facts: [lasting('OLD', 400)] });
    expect(one.fetchedAt(holder)).toBe(T0);
    expect(told.events).toEqual([{ kind: 'certificates_renewed', mchid: MCHID, serial_nos: ['OLD'] }]);
  });

  test('gets those that are kept, without a download, and reads them again after five minutes', async () => {
    await keep('OLD');
    const holder = new SigningHolder(lister);
    const one = keeper();
    await one.equip(holder);
    expect(holder.serials).toEqual(['OLD']);
    await keep('OLD,NEW', T0 + 1);
    clock += 5 * MINUTE - 1;
    await one.equip(holder);
    expect(holder.serials).toEqual(['OLD']);
    clock += 1;
    await one.equip(holder);
    expect(holder.serials).toEqual(['OLD', 'NEW']);
    expect(lister.downloads).toBe(0);
  });

  test('is read for once by many callers at the same time', async () => {
    const holder = new SigningHolder(lister);
    const one = keeper();
    await Promise.all(Array.from({ length: 50 }, async () => one.equip(holder)));
    expect(lister.downloads).toBe(1);
    // Once to begin with, and once more just before the download.
    expect(rows.count('find')).toBe(2);
  });

  test('is not served by a function that has read nothing yet while the table is out of reach', async () => {
    rows.broken = new Set(['find']);
    const holder = new SigningHolder(lister);
    const one = keeper();
    await expect(one.equip(holder)).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
    await expect(one.equip(holder)).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
    rows.broken = new Set();
    await one.equip(holder);
    expect(holder.serials).toEqual(['OLD']);
  });

  test('is served with what was read before when the table is out of reach later', async () => {
    const holder = new SigningHolder(lister);
    const one = keeper();
    await one.equip(holder);
    rows.broken = new Set(['find']);
    clock += 5 * MINUTE;
    await one.equip(holder);
    expect(holder.serials).toEqual(['OLD']);
    expect(kinds()).toEqual(['certificates_renewed', 'certificates_failed']);
  });

  test('whose list is encrypted under its APIv3 key of before gets a new list', async () => {
    await keep('!OLD', T0 - DAY);
    const holder = new SigningHolder(lister);
    await keeper().equip(holder);
    expect(holder.serials).toEqual(['OLD']);
    expect(kept()).toMatchObject({ list: 'OLD', fetched_at: T0 });
  });

  test('whose APIv3 key is wrong is served nothing, keeps nothing, and it is told why', async () => {
    lister.list = '!';
    const holder = new SigningHolder(lister);
    await keeper().equip(holder);
    expect(holder.serials).toEqual([]);
    expect(kept()).toBeUndefined();
    expect(told.events).toEqual([
      {
        kind: 'certificates_failed',
        mchid: MCHID,
        error: expect.objectContaining({ message: 'not ours' }) as Error,
      },
    ]);
  });
});

describe('a download', () => {
  test('that fails keeps what is there, in memory and in the row', async () => {
    await keep('OLD');
    const holder = new SigningHolder(lister);
    const one = keeper();
    await one.equip(holder);
    lister.failure = unreachable();
    clock += 10 * HOUR;
    expect(await one.renew(holder, 5_000)).toBe(false);
    expect(holder.serials).toEqual(['OLD']);
    expect(kept()).toMatchObject({ list: 'OLD', fetched_at: T0 });
    expect(kinds()).toEqual(['certificates_failed']);
  });

  test('that cannot be kept serves the one who made it all the same', async () => {
    rows.broken = new Set(['saveCertificates']);
    const holder = new SigningHolder(lister);
    const one = keeper();
    expect(await one.renew(holder, 5_000)).toBe(true);
    expect(holder.serials).toEqual(['OLD']);
    expect(kinds()).toEqual(['certificates_renewed', 'certificates_failed']);
    // It is still to be made for the others.
    expect(one.fetchedAt(holder)).toBeUndefined();
    rows.broken = new Set();
    clock += MINUTE;
    expect(await one.renew(holder, 5_000)).toBe(true);
    expect(kept()).toMatchObject({ list: 'OLD', fetched_at: T0 + MINUTE });
    expect(one.fetchedAt(holder)).toBe(T0 + MINUTE);
  });

  test('is made once for a hundred unknown serial numbers at the same time, and all are told', async () => {
    await keep('OLD', T0 - HOUR);
    const holder = new SigningHolder(lister);
    const one = keeper();
    await one.equip(holder);
    lister.list = 'OLD,NEW';
    const renewed = await Promise.all(Array.from({ length: 100 }, async () => one.renew(holder, 5_000)));
    expect(renewed).toEqual(Array(100).fill(true));
    expect(lister.downloads).toBe(1);
  });

  test('is made once by a hundred instances at the same time, and not again for a minute', async () => {
    const holders = Array.from({ length: 100 }, () => new SigningHolder(lister));
    const renew = async () => Promise.all(holders.map(async (holder) => keeper().renew(holder, 5_000)));
    await renew();
    expect(lister.downloads).toBe(1);
    // Each finds in the row what the one has downloaded.
    expect(await renew()).toEqual(Array(100).fill(true));
    expect(lister.downloads).toBe(1);
  });

  test('for a serial number that nobody knows is made at most once a minute', async () => {
    const holder = new SigningHolder(lister);
    const one = keeper();
    await one.equip(holder);
    clock += MINUTE - 1;
    expect(await one.renew(holder, 5_000)).toBe(false);
    expect(lister.downloads).toBe(1);
    clock += 1;
    expect(await one.renew(holder, 5_000)).toBe(true);
    expect(lister.downloads).toBe(2);
  });

  test('is not begun with less than half a second left', async () => {
    const holder = new SigningHolder(lister);
    expect(await keeper().renew(holder, 499)).toBe(false);
    expect(rows.calls).toEqual([]);
  });

  test('is not made when the table is out of reach, because nobody could know of it', async () => {
    rows.broken = new Set(['claimDownload']);
    const holder = new SigningHolder(lister);
    expect(await keeper().renew(holder, 5_000)).toBe(false);
    expect(lister.downloads).toBe(0);
  });
});

describe('a function that cannot download', () => {
  test('has certificates fetched when it has none, and takes them when they are there', async () => {
    const holder = new FakeHolder();
    const one = keeper();
    await one.equip(holder);
    expect(holder.serials).toEqual([]);
    expect(rows.rows.get(MCHID)).toEqual({ mchid: MCHID, wanted_at: T0 });
    await keep('OLD');
    clock += 5 * MINUTE;
    await one.equip(holder);
    expect(holder.serials).toEqual(['OLD']);
  });

  test('wishes for an unknown one once a minute, however often it meets one', async () => {
    await keep('OLD', T0 - HOUR);
    const holder = new FakeHolder();
    const one = keeper();
    await one.equip(holder);
    rows.calls.length = 0;
    await Promise.all(Array.from({ length: 100 }, async () => one.want(holder)));
    expect(rows.calls).toEqual(['find', 'want']);
    clock += MINUTE;
    await one.want(holder);
    expect(rows.count('want')).toBe(2);
    expect(rows.rows.get(MCHID)?.wanted_at).toBe(T0 + MINUTE);
  });

  test('takes what is there instead of wishing for it', async () => {
    await keep('OLD');
    const holder = new FakeHolder();
    const one = keeper();
    await one.equip(holder);
    await keep('OLD,NEW', T0 + 1);
    await one.want(holder);
    expect(holder.serials).toEqual(['OLD', 'NEW']);
    expect(rows.count('want')).toBe(0);
  });

  test('cannot wish while the table is out of reach, and does not fail for it', async () => {
    rows.broken = new Set(['find']);
    const holder = new FakeHolder();
    await keeper().want(holder);
    expect(kinds()).toEqual(['certificates_failed']);
  });

  test('never claims a download', async () => {
    const holder = new FakeHolder();
    expect(await keeper().renew(holder, 5_000)).toBe(false);
    expect(rows.count('claimDownload')).toBe(0);
  });
});
