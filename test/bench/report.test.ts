import { renderGroup, table, target } from '../../bench/report';

const COLUMNS = [
  { key: 'candidate', heading: '' },
  { key: 'times', heading: '×', digits: 2 },
];

test('data holds the very digits that are printed, and a dash stands for what could not be measured', () => {
  const made = table('CPU', COLUMNS, [
    { candidate: 'ours', times: 1.23456 },
    { candidate: 'peer', times: 2 },
    { candidate: 'absent', times: null },
  ]);
  expect(made.rows).toEqual([
    { candidate: 'ours', times: 1.23 },
    { candidate: 'peer', times: 2 },
    { candidate: 'absent', times: null },
  ]);
  const text = renderGroup({
    id: 'x',
    title: 'X',
    measured: [],
    tables: [made],
    targets: [],
    notes: ['a note'],
  });
  expect(text).toMatch(/│ ours {3}│ 1\.23 │/);
  expect(text).toMatch(/│ peer {3}│ 2\.00 │/);
  expect(text).toMatch(/│ absent │ {4}— │/);
  expect(text).toContain('* a note');
});

test('a target is judged by its sense, and a miss is said aloud beside what the limit reaches', () => {
  const slow = target({ text: 'CPU', sense: 'at most', wanted: 1.35, measured: 1.3512, atTheLimit: 1.2 });
  const fast = target({ text: 'calls/s', sense: 'at least', wanted: 2.5, measured: 2.5 });
  expect([slow.reached, fast.reached]).toEqual([false, true]);
  const text = renderGroup({
    id: 'x',
    title: 'X',
    measured: [],
    tables: [],
    targets: [slow, fast],
    notes: [],
  });
  expect(text).toContain('Target: CPU at most 1.35 ×: 1.35 × — NOT reached (the limit itself: 1.20 ×)');
  expect(text).toContain('Target: calls/s at least 2.5 ×: 2.50 × — reached');
});
