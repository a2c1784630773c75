import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const ROOT = path.resolve(__dirname, '../..');
const KB = 1024;

const folder = mkdtempSync(path.join(tmpdir(), 'payscore-collector-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => {
  const vite = path.join(ROOT, 'node_modules/vite/bin/vite.js');
  const args = [
    'build',
    '--config',
    'console/vite.config.ts',
    '--outDir',
    folder,
    '--emptyOutDir',
    '--logLevel',
    'error',
  ];
  execFileSync(process.execPath, [vite, ...args], { cwd: ROOT, stdio: 'pipe' });
}, 120_000);

const read = (name: string) => readFileSync(path.join(folder, name), 'utf8');

/** The files that the page loads before anybody has done anything. */
function initial(): readonly string[] {
  return [...read('index.html').matchAll(/(?:src|href)="\/console\/([^"]+)"/g)].map(([, name = '']) => name);
}

test('what is loaded at first has at most 150 KB, compressed', () => {
  const scripts = initial().filter((name) => name.endsWith('.js'));
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(read(name)).length, 0);
  expect(scripts.length).toBeGreaterThan(0);
  expect(bytes / KB).toBeGreaterThan(20);
  expect(bytes / KB).toBeLessThanOrEqual(150);
});

test('the chart, the sign-in and the reader of CSV are loaded when they are first needed', () => {
  const first = initial().map(read).join('');
  for (const library of ['draw-days', 'oidc-client-ts', 'papaparse'])
    expect(readdirSync(path.join(folder, 'assets')).some((name) => name.startsWith(library))).toBe(true);
  expect(first).not.toContain('code_verifier');
  expect(first).not.toContain('BarController');
});

test('nothing in the page stands in its text, or comes from elsewhere', () => {
  const html = read('index.html');
  expect(html).not.toMatch(/<style|style="|<script(?![^>]*\ssrc=)|\son\w+="/);
  expect(html).not.toMatch(/https?:/);
  const sheets = initial().filter((name) => name.endsWith('.css'));
  for (const name of sheets) expect(read(name)).not.toMatch(/url\((?!["']?\/console\/)|@import/);
});

test('every file but the first is named by its content', () => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const names = files.map(({ name }) => name).filter((name) => name !== 'index.html');
  expect(names.filter((name) => !/-[\w-]{8}\.\w+$/.test(name))).toEqual([]);
});
