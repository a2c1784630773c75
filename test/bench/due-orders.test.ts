import { dueOrders, waitingOf } from '../../bench/due-orders';

test('four in five of the due orders are of one sub-merchant, the others are of 49 in turns', () => {
  const { noisy, quiet } = dueOrders(2_000);
  expect([noisy.length, quiet.length]).toEqual([1_600, 400]);
  expect(new Set(noisy.map(({ sub_mchid }) => sub_mchid))).toEqual(new Set(['1900000100']));
  const counts = new Map<string, number>();
  for (const { sub_mchid } of quiet) counts.set(sub_mchid, (counts.get(sub_mchid) ?? 0) + 1);
  expect(counts.size).toBe(49);
  expect([counts.get('1900000100'), counts.get('1900000101'), counts.get('1900000149')]).toEqual([
    undefined,
    9,
    8,
  ]);
});

test('no two orders have the same number', () => {
  const { noisy, quiet } = dueOrders(500);
  expect(new Set([...noisy, ...quiet].map(({ out_order_no }) => out_order_no)).size).toBe(500);
});

test('waiting counts from the first tick to the call of each of these orders and of no other', () => {
  const { quiet } = dueOrders(15);
  const arrivals = new Map([
    ['QUIET0', 1_100],
    ['QUIET1', 1_300],
    ['QUIET2', 1_200],
    ['NOISY0', 9_000],
  ]);
  expect(waitingOf(quiet, arrivals, 1_000)).toEqual({ p50Ms: 200, p95Ms: 290 });
});

test('an order that was never collected is no short wait', () => {
  expect(() => waitingOf(dueOrders(5).quiet, new Map(), 0)).toThrow('order QUIET0 was not collected');
});

test('of no orders there is no waiting time', () => {
  expect(waitingOf([], new Map(), 0)).toBeUndefined();
});
