import type { Instant } from './ids';

/** How much of its rate a merchant has used in the window under way. */
export interface BudgetUsage {
  readonly calls_max: number;
  readonly calls_taken: number;
  /** When the window ends. */
  readonly until: Instant;
}
