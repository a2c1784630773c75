import { readFileSync } from 'node:fs';
import path from 'node:path';
import { stop } from 'esbuild';
import { GENERATED } from '../../docs/generate';

const ROOT = path.resolve(__dirname, '../..');

afterAll(stop);

describe('documents made from data', () => {
  it.each(Object.entries(GENERATED))(
    '%s says what the code does; `npm run docs` makes it anew',
    async (file, make) => {
      expect(readFileSync(path.join(ROOT, file), 'utf8')).toBe(await make());
    },
    // One of them has the whole service started, and asked.
    60_000,
  );
});
