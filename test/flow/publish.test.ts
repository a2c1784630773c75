import type { ChangeEvent } from '../../lambda/core/change-event';
import { PayscoreError } from '../../lambda/core/errors';
import type { EventBus } from '../../lambda/flow/ports';
import { publish, type StreamedChange } from '../../lambda/flow/publish';
import { RECORDED, recordedChanges, recordedOrders } from '../store/support/records';
import { STORY_EVENTS, STORY_SECRETS } from '../store/support/story';

/** A bus that refuses what `refuses` says of each event, by its place. */
function busWith(refuses: (place: number) => boolean = () => false) {
  const told: ChangeEvent[] = [];
  const bus: EventBus = {
    put: (events) => {
      const taken = events.map((_event, place) => !refuses(place));
      told.push(...events.filter((_event, place) => taken[place]));
      return Promise.resolve(taken);
    },
  };
  return { bus, told, ids: () => told.map(({ type, detail }) => [type, detail.id]) };
}

/** Changes with as many events each as said, named after them. */
function changes(...counts: readonly number[]): readonly StreamedChange[] {
  return counts.map((count, nth) => ({
    position: `p${nth}`,
    events: () =>
      Array.from({ length: count }, (_, n) => ({
        type: 'OrderReleased',
        at: 0,
        detail: { id: `${nth}.${n}` },
      })) as unknown as ChangeEvent[],
  }));
}

const unreadable: StreamedChange = {
  position: 'newer',
  events: () => {
    throw new PayscoreError('LEDGER_ROW_NEWER', 'schema 9');
  },
};

test('recorded changes of an order and of breakers are told in their order, and nothing else is', async () => {
  const { bus, ids } = busWith();
  expect(await publish(recordedChanges(), bus)).toEqual({ events: STORY_EVENTS.length });
  expect(ids()).toEqual(STORY_EVENTS);
});

test('changes that are handed over twice are told twice, word for word', async () => {
  const [once, twice] = [busWith(), busWith()];
  await publish(recordedChanges(), once.bus);
  await publish([...recordedChanges(), ...recordedChanges()], twice.bus);
  expect(twice.told).toEqual([...once.told, ...once.told]);
});

test('no event says who the user is, who decided, or what anybody wrote about it', async () => {
  const { bus, told } = busWith();
  await publish(recordedChanges(), bus);
  const known = JSON.stringify([RECORDED, recordedOrders()]);
  for (const secret of STORY_SECRETS) {
    expect(known).toContain(JSON.stringify(secret).slice(1, -1));
    expect(JSON.stringify(told)).not.toContain(secret);
  }
});

test('wherever a batch breaks off, beginning again there tells everything, in its order', async () => {
  const all = recordedChanges();
  for (let refused = 0; refused < STORY_EVENTS.length; refused += 1) {
    const { bus, told } = busWith((place) => place >= refused);
    const { failed } = await publish(all, bus);
    const again = busWith();
    await publish(all.slice(all.findIndex(({ position }) => position === failed?.position)), again.bus);
    const ids = [...told, ...again.told].map(({ detail }) => detail.id);
    expect([...new Set(ids)]).toEqual(STORY_EVENTS.map(([, id]) => id));
  }
});

test('nothing to tell is a success', async () => {
  expect(await publish([], busWith().bus)).toEqual({ events: 0 });
  expect(await publish(changes(0, 0), busWith().bus)).toEqual({ events: 0 });
});

test('a change of which one event is not taken is the first that failed, though others were', async () => {
  const { bus, ids } = busWith((place) => place === 2);
  expect(await publish(changes(1, 0, 3, 1), bus)).toEqual({ events: 4, failed: { position: 'p2' } });
  expect(ids().map(([, id]) => id)).toEqual(['0.0', '2.0', '2.2', '3.0']);
});

test('one that a newer release wrote holds back what follows, and nothing before it', async () => {
  const { bus, ids } = busWith();
  const published = await publish([...changes(1, 1), unreadable, ...changes(1)], bus);
  expect(published).toMatchObject({ events: 2, failed: { position: 'newer' } });
  expect(published.failed?.error).toBeInstanceOf(PayscoreError);
  expect(ids().map(([, id]) => id)).toEqual(['0.0', '1.0']);
});

test('what was refused before it is where it begins again', async () => {
  const { bus } = busWith((place) => place === 1);
  expect(await publish([...changes(1, 1), unreadable], bus)).toEqual({
    events: 1,
    failed: { position: 'p1' },
  });
});
