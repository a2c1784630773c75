import { ENDING_DAYS, isEnding, keyEnds, type CertificateFacts } from '../../lambda/core/key-facts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-03-02T04:00:00Z');
const ending = (serial_no: string, inMs: number): CertificateFacts => ({
  serial_no,
  valid_from: 0,
  valid_to: NOW + inMs,
});

test('of the generations of a certificate the last end counts, because it succeeds the others', () => {
  const signing = [ending('OLD', 3 * DAY), ending('NEW', 400 * DAY), ending('OLDER', 1 * DAY)];
  expect(keyEnds({ signing, platform_certificates: [] }, NOW)).toEqual([
    { what: 'api_certificate', serial_no: 'NEW', valid_to: NOW + 400 * DAY, days_left: 400 },
  ]);
});

test('both kinds of certificate end, and a merchant without platform certificates has no end of any', () => {
  const signing = [ending('API', 90 * DAY)];
  const platform_certificates = [ending('PLATFORM', 20 * DAY)];
  expect(
    keyEnds({ signing, platform_certificates }, NOW).map(({ what, days_left }) => [what, days_left]),
  ).toEqual([
    ['api_certificate', 90],
    ['platform_certificate', 20],
  ]);
  expect(keyEnds({ signing: [], platform_certificates: [] }, NOW)).toEqual([]);
});

test.each([
  ['31 days', 31 * DAY, 31, false],
  ['a moment less than 31 days', 31 * DAY - 1, 30, true],
  ['30 days', 30 * DAY, 30, true],
  ['a moment', 1, 0, true],
  ['nothing', 0, 0, true],
  ['a moment ago', -1, -1, true],
])('what ends in %s is warned of from 30 days on, and after its end', (_, inMs, daysLeft, warned) => {
  const [end] = keyEnds({ signing: [ending('A', inMs)], platform_certificates: [] }, NOW);
  expect(end?.days_left).toBe(daysLeft);
  expect(end !== undefined && isEnding(end)).toBe(warned);
  expect(daysLeft <= ENDING_DAYS).toBe(warned);
});
