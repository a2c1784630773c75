import { readFileSync } from 'node:fs';
import { scoresOf, verdictOn, type Accepted, type Mutant } from './mutants';
import survivors from './survivors.json';

const SOURCE = ['export const one = 1;', '  if (a > b) return a;', 'end'].join('\n');
const survivor: Mutant & { kind: 'tried' } = {
  kind: 'tried',
  file: 'x.ts',
  mutator: 'EqualityOperator',
  start: { line: 2, column: 7 },
  end: { line: 2, column: 12 },
  replacement: 'a >= b',
  status: 'Survived',
};
const planned = { kind: 'planned', file: 'x.ts' } as const;
const scores = (...lines: Parameters<typeof scoresOf>[0]) => scoresOf(lines, () => SOURCE);

test('a score is the share of mutants that a test noticed, an endless loop among them', () => {
  const lines = [
    survivor,
    { ...survivor, status: 'Killed' },
    { ...survivor, status: 'Timeout' },
    { ...survivor, status: 'NoCoverage' },
  ] as const;
  expect(scores(planned, planned, planned, planned, ...lines)).toMatchObject([
    { file: 'x.ts', mutants: 4, detected: 2, score: 50, untried: 0 },
  ]);
});

test('what is not tried, or cannot be loaded, is neither noticed nor a survivor', () => {
  const lines = [
    { ...survivor, status: 'Ignored' },
    { ...survivor, status: 'RuntimeError' },
  ] as const;
  expect(scores(planned, planned, planned, ...lines)).toMatchObject([
    { mutants: 0, score: 100, untried: 1, survivors: [] },
  ]);
});

test('a survivor is known by what stands in the file, wherever it stands', () => {
  expect(scores(planned, survivor)[0]?.survivors).toEqual([
    {
      file: 'x.ts',
      mutator: 'EqualityOperator',
      code: 'if (a > b) return a;',
      original: 'a > b',
      replacement: 'a >= b',
    },
  ]);
});

describe('of a run', () => {
  const ran = scores(planned, planned, survivor, { ...survivor, status: 'Killed' });
  const [explained] = ran[0]?.survivors ?? [];
  if (explained === undefined) throw new Error('there is a survivor');

  test('a survivor without a reason is told', () => {
    const seen = { 'x.ts': 50 };
    expect(verdictOn(ran, [], seen).unexplained).toEqual([explained]);
    expect(verdictOn(ran, [{ ...explained, reason: 'equivalent' }], seen).unexplained).toEqual([]);
    const ofOther = { ...explained, replacement: 'a < b', reason: 'equivalent' };
    expect(verdictOn(ran, [ofOther], seen).unexplained).toEqual([explained]);
  });

  test('of a file without a baseline nothing is demanded yet, and it is named', () => {
    expect(verdictOn(ran, [], {})).toEqual({ unexplained: [], fallen: [], unseen: ['x.ts'] });
    expect(verdictOn(ran, [], { 'x.ts': 50 }).unseen).toEqual([]);
  });

  test('a score below the baseline is told, by its file', () => {
    expect(verdictOn(ran, [], { 'x.ts': 50 }).fallen).toEqual([]);
    expect(verdictOn(ran, [], { 'x.ts': 50.01 }).fallen).toEqual(['x.ts: 50 %, was 50.01 %']);
  });

  test('a file that was cut off has no score yet', () => {
    const cut = scores(planned, planned, planned, survivor);
    expect(verdictOn(cut, [], { 'x.ts': 90 }).fallen).toEqual([]);
  });
});

test('every survivor that has a reason still stands in its file, once in the list', () => {
  const listed: readonly Accepted[] = survivors;
  const gone = listed.filter(({ file, code, original }) => {
    const text = readFileSync(file, 'utf8');
    return !text.split('\n').some((line) => line.trim() === code) || !text.includes(original);
  });
  expect(gone).toEqual([]);
  expect(new Set(listed.map((one) => JSON.stringify({ ...one, reason: '' }))).size).toBe(listed.length);
  expect(listed.filter(({ reason }) => reason.length < 10)).toEqual([]);
});
