import { readFileSync } from 'node:fs';
import { MCHID, SUB_MCHID } from '../../../local/samples';
import type { Stage } from './stage';
import type { Visitor } from './visitor';

/** What somebody does at the page, in a language: `own` names orders that are his alone. */
export interface Flow {
  readonly name: string;
  readonly run: (visitor: Visitor, stage: Stage, own: string) => Promise<void>;
}

const ORDERS = `#/${MCHID}/orders`;
const orderAt = (outOrderNo: string) => `${ORDERS}/${SUB_MCHID}/${encodeURIComponent(outOrderNo)}`;
const REFUSED_AS_IT_SHOULD = /status of (?:409|503|502|404|400)/;

const overview: Flow = {
  name: 'the overview shows the roll-up and what needs a person',
  run: async (visitor) => {
    const { t, page } = visitor;
    await visitor.goTo('', t.overview.title);
    await page.getByText(t.overview.asOf).waitFor();
    await page.getByRole('heading', { name: t.needs.title }).waitFor();
    // Two of the samples are paid by then; the others are owed.
    await page.getByRole('link', { name: new RegExp(`^${t.overview.recovered}`) }).waitFor();
    await page.locator('canvas[role=img]').waitFor();
    await visitor.look('overview');
    await page.locator('summary', { hasText: t.overview.asTable }).click();
    await page.getByRole('region', { name: t.overview.byDay }).waitFor();
  },
};

const lists: Flow = {
  name: 'orders are listed by status and sub-merchant, found by either number, held, released and exported together',
  run: async (visitor, stage, own) => {
    const { t, codes, page } = visitor;
    const mine = [`${own}-L1`, `${own}-L2`, `${own}-L3`] as const;
    for (const out_order_no of mine) await stage.add({ out_order_no });
    await visitor.goTo(ORDERS, t.orders.title);
    await page.getByRole('link', { name: 'BIKE-1001' }).waitFor();
    await visitor.look('orders');
    await visitor.button(codes.status.paid.name);
    await page.getByRole('link', { name: mine[0] }).waitFor({ state: 'detached' });
    await visitor.button(codes.status.expired.name);
    await visitor.sees(t.orders.noneFound);
    await visitor.look('orders-none');
    await search(visitor, 'BIKE-1001', 'BIKE-1001');
    await page.getByRole('link', { name: 'BIKE-1001' }).click();
    await visitor.heading('BIKE-1001');
    // Nobody may have asked since the money moved.
    await act(visitor, 'correct');
    const transaction = await page
      .locator('dt', { hasText: t.order.transaction })
      .locator('+ dd code')
      .innerText();
    await visitor.goTo(ORDERS, t.orders.title);
    await search(visitor, transaction, 'BIKE-1001');
    await visitor.goTo(`${ORDERS}?status=active&sub_mchid=${SUB_MCHID}`, t.orders.title);
    for (const name of mine) await page.getByLabel(t.common.select(name)).check();
    await visitor.sees(t.orders.selected(3));
    const coming = page.waitForEvent('download');
    await visitor.button(t.orders.exportSelection);
    const csv = readFileSync(await (await coming).path(), 'utf8');
    for (const name of mine) if (!csv.includes(name)) throw new Error(`${name} is not in what was exported`);
    await together(visitor, t.actions.hold.name, 3);
    await visitor.goTo(`${ORDERS}?status=watched&sub_mchid=${SUB_MCHID}`, t.orders.title);
    for (const name of mine) await page.getByLabel(t.common.select(name)).check();
    await together(visitor, t.actions.release.name, 3);
  },
};

async function search({ page, t }: Visitor, what: string, finds: string): Promise<void> {
  await page.getByRole('searchbox').fill(what);
  await page.getByRole('search').getByRole('button', { name: t.orders.search, exact: true }).click();
  await page.getByRole('link', { name: finds }).waitFor();
}

async function together(visitor: Visitor, action: string, count: number): Promise<void> {
  const { t, page } = visitor;
  await page
    .getByRole('region', { name: t.orders.selection })
    .getByRole('button', { name: action, exact: true })
    .click();
  await page.getByLabel(t.actions.reason).fill('three at once');
  await visitor.look(`orders-together-${action === t.actions.hold.name ? 'hold' : 'release'}`);
  await visitor.confirm(t.orders.bulkConfirm(action, count));
  await visitor.sees(t.orders.bulkDone(count, 0));
  await page.getByRole('dialog').locator('footer').getByRole('button', { name: t.common.close }).click();
}

const story: Flow = {
  name: 'an order tells its whole story, with what to tell the user and the Request-ID to copy',
  run: async (visitor) => {
    const { t, codes, page } = visitor;
    await visitor.goTo(orderAt('BIKE-1002'), 'BIKE-1002');
    await page.getByText(codes.subCode['271316574'].tell).first().waitFor();
    await visitor.sees(codes.subCode['271316574'].meaning);
    await visitor.look('order');
    await page.locator('summary', { hasText: t.timeline.answer }).first().click();
    await page
      .getByRole('button', { name: `${t.common.copy} Request-ID` })
      .first()
      .click();
    await visitor.sees(t.common.copied);
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    if (!copied.endsWith('-271316574')) throw new Error(`${copied} was copied`);
    await visitor.goTo(orderAt('BIKE-1004'), 'BIKE-1004');
    await page.getByRole('heading', { name: t.order.next }).waitFor();
    await visitor.goTo(orderAt('BIKE|1003*A'), 'BIKE|1003*A');
  },
};

const collects: Flow = {
  name: 'an order is collected: the dry run first, what forbids it, the user’s consent, then once',
  run: async (visitor, stage, own) => {
    const { t, codes, page } = visitor;
    await stage.add({ out_order_no: `${own}-C1`, total_amount: 600 });
    await visitor.goTo(orderAt(`${own}-C1`), `${own}-C1`);
    await visitor.button(t.actions.collect.name);
    await visitor.sees(t.actions.wouldCollect);
    await visitor.look('collect');
    await visitor.confirm(/¥6\.00/);
    await page.getByRole('dialog').getByText(codes.outcome.accepted.meaning).waitFor();
    await visitor.look('collected');
    await page.getByRole('dialog').locator('footer').getByRole('button', { name: t.common.close }).click();
    // The user is given a day to pay by himself; he may consent to less.
    await stage.add({ out_order_no: `${own}-C2`, total_amount: 800 }, 0.1);
    await visitor.goTo(orderAt(`${own}-C2`), `${own}-C2`);
    await visitor.button(t.actions.collect.name);
    await page.getByRole('dialog').getByText(codes.wait.first_attempt).waitFor();
    await page.getByLabel(t.actions.consent).check();
    await page.getByLabel(t.actions.consentReason).fill('call of 10:42');
    await visitor.look('collect-consent');
    await visitor.confirm(t.actions.tryAgain);
    await visitor.confirm(/¥8\.00/);
    await page.getByRole('dialog').getByText(codes.outcome.accepted.meaning).waitFor();
  },
};

const byHand: Flow = {
  name: 'an order is held, released, reduced, settled, waived and corrected, and refusals are shown as they are',
  run: async (visitor, stage, own) => {
    const { t, codes, page } = visitor;
    visitor.expected = REFUSED_AS_IT_SHOULD;
    for (const at of [1, 2, 3]) await stage.add({ out_order_no: `${own}-H${at}` });
    await visitor.goTo(orderAt(`${own}-H1`), `${own}-H1`);
    await act(visitor, 'hold');
    await page.locator('.timeline').getByText(t.timeline.held, { exact: true }).waitFor();
    await page.locator('.timeline').getByText('on the phone').waitFor();
    await act(visitor, 'release');
    await page.locator('.timeline').getByText(t.timeline.released, { exact: true }).waitFor();
    await act(visitor, 'correct');
    await visitor.button(t.actions.reduce.name);
    await page.getByLabel(t.actions.newAmount).fill('99');
    await page.getByLabel(t.actions.reason).fill('on the phone');
    await visitor.confirm(t.actions.reduce.confirm);
    await page.getByRole('dialog').getByText(codes.refusal.not_lower).waitFor();
    await visitor.look('refused');
    await page.getByLabel(t.actions.newAmount).fill('5.5');
    await visitor.confirm(t.actions.reduce.confirm);
    await ended(visitor);
    await page.locator('.facts').getByText('¥5.50').first().waitFor();
    await visitor.goTo(orderAt(`${own}-H2`), `${own}-H2`);
    await act(visitor, 'settle');
    await page.getByText(t.tell.settled).waitFor();
    await visitor.goTo(orderAt(`${own}-H3`), `${own}-H3`);
    await act(visitor, 'waive', 'may be refused');
    await visitor.look('waived');
    visitor.expected = undefined;
  },
};

const refunds: Flow = {
  name: 'what was charged after a waiver is to be refunded, until somebody names the amount as dealt with',
  run: async (visitor, stage, own) => {
    const { t, codes, page } = visitor;
    visitor.expected = REFUSED_AS_IT_SHOULD;
    const out_order_no = `${own}-R1`;
    await stage.add({ out_order_no, customer: { kind: 'pays', balanceFen: 500 } });
    await visitor.goTo(orderAt(out_order_no), out_order_no);
    await visitor.button(t.actions.collect.name);
    await visitor.confirm(/¥12\.50/);
    await page.getByRole('dialog').getByText(codes.outcome.accepted.meaning).waitFor();
    await page.getByRole('dialog').locator('footer').getByRole('button', { name: t.common.close }).click();
    // While nobody knows what the collection took, WeChat Pay is not told of the waiver.
    await act(visitor, 'waive', 'may be refused');
    const toRelease = page.getByRole('button', { name: t.actions.release.name, exact: true });
    await toRelease.waitFor();
    const paid = stage.world.simulator.payByHand({ mchid: MCHID, sub_mchid: SUB_MCHID, out_order_no });
    if (paid !== 'paid') throw new Error(`the customer did not pay: ${paid}`);
    const refund = page.getByRole('dialog').getByLabel(t.actions.refunded('¥12.50'));
    // Opened before the news arrives, the dialog stays about what was shown: no refund that nobody saw can be closed.
    const arrives = await heldBack(visitor, out_order_no);
    await act(visitor, 'correct');
    await toRelease.click();
    arrives();
    await visitor.sees(t.tell.refund('¥12.50'));
    if ((await refund.count()) > 0) throw new Error('a refund came under the hand that confirms');
    await visitor.confirm(t.common.cancel);
    await toRelease.click();
    if (!(await refund.isChecked())) throw new Error('the refund is not named by default');
    await page.getByLabel(t.actions.reason).fill('refunded at the counter');
    await visitor.look('refund');
    await visitor.confirm(t.actions.release.confirm);
    await ended(visitor);
    await page.locator('.timeline').getByText(t.timeline.refunded('¥12.50')).waitFor();
    await page.locator('.tell').getByText(t.tell.refund('¥12.50')).waitFor({ state: 'detached' });
    await visitor.look('refunded');
    visitor.expected = undefined;
  },
};

/** What the API answers about the order from now on, until what is returned lets it through. */
async function heldBack({ page }: Visitor, out_order_no: string): Promise<() => void> {
  let arrives: () => void = () => undefined;
  const letThrough = new Promise<void>((resolve) => (arrives = resolve));
  await page.route(`**/orders/*/${out_order_no}`, async (route) => {
    await letThrough;
    await route.continue();
  });
  return arrives;
}

/** Opens the action, gives a reason, confirms once, and closes what came of it. */
async function act(
  visitor: Visitor,
  action: 'hold' | 'release' | 'correct' | 'settle' | 'waive',
  refusable?: 'may be refused',
): Promise<void> {
  const { t, page } = visitor;
  await visitor.button(t.actions[action].name);
  await page.getByRole('dialog').getByText(t.actions[action].says).waitFor();
  await page.getByLabel(t.actions.reason).fill('on the phone');
  await visitor.confirm(t.actions[action].confirm);
  const dialog = page.getByRole('dialog');
  if (refusable === undefined) return ended(visitor);
  await dialog.locator('.result, .failed').waitFor();
  await dialog.locator('header').getByRole('button', { name: t.common.close }).click();
}

async function ended({ page, t }: Visitor): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.locator('.result').waitFor();
  await dialog.locator('footer').getByRole('button', { name: t.common.close }).click();
  await dialog.waitFor({ state: 'detached' });
}

const merchants: Flow = {
  name: 'a merchant’s keys and breakers are shown, a breaker is lifted, a sub-merchant is switched',
  run: async (visitor, _stage, own) => {
    const { t, codes, page } = visitor;
    await visitor.goTo(`#/${MCHID}/merchants`, t.merchants.title);
    await page.getByText('PUB_KEY_ID_').first().waitFor();
    await visitor.look('merchants');
    const sub = own === 'ZH' ? '1230000901' : '1230000902';
    await page.getByLabel(t.merchants.switchForSub).fill(sub);
    await visitor.button(t.merchants.setSwitch);
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: codes.mode.observe.name, exact: true }).click();
    await dialog.getByText(t.merchants.switchSays.observe).waitFor();
    await visitor.look('switch');
    await visitor.confirm(t.merchants.switchConfirm(codes.mode.observe.name));
    await page.getByText(`${t.common.subMerchant} ${sub}`).first().waitFor();
    const lift = page.getByRole('button', { name: t.merchants.lift, exact: true });
    if ((await lift.count()) === 0) return;
    await lift.first().click();
    await visitor.confirm(t.merchants.lift);
    await dialog.waitFor({ state: 'detached' });
  },
};

const policies: Flow = {
  name: 'a policy is edited with a preview on real orders, saved, and taken away',
  run: async (visitor, stage, own) => {
    const { t, page } = visitor;
    const sub_mchid = own === 'ZH' ? '1230000911' : '1230000912';
    await stage.add({ sub_mchid, out_order_no: `${own}-P1` }, 0.2);
    await visitor.goTo(`#/${MCHID}/policies/${sub_mchid}`, t.policies.title);
    await visitor.look('policies');
    const row = page.locator('.policy-row', { hasText: 'first_attempt_after_hours' });
    await row.getByLabel(t.policies.decidedHere).check();
    await row.locator('input[inputmode]').fill('48');
    await visitor.button(t.policies.preview);
    await page.getByRole('dialog').getByText(`${own}-P1`).waitFor();
    await visitor.look('policy-preview');
    await visitor.confirm(t.policies.save);
    await visitor.sees(new RegExp(t.policies.version(1)));
    await visitor.button(t.policies.remove);
    await visitor.confirm(t.policies.remove);
    await visitor.sees(new RegExp(t.policies.version(2)));
  },
};

const imports: Flow = {
  name: 'a CSV file is tried row by row, then imported with its progress shown',
  run: async (visitor, _stage, own) => {
    const { t, codes, page } = visitor;
    await visitor.goTo(`#/${MCHID}/import`, t.imports.title);
    await visitor.look('import');
    const good = Array.from(
      { length: 120 },
      (_, at) => `1230000109,${own}-I${at},00004000000000159540000000000001,${100 + at},`,
    );
    const bad = ['12x,BAD,1,1,', `1230000109,${own}-I0,00004000000000159540000000000001,1,`];
    const csv = ['sub_mchid,out_order_no,service_id,total_amount,completed_at', ...good, ...bad].join('\r\n');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: '订单.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
    await visitor.sees(t.imports.tried);
    await visitor.sees(new RegExp(`${codes.row.refused} [12]`));
    await visitor.look('import-tried');
    await visitor.button(t.imports.doIt(await countOf(visitor, 'would_register')));
    await visitor.sees(t.imports.done);
    await visitor.look('imported');
  },
};

async function countOf({ page, codes }: Visitor, result: 'would_register'): Promise<number> {
  const name = new RegExp(`^${codes.row[result]} \\d+$`);
  const text = await page.getByRole('button', { name }).innerText();
  return Number(/\d+$/.exec(text)?.[0]);
}

const signIn: Flow = {
  name: 'somebody signs in at the provider, and nothing of it outlives the tab',
  run: async (visitor) => {
    const { t, page } = visitor;
    await page.goto(`${visitor.url}/console/#/${MCHID}/orders`);
    await page.getByRole('heading', { name: t.signIn.title }).waitFor();
    await visitor.look('sign-in');
    await visitor.signIn();
    const kept = await page.evaluate<string>('JSON.stringify(localStorage) + document.cookie');
    if (/token|ey[A-Za-z0-9]/.test(kept)) throw new Error(`kept beyond the tab: ${kept}`);
    await page.reload();
    await visitor.heading(t.overview.title);
  },
};

export const FLOWS: readonly Flow[] = [
  signIn,
  overview,
  lists,
  story,
  collects,
  byHand,
  refunds,
  merchants,
  policies,
  imports,
];
