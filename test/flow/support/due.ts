import type { Instant, OrderKey } from '../../../lambda/core/ids';
import type { DueOrder } from '../../../lambda/flow/ports';
import { OrdersInHand } from '../../../lambda/flow/in-hand';
import type { SweepPorts, SweepRequest } from '../../../lambda/flow/sweep';
import { refOf, SECOND, T0 } from './memory';

/** What is due, a queue that takes what it likes, and a clock. */
export interface World {
  clock: Instant;
  readonly due: Map<string, DueOrder>;
  /** By `out_order_no`, in the order in which the queue took them. */
  readonly queued: string[];
  /** The seconds that each of them waits in the queue. */
  readonly delays: number[];
  readonly moved: string[];
  /** What this instance of the sweep knows of. */
  inHand: OrdersInHand;
}

/** Takes time, refuses, fails, as a test wants it. */
export interface Obstacles {
  readonly takes?: (key: OrderKey) => boolean;
  readonly moves?: (key: OrderKey) => 'saved' | 'conflict' | 'fails';
  readonly sendMs?: number;
}

export function worldOf(orders: readonly DueOrder[]): World {
  return {
    clock: T0,
    due: new Map(orders.map((order) => [order.key.out_order_no, order])),
    queued: [],
    delays: [],
    moved: [],
    inHand: new OrdersInHand(),
  };
}

export function portsOf(
  world: World,
  { takes = () => true, moves = () => 'saved', sendMs = 0 }: Obstacles = {},
): SweepPorts {
  return {
    now: () => world.clock,
    inHand: world.inHand,
    queue: {
      send: async (orders) => {
        world.clock += sendMs;
        const taken = orders.map(({ key }) => takes(key));
        for (const { key, delaySeconds } of orders.filter((_order, at) => taken[at])) {
          world.queued.push(key.out_order_no);
          world.delays.push(delaySeconds);
        }
        return taken;
      },
    },
    dueOrders: {
      due: async (now, ordersMax) =>
        [...world.due.values()].filter(({ due_at }) => due_at <= now).slice(0, ordersMax),
      postpone: async (order, until) => {
        const moved = moves(order.key);
        if (moved === 'fails') throw new Error('DynamoDB did not answer (Test).');
        if (moved === 'conflict') return moved;
        world.due.set(order.key.out_order_no, { ...order, due_at: until });
        world.moved.push(order.key.out_order_no);
        return moved;
      },
    },
  };
}

export function dueOrder(
  no: string,
  change: { sub_mchid?: string; mchid?: string; lateMs?: number } = {},
): DueOrder {
  const { lateMs = 0, ...tenant } = change;
  const { service_id, ...key } = refOf(no, tenant);
  return { key, service_id, due_at: T0 - lateMs, planned_at: T0 - lateMs };
}

export const ANY: SweepRequest = {
  only: {},
  ordersMax: 3_000,
  rate: { attemptsPerSecond: 1_000, seconds: 300 },
  dryRun: false,
  deadlineAt: T0 + 50 * SECOND,
};

export const many = (count: number, sub_mchid = '1') =>
  Array.from({ length: count }, (_, at) => dueOrder(`${sub_mchid}-${at}`, { sub_mchid }));
