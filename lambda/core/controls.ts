import { combined, verdictOf, type Breaker } from './breaker';
import type { Around } from './decide';
import type { Instant, Mchid, OrderRef, ServiceId, SubMchid } from './ids';
import { effectivePolicy, type EffectivePolicy, type PolicyLayer, type StoredLayer } from './policy';
import { effectiveMode, type Mode } from './switch';
import type { Unseen } from './unseen';

/** `<sub_mchid>/<service_id>`: what permissions, and so breakers and the narrowest policies, are given for. */
export type PairKey = `${SubMchid}/${ServiceId}`;

export function pairKey({ sub_mchid, service_id }: Pick<OrderRef, 'sub_mchid' | 'service_id'>): PairKey {
  return `${sub_mchid}/${service_id}`;
}

/** Everything that is decided for a merchant as a whole, as it is stored; read once for a batch of orders. */
export interface MerchantControls {
  readonly modes: {
    readonly service?: Mode;
    readonly merchant?: Mode;
    readonly sub_merchants: ReadonlyMap<SubMchid, Mode>;
  };
  readonly policies: {
    readonly provider?: StoredLayer;
    readonly sub_merchants: ReadonlyMap<SubMchid, StoredLayer>;
    readonly services: ReadonlyMap<PairKey, StoredLayer>;
  };
  readonly breakers: {
    readonly merchant?: Breaker;
    readonly pairs: ReadonlyMap<PairKey, Breaker>;
  };
  /** Absent unless the table was restored from a copy: what it knows nothing of. */
  readonly unseen?: readonly Unseen[];
}

/** What holds for one order of the merchant. */
export function aroundOf(controls: MerchantControls, ref: OrderRef, now: Instant): Around {
  const { modes, breakers, unseen } = controls;
  return {
    effective: effectiveAt(controls, ref),
    mode: effectiveMode({ ...modes, sub_merchant: modes.sub_merchants.get(ref.sub_mchid) }).mode,
    breaker: combined(
      verdictOf(breakers.merchant, 'merchant', now),
      verdictOf(breakers.pairs.get(pairKey(ref)), 'pair', now),
    ),
    ...(unseen === undefined ? {} : { unseen }),
  };
}

/** The policy in force at a level: what it and the wider ones say. */
export function effectiveAt(
  { policies }: MerchantControls,
  { sub_mchid, service_id }: PolicyTarget | OrderRef,
): EffectivePolicy {
  const layers = [
    policies.provider,
    sub_mchid && policies.sub_merchants.get(sub_mchid),
    service_id && policies.services.get(pairKey({ sub_mchid, service_id })),
  ];
  return effectivePolicy(layers.filter((layer) => layer !== undefined));
}

/** Whose policy: the provider's for one merchant number, one sub-merchant's, or one service's of a sub-merchant. */
export type PolicyTarget =
  | { readonly mchid: Mchid; readonly sub_mchid?: never; readonly service_id?: never }
  | { readonly mchid: Mchid; readonly sub_mchid: SubMchid; readonly service_id?: never }
  | { readonly mchid: Mchid; readonly sub_mchid: SubMchid; readonly service_id: ServiceId };

/** Whose mode: everybody's, one merchant's, or one sub-merchant's. */
export type ModeTarget =
  | 'service'
  | { readonly mchid: Mchid; readonly sub_mchid?: never }
  | { readonly mchid: Mchid; readonly sub_mchid: SubMchid };

/** Whose breaker: the merchant's, or that of one sub-merchant and service. */
export type BreakerTarget =
  | { readonly mchid: Mchid; readonly sub_mchid?: never; readonly service_id?: never }
  | { readonly mchid: Mchid; readonly sub_mchid: SubMchid; readonly service_id: ServiceId };

/** One level of the policy as it was last changed. */
export interface StoredPolicy {
  readonly target: PolicyTarget;
  readonly version: number;
  /** Absent: it was removed, and this level says nothing. */
  readonly layer?: PolicyLayer;
  /** Id of the actor. */
  readonly changed_by: string;
  readonly changed_at: Instant;
}

/** The merchant's controls as they would be if a level said `layer`, as its `version`; undefined: if it said nothing. */
export function withLayer(
  controls: MerchantControls,
  { sub_mchid, service_id }: PolicyTarget,
  layer: PolicyLayer | undefined,
  version: number,
): MerchantControls {
  const { policies } = controls;
  const stored = (level: StoredLayer['level']) => layer && { level, version, layer };
  if (sub_mchid === undefined) {
    const { provider: _before, ...others } = policies;
    const provider = stored('provider');
    return { ...controls, policies: { ...others, ...(provider === undefined ? {} : { provider }) } };
  }
  if (service_id === undefined) {
    const sub_merchants = set(policies.sub_merchants, sub_mchid, stored('sub_merchant'));
    return { ...controls, policies: { ...policies, sub_merchants } };
  }
  const services = set(policies.services, pairKey({ sub_mchid, service_id }), stored('service'));
  return { ...controls, policies: { ...policies, services } };
}

function set<K, V>(map: ReadonlyMap<K, V>, key: K, value: V | undefined): ReadonlyMap<K, V> {
  const copy = new Map(map);
  if (value === undefined) copy.delete(key);
  else copy.set(key, value);
  return copy;
}

/** The controls with one breaker changed; undefined: there is none any more. */
export function withBreaker(
  controls: MerchantControls,
  target: BreakerTarget,
  after: Breaker | undefined,
): MerchantControls {
  const { merchant, pairs } = controls.breakers;
  if (target.sub_mchid === undefined)
    return { ...controls, breakers: { pairs, ...(after === undefined ? {} : { merchant: after }) } };
  const changed = new Map(pairs);
  if (after === undefined) changed.delete(pairKey(target));
  else changed.set(pairKey(target), after);
  return { ...controls, breakers: { ...(merchant === undefined ? {} : { merchant }), pairs: changed } };
}
