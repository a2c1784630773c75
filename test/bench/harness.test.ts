import { guard, inFlight, measure, median, medianOf, quantile, ratioOf, turns } from '../../bench/harness';

/** A clock that a candidate turns on by hand. */
function handClock() {
  let cpuUs = 0;
  let wallUs = 0;
  return {
    cpuUs: () => cpuUs,
    wallUs: () => wallUs,
    spend(cpu: number, wall: number) {
      cpuUs += cpu;
      wallUs += wall;
    },
  };
}

const tidy = () => {};

test('the median is the middle value, or the middle of the two middle ones', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 10])).toBe(3.5);
  expect(() => median([])).toThrow('nothing was measured');
});

test('a quantile lies between its neighbours', () => {
  expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20);
  expect(quantile([10, 20], 0.25)).toBe(12.5);
});

test('every round has every candidate once, and nobody keeps a place', () => {
  expect([0, 1, 2, 3, 4, 5].map((round) => turns(['a', 'b', 'c'], round).join(''))).toEqual([
    'abc',
    'cba',
    'bca',
    'acb',
    'cab',
    'bac',
  ]);
  expect(turns([], 3)).toEqual([]);
});

test('candidates are warmed up first and then take turns, each primed outside its time', async () => {
  const clock = handClock();
  const log: string[] = [];
  const candidate = (name: string) => ({
    name,
    async prime() {
      log.push(`prime ${name}`);
      clock.spend(1_000, 1_000);
    },
    run(operations: number) {
      log.push(`${name} ${operations}`);
      clock.spend(operations * 3, operations * 5);
    },
  });
  const plan = { rounds: 2, operations: 10, warmUpOperations: 7 };
  const samples = await measure([candidate('a'), candidate('b')], plan, { clock, tidy });
  expect(log.filter((line) => !line.startsWith('prime'))).toEqual([
    'a 7',
    'b 7',
    'a 10',
    'b 10',
    'b 10',
    'a 10',
  ]);
  expect(log.slice(0, 2)).toEqual(['prime a', 'a 7']);
  expect(log.filter((line) => line.startsWith('prime'))).toHaveLength(6);
  expect(samples.get('a')).toEqual([
    { cpuUs: 3, wallUs: 5 },
    { cpuUs: 3, wallUs: 5 },
  ]);
});

test('a ratio compares the two within each round, so that a slow minute of the machine cancels out', async () => {
  const clock = handClock();
  const slowness = [1, 1, 50, 2, 4];
  let round = 0;
  const candidate = (name: string, costUs: number) => ({
    name,
    run: () => clock.spend(costUs * (slowness[round] ?? 1), costUs),
  });
  const samples = await measure(
    [candidate('ours', 30), candidate('limit', 20)],
    { rounds: 5, operations: 1, warmUpOperations: 0 },
    { clock, tidy, onRound: (now) => (round = now) },
  );
  expect(ratioOf(samples, 'ours', 'limit', 'cpuUs')).toEqual({ median: 1.5, low: 1.5, high: 1.5 });
  expect(medianOf(samples, 'ours', 'cpuUs')).toBe(60);
  expect(medianOf(samples, 'limit', 'wallUs')).toBe(20);
  expect(() => medianOf(samples, 'nobody', 'cpuUs')).toThrow('nobody was not measured');
});

test('two candidates of one name are refused', async () => {
  const same = { name: 'same', run: () => {} };
  const plan = { rounds: 1, operations: 1, warmUpOperations: 1 };
  await expect(measure([same, same], plan, { clock: handClock(), tidy })).rejects.toThrow('same name');
});

test('as many calls are in flight as asked for, and each number is called once', async () => {
  let now = 0;
  let most = 0;
  const called: number[] = [];
  await inFlight(10, 4, async (index) => {
    called.push(index);
    now += 1;
    most = Math.max(most, now);
    await Promise.resolve();
    now -= 1;
  });
  expect(most).toBe(4);
  expect(called).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('what does not hold is not measured', () => {
  expect(() => guard(false, 'the answer is right')).toThrow(
    'not measured, because this does not hold: the answer is right',
  );
  expect(() => guard(true, 'the answer is right')).not.toThrow();
});
