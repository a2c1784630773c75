import type { Instant, Mchid } from '../core/ids';
import { MINUTE_MS } from '../core/time';
import type { Ports } from './ports';

/** What one merchant's answers say about its keys, and about our clock. */
export interface AnswerWatch {
  /** `skewMs`: by how much our clock is ahead of the time at which WeChat Pay signed. */
  verified(by: 'public_key' | 'certificate', skewMs: number): void;
  outsideWindow(skewMs: number): void;
  /** An answer's signature is missing or wrong; of a `probe` it is meant to be. */
  unsigned(probe: boolean): void;
  rotated(from: string, to: string): void;
}

/** A difference that is no accident of the network; from 5 minutes on nothing is accepted any more, by either side. */
const SKEW_TOLD_MS = MINUTE_MS;
/** A wrong clock is met with by every answer: it is told of once in that time. */
const TOLD_EVERY_MS = MINUTE_MS;

/** Turns that into events. */
export function watchAnswers(
  mchid: Mchid,
  { now, record }: { readonly now: () => Instant; readonly record: Ports['record'] },
): AnswerWatch {
  let toldAt = -Infinity;
  const tellSkew = (skewMs: number) => {
    if (now() - toldAt < TOLD_EVERY_MS) return;
    toldAt = now();
    record({ kind: 'clock_skew', mchid, skew_ms: skewMs });
  };
  return {
    verified: (by, skewMs) => {
      record({ kind: 'answer_verified', mchid, of: 'answer', by, skew_ms: skewMs });
      if (Math.abs(skewMs) > SKEW_TOLD_MS) tellSkew(skewMs);
    },
    outsideWindow: tellSkew,
    unsigned: (probe) => record({ kind: 'signature_refused', mchid, of: 'answer', probe }),
    rotated: (from, to) => record({ kind: 'signing_key_rotated', mchid, from, to }),
  };
}
