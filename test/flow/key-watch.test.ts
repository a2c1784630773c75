import { watchAnswers } from '../../lambda/flow/key-watch';
import { MCHID, recorder, T0 } from './support/key-holders';

let clock: number;
let told: ReturnType<typeof recorder>;
const watch = () => watchAnswers(MCHID, { now: () => clock, record: told.record });

beforeEach(() => {
  clock = T0;
  told = recorder();
});

test('every verified answer is told, with the kind of key and the difference of the clocks', () => {
  watch().verified('public_key', 60_000);
  watch().verified('certificate', -60_000);
  expect(told.events).toEqual([
    { kind: 'answer_verified', mchid: MCHID, of: 'answer', by: 'public_key', skew_ms: 60_000 },
    { kind: 'answer_verified', mchid: MCHID, of: 'answer', by: 'certificate', skew_ms: -60_000 },
  ]);
});

test.each([60_001, -60_001])('clocks that are %i ms apart are warned of', (skewMs) => {
  watch().verified('public_key', skewMs);
  expect(told.events.slice(1)).toEqual([{ kind: 'clock_skew', mchid: MCHID, skew_ms: skewMs }]);
});

test('an answer refused for its time is a warning, and many within a minute are one', () => {
  const one = watch();
  one.outsideWindow(301_000);
  one.verified('public_key', 90_000);
  clock += 59_999;
  one.outsideWindow(301_000);
  const skews = () => told.events.filter(({ kind }) => kind === 'clock_skew').length;
  expect(skews()).toBe(1);
  clock += 1;
  one.outsideWindow(301_000);
  expect(skews()).toBe(2);
});

test('another generation of the signing key is told with both serial numbers', () => {
  watch().rotated('OLD', 'NEW');
  expect(told.events).toEqual([{ kind: 'signing_key_rotated', mchid: MCHID, from: 'OLD', to: 'NEW' }]);
});

test.each([true, false])('a signature that does not hold is told, and whether it is a probe: %s', (probe) => {
  watch().unsigned(probe);
  expect(told.events).toEqual([{ kind: 'signature_refused', mchid: MCHID, of: 'answer', probe }]);
});
