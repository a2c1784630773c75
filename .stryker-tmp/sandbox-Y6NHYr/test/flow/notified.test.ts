import { PayscoreError, type ErrorCode } from '../../lambda/core/errors';
import { evolve } from '../../lambda/core/evolve';
import type { Fen, Mchid, ServiceId } from '../../lambda/core/ids';
import type { KeptNotification, Notice, NotificationReading } from '../../lambda/core/notification';
import { observe, type OrderFacts } from '../../lambda/core/observe';
import { receive, type NotificationPorts } from '../../lambda/flow/notified';
import type { NotificationReader, RawNotification } from '../../lambda/flow/ports';
import {
  facts,
  freely,
  type Gate,
  MINUTE,
  noting,
  type Outside,
  outside,
  PAID,
  PENDING,
  portsOf,
  REF,
  registered,
  rowOf,
  SECOND,
  type Step,
  T0,
} from './support/memory';

const RAW: RawNotification = { headers: {}, body: Buffer.from('{"id":"EV-1"}') };
const { service_id, ...KEY } = REF;
const NAMES = { id: 'EV-1', event_type: 'PAYSCORE.USER_PAID' };
const NOTICE: Notice = {
  ...NAMES,
  created_at: T0 - SECOND,
  signed_at: T0,
  signed_by: 'public_key',
  late: false,
};

function saying(given: OrderFacts, change: Partial<Notice> = {}): NotificationReading {
  return { kind: 'order', notice: { ...NOTICE, ...change }, key: KEY, service_id, facts: given };
}

/** Everything that a delivery touches; the readings come one after the other, the last of them for ever. */
function around(world: Outside, readings: readonly NotificationReading[], gate: Gate = freely) {
  const touched: string[] = [];
  const kept: KeptNotification[] = [];
  let wanted = 0;
  const readers: NotificationReader[] = readings.map((reading) => ({ read: () => reading }));
  let keys = 0;
  const ports: NotificationPorts = {
    ...portsOf(world, gate),
    readers: {
      isSigned: () => true,
      get: async () => readers[keys] as NotificationReader,
      refresh: async () => {
        touched.push('refresh');
        keys += 1;
        return keys < readers.length;
      },
    },
    kept: { keep: async (one) => void kept.push(one) },
    certificates: { want: async () => (wanted += 1) },
  };
  return { ports, touched, kept, wanted: () => wanted };
}

async function deliver(world: Outside, reading: NotificationReading, gate: Gate = freely) {
  const { ports, kept } = around(world, [reading], gate);
  return { came_to: await receive(REF.mchid, RAW, ports), kept };
}

const told = ({ events }: Outside) => events.filter(({ kind }) => kind === 'notification');

test('a payment is applied as of when WeChat Pay wrote it, and the order is at its end', async () => {
  const world = outside();
  expect(await deliver(world, saying(PAID))).toEqual({ came_to: 'applied', kept: [] });
  const order = rowOf(world);
  expect(order).toMatchObject({
    status: 'paid',
    observed: { at: T0 - SECOND, standing: { kind: 'paid', paid_amount: 100 }, by: 'notification' },
    timeline: [{ kind: 'observed', at: T0 - SECOND, standing: 'paid', by: 'notification' }],
  });
  expect(order.due_at).toBeUndefined();
  expect(told(world)).toEqual([
    { kind: 'notification', mchid: REF.mchid, came_to: 'applied', ...NAMES, order: KEY },
  ]);
});

test('nothing but the ledger and what holds for the merchant is touched', async () => {
  const steps: Step[] = [];
  await deliver(outside(), saying(PAID), noting(steps));
  expect(steps).toEqual(['find', 'controls', 'save']);
});

test('what is not signed is refused before anybody’s keys are fetched', async () => {
  const world = outside();
  const { ports } = around(world, []);
  const get = async () => Promise.reject(new Error('keys were fetched'));
  const readers = { ...ports.readers, isSigned: () => false, get };
  expect(await receive(REF.mchid, RAW, { ...ports, readers })).toBe('unverified');
  expect(told(world)).toEqual([
    { kind: 'notification', mchid: REF.mchid, came_to: 'unverified', because: 'header_missing' },
  ]);
});

test('the same once more writes nothing', async () => {
  const world = outside();
  await deliver(world, saying(PAID));
  const before = rowOf(world);
  expect(await deliver(world, saying(PAID))).toMatchObject({ came_to: 'known' });
  expect(rowOf(world)).toBe(before);
});

describe('a late one', () => {
  const LATE = saying(PAID, { late: true });

  test('makes a query due at once and changes nothing that is known', async () => {
    const world = outside();
    registered(world, REF, { due_at: T0 + 60 * MINUTE, planned_at: T0 + 60 * MINUTE });
    expect(await deliver(world, LATE)).toMatchObject({ came_to: 'doubted' });
    expect(rowOf(world)).toMatchObject({ doubted_at: T0, due_at: T0, version: 2, timeline: [] });
    expect(rowOf(world).observed).toBeUndefined();
  });

  test('of an order that is known to be paid so writes nothing', async () => {
    const world = outside();
    await deliver(world, saying(PAID));
    const before = rowOf(world);
    expect(await deliver(world, LATE)).toMatchObject({ came_to: 'known' });
    expect(rowOf(world)).toBe(before);
  });

  test('twice in a row makes one query due', async () => {
    const world = outside();
    await deliver(world, LATE);
    const before = rowOf(world);
    world.clock += MINUTE;
    expect(await deliver(world, LATE)).toMatchObject({ came_to: 'doubted' });
    expect(rowOf(world)).toBe(before);
  });
});

describe('kept, once, still encrypted', () => {
  const KEPT = {
    mchid: REF.mchid,
    ...NAMES,
    created_at: T0 - SECOND,
    received_at: T0,
    envelope: '{"id":"EV-1"}',
  };

  test('that of an order nobody registered', async () => {
    const world = outside();
    world.rows.clear();
    expect(await deliver(world, saying(PAID))).toEqual({
      came_to: 'unregistered',
      kept: [{ ...KEPT, because: 'unregistered', order: KEY }],
    });
    expect(world.rows.size).toBe(0);
    expect(told(world)).toMatchObject([{ came_to: 'unregistered', order: KEY }]);
  });

  test('that of another event', async () => {
    const notice = { ...NOTICE, event_type: 'PAYSCORE.USER_OPEN_SERVICE' };
    const world = outside();
    expect(await deliver(world, { kind: 'other_event', notice })).toEqual({
      came_to: 'other_event',
      kept: [{ ...KEPT, event_type: 'PAYSCORE.USER_OPEN_SERVICE', because: 'other_event' }],
    });
    expect(told(world)).toMatchObject([{ event_type: 'PAYSCORE.USER_OPEN_SERVICE' }]);
  });

  test('that of another service: never applied, but WeChat Pay is asked', async () => {
    const world = outside();
    const reading = { ...saying(PAID), service_id: '999' as ServiceId } as NotificationReading;
    expect(await deliver(world, reading)).toEqual({
      came_to: 'other_service',
      kept: [{ ...KEPT, because: 'other_service', order: KEY }],
    });
    expect(rowOf(world)).toMatchObject({ status: 'active', doubted_at: T0, due_at: T0 });
    expect(rowOf(world).observed).toBeUndefined();
  });

  test('one that says nothing of its service is applied', async () => {
    const { service_id: _, ...reading } = saying(PAID) as Extract<NotificationReading, { kind: 'order' }>;
    expect(await deliver(outside(), reading)).toMatchObject({ came_to: 'applied' });
  });
});

describe('refused, and nothing is written', () => {
  test.each([
    [{ kind: 'unverified', because: 'signature_wrong' }, 'unverified'],
    [{ kind: 'unreadable', because: 'not as documented: id' }, 'unreadable'],
    [{ kind: 'wrong_tenant', because: 'the resource is of another mchid', id: 'EV-1' }, 'wrong_tenant'],
    [{ kind: 'undecryptable', because: 'the tag does not match', id: 'EV-1' }, 'undecryptable'],
  ] as const)('%j', async (reading, came_to) => {
    const world = outside();
    const before = rowOf(world);
    expect(await deliver(world, reading)).toEqual({ came_to, kept: [] });
    expect(rowOf(world)).toBe(before);
    const { kind: _, ...details } = reading;
    expect(told(world)).toEqual([{ kind: 'notification', mchid: REF.mchid, came_to, ...details }]);
  });
});

describe('keys that were replaced', () => {
  const UNKNOWN = { kind: 'serial_unknown', serial: 'PUB_KEY_ID_2' } as const;
  const SEALED = { kind: 'undecryptable', because: 'the tag does not match', id: 'EV-1' } as const;

  test.each([UNKNOWN, SEALED])('are read again, once, and the notification with them: %j', async (first) => {
    const { ports, touched, wanted } = around(outside(), [first, saying(PAID)]);
    expect(await receive(REF.mchid, RAW, ports)).toBe('applied');
    expect(touched).toEqual(['refresh']);
    expect(wanted()).toBe(0);
  });

  test('a serial that nobody knows then either is refused, and its certificate is asked for', async () => {
    const world = outside();
    const { ports, touched, wanted } = around(world, [UNKNOWN, UNKNOWN]);
    expect(await receive(REF.mchid, RAW, ports)).toBe('unverified');
    expect(touched).toEqual(['refresh']);
    expect(wanted()).toBe(1);
    expect(told(world)).toMatchObject([{ because: 'serial_unknown: PUB_KEY_ID_2' }]);
  });

  test('a signature that is wrong is no reason to read keys: anybody can send one', async () => {
    const { ports, touched, wanted } = around(outside(), [
      { kind: 'unverified', because: 'signature_wrong' },
    ]);
    await receive(REF.mchid, RAW, ports);
    expect([touched, wanted()]).toEqual([[], 0]);
  });
});

describe('beside other workers', () => {
  /** Somebody else writes the order just before each of the first `times` writes. */
  const before = (world: Outside, times: number, found: OrderFacts): Gate => {
    let left = times;
    return async (step, act) => {
      if (step === 'save' && left > 0) {
        left -= 1;
        const order = rowOf(world);
        const observation = { at: world.clock, standing: observe(found), facts: found };
        world.rows.set([...world.rows.keys()][0] ?? '', evolve(order, { kind: 'observe', observation }));
      }
      return act();
    };
  };

  test('it is judged anew by what they wrote: a query that found the payment leaves nothing to do', async () => {
    const world = outside();
    expect(await deliver(world, saying(PAID), before(world, 1, PAID))).toMatchObject({ came_to: 'known' });
    expect(rowOf(world).observed).not.toHaveProperty('by');
  });

  test('a query asked well after it that does not show the payment makes another one due', async () => {
    const world = outside();
    const earlier = saying(PAID, { created_at: T0 - 2 * MINUTE });
    expect(await deliver(world, earlier, before(world, 1, PENDING))).toMatchObject({ came_to: 'doubted' });
    expect(rowOf(world)).toMatchObject({ doubted_at: T0, observed: { standing: { kind: 'pending' } } });
  });

  test('who is never let in says so, and WeChat Pay sends it again', async () => {
    const world = outside();
    expect(await deliver(world, saying(PAID), before(world, 100, PENDING))).toMatchObject({
      came_to: 'unavailable',
    });
    expect(told(world)).toMatchObject([{ because: expect.stringContaining('5 tries') }]);
  });
});

describe('what is out of reach', () => {
  const failing =
    (step: Step, code: ErrorCode): Gate =>
    async (at, act) => {
      if (at === step) throw new PayscoreError(code, `${step} failed`);
      return act();
    };

  test.each(['LEDGER_UNAVAILABLE', 'LEDGER_ROW_NEWER'] as const)(
    'a ledger that answers %s: sent again',
    async (code) => {
      const world = outside();
      for (const step of ['find', 'save'] as const)
        expect(await deliver(world, saying(PAID), failing(step, code))).toMatchObject({
          came_to: 'unavailable',
        });
      expect(told(world)).toMatchObject([{ because: 'find failed' }, { because: 'save failed' }]);
    },
  );

  test('not knowing what holds for the merchant does not keep a payment out of the ledger', async () => {
    const world = outside();
    const gate = failing('controls', 'LEDGER_UNAVAILABLE');
    expect(await deliver(world, saying(PAID), gate)).toMatchObject({ came_to: 'applied' });
    expect(rowOf(world)).toMatchObject({ observed: { standing: { kind: 'paid' } } });
  });

  test.each([
    ['MERCHANT_UNKNOWN', 'merchant_unknown'],
    ['SECRET_INVALID', 'unavailable'],
    ['SECRETS_UNAVAILABLE', 'unavailable'],
  ] as const)('keys: %s', async (code, came_to) => {
    const { ports } = around(outside(), [saying(PAID)]);
    const get = async () => {
      throw new PayscoreError(code, 'no keys');
    };
    const readers = { ...ports.readers, get };
    expect(await receive('1' as Mchid, RAW, { ...ports, readers })).toBe(came_to);
  });

  test.each([
    ['an error', new TypeError('a mistake')],
    ['a code that nothing here explains', new PayscoreError('CONFIG_INVALID', 'a mistake')],
  ])('a mistake of this program is not dressed up: %s', async (_, error) => {
    const { ports } = around(outside(), [saying(PAID)]);
    const ledger = { ...ports.ledger, find: async () => Promise.reject(error) };
    await expect(receive(REF.mchid, RAW, { ...ports, ledger })).rejects.toBe(error);
  });
});

describe('another total than the registered one', () => {
  const MORE = facts({ ...PAID, total_amount: 120, paid_amount: 120 });
  const registration = { at: T0, actor: { kind: 'api', id: 'test' }, total_amount: 100 as Fen } as const;

  test('is told once, when it is applied', async () => {
    const world = outside();
    registered(world, REF, { registration });
    await deliver(world, saying(MORE));
    await deliver(world, saying(MORE));
    expect(world.events.filter(({ kind }) => kind === 'amount_differs')).toEqual([
      { kind: 'amount_differs', ref: REF, registered: 100, told: 120 },
    ]);
  });

  test('is not told by one that is not applied', async () => {
    const world = outside();
    registered(world, REF, { registration });
    await deliver(world, saying(MORE, { late: true }));
    expect(world.events.filter(({ kind }) => kind === 'amount_differs')).toEqual([]);
  });
});
