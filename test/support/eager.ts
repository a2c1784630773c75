import type { PolicyLayer } from '../../lambda/core/policy';

/** A merchant that collects at once, at any hour, as often as anyone asks: what the tests are not about stays out of the way. */
export const EAGER: PolicyLayer = {
  first_attempt_after_hours: 0,
  windows: [],
  attempts_per_day_max: 24,
  attempts_per_30_days_max: 50,
  attempts_max: 50,
};
