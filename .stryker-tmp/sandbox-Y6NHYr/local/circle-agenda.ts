import type { CircleOrder } from './circle-orders';
import type { Simulator } from './wechatpay';

/** Something that the world does at a certain time of the circle. */
export interface Appointment {
  readonly at: number;
  /** What there is to say of it, for whoever watches. */
  readonly run: () => Promise<string | undefined> | string | undefined;
}

/** Appointments, each kept once, in the order of their times. */
export class Agenda {
  #ahead: readonly Appointment[];

  constructor(appointments: readonly Appointment[]) {
    this.#ahead = appointments.toSorted((one, other) => one.at - other.at);
  }

  nextAt(): number {
    return this.#ahead[0]?.at ?? Infinity;
  }

  /** Keeps what is due, and hands on what each had to say. */
  async keep(now: () => number, say: (what: string) => void): Promise<void> {
    for (let [next] = this.#ahead; next !== undefined && next.at <= now(); [next] = this.#ahead) {
      this.#ahead = this.#ahead.slice(1);
      const said = await next.run();
      if (said !== undefined) say(said);
    }
  }
}

/** Forged notifications, from `now` on: an earlier run has seen those before. */
export function forgeries(
  simulator: Pick<Simulator, 'forge'>,
  orders: readonly CircleOrder[],
  now: number,
): readonly Appointment[] {
  return orders.flatMap(({ order, forgedAt = [] }) =>
    forgedAt
      .filter((at) => at >= now)
      .map((at) => ({
        at,
        run: () => {
          simulator.forge(order);
          return undefined;
        },
      })),
  );
}
