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
  /** A line for whoever waits. */
  readonly progress: (line: string) => void;
}
