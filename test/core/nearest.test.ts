import fc from 'fast-check';
import { nearest } from '../../lambda/core/nearest';

const KEYS = ['min_gap_minutes', 'attempts_max', 'attempts_per_day_max', 'windows', 'quiet_hours'];

test.each([
  ['min_gap_minutes', 'min_gap_minutes'],
  ['min_gap_minute', 'min_gap_minutes'],
  ['min_gap_minutess', 'min_gap_minutes'],
  ['min-gap-minutes', 'min_gap_minutes'],
  ['mingapminutes', 'min_gap_minutes'],
  ['mni_gap_minuets', 'min_gap_minutes'],
  ['MIN_GAP_MINUTES', 'min_gap_minutes'],
  ['minGapMinutes', 'min_gap_minutes'],
  ['gap_minutes', undefined],
  ['max_attempts', undefined],
  ['attempt_max', 'attempts_max'],
  ['attempts_per_max', 'attempts_max'],
  ['window', 'windows'],
  ['wni', undefined],
  ['quite_hours', 'quiet_hours'],
  ['', undefined],
  ['__proto__', undefined],
  ['constructor', undefined],
  ['toString', undefined],
])('%j was meant to be %j', (word, meant) => {
  expect(nearest(word, KEYS)).toBe(meant);
});

describe('how far is near', () => {
  test.each([
    ['a word of six letters may be two edits away', 'abcdef', 'abcdxy', 'abcdxy'],
    ['but not three', 'abcdef', 'abcxyz', undefined],
    ['one of eight letters neither', 'abcdefgh', 'abcdexyz', undefined],
    ['one of nine letters may be three away', 'abcdefghi', 'abcdefxyz', 'abcdefxyz'],
    ['but not four', 'abcdefghi', 'abcdewxyz', undefined],
    ['letters put in count one each', 'abcdef', 'abcdefgh', 'abcdefgh'],
    ['three of them are too many', 'abcdef', 'abcdefghi', undefined],
    ['letters left out count one each', 'abcdef', 'abcd', 'abcd'],
    ['neighbours swapped are one edit, so that two pairs are near', 'badcef', 'abcdef', 'abcdef'],
    ['and three are not', 'badcfe', 'abcdef', undefined],
    ['letters swapped that are no neighbours are two edits', 'cbadef', 'abcdef', 'abcdef'],
    ['letters of which one alone has moved are not swapped', 'abcdef', 'xacdeg', undefined],
    ['be it the second that has', 'abcdef', 'bxcdeg', undefined],
    ['what was swapped is not edited again', 'cab', 'abxc', undefined],
  ])('%s', (_, word, known, meant) => {
    expect(nearest(word, [known])).toBe(meant);
  });
});

test('of several the nearest is meant, and of equally near ones the first', () => {
  expect(nearest('cat', ['coat', 'cast', 'cat', 'cart'])).toBe('cat');
  expect(nearest('cat', ['cost', 'cast', 'cart'])).toBe('cast');
  expect(nearest('cat', ['cart', 'cast', 'cost'])).toBe('cart');
  expect(nearest('cat', [])).toBeUndefined();
});

test('a known name comes back as it is spelled', () => {
  expect(nearest('TIMEZONE', ['Time_Zone'])).toBe('Time_Zone');
});

describe('of every name', () => {
  const name = fc.stringMatching(/^[a-z_]{3,24}$/);
  const spoiled = fc
    .tuple(name, fc.nat(), fc.constantFrom('left out', 'put in', 'exchanged', 'swapped'))
    .map(([known, place, slip]) => {
      const at = place % known.length;
      const [head, rest] = [known.slice(0, at), known.slice(at)];
      switch (slip) {
        case 'left out':
          return [known, head + rest.slice(1)] as const;
        case 'put in':
          return [known, `${head}~${rest}`] as const;
        case 'exchanged':
          return [known, `${head}~${rest.slice(1)}`] as const;
        case 'swapped':
          return [known, head + rest.slice(1, 2) + rest.slice(0, 1) + rest.slice(2)] as const;
      }
    });

  test('the name itself is meant by it, whatever else is known', () => {
    fc.assert(
      fc.property(name, fc.array(name), (known, others) => {
        expect(nearest(known, [...others, known])).toBe(known);
      }),
    );
  });

  test('one slip is forgiven', () => {
    fc.assert(
      fc.property(spoiled, ([known, word]) => {
        expect(nearest(word, [known])).toBe(known);
      }),
    );
  });

  test('nothing is suggested that has no letter in common', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{3,24}$/), name, (word, known) => {
        expect(nearest(word, [known])).toBeUndefined();
      }),
    );
  });
});

test('a word that is longer than any name by too much is not looked into', () => {
  const read = jest.fn();
  const word = { length: 1_000_000, toLowerCase: read } as unknown as string;
  expect(nearest(word, KEYS)).toBeUndefined();
  expect(read).not.toHaveBeenCalled();
});
