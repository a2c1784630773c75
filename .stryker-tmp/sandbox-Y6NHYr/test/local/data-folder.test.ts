import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDataFolder, type WorldState } from '../../local/data-folder';

const base = mkdtempSync(path.join(tmpdir(), 'payscore-data-'));
afterAll(() => rmSync(base, { recursive: true }));

const STATE: WorldState = {
  certificates: [{ serial_no: 'AB', private_key: 'key', certificate: 'cert' }],
  verification: 'both',
  platform: { public_key_id: 'PUB_KEY_ID_1', public_key: 'key' } as never,
  began: 1_000,
  now: 2_000,
};

function fresh(name: string): string {
  return path.join(base, name);
}

describe('the folder that a run leaves to the next one', () => {
  it('is made when it is missing, and has nothing to go on from', () => {
    const folder = openDataFolder(fresh('a/b'));
    expect(folder.state).toBeUndefined();
    expect(folder.path('ledger')).toBe(path.join(base, 'a/b/ledger'));
    folder.release();
  });

  it('gives back what was saved last, and lets nobody else read the keys', () => {
    const first = openDataFolder(fresh('saved'));
    first.save(STATE);
    first.save({ ...STATE, now: 3_000 });
    first.release();
    expect(openDataFolder(fresh('saved')).state).toEqual({ ...STATE, now: 3_000 });
    expect(statSync(path.join(base, 'saved/state.json')).mode & 0o777).toBe(0o600);
  });

  it('is refused while another process uses it, and free again once that one is gone', () => {
    const folder = fresh('held');
    openDataFolder(folder).release();
    const lock = path.join(folder, 'lock');
    writeFileSync(lock, String(process.ppid));
    expect(() => openDataFolder(folder)).toThrow(
      `--data: ${folder} cannot be used: process ${process.ppid} is using it (${lock})`,
    );
    expect(readFileSync(lock, 'utf8')).toBe(String(process.ppid));
    // Above the largest number that Linux gives to a process.
    writeFileSync(lock, '4194305');
    openDataFolder(folder).release();
    expect(existsSync(lock)).toBe(false);
  });

  it.each([
    ['not JSON', '{"certificate": {"private_key": "SECRET', 'state.json is not JSON'],
    [
      'of another shape',
      '{"certificates": [{"private_key": "SECRET"}]}',
      'state.json: certificates[0].serial_no is missing',
    ],
  ])('is refused when its state is %s, without a word of it, and is not held', (name, text, rule) => {
    const folder = fresh(name);
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'state.json'), text);
    expect(() => openDataFolder(folder)).toThrow(rule);
    expect(() => openDataFolder(folder)).not.toThrow(/SECRET/);
    expect(existsSync(path.join(folder, 'lock'))).toBe(false);
  });

  it('is refused when it is a file', () => {
    const file = fresh('file');
    writeFileSync(file, '');
    expect(() => openDataFolder(file)).toThrow(`--data: ${file} cannot be used: `);
  });
});
