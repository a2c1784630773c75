import * as z from 'zod/mini';
import { republish } from '../flow/republish';
import { json, problem } from '../shared/http';
import { instant, orderFields } from '../shared/schema';
import { invalid, readRequest } from './request';
import type { Route } from './router';

export const RepublishRequest = z.strictObject({
  mchid: orderFields.mchid,
  /** What happened from then on is told again; without `until`, to this day. */
  since: instant,
  until: z.optional(instant),
  cursor: z.optional(z.string().check(z.maxLength(2_000))),
});

/** `POST …/events/republish`: tells again what the ledger knows, a page of orders at a time, under the same ids. */
export const republishRoute: Route = async (event, { ports, orders, bus }) => {
  const request = readRequest(event, RepublishRequest);
  if (!request.ok) return request.answer;
  const { until = ports.now(), ...asked } = request.value;
  if (until <= asked.since) return invalid([{ field: 'until', rule: 'is not later than since' }]);
  if (bus === undefined) {
    const detail =
      'This deployment tells nobody of changes: its context value events is not true. Nothing was published.';
    return problem({ kind: 'events-off', status: 409, title: 'Events are off', detail });
  }
  const { refused, cursor = null, ...told } = await republish({ ...asked, until }, ports, orders, bus);
  if (refused === 0) return json(200, { ...told, cursor });
  return problem({
    kind: 'events-unavailable',
    status: 503,
    title: 'Event bus out of reach',
    detail: `EventBridge did not take ${refused} of ${told.events + refused} events. Send the same request again: whoever has had an event knows it by its id.`,
    headers: { 'retry-after': '10' },
  });
};
