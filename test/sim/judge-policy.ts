import type { Policy, PolicyLayer } from '../../lambda/core/policy';
import { DAY, HOUR, MINUTE } from './plan';

/** The default policy as the project promises it, written down a second time. */
const DEFAULT: Policy = {
  first_attempt_after_hours: 24,
  time_zone: 'Asia/Shanghai',
  windows: [{ from: '08:00', to: '21:00' }],
  quiet_hours: [],
  avoid_dates: [],
  min_gap_minutes: 360,
  attempts_per_day_max: 1,
  attempts_per_30_days_max: 8,
  attempts_max: 8,
  exhausting_day: 20,
  last_attempt_day: 25,
  decline_ladder_hours: [24, 24, 48, 72, 120, 120, 168],
  infrastructure_ladder_minutes: [1, 5, 30, 120],
};

type Mode = 'off' | 'observe' | 'on';

interface Said<T> {
  readonly at: number;
  /** `service`, a merchant, or a merchant and what is below it. */
  readonly whose: string;
  readonly what: T;
}

interface Ref {
  readonly mchid: string;
  readonly sub_mchid: string;
  readonly service_id: string;
}

/** A worker may act on what it read this long ago: an invocation, and then the time in which its call has to leave. */
const STALE_MS = 70_000;

/** What people decided for merchants as a whole, and when: what may hold for a call that leaves now. */
export class Rules {
  readonly #layers: Said<PolicyLayer>[] = [];
  readonly #modes: Said<Mode | undefined>[] = [];

  ruled(at: number, level: 'provider' | 'sub_merchant' | 'service', ref: Ref, what: PolicyLayer): void {
    this.#layers.push({ at, whose: level === 'provider' ? ref.mchid : belowOf(ref, level), what });
  }

  switched(
    at: number,
    level: 'service' | 'merchant' | 'sub_merchant',
    ref: Ref,
    what: Mode | undefined,
  ): void {
    const whose = { service: 'service', merchant: ref.mchid, sub_merchant: belowOf(ref, 'sub_merchant') }[
      level
    ];
    this.#modes.push({ at, whose, what });
  }

  /** The instants whose rules a call at `at` may have been decided by. */
  instantsBefore(at: number): readonly number[] {
    const changes = [...this.#layers, ...this.#modes].map((one) => one.at);
    const recent = changes.filter((change) => change > at - STALE_MS && change <= at);
    return [at, at - STALE_MS, ...recent.map((change) => change - 1)];
  }

  policyAt(at: number, ref: Ref): Policy {
    const levels = [ref.mchid, belowOf(ref, 'sub_merchant'), belowOf(ref, 'service')];
    return Object.assign({}, DEFAULT, ...levels.map((whose) => lastOf(this.#layers, whose, at))) as Policy;
  }

  isOnAt(at: number, ref: Ref): boolean {
    const narrower = [ref.mchid, belowOf(ref, 'sub_merchant')].map(
      (whose) => lastOf(this.#modes, whose, at) ?? 'on',
    );
    return [lastOf(this.#modes, 'service', at), ...narrower].every((mode) => mode === 'on');
  }
}

function belowOf({ mchid, sub_mchid, service_id }: Ref, level: 'sub_merchant' | 'service'): string {
  return level === 'service' ? `${mchid}/${sub_mchid}/${service_id}` : `${mchid}/${sub_mchid}`;
}

function lastOf<T>(said: readonly Said<T>[], whose: string, at: number): T | undefined {
  return said.findLast((one) => one.whose === whose && one.at <= at)?.what;
}

const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** Whether a call is allowed at that time of day in Beijing, which has had one offset since 1991. */
export function isOpen({ windows, quiet_hours, avoid_dates }: Policy, at: number): boolean {
  const local = at + 8 * HOUR;
  const minute = Math.floor((local % DAY) / MINUTE);
  const within = ({ from, to }: { readonly from: string; readonly to: string }) =>
    minutes(to) <= minutes(from)
      ? minute >= minutes(from) || minute < minutes(to)
      : minute >= minutes(from) && minute < minutes(to);
  const date = new Date(local).toISOString().slice(0, 10);
  return (
    (windows.length === 0 || windows.some(within)) && !quiet_hours.some(within) && !avoid_dates.includes(date)
  );
}

/** The day in Beijing, counted. */
export function dayOf(at: number): number {
  return Math.floor((at + 8 * HOUR) / DAY);
}
