import { performance } from 'node:perf_hooks';
import type { Browser } from 'playwright-core';
import { storeOrders } from './fill';
import { wake } from '../../../local/circle';
import { MCHID } from '../../../local/samples';
import { TABLE_NAME } from '../../../local/service';
import { setStage } from './stage';
import { Visitor } from './visitor';

const FEW = 100;
const ROUNDS = 7;
const RATIO_MAX = 1.5;

export interface Compared {
  readonly orders: number;
  readonly few_ms: number;
  readonly many_ms: number;
  readonly ratio: number;
  readonly ratio_max: number;
}

/** How long until the overview can be used, with few orders in the ledger and with many. */
export async function compare(browser: Browser, orders: number, shots: string): Promise<Compared> {
  const few_ms = await timed(browser, FEW, shots);
  const many_ms = await timed(browser, orders, shots);
  return { orders, few_ms, many_ms, ratio: Number((many_ms / few_ms).toFixed(2)), ratio_max: RATIO_MAX };
}

async function timed(browser: Browser, stored: number, shots: string): Promise<number> {
  const stage = await setStage('sign_in');
  try {
    const { service, now } = stage.world;
    const progress = (line: string) => process.stderr.write(`  ${line}\n`);
    const table = { url: service.dynamodbUrl, tableName: TABLE_NAME };
    await storeOrders({ ...table, stored, due: 0, now: now(), mchid: MCHID, progress });
    progress(`${stored} orders are stored; the roll-up`);
    await wake(service.rollup, 'rollup');
    const visitor = await Visitor.arrive({ browser, url: stage.url, language: 'en', shots });
    await visitor.signIn();
    const times: number[] = [];
    for (let round = -1; round < ROUNDS; round += 1) {
      await visitor.afresh();
      const began = performance.now();
      await visitor.goTo('', visitor.t.overview.title);
      await visitor.page.getByText(visitor.t.overview.asOf).waitFor();
      await visitor.goTo(`#/${MCHID}/orders`, visitor.t.orders.title);
      await visitor.page.locator('tbody tr').first().waitFor();
      // The first one fills caches.
      if (round >= 0) times.push(performance.now() - began);
    }
    await visitor.leave();
    const median = times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0;
    progress(
      `${stored} orders: overview and first page of orders usable after ${Math.round(median)} ms (median of ${ROUNDS})`,
    );
    return Math.round(median);
  } finally {
    await stage.close();
  }
}
