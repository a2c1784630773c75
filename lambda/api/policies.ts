import { actorOf } from './access';
import type { ApiEvent } from './event';
import * as z from 'zod/mini';
import {
  aroundOf,
  effectiveAt,
  withLayer,
  type MerchantControls,
  type PolicyTarget,
  type StoredPolicy,
} from '../core/controls';
import { decide } from '../core/decide';
import type { Fault } from '../core/faults';
import { forecast } from '../core/forecast';
import type { OrderRef, ServiceId, SubMchid } from '../core/ids';
import { spellActor } from '../core/order';
import { parsePolicyLayer, policyFaults, type ParsedLayer } from '../core/policy';
import { isSame } from '../core/same';
import type { Admin } from '../flow/admin';
import { json, problem, readJsonBody, type HttpAnswer } from '../shared/http';
import { orderFields, wholeText } from '../shared/schema';
import { iso, presentDecision } from './present';
import { invalid, parseLookup, readLookup } from './request';
import type { Route, RouteContext } from './router';

const target = {
  mchid: orderFields.mchid,
  sub_mchid: z.optional(orderFields.sub_mchid),
  service_id: z.optional(orderFields.service_id),
};
/** Not in a query string: a service_id there without its sub_mchid would change the policy of the whole merchant. */
const PATH_ONLY = Object.keys(target);
export const PolicyLookup = z.strictObject(target);
export const PolicyChange = z.strictObject({
  ...target,
  /** Refuses the change when somebody else has changed this level since. */
  version: z.optional(wholeText(0, 999_999_999)),
  /** Shows what the change would do, and does nothing. */
  dry_run: z.optional(z.enum(['true', 'false'], { error: 'is not true or false' })),
});

/** `GET …/policies…`: the policy in force at this level, where each value comes from, and what the level itself says. */
export const showPolicyRoute: Route = async (event, context) => {
  const request = readLookup(event, PolicyLookup, PATH_ONLY);
  if (!request.ok) return request.answer;
  const controls = await context.ports.controls.read(request.value.mchid);
  return json(200, await presentPolicy(targetOf(request.value), controls, context));
};

/** `PUT …/policies…`: this level says what the body says, and nothing else. */
export const setPolicyRoute: Route = async (event, context) => {
  const body = readJsonBody(event);
  if (!body.ok) return body.answer;
  return change(event, parsePolicyLayer(body.value), context);
};

/** `DELETE …/policies…`: this level says nothing any more. */
export const removePolicyRoute: Route = async (event, context) =>
  change(event, { ok: true, layer: undefined }, context);

async function change(
  event: ApiEvent,
  said: ParsedLayer | { readonly ok: true; readonly layer: undefined },
  context: RouteContext,
): Promise<HttpAnswer> {
  const request = parseLookup(event, PolicyChange, PATH_ONLY);
  if (!request.ok || !said.ok)
    return invalid([...(request.ok ? [] : request.faults), ...(said.ok ? [] : said.faults)]);
  const { layer } = said;
  const { version, dry_run, ...named } = request.value;
  const level = targetOf(named);
  const { admin, ports } = context;
  const seen = (await storedAt(level, admin))?.version ?? 0;
  if (version !== undefined && version !== seen) return changedMeanwhile();
  const before = await ports.controls.read(level.mchid);
  const after = withLayer(before, level, layer, seen + 1);
  const faults = faultsOf(after, level);
  if (faults.length > 0) return invalid(faults);
  const preview = await previewOf(level, before, after, context);
  if (dry_run === 'true') {
    const touches = await touchedBy(level, before, after, context);
    return json(200, { dry_run: true, ...(await presentPolicy(level, after, context)), touches, preview });
  }
  const saved = await admin.savePolicy(level, layer, spellActor(actorOf(event)), ports.now(), version);
  if (saved === 'conflict') return changedMeanwhile();
  const stored = await ports.controls.read(level.mchid);
  return json(200, { ...(await presentPolicy(level, stored, context)), preview });
}

/** Rules between values are judged on what is in force wherever this level has a say. */
function faultsOf(controls: MerchantControls, level: PolicyTarget): readonly Fault[] {
  return [level, ...levelsUnder(level, controls)].flatMap((one) =>
    policyFaults(effectiveAt(controls, one).policy).map(({ field, rule }) => ({
      field,
      rule: one === level ? rule : `${rule}, for ${spellLevel(one)}`,
    })),
  );
}

/** The narrower levels that say something of their own. */
function levelsUnder({ mchid, sub_mchid, service_id }: PolicyTarget, { policies }: MerchantControls) {
  const levels: readonly PolicyTarget[] = [
    ...[...policies.sub_merchants.keys()].map((sub) => ({ mchid, sub_mchid: sub })),
    ...[...policies.services.keys()].map((pair) => {
      const [sub, service] = pair.split('/') as [SubMchid, ServiceId];
      return { mchid, sub_mchid: sub, service_id: service };
    }),
  ];
  if (sub_mchid === undefined) return levels;
  if (service_id !== undefined) return [];
  return levels.filter((one) => one.sub_mchid === sub_mchid && one.service_id !== undefined);
}

function spellLevel({ sub_mchid, service_id }: PolicyTarget): string {
  return `sub_mchid ${sub_mchid}${service_id === undefined ? '' : `, service_id ${service_id}`}`;
}

/** The path says which level: there is no service without a sub-merchant in it. */
function targetOf({ mchid, sub_mchid, service_id }: z.infer<typeof PolicyLookup>): PolicyTarget {
  if (sub_mchid === undefined) return { mchid };
  return service_id === undefined ? { mchid, sub_mchid } : { mchid, sub_mchid, service_id };
}

async function presentPolicy(level: PolicyTarget, controls: MerchantControls, { admin }: RouteContext) {
  const { policy, sources, version } = effectiveAt(controls, level);
  const stored = await storedAt(level, admin);
  return {
    level,
    effective: policy,
    sources,
    effective_version: version,
    stored: stored === undefined ? null : presentStored(stored),
  };
}

async function storedAt(level: PolicyTarget, admin: Admin): Promise<StoredPolicy | undefined> {
  const all = await admin.readPolicies(level.mchid);
  return all.find(
    ({ target: { sub_mchid, service_id } }) =>
      sub_mchid === level.sub_mchid && service_id === level.service_id,
  );
}

function presentStored({ layer, version, changed_by, changed_at }: StoredPolicy): object {
  return { layer: layer ?? null, version, changed_by, changed_at: iso(changed_at) };
}

/** Orders shown in a preview, and attempts of each. */
const PREVIEW_ORDERS = 10;
const FORECAST_ATTEMPTS = 10;
/** Pages of a hundred orders that are read to count those that a change touches, of each status. */
const TOUCHED_PAGES_MAX = 20;

/** What the schedule would do next with some of the orders that the change touches, before it and after it. */
async function previewOf(
  level: PolicyTarget,
  before: MerchantControls,
  after: MerchantControls,
  { ports, orders }: RouteContext,
): Promise<readonly object[]> {
  const { mchid, sub_mchid, service_id } = level;
  const narrowed = { mchid, ...(sub_mchid === undefined ? {} : { sub_mchid }) };
  // Those that are only watched too: a change may be meant to have them collected again.
  const pages = await Promise.all(
    (['active', 'watched'] as const).map((status) => orders.list({ ...narrowed, status, pageMax: 100 })),
  );
  const touched = pages
    .flatMap((page) => page.orders)
    .filter((order) => service_id === undefined || order.service_id === service_id);
  const found = await ports.ledger.findMany(touched.slice(0, PREVIEW_ORDERS));
  const now = ports.now();
  const next = (order: (typeof found)[number], controls: MerchantControls) =>
    presentDecision(decide(order, aroundOf(controls, order.ref, now), 'schedule', now));
  const attempts = (order: (typeof found)[number], controls: MerchantControls) =>
    forecast(order, aroundOf(controls, order.ref, now), now, FORECAST_ATTEMPTS).map(iso);
  return found.map((order) => ({
    order: order.ref,
    before: next(order, before),
    after: next(order, after),
    attempts_before: attempts(order, before),
    attempts_after: attempts(order, after),
  }));
}

/** How many of the orders that are not at their end come under another policy by the change, as far as they are read. */
async function touchedBy(
  { mchid, sub_mchid }: PolicyTarget,
  before: MerchantControls,
  after: MerchantControls,
  { orders }: RouteContext,
): Promise<object> {
  const isTouched = (ref: OrderRef) =>
    !isSame(effectiveAt(before, ref).policy, effectiveAt(after, ref).policy);
  const narrowed = { mchid, ...(sub_mchid === undefined ? {} : { sub_mchid }) };
  let [touched, goesOn] = [0, false];
  for (const status of ['active', 'watched'] as const) {
    let cursor: string | undefined;
    for (let pages = 0; pages < TOUCHED_PAGES_MAX && (pages === 0 || cursor !== undefined); pages += 1) {
      const page = await orders.list({ ...narrowed, status, pageMax: 100, cursor });
      touched += page.orders.filter(isTouched).length;
      cursor = page.cursor;
    }
    goesOn ||= cursor !== undefined;
  }
  return { orders: touched, at_least: goesOn };
}

function changedMeanwhile(): HttpAnswer {
  return problem({
    kind: 'policy-changed',
    status: 409,
    title: 'Policy changed meanwhile',
    detail: 'Nothing was changed: this level has another version by now. GET it, and decide again.',
  });
}
