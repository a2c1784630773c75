import { day, inputOf, instantOf, minute, second } from '../../console/src/lib/time';

test('an instant is told in Beijing, whatever the zone of the machine', () => {
  const at = '2026-11-30T16:05:09.000Z';
  expect(minute(at)).toBe('2026-12-01 00:05');
  expect(second(at)).toBe('2026-12-01 00:05:09');
  expect(day(at)).toBe('2026-12-01');
  expect(inputOf(Date.parse(at))).toBe('2026-12-01T00:05');
});

test('what somebody chooses as a time is meant in Beijing', () => {
  expect(instantOf('2026-12-01T00:05')).toBe('2026-11-30T16:05:00.000Z');
  expect(instantOf('2026-12-01T00:05:30')).toBe('2026-11-30T16:05:30.000Z');
});

test.each(['', '2026-12-01', '2026-13-01T00:00', 'soon'])('%j is no time', (input) => {
  expect(instantOf(input)).toBeUndefined();
});
