import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NOTIFICATION_STATUSES } from '../../lambda/api/notification';
import { NOTIFICATION_OUTCOMES, type NotificationOutcome } from '../../lambda/core/notification';
import { MCHID } from '../support/keys';
import { deliver, headersOf } from '../support/notifications';
import { startWorld, type World } from '../support/world';
import { paidBody, pendingOrder } from './support';

// The forwarder is a Node of its own, which has to start.
jest.setTimeout(40_000);

const PAGE = readFileSync(join(__dirname, '../../docs/notifications.md'), 'utf8');

test('the page says what is answered to each, as it is answered', () => {
  const rows = PAGE.split('\n').filter((line) => /^\| \d{3} /.test(line));
  const cells = rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const outcomes = Object.keys(NOTIFICATION_STATUSES) as NotificationOutcome[];
  expect(cells).toEqual(
    outcomes.map((name) => [String(NOTIFICATION_STATUSES[name]), `\`${name}\``, NOTIFICATION_OUTCOMES[name]]),
  );
});

describe('the forwarder of the page', () => {
  let world: World;
  let folder: string;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    world = await startWorld();
    folder = mkdtempSync(join(tmpdir(), 'forward-'));
  });
  afterEach(async () => {
    const gone = new Promise((resolve) => child?.once('exit', resolve));
    if (child?.kill() === true) await gone;
  });
  afterAll(async () => {
    await world.close();
    rmSync(folder, { recursive: true });
  });

  /** Runs what stands on the page, word for word. */
  async function forwarder(target: string): Promise<string> {
    const [, code = ''] = /```js\n([\s\S]*?)```/.exec(PAGE) ?? [];
    const file = join(folder, 'forward.mjs');
    writeFileSync(file, code);
    const port = await freePort();
    const env = { ...process.env, PORT: String(port), NOTIFICATIONS_URL: target };
    child = spawn(process.execPath, [file], { env, stdio: 'inherit' });
    const url = `http://127.0.0.1:${port}/wechatpay/notify`;
    for (let tries = 0; tries < 800; tries += 1) {
      if (await reachable(url)) return url;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('the forwarder did not come up');
  }

  async function reachable(url: string): Promise<boolean> {
    return fetch(url, { method: 'POST', body: '{}' }).then(
      () => true,
      () => false,
    );
  }

  async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  test('brings a notification to the ledger, and the answer back', async () => {
    const url = await forwarder(`${world.notifications.url}/${MCHID}`);
    const ref = await pendingOrder(world);
    const body = paidBody(world, ref);
    const headers = headersOf(body, { at: world.clock.now() });
    expect(await deliver(url, headers, body)).toMatchObject({ status: 204, text: '' });
    expect(await world.ledger(ref)).toMatchObject({ status: 'paid' });
    expect(await deliver(url, headers, `${body} `)).toMatchObject({ status: 401, code: 'FAIL' });
  });

  test('tells WeChat Pay to send again what it could not forward', async () => {
    const url = await forwarder('http://127.0.0.1:1/notifications/1900009191');
    expect(await deliver(url, {}, '{}')).toMatchObject({ status: 503, code: 'FAIL' });
  });
});
