import { daysUpTo, heatMap, heatOf } from '../../console/src/lib/overview';
import { sideBySide } from '../../console/src/lib/side-by-side';

test('days on which nothing happened are among those shown', () => {
  const row = { date: '2026-03-01', orders: 1, amount: 350, attempts: 2 };
  expect(daysUpTo([row], '2026-03-02', 3)).toEqual([
    { date: '2026-02-28', orders: 0, amount: 0, attempts: 0 },
    row,
    { date: '2026-03-02', orders: 0, amount: 0, attempts: 0 },
  ]);
});

test('the heat map has every hour of every weekday, Monday first', () => {
  const map = heatMap([{ weekday: 7, hour: 23, attempts: 4, paid: 1 }]);
  expect(map.map((hours) => hours.length)).toEqual([24, 24, 24, 24, 24, 24, 24]);
  expect(map[6]?.[23]).toMatchObject({ attempts: 4, paid: 1 });
  expect(map[0]?.[0]).toEqual({ attempts: 0, paid: 0 });
});

test('the strongest colour is for all only', () => {
  const heats = [0, 1, 5, 9, 10].map((paid) => heatOf({ attempts: 10, paid }));
  expect(heats).toEqual([1, 1, 3, 5, 6]);
  expect(heatOf({ attempts: 0, paid: 0 })).toBe(0);
});

test('no more than so many are done at once, and all of them are', async () => {
  let now = 0;
  let most = 0;
  const done: number[] = [];
  const each = async (item: number) => {
    now += 1;
    most = Math.max(most, now);
    await Promise.resolve();
    now -= 1;
    return item * 2;
  };
  await sideBySide([1, 2, 3, 4, 5], 2, each, (out) => done.push(out));
  expect(most).toBe(2);
  expect(done.toSorted((one, other) => one - other)).toEqual([2, 4, 6, 8, 10]);
});
