import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const LEAK = `const { generateKeyPairSync } = require('node:crypto');
const { d } = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
console.log(JSON.stringify({ level: 'INFO', d }));`;

test('a key that only a child process knows, read by nobody', async () => {
  const child = spawn(process.execPath, ['-e', LEAK], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.resume();
  await once(child, 'close');
});

test('the same with the streams of this process', async () => {
  await once(spawn(process.execPath, ['-e', LEAK], { stdio: 'inherit' }), 'close');
});

test('the same, and read', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', LEAK]);
  expect(stdout).toContain('"level":"INFO"');
});
