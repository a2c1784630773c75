import { firstSeenCompleted } from './completion';
import type { Order, TimelineEntry } from './order';

/** Entries of a full record that are kept when somebody has it go on. */
const FOLDED_KEEPS_ENTRIES = 24;

/**
 * A record with its older entries let go, so that it can go on. What decides about the order stays: when it was first
 * seen completed, and the newest entries. What is let go has been told of by then, in the log and in events.
 */
export function folded(order: Pick<Order, 'timeline' | 'not_completed_at'>): readonly TimelineEntry[] {
  const { timeline } = order;
  const older = timeline.slice(0, -FOLDED_KEEPS_ENTRIES);
  const seen = firstSeenCompleted(order);
  const first = older.find((entry) => entry === seen);
  const gone = older.filter((entry) => entry !== first);
  const [oldest] = gone;
  const newest = gone.at(-1);
  if (oldest === undefined || newest === undefined) return timeline;
  const count = gone.reduce((sum, entry) => sum + (entry.kind === 'folded' ? entry.count : 1), 0);
  const since = oldest.kind === 'folded' ? oldest.since : oldest.at;
  return [
    { kind: 'folded', at: newest.at, since, count },
    ...(first === undefined ? [] : [first]),
    ...timeline.slice(-FOLDED_KEEPS_ENTRIES),
  ];
}

/** Whether WeChat Pay refused the last collection as it was made, and nobody has looked since. */
export function isRefused(timeline: readonly TimelineEntry[]): boolean {
  const last = timeline.findLast(({ kind }) => kind === 'attempt' || kind === 'released');
  return last?.kind === 'attempt' && last.outcome.kind === 'refused';
}
