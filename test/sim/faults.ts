import type { Random } from './random';

/**
 * Everything that goes wrong, each with what it means. The number is the highest rate, or for what happens a few times in
 * a run, the highest number of times.
 */
export const FAULTS = {
  lost_answer: [0.3, 'WeChat Pay did it, and its answer is lost'],
  lost_request: [0.3, 'a request to WeChat Pay is lost'],
  late_request: [0.15, 'a request arrives minutes or hours after it was given up'],
  server_error: [0.3, 'WeChat Pay answers 5xx, whether it did it or not'],
  unsigned_answer: [0.3, 'an answer of WeChat Pay is not signed as it should be (SIGNTEST)'],
  slow_answer: [0.3, 'WeChat Pay takes seconds to answer'],
  connect_failed: [0.3, 'no connection to WeChat Pay'],
  pays_meanwhile: [0.1, 'the user pays by hand while somebody asks or collects'],
  throttling: [3, 'for an hour WeChat Pay answers 429 to most calls'],
  no_permission: [2, 'a sub-merchant loses its permission for some days'],
  ledger_down: [0.08, 'DynamoDB does not answer, and did nothing'],
  ledger_answer_lost: [0.08, 'a conditional write was applied, and its answer is lost'],
  ledger_slow: [0.2, 'DynamoDB takes seconds'],
  crash: [0.01, 'a process dies between any two steps'],
  zombie: [0.01, 'a process is frozen for minutes or hours and goes on then'],
  clock_skew: [1, 'clocks of instances differ by up to a minute'],
  queue_lost: [0.4, 'a message is lost'],
  queue_twice: [0.5, 'a message is delivered twice'],
  queue_late: [0.4, 'a message is delivered hours late'],
  queue_refused: [0.3, 'the queue takes a part of a batch'],
  queue_answer_lost: [0.2, 'the queue took a batch, and its answer is lost'],
  batch_answer_lost: [0.3, 'which messages of a batch are done is lost'],
  sweep_twice: [0.3, 'two sweeps at once'],
  notice_lost: [1, 'a notification never arrives'],
  notice_twice: [0.5, 'a notification is delivered several times'],
  notice_late: [0.8, 'a notification arrives hours late, or is signed long before it does'],
  notice_forged: [3, 'somebody sends notifications that WeChat Pay never signed'],
  notice_probe: [0.4, 'a notification comes with a probe before it (SIGNTEST)'],
  key_changeover: [1, 'WeChat Pay signs with another key from some day on'],
  secret_rotation: [2, 'the merchant’s key is replaced, and the old one revoked'],
  secret_broken: [2, 'the merchant’s secret cannot be read for some hours'],
  deployment: [1, 'old and new code work on the same rows, and go back and forth'],
} as const satisfies Record<string, readonly [most: number, meaning: string]>;

export type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];

/** How often each of them happens; what is absent does not. */
export type Mix = Readonly<Partial<Record<FaultKind, number>>>;

/** A mix of its own for each seed: some kinds are left out, so that the others are seen without them. */
export function drawMix(random: Random): Mix {
  const share = random.pick([0, 0.15, 0.3, 0.3, 0.5]);
  const drawn = FAULT_KINDS.map((kind) => {
    const [most] = FAULTS[kind];
    const rate = most >= 1 ? random.between(1, most) : most * (0.1 + 0.9 * random.next());
    return [kind, random.draw(share) ? rate : 0] as const;
  });
  return Object.fromEntries(drawn.filter(([, rate]) => rate > 0));
}

export function only(mix: Mix, kinds: readonly FaultKind[]): Mix {
  return Object.fromEntries(kinds.flatMap((kind) => (mix[kind] === undefined ? [] : [[kind, mix[kind]]])));
}
