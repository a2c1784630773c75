/** Memory after a full collection, when so many attempts had been made. */
export interface Reading {
  readonly attempts: number;
  /** What is alive, inside V8's heap and outside of it. */
  readonly liveBytes: number;
  /** All that the process holds of the machine. */
  readonly residentBytes: number;
}

/**
 * How much more the last reading has than the first, by the line that lies nearest to all of them (least squares): one
 * reading that is off by chance does not decide it.
 */
export function growth(readings: readonly Reading[], what: 'liveBytes' | 'residentBytes'): number {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined || first.attempts >= last.attempts)
    throw new Error('growth takes two readings with attempts between them');
  const meanAttempts = mean(readings.map(({ attempts }) => attempts));
  const meanBytes = mean(readings.map((reading) => reading[what]));
  let covariance = 0;
  let variance = 0;
  for (const reading of readings) {
    const distance = reading.attempts - meanAttempts;
    covariance += distance * (reading[what] - meanBytes);
    variance += distance * distance;
  }
  return (covariance / variance) * (last.attempts - first.attempts);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
