import type { GroupReport } from './report';

/** One thing that is measured, in a file of its own. */
export interface Group {
  readonly id: string;
  readonly title: string;
  readonly run: (context: GroupContext) => Promise<Omit<GroupReport, 'id' | 'title'>>;
}

export interface GroupContext {
  /** Small counts: enough to see that it works. */
  readonly quick: boolean;
  /** How many, where that was said. */
  readonly attempts?: number | undefined;
  readonly due?: number | undefined;
  /** A line for whoever waits. */
  readonly progress: (line: string) => void;
  /** `cost`: the file of prices, instead of `prices.json`. */
  readonly prices?: string;
  /** `sweep`: the most orders that are stored. */
  readonly stored?: number;
}
