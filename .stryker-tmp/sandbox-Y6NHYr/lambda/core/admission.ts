/**
 * Who goes first when more is due than may be sent: one of each group in turn, each group in its own order, so that a
 * group with few never waits for one with many. At most `max` in all.
 */
export function roundRobin<T>(waiting: readonly T[], groupOf: (one: T) => string, max: number): T[] {
  const groups = new Map<string, T[]>();
  for (const one of waiting) {
    const group = groups.get(groupOf(one));
    if (group === undefined) groups.set(groupOf(one), [one]);
    else group.push(one);
  }
  const admitted: T[] = [];
  let queues = [...groups.values()];
  for (let round = 0; admitted.length < max && queues.length > 0; round += 1) {
    const turn = queues.flatMap((queue) => queue.slice(round, round + 1));
    for (const one of turn.slice(0, max - admitted.length)) admitted.push(one);
    queues = queues.filter((queue) => queue.length > round + 1);
  }
  return admitted;
}
