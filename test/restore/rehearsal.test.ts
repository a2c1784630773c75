import { begin } from '../../cli/restore/begin';
import { check } from '../../cli/restore/check';
import { RestoredTable } from '../../cli/restore/restored-table';
import type { OrderRef, OutOrderNo } from '../../lambda/core/ids';
import { startOfLocalDay } from '../../lambda/core/calendar';
import type { Services } from '../../lambda/services';
import { type Api, pathOf } from '../support/api';
import { DAY, HOUR, MINUTE, startWorld, TABLE, type World } from '../support/world';
import { backUp, type Backup, restoreTo } from './backups';

const RESTORED = 'ledger-restored';
const GAP = 6 * HOUR;

let world: World;
let services: Services;
let api: Api;
let backup: Backup;
const printed: string[] = [];
const terminal = { stdout: { write: (text: string) => printed.push(text) }, stderr: { write: () => true } };

beforeEach(async () => {
  world = await startWorld();
  // The gap and the caps that hold unless somebody says otherwise: 6 hours, one a day, eight in all.
  await world.policy({ first_attempt_after_hours: 0, windows: [] });
  printed.length = 0;
});
afterEach(async () => world.close());

const iso = (at: number) => new Date(at).toISOString();
const now = () => world.clock.now();

async function withTable<T>(use: (table: RestoredTable) => Promise<T>): Promise<T> {
  const table = new RestoredTable(RESTORED);
  try {
    return await use(table);
  } finally {
    table.close();
  }
}
const beginNow = (more: { readonly to?: string; readonly anyway?: boolean } = {}) =>
  withTable((table) =>
    begin({ table: RESTORED, from: iso(backup.at), ...more }, { table, now: world.clock.now }, terminal),
  );
const checked = () =>
  withTable((table) => check({ table: RESTORED }, { table, now: world.clock.now }, terminal));

async function takeBackup(): Promise<void> {
  backup = await backUp(world.dynamodb.url, TABLE, now());
}

/** The old service is gone; from now on everything goes by the restored table. */
async function restore(): Promise<void> {
  await restoreTo(world.dynamodb.url, RESTORED, backup);
  services = world.newServices({ tableName: RESTORED });
  api = await world.apiOf(services);
}

const register = async (ref: OrderRef, more: object = {}) => {
  expect([200, 201]).toContain((await api.register(ref, more)).status);
};

async function switchOn(): Promise<number> {
  const { status } = await api.at('PUT', '/v1/switch', { mode: 'on' });
  return status;
}

const ledger = async (ref: OrderRef) => services.ports.ledger.find(ref);
const queries = ({ out_order_no }: OrderRef) =>
  world.simulator.requests.filter(({ url }) => url.endsWith(`out_order_no=${out_order_no}`)).length;

const cancels = ({ out_order_no }: OrderRef) =>
  world.simulator.requests.filter(({ url }) => url.endsWith(`/${out_order_no}/cancel`)).length;

/** When each call to /pay arrived, as WeChat Pay saw it: the judge of gaps and caps. */
function paysAt({ out_order_no }: OrderRef): number[] {
  return world.simulator.requests
    .filter(({ url }) => url.endsWith(`/${encodeURIComponent(out_order_no)}/pay`))
    .map(({ atMs }) => atMs);
}

/** What must hold at WeChat Pay, whatever any ledger believes. */
function judge(): string[] {
  return world.simulator.books().flatMap(({ out_order_no, movements }) => {
    const order = world.simulator.orders().find((one) => one.out_order_no === out_order_no);
    const at = paysAt({ out_order_no } as OrderRef);
    const days = at.map((one) => startOfLocalDay('Asia/Shanghai', one));
    const ended = movements.at(-1)?.atMs ?? Infinity;
    const due = order?.total_amount ?? 0;
    return [
      ...at.slice(1).flatMap((one, index) => (one - (at[index] ?? 0) < GAP ? ['two calls in a gap'] : [])),
      ...(new Set(days).size < days.length ? ['two calls in a day'] : []),
      ...(at.length > 8 ? ['too many calls'] : []),
      ...(at.some((one) => one > ended) ? ['a call after it was paid'] : []),
      ...(movements.reduce((sum, { amountFen }) => sum + amountFen, 0) > due ? ['too much was taken'] : []),
    ].map((fault) => `${out_order_no}: ${fault}`);
  });
}

/** The schedule on the restored table, every so often. */
async function run(ms: number, everyMs: number): Promise<void> {
  for (const end = now() + ms; now() < end;) {
    world.clock.forward(everyMs);
    await world.tick({}, services);
  }
}

describe('a ledger that was restored from a backup', () => {
  /** Before the backup, between it and the loss, and what only people know of. */
  async function story() {
    const orders = {
      paidBefore: world.order(),
      openAndCharged: world.order(),
      openAndNotCharged: world.order({ customer: { kind: 'declines' } }),
      paidByHandAfter: world.order({ customer: { kind: 'declines' } }),
      attemptedAfter: world.order({ customer: { kind: 'declines' } }),
      inProgressAfter: world.order({
        customer: { kind: 'in_progress', forMs: 50 * MINUTE, ends: 'paid' },
      }),
      settledAfter: world.order({ customer: { kind: 'declines' } }),
      reducedAfter: world.order({ customer: { kind: 'declines' } }),
      heldAfter: world.order({ customer: { kind: 'declines' } }),
      registeredAfter: world.order({ customer: { kind: 'declines' } }),
    };
    const { registeredAfter: _, ...before } = orders;
    for (const ref of Object.values(before)) await world.register(ref, { total_amount: 100 });
    const { services: old } = world;
    // Only these three are attempted before the backup; the others wait for the next day.
    for (const ref of Object.values(before))
      if (![orders.paidBefore, orders.openAndCharged, orders.openAndNotCharged].includes(ref))
        await world.api.at('POST', `${pathOf(ref)}/hold`, { reason: 'not yet', until: iso(now() + HOUR) });
    world.fault({
      kind: 'lost_answer',
      on: { action: 'pay', out_order_no: orders.openAndCharged.out_order_no },
    });
    world.fault({
      kind: 'lost_request',
      on: { action: 'pay', out_order_no: orders.openAndNotCharged.out_order_no },
    });
    await world.api.collect(orders.paidBefore);
    await world.api.query(orders.paidBefore);
    await world.api.collect(orders.openAndCharged);
    await world.api.collect(orders.openAndNotCharged);
    expect(await world.ledger(orders.paidBefore)).toMatchObject({ status: 'paid' });
    expect(await world.ledger(orders.openAndNotCharged)).toHaveProperty('open');
    await takeBackup();

    // What the backup does not know of.
    world.clock.forward(2 * HOUR);
    await world.tick();
    expect(world.simulator.payByHand(orders.paidByHandAfter)).toBe('paid');
    const at = iso(now());
    world.clock.forward(5 * MINUTE);
    const settled = { reason: 'cash', paid_at: at };
    expect((await world.api.at('POST', `${pathOf(orders.settledAfter)}/settle`, settled)).status).toBe(200);
    const reduced = { reason: 'goodwill', total_amount: 60 };
    expect((await world.api.at('POST', `${pathOf(orders.reducedAfter)}/reduce`, reduced)).status).toBe(200);
    await world.api.at('POST', `${pathOf(orders.heldAfter)}/hold`, { reason: 'disputed' });
    await world.register(orders.registeredAfter, { total_amount: 100 });
    await world.api.collect(orders.registeredAfter);
    await world.api.at('PUT', '/v1/switch', { mode: 'off' });
    expect(paysAt(orders.attemptedAfter)).toHaveLength(1);
    expect(paysAt(orders.inProgressAfter)).toHaveLength(1);
    expect(paysAt(orders.registeredAfter)).toHaveLength(1);
    expect(await old.admin.serviceMode()).toBe('off');
    return orders;
  }

  test('is taken into service by the book: nothing is collected twice, and no gap or cap is broken', async () => {
    const orders = await story();
    world.clock.forward(10 * MINUTE);
    await restore();

    // By itself it only observes, whatever the copied switch says; and whoever would switch it on is told why not.
    expect(await services.admin.serviceMode()).toBe('observe');
    expect(await switchOn()).toBe(409);
    const sent = world.received();
    expect(await beginNow()).toBe(0);
    expect(world.received()).toBe(sent);
    expect(await checked()).toBe(1);

    // Everything that is not at its end is asked about at once, though some of it was not due for a day.
    const asked = new Map(Object.values(orders).map((ref) => [ref, queries(ref)]));
    await world.tick({}, services);
    for (const ref of Object.values(orders)) {
      const again = ref !== orders.paidBefore && ref !== orders.registeredAfter;
      expect([ref.out_order_no, queries(ref) > (asked.get(ref) ?? 0)]).toEqual([ref.out_order_no, again]);
    }
    expect(await ledger(orders.openAndCharged)).toMatchObject({ status: 'paid' });
    expect(await ledger(orders.openAndNotCharged)).not.toHaveProperty('open');
    expect(await ledger(orders.paidByHandAfter)).toMatchObject({ status: 'paid' });
    expect(await ledger(orders.settledAfter)).toMatchObject({ status: 'settled' });
    expect(await ledger(orders.reducedAfter)).toMatchObject({ observed: { facts: { total_amount: 60 } } });

    // Not yet: a call that nobody knows of may still be under way.
    expect(await checked()).toBe(1);
    await run(35 * MINUTE, 5 * MINUTE);
    expect(await checked()).toBe(0);

    // What is in no backup and at no query: people enter it again.
    expect(await ledger(orders.registeredAfter)).toBeUndefined();
    await register(orders.registeredAfter, { total_amount: 100 });
    expect(await ledger(orders.heldAfter)).not.toMatchObject({ hold: { reason: 'disputed' } });
    await api.at('POST', `${pathOf(orders.heldAfter)}/hold`, { reason: 'disputed' });
    const before = Object.values(orders).map(paysAt);
    expect(await switchOn()).toBe(200);
    await run(HOUR, 10 * MINUTE);
    // Still the day on which a call that nobody knows of may have been made.
    expect(Object.values(orders).map(paysAt)).toEqual(before);
    expect(await ledger(orders.attemptedAfter)).toMatchObject({ calls: [] });

    await run(1.5 * DAY, 2 * HOUR);
    await run(10 * DAY, 8 * HOUR);
    expect(judge()).toEqual([]);
    // Collecting does go on, a day later; and where nothing was unknown it goes on to the end of the ladder.
    const attempted = paysAt(orders.attemptedAfter);
    expect(attempted.length).toBeGreaterThan(3);
    expect((attempted[1] ?? 0) - (attempted[0] ?? 0)).toBeGreaterThanOrEqual(GAP);
    expect(paysAt(orders.registeredAfter).length).toBeGreaterThan(3);
    expect(paysAt(orders.heldAfter)).toHaveLength(1);
    expect(paysAt(orders.inProgressAfter)).toHaveLength(1);
    expect(await ledger(orders.inProgressAfter)).toMatchObject({ status: 'paid' });
    expect(paysAt(orders.settledAfter)).toHaveLength(1);
    expect(world.faults).toEqual([]);
  }, 60_000);

  test('whoever asks for an order at once is told the same: what was restored, and until when', async () => {
    const { attemptedAfter } = await story();
    await restore();
    await beginNow();
    await switchOn();
    const answer = await api.collect(attemptedAfter);
    expect([answer.status, answer.body['held_back']]).toMatchObject([
      409,
      { because: 'restored', until: '2026-03-02T16:00:00.000Z' },
    ]);
    expect(paysAt(attemptedAfter)).toHaveLength(1);
  });

  test('a decision by hand is in force at once, and told when no call that nobody knows of can be under way', async () => {
    const ref = world.order({ customer: { kind: 'in_progress', forMs: 20 * MINUTE, ends: 'failed' } });
    await world.register(ref, { total_amount: 100 });
    await takeBackup();
    world.clock.forward(HOUR);
    await world.tick();
    expect(paysAt(ref)).toHaveLength(1);
    await restore();
    await beginNow();
    const settled = now() + 30 * MINUTE + 10_000;
    world.clock.forward(5 * MINUTE);
    const waive = async () => api.at('POST', `${pathOf(ref)}/waive`, { reason: 'goodwill' });
    const { status, body } = await waive();
    expect([status, body['detail']]).toEqual([503, expect.stringContaining(`from ${iso(settled)}`)]);
    expect(await ledger(ref)).toMatchObject({ intent: { operation: { kind: 'cancel' } } });
    world.clock.forward(settled - 1 - now());
    expect((await waive()).status).toBe(503);
    expect(cancels(ref)).toBe(0);
    world.clock.forward(1);
    expect((await waive()).status).toBe(200);
    expect(cancels(ref)).toBe(1);
  });

  test('is checked without waiting for orders that WeChat Pay gives no verified answer about: it says how many', async () => {
    await world.register({ ...world.order(), out_order_no: 'NOBODY_KNOWS' as OutOrderNo });
    await takeBackup();
    world.clock.forward(HOUR);
    await restore();
    await beginNow();
    expect(await checked()).toBe(1);
    await run(35 * MINUTE, 5 * MINUTE);
    expect(await checked()).toBe(0);
    expect(printed.at(-1)).toMatch(/without a verified answer +│ 1 /);
    expect(printed.at(-1)).toContain('WeChat Pay gave no verified answer about 1 of them');
  });
});

describe('the command that takes a restored table into service', () => {
  beforeEach(async () => {
    const ref = world.order({ customer: { kind: 'declines' } });
    await world.register(ref);
    await takeBackup();
    world.clock.forward(HOUR);
    await restore();
  });

  test('can be given again, and moves the end on; never back', async () => {
    expect(await beginNow({ to: iso(now() - 10 * MINUTE) })).toBe(0);
    world.clock.forward(MINUTE);
    expect(await beginNow()).toBe(0);
    expect(
      (await services.ports.controls.read(world.order().mchid)).unseen?.map(({ from, to }) => [from, to]),
    ).toEqual([[backup.at, now()]]);
    await expect(beginNow({ to: iso(now() - MINUTE) })).rejects.toThrow('told of a later end already');
  });

  test('leaves a table alone that is not a copy', async () => {
    const table = new RestoredTable(TABLE);
    const options = { table: TABLE, from: iso(backup.at) };
    await expect(begin(options, { table, now: world.clock.now }, terminal)).rejects.toThrow(
      'is it the restored table?',
    );
    expect(await world.services.admin.serviceMode()).toBe('on');
    expect(await begin({ ...options, anyway: true }, { table, now: world.clock.now }, terminal)).toBe(0);
    expect(await world.services.admin.serviceMode()).toBe('observe');
    table.close();
  });

  test('refuses an end that lies ahead, or before the backup, and times that are none', async () => {
    await expect(beginNow({ to: iso(now() + MINUTE) })).rejects.toThrow('--to: lies ahead');
    await expect(beginNow({ to: iso(backup.at - 1) })).rejects.toThrow('--to: lies before --from');
    await expect(beginNow({ to: 'yesterday' })).rejects.toThrow('--to: yesterday is not a time such as');
    expect(await switchOn()).toBe(409);
  });

  test('a second restore knows of both times', async () => {
    await beginNow();
    const first = backup.at;
    const began = now();
    await switchOn();
    backup = await backUp(world.dynamodb.url, RESTORED, now());
    await restoreTo(world.dynamodb.url, 'ledger-again', backup);
    world.clock.forward(HOUR);
    const table = new RestoredTable('ledger-again');
    const options = { table: 'ledger-again', from: iso(backup.at) };
    expect(await begin(options, { table, now: world.clock.now }, terminal)).toBe(0);
    expect((await table.serviceRow())?.unseen).toEqual([
      { from: first, to: began },
      { from: began, to: began + HOUR },
    ]);
    table.close();
  });

  test('a check before it says that it is missing', async () => {
    expect(await checked()).toBe(1);
    expect(printed.at(-1)).toContain('It has not been told what it does not know');
  });
});
