import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { EVENT_SCHEMA_FILES, events } from '../../docs/events';
import { EVENT_SCHEMAS } from '../../docs/event-schemas';
import { tripped } from '../../lambda/core/breaker';
import { EVENT_MEANINGS, type ChangeEvent, type EventType } from '../../lambda/core/change-event';
import { breakerEventsOf, eventsOf } from '../../lambda/core/change-events';
import { play, steps } from '../core/histories';
import { NOW, orderWith, REF } from '../core/orders';
import { recordedChanges } from '../store/support/records';

const TYPES = Object.keys(EVENT_MEANINGS) as EventType[];

const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats(ajv);
const published = new Map(
  Object.entries(EVENT_SCHEMA_FILES).map(([file, make]) => {
    const document = JSON.parse(make()) as { title: string };
    return [document.title, { file, valid: ajv.compile(document) }];
  }),
);

/** What is wrong with an event, by the schemas as they are published. */
function faultsOf({ type, detail }: ChangeEvent): unknown {
  const valid = published.get(type)?.valid;
  if (valid === undefined) return `${type} has no schema`;
  return valid(JSON.parse(JSON.stringify(detail))) ? undefined : [type, detail, valid.errors];
}

const STOPPED = { at: NOW, because: 'refused' } as const;
/** Those that no history of an order comes to by itself. */
const OTHERS: readonly ChangeEvent[] = [
  ...eventsOf(undefined, { ...orderWith({}), stopped: STOPPED, exhausting_since: NOW }, NOW),
  ...eventsOf({ ...orderWith({}), stopped: STOPPED }, orderWith({}), NOW),
  ...[{ mchid: REF.mchid }, REF].flatMap((target) => {
    const breaker = tripped(undefined, { at: NOW, claimed_at: NOW, because: 'SIGN_ERROR' });
    return [
      ...breakerEventsOf(target, undefined, breaker, NOW),
      ...breakerEventsOf(target, breaker, undefined, NOW),
    ];
  }),
];

test('every event of any history is as its published schema says, and every type is among them', () => {
  const seen = new Set<EventType>();
  const look = (event: ChangeEvent) => {
    seen.add(event.type);
    expect(faultsOf(event)).toBeUndefined();
  };
  for (const event of [...OTHERS, ...recordedChanges().flatMap((change) => change.events())]) look(event);
  fc.assert(
    fc.property(steps, (list) => {
      const { moves, now } = play(list);
      for (const { before, after } of moves) eventsOf(before, after, now).forEach(look);
    }),
    { numRuns: 400, seed: 20_261_124 },
  );
  expect(TYPES.filter((type) => !seen.has(type))).toEqual([]);
});

test.each(TYPES)('%s has a schema of its own, which takes no field that it does not know', (type) => {
  const event = { type, detail: { schema: 1, id: 'a', at: '2026-03-02T04:00:00.000Z', openid: 'o' } };
  expect(faultsOf(event as unknown as ChangeEvent)).toBeDefined();
  expect(published.get(type)?.file).toBe(`docs/event-schemas/${type}.json`);
  expect(events()).toContain(`[\`${type}\`](event-schemas/${type}.json)`);
});

test('no field of any event is made for what identifies a person', () => {
  const names = JSON.stringify(Object.values(EVENT_SCHEMA_FILES).map((make) => make()));
  expect(names).not.toMatch(/openid|actor|reason|message|user_|phone|name\\":/);
  expect(Object.keys(EVENT_SCHEMAS)).toEqual(TYPES);
});
