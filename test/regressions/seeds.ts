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
  {
    why: 'a call that was about to leave when a notification closed its attempt was taken for one without a claim (the judge was wrong)',
    cut: { seed: 1007, operator: false, faults: ['connect_failed', 'pays_meanwhile'] },
  },
  {
    why: 'a worker that had read the order just before a claim was written was taken to know of it (the judge was wrong)',
    cut: { seed: 1101 },
  },
  {
    why: 'a worker that had read the order while it was in doubt asked just after another one had (the judge was wrong)',
    cut: { seed: 1857 },
  },
  {
    why: 'looks into the queue multiplied while every worker was frozen, and the run never ended (the simulation was wrong)',
    cut: { seed: 1474 },
  },
  {
    why: 'a worker frozen between decision and claim wrote its claim hours later, and sent nothing (the judge was wrong)',
    cut: { seed: 302 },
  },
  {
    why: 'who asked for the rate in one window and got it in the next was not counted there (the judge was wrong)',
    cut: {
      seed: 5064,
      operator: false,
      faults: [
        'server_error',
        'unsigned_answer',
        'slow_answer',
        'no_permission',
        'ledger_slow',
        'crash',
        'zombie',
        'clock_skew',
        'queue_twice',
        'queue_refused',
        'batch_answer_lost',
        'notice_forged',
        'deployment',
      ],
    },
  },
  {
    why: 'nothing is collected after the last day',
    cut: { seed: 4637, operator: false, orders: [3], faults: [], days: 28 },
  },
  {
    why: 'no refund is forgotten',
    cut: {
      seed: 10707,
      faults: ['connect_failed', 'pays_meanwhile', 'ledger_answer_lost', 'crash', 'secret_broken'],
    },
  },
];
