import type { Page } from 'playwright-core';
import { MCHID } from '../../../local/samples';
import type { Flow } from './flows';
import type { Visitor } from './visitor';

/** Of the local provider; the library renews a minute before. */
const TOKEN_MS = 3_600_000;
const RENEWED_MS = TOKEN_MS - 30_000;

/** What the page gives the API at its next call. */
async function tokenOf(page: Page, call: () => Promise<void>): Promise<string | null> {
  const asked = page.waitForRequest('**/console/v1/**');
  await call();
  return (await asked).headerValue('authorization');
}

async function orders(visitor: Visitor): Promise<void> {
  await visitor.goTo(`#/${MCHID}/orders`, visitor.t.orders.title);
}

/** Somebody else at a page whose clock can be moved on, each time from what it is. */
async function withClock(visitor: Visitor, run: (other: Visitor) => Promise<void>): Promise<void> {
  const other = await visitor.another('operator', async (page) => page.clock.install());
  await run(other);
  visitor.faults.push(...other.faults);
  await other.leave();
}

const renewed: Flow = {
  name: 'a token that is about to end is renewed, and the person goes on working',
  run: async (visitor) =>
    withClock(visitor, async (other) => {
      const before = await tokenOf(other.page, async () => orders(other));
      const renewing = other.page.waitForResponse('**/token');
      await other.page.clock.fastForward(RENEWED_MS);
      if (!(await renewing).ok()) throw new Error('the provider did not renew the token');
      // The old one would have ended by then.
      await other.page.clock.fastForward(60_000);
      const after = await tokenOf(other.page, async () => other.page.reload().then(() => undefined));
      await other.heading(other.t.orders.title);
      if (before === null || after === null || before === after) throw new Error('the token is the same');
    }),
};

const over: Flow = {
  name: 'a session that is over says so above the page, and ends where it was left once somebody signs in again',
  run: async (visitor) =>
    withClock(visitor, async (other) => {
      const { t, page } = other;
      other.expected = /status of 401|ERR_FAILED/;
      await orders(other);
      await page.route('**/token', async (route) => route.abort());
      await page.clock.fastForward(TOKEN_MS + 1_000);
      await page
        .getByRole('navigation', { name: t.shell.navigation })
        .getByRole('link', { name: t.merchants.title })
        .click();
      await page.getByRole('dialog', { name: t.signIn.over }).waitFor();
      await other.look('session-over');
      await page.unroute('**/token');
      // The provider still knows who it is, and asks nothing.
      await other.confirm(t.signIn.button);
      await other.heading(t.merchants.title);
    }),
};

const signedOut: Flow = {
  name: 'who signs out is out: nothing is left in the tab, and the provider asks again',
  run: async (visitor) => {
    const other = await visitor.another('operator');
    const { t, page } = other;
    await page.getByRole('button', { name: t.shell.signOut }).click();
    // The provider's own page, which wants to hear it once more.
    await page.locator('button[name=logout]').click();
    await page.getByRole('heading', { name: t.signIn.title }).waitFor();
    const kept = await page.evaluate<string>('JSON.stringify(sessionStorage) + JSON.stringify(localStorage)');
    if (/ey[A-Za-z0-9_-]{20}/.test(kept)) throw new Error(`a token is kept: ${kept}`);
    await other.button(t.signIn.button);
    await page.locator('button[name=person]').first().waitFor();
    visitor.faults.push(...other.faults);
    await other.leave();
  },
};

/** How a session goes on, and ends. */
export const SESSIONS: readonly Flow[] = [renewed, over, signedOut];
