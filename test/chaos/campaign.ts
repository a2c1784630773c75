import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lambda/core/time';
import { DynamoLedger } from '../../lambda/store/ledger';
import { LOCAL_AWS } from '../../local/aws/identity';
import { tick } from '../../local/circle';
import { switchOn } from '../../local/circle-api';
import { LedgerView } from '../../local/ledger-view';
import { MCHID } from '../../local/samples';
import { TABLE_NAME } from '../../local/service';
import { Faults, type FaultCounts } from './faults';
import { judge } from './judge';
import { ordersBy, type ChaosOrder } from './orders';
import { startChaosWorld, type ChaosWorld } from './world';

export interface ChaosOptions {
  readonly orders: number;
  readonly workers: number;
  readonly seed: number;
  readonly progress: (line: string) => void;
}

export interface ChaosResult {
  readonly orders: number;
  readonly days: number;
  readonly ticks: number;
  /** Sweeps that failed, for want of a store, and were made again a tick later. */
  readonly failedSweeps: number;
  readonly faults: FaultCounts;
  readonly payCalls: number;
  readonly notifications: number;
  readonly paidOrders: number;
  readonly booksFen: number;
  readonly ledgerFen: number;
  readonly deadLetters: number;
  readonly seconds: number;
  /** What does not agree. */
  readonly differences: readonly string[];
}

/** With faults, and then without: long enough for everything to be asked about, and to an hour in which nothing begins. */
const FAULT_DAYS = 4;
const DAYS = 7;
const TICK_MS = HOUR_MS;
/** What a sweep sends is spread over seconds. */
const SPACING_MS = 10_000;
/** In true time. */
const QUIET_MS = 50;
const IDLE_WITHIN_MS = 10 * MINUTE_MS;
const TELL_EVERY_MS = 2_000;
const IMPORT_ROWS = 100;

export async function chaos({ orders: count, workers, seed, progress }: ChaosOptions): Promise<ChaosResult> {
  const begun = performance.now();
  const world = await startChaosWorld(seed, workers);
  const watcher = new Watcher(world);
  const faults = new Faults(world, seed);
  try {
    const from = world.now();
    const orders = ordersBy(seed, count, from);
    await register(world, orders, progress);
    await faults.begin();
    const { ticks, failedSweeps } = await live({ world, watcher, faults, from, progress });
    await faults.end();
    const judged = await watcher.judged(orders);
    return {
      orders: count,
      days: DAYS,
      ticks,
      failedSweeps,
      faults: faults.counts,
      ...judged,
      seconds: (performance.now() - begun) / 1000,
    };
  } finally {
    await faults.end();
    watcher.close();
    await world.close();
  }
}

async function register(
  world: ChaosWorld,
  orders: readonly ChaosOrder[],
  progress: (line: string) => void,
): Promise<void> {
  await switchOn(world.apiUrl);
  for (let done = 0; done < orders.length; done += IMPORT_ROWS) {
    const some = orders.slice(done, done + IMPORT_ROWS);
    await world.wechatpay.orders(some.map(({ order }) => order));
    const rows = some.map(
      ({ order: { sub_mchid, out_order_no, service_id, total_amount }, completedAt }) => ({
        sub_mchid,
        out_order_no,
        service_id,
        total_amount,
        completed_at: new Date(completedAt).toISOString(),
      }),
    );
    const answer = await fetch(`${world.apiUrl}/v1/merchants/${MCHID}/orders/import`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rows }),
    });
    const { results = [] } = (await answer.json()) as { results?: readonly { readonly outcome?: string }[] };
    if (!answer.ok || results.length !== rows.length)
      throw new Error(`orders were not registered: ${answer.status}`);
    progress(`${done + some.length} of ${orders.length} orders registered`);
  }
}

interface Life {
  readonly world: ChaosWorld;
  readonly watcher: Watcher;
  readonly faults: Faults;
  readonly from: number;
  readonly progress: (line: string) => void;
}

/** Tick by tick, as local/circle.ts does it; time is moved on only while nobody is at anything. */
async function live({
  world,
  watcher,
  faults,
  from,
  progress,
}: Life): Promise<{ ticks: number; failedSweeps: number }> {
  const until = from + DAYS * DAY_MS - HOUR_MS / 2;
  let [ticks, failedSweeps, toldAt] = [0, 0, -Infinity];
  while (world.now() < until) {
    if (world.now() > from + FAULT_DAYS * DAY_MS) await faults.end();
    await world.wechatpay.deliver();
    try {
      await tick(world.sweep);
    } catch {
      // The store did not answer. Nothing is lost by that: what is due stays due.
      failedSweeps += 1;
    }
    ticks += 1;
    await watcher.idle();
    while ((await world.aws.ask('held_back', null)) > 0) {
      await world.moveTo(world.now() + SPACING_MS);
      await watcher.idle();
    }
    if (performance.now() - toldAt > TELL_EVERY_MS) {
      toldAt = performance.now();
      const day = Math.floor((world.now() - from) / DAY_MS) + 1;
      progress(`day ${day} of ${DAYS}, ${ticks} ticks, ${faults.told()}`);
    }
    const next = Math.min(await watcher.nextDueAt(), await world.wechatpay.nextEventAt());
    await world.moveTo(Math.min(until, Math.max(next, world.now() + TICK_MS)));
  }
  return { ticks, failedSweeps };
}

/** Looks at table and queue from outside, around what makes them slow. */
class Watcher {
  readonly #dynamodb: DynamoDBClient;
  readonly #sqs: SQSClient;
  readonly #ledger: DynamoLedger;

  constructor(private readonly world: ChaosWorld) {
    this.#dynamodb = new DynamoDBClient({ endpoint: world.urls.directUrl, ...LOCAL_AWS });
    this.#sqs = new SQSClient({ endpoint: world.urls.sqsUrl, ...LOCAL_AWS });
    this.#ledger = new DynamoLedger({ client: this.#dynamodb, tableName: TABLE_NAME });
  }

  /** Twice in a row no message can be received and nobody is at anything. What a dead worker holds comes back in time. */
  async idle(): Promise<void> {
    const givenUpAt = performance.now() + IDLE_WITHIN_MS;
    for (let quiet = 0; quiet < 2;) {
      if (performance.now() > givenUpAt) throw new Error('the workers do not come to an end');
      quiet = (await this.#isQuiet()) ? quiet + 1 : 0;
      await wait(QUIET_MS);
    }
  }

  async #isQuiet(): Promise<boolean> {
    if ((await this.#visible(this.world.urls.queueUrl)) > 0) return false;
    const alive = this.world.workers.filter(({ gone }) => !gone);
    if (alive.length === 0) return false;
    // One that is killed meanwhile is at nothing any more.
    const busy = await Promise.all(alive.map(async (one) => one.ask('busy', null).catch(() => true)));
    return !busy.includes(true);
  }

  async #visible(QueueUrl: string): Promise<number> {
    const { Attributes } = await this.#sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    return Number(Attributes?.['ApproximateNumberOfMessages'] ?? 0);
  }

  async nextDueAt(): Promise<number> {
    const [next] = await this.#ledger.due(this.world.now() + 400 * DAY_MS, 1);
    return next?.due_at ?? Infinity;
  }

  async judged(orders: readonly ChaosOrder[]) {
    const { wechatpay, now, urls } = this.world;
    await wechatpay.deliver();
    const { books, orders: known } = await wechatpay.books();
    await wechatpay.stop();
    const { requests, deliveries } = await wechatpay.record();
    const view = new LedgerView(this.#ledger);
    await view.readAll();
    const ledger = view.orders;
    const registered = orders.map(({ order: { mchid, sub_mchid, out_order_no } }) => ({
      mchid,
      sub_mchid,
      out_order_no,
    }));
    const paid = ledger.flatMap(({ observed }) =>
      observed?.standing.kind === 'paid' ? [observed.standing.paid_amount] : [],
    );
    return {
      payCalls: books.reduce((sum, { payCalls }) => sum + payCalls.received, 0),
      notifications: deliveries.length,
      paidOrders: paid.length,
      booksFen: books
        .flatMap(({ movements }) => movements)
        .reduce((sum, { amountFen }) => sum + amountFen, 0),
      ledgerFen: paid.reduce((sum, fen) => sum + fen, 0),
      deadLetters: await this.#visible(urls.deadUrl),
      differences: judge({ ledger, books, orders: known, requests, deliveries, registered, now: now() }),
    };
  }

  close(): void {
    this.#dynamodb.destroy();
    this.#sqs.destroy();
  }
}
