import { Command } from 'commander';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { DAY_MS } from '../../../lambda/core/time';
import { runCircle } from '../../../local/circle';
import { Agenda } from '../../../local/circle-agenda';
import { register } from '../../../local/circle-api';
import { sampleOrders } from '../../../local/circle-orders';
import { openLedger } from '../../../local/ledger-view';
import { MCHID } from '../../../local/samples';
import { runCommand, runMain } from '../../support/command';
import { launch } from './chromium';
import { setStage, type Stage } from './stage';
import { Visitor } from './visitor';

const IMAGES = path.resolve(__dirname, '../../../docs/images');
const BYTES_MAX = 200 * 1024;
const SIZE = { width: 1280, height: 800 };
/** Long enough for declines, payments by hand and breakers; `npm start` runs on to the end. */
const DAYS = 6;

/** The orders of the demonstration, some days on. */
async function play({ world }: Stage): Promise<void> {
  const { service, simulator, now } = world;
  const orders = sampleOrders(now());
  const ledger = openLedger(service);
  const { view } = ledger;
  try {
    await view.readAll();
    await register(service.apiUrl, simulator, orders, view, () => {});
    await view.readAll();
    const until = now() + DAYS * DAY_MS;
    const agenda = new Agenda([]);
    await runCircle({ world, view, orders, agenda, until, onProgress: () => {}, say: () => {} });
  } finally {
    ledger.close();
  }
}

async function main(): Promise<number> {
  new Command('npm run screenshots --').description('Makes the two pictures of the README again.').parse();
  const browser = await launch();
  try {
    if ((await runCommand('npm', ['run', '-s', 'build:console'])) !== 0)
      throw new Error('the page could not be built');
    const stage = await setStage('sign_in');
    try {
      await play(stage);
      mkdirSync(IMAGES, { recursive: true });
      for (const language of ['en', 'zh-CN'] as const) {
        const visitor = await Visitor.arrive({ browser, url: stage.url, language, shots: IMAGES });
        await visitor.signIn();
        await visitor.page.setViewportSize(SIZE);
        if (language === 'zh-CN')
          await visitor.goTo(`#/${MCHID}/orders/1230000201/RIDE-201-005`, 'RIDE-201-005');
        await visitor.settled();
        const name = language === 'en' ? 'console-overview.png' : 'console-order.png';
        await visitor.page.screenshot({ path: path.join(IMAGES, name) });
        const { size } = statSync(path.join(IMAGES, name));
        if (size > BYTES_MAX) throw new Error(`${name} has ${size} bytes, more than ${BYTES_MAX}`);
        process.stdout.write(`docs/images/${name}: ${Math.round(size / 1024)} KB\n`);
        await visitor.leave();
      }
      return 0;
    } finally {
      await stage.close();
    }
  } finally {
    await browser.close();
  }
}

void runMain(main);
