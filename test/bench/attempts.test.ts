import { stepsOf } from '../../bench/attempts';
import { growth, type Reading } from '../../bench/growth';

const reading = (attempts: number, liveBytes: number, residentBytes = 0): Reading => ({
  attempts,
  liveBytes,
  residentBytes,
});

test('growth is that of the line nearest to all readings, from the first of them to the last', () => {
  expect(growth([reading(0, 500), reading(100, 700), reading(200, 900)], 'liveBytes')).toBe(400);
  expect(growth([reading(0, 500), reading(100, 500), reading(200, 500)], 'liveBytes')).toBe(0);
});

test('one reading that is off by chance counts as one among many, even when it is the last', () => {
  const readings = [0, 100, 200, 300, 400].map((attempts) =>
    reading(attempts, attempts === 400 ? 1_500 : 500),
  );
  expect(growth(readings, 'liveBytes')).toBe(800);
});

test('what is alive and what is resident are told apart', () => {
  const readings = [reading(0, 10, 1_000), reading(50, 20, 4_000)];
  expect(growth(readings, 'liveBytes')).toBe(10);
  expect(growth(readings, 'residentBytes')).toBe(3_000);
});

test('nothing grows over no attempts', () => {
  expect(() => growth([], 'liveBytes')).toThrow('two readings');
  expect(() => growth([reading(100, 1), reading(100, 2)], 'liveBytes')).toThrow('two readings');
});

test('the attempts between the readings come to what was asked for', () => {
  expect(stepsOf(5_000, 10)).toEqual([500, 500, 500, 500, 500, 500, 500, 500, 500, 500]);
  expect(stepsOf(10, 4)).toEqual([2, 3, 2, 3]);
  expect(stepsOf(3, 10)).toEqual([1, 1, 1]);
});
