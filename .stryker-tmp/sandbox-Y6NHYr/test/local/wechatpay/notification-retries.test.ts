import type { Simulator } from '../../../local/wechatpay/index';
import { drawKeys, type Keys, openWorld, order, pay, SECOND_MS, type World } from './caller';
import { envelopeOf, openReceiver, type Receiver, verifiedBy } from './receiver';

let keys: Keys;
let receiver: Receiver;
let world: World;

beforeAll(async () => {
  keys = await drawKeys();
});
beforeEach(async () => {
  receiver = await openReceiver();
  world = await openWorld(keys, { throttleMs: 0 }, { notifyUrl: receiver.url });
});
afterEach(async () => {
  await world.simulator.close();
  await receiver.close();
});

/** An order is paid, and the merchant told a second later. */
const tell = async (): ReturnType<Simulator['deliverNotifications']> => {
  world.simulator.addOrder(order());
  await pay(world);
  world.nowMs += SECOND_MS;
  return world.simulator.deliverNotifications();
};

describe('until it is answered 200 or 204', () => {
  const RETRIES_S = [
    15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10_800, 10_800, 10_800, 21_600, 21_600,
  ];

  test('it is repeated fifteen times in a day, each freshly signed and otherwise the same', async () => {
    receiver.answers.push(...Array<number>(20).fill(500));
    const [first] = await tell();
    const waits: number[] = [];
    for (let retryAtMs = first?.retryAtMs; retryAtMs !== undefined;) {
      waits.push((retryAtMs - world.nowMs) / SECOND_MS);
      world.nowMs = retryAtMs - 1;
      expect(await world.simulator.deliverNotifications()).toEqual([]);
      world.nowMs = retryAtMs;
      expect(world.simulator.nextEventAtMs()).toBe(retryAtMs);
      const [next] = await world.simulator.deliverNotifications();
      expect(next?.attempt).toBe(waits.length + 1);
      retryAtMs = next?.retryAtMs;
    }
    expect(waits).toEqual(RETRIES_S);
    expect(receiver.received).toHaveLength(16);
    expect(world.simulator.nextEventAtMs()).toBe(Infinity);
    const envelopes = receiver.received.map(envelopeOf);
    expect(new Set(envelopes.map(({ id, create_time }) => `${id} ${create_time}`)).size).toBe(1);
    const times = receiver.received.map(({ headers }) => Number(headers['wechatpay-timestamp']));
    expect(times.at(-1)).toBe((times[0] ?? 0) + 86_640);
    expect(await Promise.all(receiver.received.map((one) => verifiedBy(one, keys)))).toEqual(
      Array<string>(16).fill('public_key'),
    );
  });

  test.each([[200], [204]])('%i ends it', async (status) => {
    receiver.answers.push(status);
    expect(await tell()).toEqual([expect.not.objectContaining({ retryAtMs: expect.anything() })]);
  });

  test.each([[201], [202], [301], [400], [401], [503], ['silence' as const]])(
    '%s does not',
    async (answer) => {
      receiver.answers.push(answer);
      if (answer === 'silence') world.simulator.changeRules({ notifyTimeoutMs: 50 });
      if (answer === 'silence') world.simulator.changeRules({ notifyTimeoutMs: 50 });
      expect(await tell()).toMatchObject([
        {
          outcome:
            answer === 'silence'
              ? { kind: 'no_answer', because: 'timeout' }
              : { kind: 'answered', status: answer },
          retryAtMs: world.nowMs + 15 * SECOND_MS,
        },
      ]);
    },
  );

  test('a receiver that is not there is tried again', async () => {
    await receiver.close();
    expect(await tell()).toMatchObject([
      { outcome: { kind: 'no_answer', because: 'ECONNREFUSED' }, retryAtMs: world.nowMs + 15 * SECOND_MS },
    ]);
  });

  test('two that deliver at the same time send each notification once', async () => {
    for (const out_order_no of ['A', 'B', 'C']) {
      world.simulator.addOrder(order({ out_order_no }));
      await pay(world, out_order_no);
    }
    world.nowMs += SECOND_MS;
    const { simulator } = world;
    const both = await Promise.all([simulator.deliverNotifications(), simulator.deliverNotifications()]);
    expect(both.flat()).toHaveLength(3);
    expect(receiver.received).toHaveLength(3);
  });
});
