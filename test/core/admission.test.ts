import fc from 'fast-check';
import { roundRobin } from '../../lambda/core/admission';

const byLetter = (one: string): string => one.charAt(0);
const admit = (waiting: string, max: number): string =>
  roundRobin(waiting === '' ? [] : waiting.split(' '), byLetter, max).join(' ');

test.each([
  ['', 10, ''],
  ['a1', 10, 'a1'],
  ['a1 a2 a3 b1 c1 c2', 10, 'a1 b1 c1 a2 c2 a3'],
  ['a1 a2 a3 a4 a5 b1', 2, 'a1 b1'],
  ['a1 a2 a3 a4 a5 b1', 3, 'a1 b1 a2'],
  ['a1 a2 b1 b2 c1 c2', 4, 'a1 b1 c1 a2'],
  ['b1 a1 b2 a2', 10, 'b1 a1 b2 a2'],
  ['a1 b1', 0, ''],
  ['a1 b1', -1, ''],
  ['a1 a2 a3', 2, 'a1 a2'],
])('of %j at most %d: %j', (waiting, max, admitted) => {
  expect(admit(waiting, max)).toBe(admitted);
});

test('a sub-merchant with one order due never waits behind another’s thousand', () => {
  const many = Array.from({ length: 1_000 }, (_, n) => `a${n}`);
  expect(roundRobin([...many, 'b0'], byLetter, 2)).toEqual(['a0', 'b0']);
});

interface Entry {
  readonly group: string;
  readonly n: number;
}

const waitingLists = fc
  .array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 60 })
  .map((groups) => groups.map((group, n): Entry => ({ group, n })));

describe('whoever waits, and however many may go', () => {
  const cases = [waitingLists, fc.integer({ min: 0, max: 70 })] as const;
  const admitted = (waiting: readonly Entry[], max: number) => roundRobin(waiting, ({ group }) => group, max);

  test('as many go as may, nobody twice, nobody who did not wait', () => {
    fc.assert(
      fc.property(...cases, (waiting, max) => {
        const those = admitted(waiting, max);
        expect(those).toHaveLength(Math.min(max, waiting.length));
        expect(new Set(those).size).toBe(those.length);
        expect(those.every((one) => waiting.includes(one))).toBe(true);
      }),
    );
  });

  test('each group goes in its own order, and nobody of it is passed over', () => {
    fc.assert(
      fc.property(...cases, (waiting, max) => {
        const those = admitted(waiting, max);
        for (const group of new Set(waiting.map((one) => one.group))) {
          const gone = those.filter((one) => one.group === group);
          expect(gone).toEqual(waiting.filter((one) => one.group === group).slice(0, gone.length));
        }
      }),
    );
  });

  test('a group of k is through within the first k rounds, and no group is a turn ahead of one that waits', () => {
    fc.assert(
      fc.property(...cases, (waiting, max) => {
        const those = admitted(waiting, max);
        const groups = [...new Set(waiting.map((one) => one.group))];
        const sizes = groups.map((group) => waiting.filter((one) => one.group === group).length);
        const gone = groups.map((group) => those.filter((one) => one.group === group).length);
        const most = Math.max(0, ...gone);
        groups.forEach((_, index) => {
          const [size, through] = [sizes[index] ?? 0, gone[index] ?? 0];
          expect(through).toBeGreaterThanOrEqual(Math.min(size, most - 1));
        });
        groups.forEach((group, index) => {
          const k = sizes[index] ?? 0;
          const turns = sizes.reduce((sum, size) => sum + Math.min(size, k), 0);
          expect(those.slice(turns).some((one) => one.group === group)).toBe(false);
        });
      }),
    );
  });
});
