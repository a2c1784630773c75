import { MovableClock } from '../../local/clock';

/**
 * The one time of all processes (docs/decisions/0008): each has the machine's own, and is moved on by the one that
 * started it, while nobody is at anything.
 */
export function installClock(): (instant: number) => null {
  const clock = new MovableClock();
  clock.install();
  return (instant) => {
    clock.forwardTo(instant);
    return null;
  };
}

/** What every process answers. */
export interface ClockQuestions {
  readonly clock: { readonly ask: number; readonly answer: null };
}
