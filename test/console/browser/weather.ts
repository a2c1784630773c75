import type { Route } from 'playwright-core';
import { MCHID, SUB_MCHID } from '../../../local/samples';
import type { Flow } from './flows';

const json = (status: number, body: object, headers: Readonly<Record<string, string>> = {}) => ({
  status,
  contentType: 'application/json',
  headers,
  body: JSON.stringify(body),
});

const failing: Flow = {
  name: 'an API that fails is told with title, detail and every fault, and tried again',
  run: async (visitor) => {
    const { t, codes, page } = visitor;
    visitor.expected = /status of (?:400|503)|ERR_FAILED/;
    const LIST = '**/console/v1/merchants/*/orders?**';
    const down = json(
      503,
      {
        type: 'urn:payscore-collector:problem:ledger-unavailable',
        title: 'Ledger unavailable',
        status: 503,
        detail: 'DynamoDB did not answer.',
      },
      { 'retry-after': '10' },
    );
    await page.route(LIST, async (route) => route.fulfill(down));
    await visitor.goTo(`#/${MCHID}/orders`, t.orders.title);
    await visitor.sees(codes.problem['ledger-unavailable']);
    await visitor.sees('DynamoDB did not answer.');
    await visitor.sees(t.failure.retryAfter(10));
    await visitor.look('failing');
    await page.unroute(LIST);
    await page.route(LIST, async (route) => route.abort());
    await visitor.button(t.common.retry);
    await visitor.sees(t.failure.unreachable);
    await page.unroute(LIST);
    await visitor.button(t.common.retry);
    await page.locator('tbody a').first().waitFor();
    // The API's own words: a status that does not exist, written into the address by hand.
    await visitor.goTo(`#/${MCHID}/orders?status=nonsense`, t.orders.title);
    await visitor.sees(codes.problem['invalid-request']);
    await visitor.sees(/status: is not one of active/);
    visitor.expected = undefined;
  },
};

const slow: Flow = {
  name: 'an API that is slow shows the shape of what comes, says so, and the page stays usable',
  run: async (visitor) => {
    const { t, page } = visitor;
    const held: Route[] = [];
    await page.route('**/overview', async (route) => {
      held.push(route);
      await new Promise((resolve) => setTimeout(resolve, 0));
    });
    await page.goto(`${visitor.url}/console/#/${MCHID}/overview`);
    await visitor.heading(t.overview.title);
    await page.locator('.skeletons .line').first().waitFor();
    await visitor.sees(t.failure.takesLong(t.overview.title));
    await visitor.shot('slow');
    await page
      .getByRole('navigation', { name: t.shell.navigation })
      .getByRole('link', { name: t.orders.title })
      .click();
    await page.locator('tbody a').first().waitFor();
    for (const route of held) await route.abort().catch(() => undefined);
  },
};

/** Nine trillion ¥ in fen, of which a few may be added up. */
const HUGE = 900_719_925_474_099;

const huge: Flow = {
  name: 'numbers as long as they can be stay inside their places',
  run: async (visitor) => {
    const { t, page } = visitor;
    await page.route('**/overview', async (route) => {
      const answer = await route.fetch();
      const body = (await answer.json()) as { as_of: string };
      const sum = { orders: 1_234_567, amount: HUGE };
      const by_day = [{ date: body.as_of.slice(0, 10), orders: 999_999, amount: HUGE, attempts: 9_999_999 }];
      await route.fulfill({
        json: { ...body, owed: sum, recovered: sum, due_today: sum, watched: sum, by_day },
      });
    });
    await visitor.goTo(`#/${MCHID}/overview`, t.overview.title);
    await visitor.sees('¥9,007,199,254,740.99');
    await visitor.look('overview-huge');
    await page.setViewportSize({ width: 360, height: 780 });
    await visitor.look('overview-huge-360');
  },
};

const MANY = 10_000;
/** A hundred requests, each answered here. */
const MANY_MS = 180_000;

const many: Flow = {
  name: 'a file of ten thousand rows is tried without the page standing still',
  run: async (visitor) => {
    const { t, page } = visitor;
    await page.route('**/orders/import', async (route) => {
      const { rows } = route.request().postDataJSON() as {
        rows: { row: number; sub_mchid: string; out_order_no: string }[];
      };
      const results = rows.map(({ row, sub_mchid, out_order_no }) => ({
        row,
        sub_mchid,
        out_order_no,
        result: 'would_register',
      }));
      await route.fulfill(json(200, { dry_run: true, results }));
    });
    await visitor.goTo(`#/${MCHID}/import`, t.imports.title);
    const rows = Array.from(
      { length: MANY },
      (_, at) => `${SUB_MCHID},M-${at},00004000000000159540000000000001,100,`,
    );
    const csv = ['sub_mchid,out_order_no,service_id,total_amount,completed_at', ...rows].join('\n');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'many.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await page.getByText(t.imports.doIt(MANY)).first().waitFor({ timeout: MANY_MS });
    await visitor.sees(t.imports.page(1, MANY / 100));
    const shown = await page.locator('tbody tr').count();
    if (shown !== 100) throw new Error(`${shown} rows are in sight`);
  },
};

const viewer: Flow = {
  name: 'a viewer sees everything and is offered nothing that changes anything',
  run: async (visitor) => {
    const { t } = visitor;
    const other = await visitor.another('viewer');
    const { page } = other;
    await other.goTo(`#/${MCHID}/orders/${SUB_MCHID}/BIKE-1002`, 'BIKE-1002');
    await other.sees(t.order.viewerOnly);
    const offered = await page.getByRole('button', { name: t.actions.collect.name, exact: true }).count();
    if (offered !== 0) throw new Error('a viewer is offered to collect');
    await other.goTo(`#/${MCHID}/merchants`, t.merchants.title);
    await page.getByText('PUB_KEY_ID_').first().waitFor();
    const enabled = await page.locator('.switches button:not(:disabled)').count();
    if (enabled !== 0) throw new Error('a viewer is offered the switch');
    visitor.faults.push(...other.faults);
    await other.leave();
  },
};

const phone: Flow = {
  name: 'every page is usable on a phone of 360 px',
  run: async (visitor) => {
    const { t, page } = visitor;
    await page.setViewportSize({ width: 360, height: 780 });
    const pages = [
      ['overview', t.overview.title],
      ['orders', t.orders.title],
      [`orders/${SUB_MCHID}/BIKE-1002`, 'BIKE-1002'],
      ['merchants', t.merchants.title],
      ['policies', t.policies.title],
      ['import', t.imports.title],
    ] as const;
    for (const [at, title] of pages) {
      await visitor.goTo(`#/${MCHID}/${at}`, title);
      await visitor.look(`360-${at.split('/')[0]}${at.includes('/') ? '-order' : ''}`);
    }
    await visitor.button(t.shell.menu);
    await page.getByRole('navigation', { name: t.shell.navigation }).waitFor();
    await visitor.look('360-menu');
  },
};

/** The same page when things are not as they should be, or not as large. */
export const WEATHER: readonly Flow[] = [failing, slow, huge, many, viewer, phone];
