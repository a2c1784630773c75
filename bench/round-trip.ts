import { sign } from 'node:crypto';
import { loadOurs } from './bundle';
import { createCallers, LIMIT_POOLED, OURS, type Caller } from './callers';
import type { Group, GroupContext } from './group';
import { guard, inFlight, measure, medianOf, ratioOf, type Candidate, type Samples } from './harness';
import { newKeys, PAY_DATA, payPath, type Keys } from './merchant';
import { PLUGIN } from './peers';
import { table, target, type Column, type Row } from './report';
import { startWechatpay, type WechatpayProcess } from './wechatpay';

const CONCURRENCIES = [1, 8, 32, 64] as const;
type Concurrency = (typeof CONCURRENCIES)[number];

/** Until V8 has compiled what a call runs through; fewer, and the first concurrency pays for all. */
const WARM_UP_CALLS = 1_500;
const WARM_UP_CONCURRENCY = 8;

const SIGNATURE = 'one RSA-2048 signature';

/** Each signs so that the other side accepts it, gets its 204, and refuses a forgery or is known not to. */
async function guardCallers(callers: readonly Caller[], wechatpay: WechatpayProcess): Promise<void> {
  await wechatpay.become('strict');
  for (const { name, pay } of callers) {
    guard((await pay('BENCHGUARD')) === 204, `${name} signs a call that is answered with 204`);
  }
  await wechatpay.become('forging');
  for (const { name, verifies, pay } of callers) {
    const accepted = await pay('BENCHGUARD').then(
      () => true,
      () => false,
    );
    guard(accepted !== verifies, `${name} ${verifies ? 'refuses' : 'accepts'} a forged answer`);
  }
  await wechatpay.become('fast');
}

function candidates(callers: readonly Caller[], concurrency: Concurrency, keys: Keys): readonly Candidate[] {
  const message = Buffer.from(`POST\n${payPath('BENCH0')}\n1700000000\nb2\n${JSON.stringify(PAY_DATA)}\n`);
  return [
    ...callers.map(({ name, pay }): Candidate => {
      const calls = (count: number) =>
        inFlight(count, concurrency, async (index) => {
          if ((await pay(`BENCH${index}`)) !== 204) throw new Error(`${name} was not answered with 204`);
        });
      return { name, run: calls, prime: () => calls(concurrency) };
    }),
    {
      name: SIGNATURE,
      run(operations) {
        for (let done = 0; done < operations; done += 1) sign('sha256', message, keys.merchant.privateKey);
      },
    },
  ];
}

type ByConcurrency = ReadonlyMap<Concurrency, Samples>;

function planFor(quick: boolean) {
  return quick
    ? { rounds: 3, operations: 64, warmUpOperations: 64 }
    : { rounds: 15, operations: 384, warmUpOperations: 384 };
}

async function measureAll(
  callers: readonly Caller[],
  keys: Keys,
  { quick, progress }: GroupContext,
): Promise<ByConcurrency> {
  const plan = planFor(quick);
  progress('warming up');
  for (const { pay } of callers) {
    await inFlight(WARM_UP_CALLS, WARM_UP_CONCURRENCY, async (index) => void (await pay(`WARM${index}`)));
  }
  const all = new Map<Concurrency, Samples>();
  for (const concurrency of CONCURRENCIES) {
    const samples = await measure(candidates(callers, concurrency, keys), plan, {
      onRound: (round) => progress(`${concurrency} in flight, round ${round + 1} of ${plan.rounds}`),
    });
    all.set(concurrency, samples);
  }
  return all;
}

interface Figures {
  readonly caption: string;
  /** The main figure, at one concurrency. */
  readonly ratio: (samples: Samples, name: string) => number;
  readonly plain: (samples: Samples, name: string) => number;
  readonly plainHeading: string;
}

const CPU: Figures = {
  caption: `CPU of one call, as a multiple of ${SIGNATURE}`,
  ratio: (samples, name) => ratioOf(samples, name, SIGNATURE, 'cpuUs').median,
  plain: (samples, name) => medianOf(samples, name, 'cpuUs'),
  plainHeading: 'µs',
};

const SPEED: Figures = {
  caption: `Calls per second, as a multiple of those of ${PLUGIN}`,
  // So many times as fast is so many times less time.
  ratio: (samples, name) => ratioOf(samples, PLUGIN, name, 'wallUs').median,
  plain: (samples, name) => 1e6 / medianOf(samples, name, 'wallUs'),
  plainHeading: '/s',
};

function tableOf(
  { caption, ratio, plain, plainHeading }: Figures,
  all: ByConcurrency,
  names: readonly string[],
) {
  const columns: Column[] = [
    { key: 'candidate', heading: '' },
    ...CONCURRENCIES.map((c) => ({ key: `c${c}_ratio`, heading: `c=${c} ×`, digits: 2 })),
    ...CONCURRENCIES.map((c) => ({ key: `c${c}`, heading: `c=${c} ${plainHeading}`, digits: 0 })),
  ];
  const rows = names.map((name): Row => {
    const cells = [...all].flatMap(([c, samples]) => [
      [`c${c}_ratio`, ratio(samples, name)] as const,
      [`c${c}`, plain(samples, name)] as const,
    ]);
    return { candidate: name, ...Object.fromEntries(cells) };
  });
  return table(caption, columns, rows);
}

function targets(all: ByConcurrency) {
  const [few, many] = [all.get(8), all.get(64)];
  if (few === undefined || many === undefined) throw new Error('8 and 64 in flight were not measured');
  return [
    target({
      text: `CPU of a call at c=8 ÷ ${SIGNATURE}`,
      sense: 'at most',
      wanted: 1.35,
      measured: CPU.ratio(few, OURS),
      atTheLimit: CPU.ratio(few, LIMIT_POOLED),
    }),
    target({
      text: `calls per second at c=64 (on two cores) ÷ those of ${PLUGIN}`,
      sense: 'at least',
      wanted: 2.5,
      measured: SPEED.ratio(many, OURS),
      atTheLimit: SPEED.ratio(many, LIMIT_POOLED),
    }),
  ];
}

const NOTES = [
  'Over loopback HTTP without TLS; the answering side is another process, whose CPU is not counted but needs a core now and then.',
  'CPU counts the whole calling process, thread pool included.',
  'The faster this CPU signs (AVX-512 IFMA halves it), the larger the same HTTP work looks beside one signature: compare with the limit.',
  'This project signs on the spot when a call is alone, and in the thread pool when others are under way.',
  'wechatpay-axios-plugin is pointed at loopback by its own option baseURL.',
  'wechatpay-node-v3 has no Payscore call: this one is made of the parts its own calls are made of. As shipped it opens a connection for each call and does not verify answers.',
];

export const roundTrip: Group = {
  id: 'round-trip',
  title: 'Full round trip: signed, sent, answered, verified',
  async run(context) {
    const keys = newKeys();
    const wechatpay = await startWechatpay(keys);
    try {
      const callers = createCallers(await loadOurs(), keys, wechatpay);
      await guardCallers(callers.all, wechatpay);
      const all = await measureAll(callers.all, keys, context);
      callers.close();
      const { rounds, operations } = planFor(context.quick);
      const names = callers.all.map(({ name }) => name);
      return {
        measured: [
          'One POST …/pay from the typed call to its 204, 1, 8, 32 and 64 in flight (c);',
          `${rounds} rounds of ${operations} calls for each; before that, every request's signature was checked on the other side.`,
          `Against both peers, the barest calls that node:http and node:crypto allow, and the signature alone.`,
        ],
        tables: [tableOf(CPU, all, [...names, SIGNATURE]), tableOf(SPEED, all, names)],
        targets: targets(all),
        notes: NOTES,
      };
    } finally {
      wechatpay.stop();
    }
  },
};
