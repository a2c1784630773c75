import type { components } from './schema';
import type { ListedOrder } from './types';

type S = components['schemas'];
interface Sum { orders: number; amount: number }
interface Stopped { because: string; tripped_at: string; tries_again_at: string }
export interface Overview {
  mchid: string; as_of: string; since: string | null;
  owed: Sum; recovered: Sum; due_today: Sum; in_flight: { orders: number };
  unknown: { orders: number; older_than_24h: number }; watched: Sum;
  stopped: (Sum & { because: Extract<S['Decision'], { action: 'stop' }>['because']; reason: string })[];
  by_day: (Sum & { date: string; attempts: number })[];
  by_attempt: { attempt: number; attempts: number; paid: number }[];
  by_hour: { weekday: number; hour: number; attempts: number; paid: number }[];
  by_sub_code: { sub_code: string | null; outcome: S['OutcomeKind'] | 'unreported'; attempts: number }[];
  needs_a_person: {
    refund_due: Sum;
    unknown_over_24h: { mchid: string; sub_mchid: string; out_order_no: string }[];
    keys_ending: { what: 'api_certificate' | 'platform_certificate'; serial_no: string; ends_at: string; days_left: number }[];
    stopped_merchant: Stopped | null;
    stopped_pairs: (Stopped & { sub_mchid: string; service_id: string })[];
  };
}
export interface NoOverview { mchid: string; as_of: null }
type Get<Params, Answer> = {
  parameters: { query?: never; header?: never; path?: never; cookie?: never };
  get: { parameters: Params; requestBody?: never; responses: { 200: { headers: object; content: { 'application/json': Answer } } } };
  put?: never; post?: never; delete?: never; options?: never; head?: never; patch?: never; trace?: never;
};
type None = { query?: never; header?: never; path?: never; cookie?: never };
type Of<Query> = { query?: Query | undefined; header?: never; path: { mchid: string }; cookie?: never };
export interface ComingPaths {
  '/v1/me': Get<None, { id: string; name?: string; roles: ('viewer' | 'operator')[] }>;
  '/v1/merchants': Get<None, { merchants: { mchid: string }[] }>;
  '/v1/merchants/{mchid}/overview': Get<{ query?: never; header?: never; path: { mchid: string }; cookie?: never }, Overview | NoOverview>;
  '/v1/merchants/{mchid}/search': Get<Of<{ out_order_no?: string; transaction_id?: string }>, { orders: ListedOrder[] }>;
}
