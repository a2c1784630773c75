import * as z from 'zod/mini';
import { STOP_REASONS } from '../core/explain';
import type { Overview, Stopped } from '../core/overview';
import { json } from '../shared/http';
import { orderFields } from '../shared/schema';
import { iso } from './present';
import { readLookup } from './request';
import type { Route } from './router';

export const MerchantsLookup = z.strictObject({});

/** `GET /v1/merchants`: those that the service knows. */
export const merchantsRoute: Route = async (event, { admin }) => {
  const request = readLookup(event, MerchantsLookup);
  if (!request.ok) return request.answer;
  return json(200, { merchants: (await admin.merchants()).map((mchid) => ({ mchid })) });
};

export const OverviewLookup = z.strictObject({ mchid: orderFields.mchid });

/** `GET …/overview`: how a merchant stood when that was last rolled up. Nothing is counted for whoever asks. */
export const overviewRoute: Route = async (event, { admin }) => {
  const request = readLookup(event, OverviewLookup);
  if (!request.ok) return request.answer;
  const { mchid } = request.value;
  const overview = await admin.overview(mchid);
  return json(200, overview === undefined ? { mchid, as_of: null } : presentOverview(overview));
};

function presentOverview({ as_of, since, stopped, by_sub_code, needs_a_person, ...rest }: Overview): object {
  const { keys_ending, stopped_merchant, stopped_pairs, ...others } = needs_a_person;
  return {
    ...rest,
    as_of: iso(as_of),
    since: since === undefined ? null : iso(since),
    stopped: stopped.map((one) => ({ ...one, reason: STOP_REASONS[one.because] })),
    by_sub_code: by_sub_code.map(({ sub_code = null, ...one }) => ({ sub_code, ...one })),
    needs_a_person: {
      ...others,
      keys_ending: keys_ending.map(({ valid_to, ...key }) => ({ ...key, ends_at: iso(valid_to) })),
      stopped_merchant: stopped_merchant === undefined ? null : presentStopped(stopped_merchant),
      stopped_pairs: stopped_pairs.map(({ sub_mchid, service_id, ...one }) => ({
        sub_mchid,
        service_id,
        ...presentStopped(one),
      })),
    },
  };
}

function presentStopped({ because, tripped_at, until }: Stopped): object {
  return { because, tripped_at: iso(tripped_at), tries_again_at: iso(until) };
}
