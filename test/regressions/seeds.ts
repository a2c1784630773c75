import type { Cut } from '../sim/plan';

export interface Regression {
  /** What was broken, and by what. */
  readonly why: string;
  /** As `npm run sim` prints it. */
  readonly cut: Cut;
}

/** Seeds that broke a promise once, of the service or of the simulation's own judge. None of them does so again. */
export const REGRESSIONS: readonly Regression[] = [
  {
    why: 'a reduction that arrived hours late was taken for a decision that a collection had passed over (the judge was wrong)',
    cut: { seed: 101, faults: ['late_request'], days: 3 },
  },
];
