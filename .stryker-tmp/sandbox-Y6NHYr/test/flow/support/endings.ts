import type { Gate, Step } from './memory';

/** How a worker ends at one touch of the outside: `dies` never comes back, `throws` does with an error. */
export const ENDS = ['dies_before', 'dies_after', 'throws_before', 'throws_after', 'conflict_after'] as const;
export type End = (typeof ENDS)[number];

/** Passes everything but the touch with number `at`. */
export function endingAt(at: number, end: End, reached: Step[], over: () => void): Gate {
  return async (step, act) => {
    reached.push(step);
    if (reached.length - 1 !== at) return act();
    if (end === 'dies_after' || end === 'throws_after') act();
    if (end === 'dies_before' || end === 'dies_after') {
      over();
      return new Promise<never>(() => undefined);
    }
    if (end === 'conflict_after') {
      const result = act();
      // Only a write has an answer that can say so.
      return step === 'save' || step === 'saveBreaker' ? ('conflict' as typeof result) : result;
    }
    throw new Error(`${step} failed`);
  };
}
