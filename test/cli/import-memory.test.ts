import { importMemory, mostIn, type ImportMemory } from '../../bench/import-memory';

const MB = 1024 * 1024;

let measured: ImportMemory;
beforeAll(async () => {
  measured = await importMemory(50_000);
}, 120_000);

test('a file of 50,000 rows is sent whole, its bad rows told of', () => {
  // One row in a thousand is at fault.
  expect(measured.status).toBe(1);
  expect(measured.arrived).toBe(50_000);
});

test('what an import holds does not grow with the file: the last quarter of the rows holds what the first did', () => {
  // Had it kept the rows, they would be some 10 MB; a report line each, 4 MB. The table of orders that it has seen is
  // outside the heap and of fixed size: it is in the resident memory as soon as rows are spread over it.
  for (const quarter of [1, 4] as const)
    expect(Number.isFinite(mostIn(quarter, measured, 'heapUsed'))).toBe(true);
  expect(mostIn(4, measured, 'heapUsed') - mostIn(1, measured, 'heapUsed')).toBeLessThan(2 * MB);
  expect(mostIn(4, measured, 'rss')).toBeLessThan(1.2 * mostIn(1, measured, 'rss'));
});
