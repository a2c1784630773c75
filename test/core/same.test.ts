import { isSame } from '../../lambda/core/same';

test.each([
  [1, 1],
  ['a', 'a'],
  [null, null],
  [undefined, undefined],
  [
    { a: 1, b: { c: [1, 2] } },
    { b: { c: [1, 2] }, a: 1 },
  ],
  [{ a: 1, b: undefined }, { a: 1 }],
])('%j says the same as %j', (one, other) => {
  expect(isSame(one, other)).toBe(true);
  expect(isSame(other, one)).toBe(true);
});

test.each([
  [1, '1'],
  [null, {}],
  [undefined, null],
  [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { b: 1 }],
  [{ a: 1 }, { a: 1, b: 1 }],
  [
    [1, 2],
    [2, 1],
  ],
  [[1], { 0: 1 }],
  [{ a: { b: 1 } }, { a: 1 }],
  [1, {}],
  ['ab', { 0: 'a', 1: 'b' }],
])('%j does not say the same as %j', (one, other) => {
  expect(isSame(one, other)).toBe(false);
  expect(isSame(other, one)).toBe(false);
});
