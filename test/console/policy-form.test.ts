import { DEFAULT_POLICY, POLICY_RULES } from '../../lambda/core/policy';
import { draftOf, POLICY_FIELDS, readDraft } from '../../console/src/lib/policy-form';
import type { PolicyLayer } from '../../console/src/api/types';

test('every key of a policy has a field, and no other', () => {
  expect(Object.keys(POLICY_FIELDS).toSorted()).toEqual(Object.keys(POLICY_RULES).toSorted());
});

test('the default policy goes through the form as it is', () => {
  const layer = structuredClone(DEFAULT_POLICY) as unknown as PolicyLayer;
  expect(readDraft(draftOf(layer))).toEqual({ ok: true, layer });
});

test('windows are written one a line, with the days on which they begin', () => {
  const windows = '08:00-12:00 mon, tue\n22:00–06:00';
  expect(readDraft({ windows })).toEqual({
    ok: true,
    layer: {
      windows: [
        { from: '08:00', to: '12:00', weekdays: ['mon', 'tue'] },
        { from: '22:00', to: '06:00' },
      ],
    },
  });
});

test('a key that is not there is left to a wider level, and an empty list is said', () => {
  expect(readDraft({ quiet_hours: '', decline_ladder_hours: '24，48 72' })).toEqual({
    ok: true,
    layer: { quiet_hours: [], decline_ladder_hours: [24, 48, 72] },
  });
});

test('what cannot be read is named, all of it', () => {
  const draft = { attempts_max: '8.5', windows: '8-21', avoid_dates: 'tomorrow', time_zone: ' ' };
  expect(readDraft(draft)).toEqual({
    ok: false,
    unreadable: ['attempts_max', 'windows', 'avoid_dates', 'time_zone'],
  });
});
