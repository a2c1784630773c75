import { ConditionalCheckFailedException, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { GetSecretValueCommandInput } from '@aws-sdk/client-secrets-manager';
import type { SendMessageBatchCommandInput } from '@aws-sdk/client-sqs';
import type { MerchantControls } from '../../lambda/core/controls';
import { PayscoreError } from '../../lambda/core/errors';
import type { Mchid, OrderKey } from '../../lambda/core/ids';
import type { Order } from '../../lambda/core/order';
import type { NotificationPorts } from '../../lambda/flow/notified';
import type {
  Controls,
  Ledger,
  NotificationReader,
  NotificationReaders,
  Ports,
  Saved,
} from '../../lambda/flow/ports';
import type { SweepPorts } from '../../lambda/flow/sweep';
import { DynamoBudget } from '../../lambda/store/budget';
import { MerchantKeyring, type SecretText } from '../../lambda/store/merchant-keyring';
import { SqsWorkQueue } from '../../lambda/store/work-queue';
import { readNotification } from '../../lambda/wechatpay/notification';
import { isSigned } from '../../lambda/wechatpay/verify';
import type { Payscore } from '../../lambda/wechatpay/payscore';
import { MemoryControls } from '../../local/memory-controls';
import { MemoryLedger } from '../../local/memory-ledger';
import { MemoryQueue } from '../../local/memory-queue';
import type { Bank } from './bank';
import { HOUR, MINUTE } from './plan';
import type { Vault } from './vault';
import { callsOf, type Keys } from './wire';
import type { Instance, Release, World } from './world';

/** As in infra/: six times what an invocation may take. */
const VISIBILITY_MS = 3 * MINUTE;
const RECEIVES_MAX = 5;
/** A counter is of no use once its ten seconds are over. */
const COUNTERS_MAX = 100;

/** What every process of an instance keeps in its memory from one invocation to the next. */
interface Memory {
  readonly budget: DynamoBudget;
  readonly merchants: MerchantKeyring<Payscore, 'signing' | 'verify'>;
  readonly readers: MerchantKeyring<NotificationReader, 'verify'>;
}

/**
 * DynamoDB, SQS and Secrets Manager: the ledger, controls and queue in memory that contract suites hold to the real ones, and
 * the real budget, queue client and keyring over them. Whoever touches them goes through `World.touch`, where things go wrong.
 */
export class Stores {
  readonly ledger: MemoryLedger;
  readonly controls = new MemoryControls();
  readonly queue: MemoryQueue;
  readonly #releases = new Map<string, Release>();
  readonly #controlsRead = new Map<Mchid, Promise<MerchantControls>>();
  readonly #counters = new Map<string, number>();
  readonly #memories = new WeakMap<Instance, Memory>();
  #writer: Instance | undefined;
  #claims = 0;

  constructor(
    private readonly world: World,
    private readonly bank: Bank,
    private readonly vault: Vault,
    private readonly callsPerSecondMax: number,
  ) {
    const { engine, judge } = world;
    this.queue = new MemoryQueue({
      visibilityTimeoutMs: VISIBILITY_MS,
      receivesMax: RECEIVES_MAX,
      now: () => engine.now,
    });
    this.ledger = new MemoryLedger((before, after) => {
      if (this.#writer === undefined) throw new Error('somebody writes past the ports');
      // Rows bear the number of the release that wrote them; the sweep touches nothing but a time.
      if (before?.version !== after.version) this.#releases.set(spell(after.ref), this.#writer.release);
      judge.wrote(before, after, this.#writer);
    });
  }

  portsOf(instance: Instance): Ports {
    const { world } = this;
    const { budget, merchants } = this.#memoryOf(instance);
    return {
      ledger: this.#ledgerOf(instance),
      controls: this.#controlsOf(instance),
      budget: {
        take: async (mchid) => {
          const asked = world.judge.asksForRate(mchid, instance);
          const until = await budget.take(mchid);
          world.judge.rate(mchid, instance, asked, until === undefined);
          return until;
        },
      },
      merchants,
      now: instance.now,
      newClaimId: () => `${instance.name}.${(this.#claims += 1)}`,
      chance: () => world.random('chance').next(),
      record: () => undefined,
    };
  }

  sweepPortsOf(instance: Instance): SweepPorts {
    const { world, ledger } = this;
    const send = async ({ input }: { readonly input: SendMessageBatchCommandInput }) => {
      const lost = world.strikes('queue_answer_lost');
      const answer = await world.touch(instance, {
        what: `sends ${input.Entries?.length ?? 0} messages`,
        act: () => this.#take(input),
      });
      if (lost) throw new Error('the answer of SQS is lost');
      return answer;
    };
    return {
      dueOrders: {
        due: (now, max) =>
          world.touch(instance, { what: 'what is due', act: () => ledger.due(now, max), ofLedger: true }),
        postpone: (order, until) =>
          world.touch(instance, {
            what: `postpones ${spell(order.key)}`,
            act: () => this.#as(instance, () => ledger.postpone(order, until)),
            ofLedger: true,
            again: async (): Promise<Saved> => 'conflict',
          }),
      },
      queue: new SqsWorkQueue({
        client: { send } as never,
        queueUrl: 'sim',
        onRefused: () => undefined,
      }),
      now: instance.now,
    };
  }

  notificationPortsOf(instance: Instance): NotificationPorts {
    const { ledger, controls, now, chance } = this.portsOf(instance);
    const { readers } = this.#memoryOf(instance);
    return {
      ledger,
      controls,
      now,
      chance,
      readers: {
        isSigned: ({ headers }) => isSigned(headers),
        get: async (mchid) => readers.get(mchid),
        refresh: async (mchid, used) => readers.refresh(mchid, used),
      } satisfies NotificationReaders,
      kept: {
        keep: async () =>
          this.world.touch(instance, { what: 'keeps a notification', act: () => undefined, ofLedger: true }),
      },
      certificates: { want: async () => undefined },
      record: () => undefined,
    };
  }

  #ledgerOf(instance: Instance): Ledger {
    const { world, ledger } = this;
    const touch = <T>(what: string, act: () => T, again?: (done: T) => T) =>
      world.touch(instance, { what, act, ofLedger: true, ...(again === undefined ? {} : { again }) });
    // The SDK sends once more what was not answered, and the condition does not hold any more.
    const inVain = async (done: Promise<Saved>): Promise<Saved> =>
      (await done) === 'saved' ? 'conflict' : done;
    return {
      find: (key) =>
        touch(`reads ${spell(key)}`, async () => {
          this.#refuseNewer(key, instance);
          return ledger.find(key);
        }),
      findMany: (keys) =>
        touch(`reads ${keys.map(spell).join(' ')}`, () =>
          ledger.findMany(keys.filter((key) => this.#understands(key, instance))),
        ),
      create: (order) =>
        touch(`creates ${spell(order.ref)}`, () => this.#as(instance, () => ledger.create(order)), inVain),
      save: (before, after) =>
        touch(
          `saves ${describe(before, after)}`,
          () => this.#as(instance, () => ledger.save(before, after)),
          inVain,
        ),
    };
  }

  #controlsOf(instance: Instance): Controls {
    const { world, controls } = this;
    return {
      read: (mchid) =>
        world.touch(instance, {
          what: `reads controls of ${mchid}`,
          act: () => this.#readControls(mchid),
          ofLedger: true,
        }),
      saveBreaker: (target, before, after) =>
        world.touch(instance, {
          what: `saves a breaker of ${target.mchid}: ${after === undefined ? 'gone' : `${after.trips} until ${after.until}`}`,
          act: () => {
            this.forgetControls();
            return controls.saveBreaker(target, before, after);
          },
          ofLedger: true,
          again: async (done) => ((await done) === 'saved' ? 'conflict' : done),
        }),
    };
  }

  /** Whoever changes the controls past the ports says so: they are read far more often than they change. */
  forgetControls(): void {
    this.#controlsRead.clear();
  }

  #readControls(mchid: Mchid): Promise<MerchantControls> {
    const reading = this.#controlsRead.get(mchid) ?? this.controls.read(mchid);
    this.#controlsRead.set(mchid, reading);
    return reading;
  }

  /** Writes as this instance: of which release the row then is, and who is to be told apart by the judge. */
  #as(instance: Instance, write: () => Promise<Saved>): Promise<Saved> {
    this.#writer = instance;
    const saved = write();
    this.#writer = undefined;
    return saved;
  }

  #understands(key: OrderKey, { release }: Instance): boolean {
    return release === 'new' || this.#releases.get(spell(key)) !== 'new';
  }

  #refuseNewer(key: OrderKey, instance: Instance): void {
    if (!this.#understands(key, instance)) throw new PayscoreError('LEDGER_ROW_NEWER', 'simulated');
  }

  #memoryOf(instance: Instance): Memory {
    const known = this.#memories.get(instance);
    if (known !== undefined) return known;
    const { now } = instance;
    const client = { send: this.#secrets(instance) } as never;
    const memory: Memory = {
      budget: new DynamoBudget({
        client: { send: this.#counter(instance) } as never,
        tableName: 'sim',
        callsPerSecondMax: this.callsPerSecondMax,
        now,
      }),
      merchants: new MerchantKeyring({
        client,
        prefix: 'sim',
        secrets: ['signing', 'verify'],
        parse: (_mchid, { signing }) => callsOf(this.world, instance, keysIn(signing), this.#wechatpay()),
        now,
      }),
      readers: new MerchantKeyring({
        client,
        prefix: 'sim',
        secrets: ['verify'],
        parse: (mchid, { verify }) => this.#readerOf(mchid, keysIn(verify), instance),
        now,
      }),
    };
    this.#memories.set(instance, memory);
    return memory;
  }

  #wechatpay() {
    const { bank, vault } = this;
    return Object.assign(bank, { signerOf: (mchid: string) => vault.signerOf(mchid) });
  }

  #readerOf(mchid: Mchid, keys: Keys, { now }: Instance): NotificationReader {
    const apiv3Key = this.vault.apiv3Key(mchid);
    const verificationKeys = this.vault.verificationKeys(keys) as never;
    return { read: (raw) => readNotification(raw, { mchid, verificationKeys, apiv3Key }, now()) };
  }

  #secrets(instance: Instance) {
    return ({ input }: { readonly input: GetSecretValueCommandInput }) =>
      this.world.touch(instance, {
        what: `reads secret ${input.SecretId ?? ''}`,
        act: () => {
          const text = this.vault.text((input.SecretId ?? '').split('/')[1] ?? '');
          return { SecretString: text, VersionId: text };
        },
      });
  }

  /** The one conditional ADD that the budget makes, as DynamoDB does it. */
  #counter(instance: Instance) {
    return ({ input }: { readonly input: UpdateItemCommandInput }) => {
      const id = `${input.Key?.['pk']?.S ?? ''} ${input.Key?.['sk']?.S ?? ''}`;
      const value = (name: string) => Number(input.ExpressionAttributeValues?.[name]?.N);
      const act = () => {
        const taken = this.#counters.get(id);
        if (taken !== undefined && taken > value(':most'))
          throw new ConditionalCheckFailedException({ message: 'simulated', $metadata: {} });
        const after = (taken ?? 0) + value(':calls');
        const [oldest] = this.#counters.keys();
        if (this.#counters.size > COUNTERS_MAX && oldest !== undefined) this.#counters.delete(oldest);
        this.#counters.set(id, after);
        return { Attributes: { taken: { N: String(after) } } };
      };
      return this.world.touch(instance, { what: `takes of ${id}`, act: async () => act(), ofLedger: true });
    };
  }

  /** What SQS does with a batch, its own faults included. */
  #take({ Entries: entries = [] }: SendMessageBatchCommandInput) {
    const { world, queue } = this;
    const refused = entries.filter(() => world.strikes('queue_refused'));
    for (const { MessageBody: body = '', DelaySeconds: seconds = 0 } of entries.filter(
      (one) => !refused.includes(one),
    )) {
      for (let copy = world.strikes('queue_twice') ? 2 : 1; copy > 0; copy -= 1) {
        if (world.strikes('queue_lost')) continue;
        const late = world.strikes('queue_late')
          ? world.random('queue').below(6 * HOUR)
          : world.random('queue').below(20);
        queue.send(body, seconds * 1_000 + late);
      }
    }
    const ids = (some: typeof entries) => some.map(({ Id }) => ({ Id, Code: 'Simulated' }));
    return { Successful: ids(entries.filter((one) => !refused.includes(one))), Failed: ids(refused) };
  }
}

function keysIn({ name, text }: SecretText): Keys {
  if (text === '{') throw new PayscoreError('SECRET_INVALID', `${name} is broken (simulated)`);
  return JSON.parse(text) as Keys;
}

export function spell({ mchid, sub_mchid, out_order_no }: OrderKey): string {
  return `${mchid}/${sub_mchid}/${out_order_no}`;
}

/** What a write changes, in a few words. */
function describe(before: Order, after: Order): string {
  const last = after.timeline.at(-1);
  const news = last === before.timeline.at(-1) ? '' : ` ${last?.kind ?? ''}`;
  const open =
    after.open === undefined ? '' : ` open ${after.open.claim_id} ${after.open.outcome?.kind ?? ''}`;
  const due =
    after.due_at === undefined ? 'never' : new Date(after.due_at + 8 * HOUR).toISOString().slice(5, 19);
  const standing = after.observed?.standing.kind ?? 'unseen';
  return `${spell(after.ref)} v${before.version}→${after.version} ${after.status} ${standing}${news}${open} due ${due}`;
}
