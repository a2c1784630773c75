import type { Breaker } from '../../lambda/core/breaker';
import { aroundOf, pairKey, withBreaker, withLayer, type MerchantControls } from '../../lambda/core/controls';
import type { ServiceId, SubMchid } from '../../lambda/core/ids';
import { DEFAULT_POLICY, type StoredLayer } from '../../lambda/core/policy';
import type { Mode } from '../../lambda/core/switch';
import { HOUR, MINUTE, NOW, REF } from './orders';

const PAIR = '1900000109/500001';
const OTHER_SUB = '1900000110' as SubMchid;

const NOTHING: MerchantControls = {
  modes: { sub_merchants: new Map() },
  policies: { sub_merchants: new Map(), services: new Map() },
  breakers: { pairs: new Map() },
};
const breaker = (until: number): Breaker => ({
  version: 1,
  trips: 1,
  tripped_at: until - HOUR,
  until,
  because: '商户号该产品权限未开通',
});
const layer = (level: StoredLayer['level'], version: number, gap: number): StoredLayer => ({
  level,
  version,
  layer: { min_gap_minutes: gap },
});

test('permissions are given for a sub-merchant under a service', () => {
  expect(pairKey(REF)).toBe(PAIR);
});

test('nobody said anything: the default policy, observing, and no breaker', () => {
  const { effective, ...rest } = aroundOf(NOTHING, REF, NOW);
  expect(effective.policy).toEqual(DEFAULT_POLICY);
  expect(effective.version).toBe('default');
  expect(rest).toEqual({ mode: 'observe', breaker: { kind: 'closed' } });
});

test('what a restored ledger knows nothing of holds for each of its orders, and nothing of the kind where none was', () => {
  const unseen = [{ from: NOW - HOUR, to: NOW }];
  expect(aroundOf({ ...NOTHING, unseen }, REF, NOW).unseen).toEqual([{ from: NOW - HOUR, to: NOW }]);
  expect(aroundOf(NOTHING, REF, NOW)).not.toHaveProperty('unseen');
});

describe('the policy of an order', () => {
  const policies = (changes: Partial<MerchantControls['policies']>) =>
    aroundOf({ ...NOTHING, policies: { ...NOTHING.policies, ...changes } }, REF, NOW).effective;

  test('is the provider’s, else its sub-merchant’s, else that of its pair: the narrowest that speaks', () => {
    const provider = layer('provider', 3, 400);
    const sub_merchants = new Map([[REF.sub_mchid, layer('sub_merchant', 2, 500)]]);
    const services = new Map([[pairKey(REF), layer('service', 1, 600)]]);
    expect(policies({ provider }).policy.min_gap_minutes).toBe(400);
    expect(policies({ provider, sub_merchants }).policy.min_gap_minutes).toBe(500);
    const all = policies({ provider, sub_merchants, services });
    expect([all.policy.min_gap_minutes, all.version]).toEqual([600, 'service:1']);
  });

  test('is not that of another sub-merchant, nor of the same one under another service', () => {
    const sub_merchants = new Map([[OTHER_SUB, layer('sub_merchant', 2, 500)]]);
    const services = new Map([
      [pairKey({ ...REF, service_id: '500002' as ServiceId }), layer('service', 1, 600)],
      [pairKey({ ...REF, sub_mchid: OTHER_SUB }), layer('service', 1, 700)],
    ]);
    expect(policies({ sub_merchants, services }).version).toBe('default');
  });
});

describe('the switch of an order', () => {
  const mode = (service?: Mode, merchant?: Mode, sub?: Mode, other?: Mode) =>
    aroundOf(
      {
        ...NOTHING,
        modes: {
          ...(service === undefined ? {} : { service }),
          ...(merchant === undefined ? {} : { merchant }),
          sub_merchants: new Map([
            ...(sub === undefined ? [] : [[REF.sub_mchid, sub] as const]),
            ...(other === undefined ? [] : [[OTHER_SUB, other] as const]),
          ]),
        },
      },
      REF,
      NOW,
    ).mode;

  test('is the most careful of service, merchant and its own sub-merchant', () => {
    expect(mode('on')).toBe('on');
    expect(mode('on', 'on', 'on')).toBe('on');
    expect(mode('on', 'observe', 'on')).toBe('observe');
    expect(mode('on', 'on', 'off')).toBe('off');
    expect(mode('off', 'on', 'on')).toBe('off');
    expect(mode(undefined, 'on', 'on')).toBe('observe');
  });

  test('is not touched by another sub-merchant’s', () => {
    expect(mode('on', 'on', undefined, 'off')).toBe('on');
  });
});

describe('the breaker of an order', () => {
  const verdict = (breakers: MerchantControls['breakers'], now = NOW) =>
    aroundOf({ ...NOTHING, breakers }, REF, now).breaker;
  const merchant = breaker(NOW + HOUR);
  const pairs = new Map([[pairKey(REF), breaker(NOW + MINUTE)]]);

  test('is its merchant’s or its pair’s, whichever is stricter, as it stands now', () => {
    expect(verdict({ merchant, pairs: new Map() })).toMatchObject({ kind: 'open', scope: 'merchant' });
    expect(verdict({ pairs })).toMatchObject({ kind: 'open', scope: 'pair', until: NOW + MINUTE });
    expect(verdict({ merchant, pairs })).toMatchObject({ scope: 'merchant', until: NOW + HOUR });
    expect(verdict({ pairs }, NOW + MINUTE)).toEqual({ kind: 'half_open', scope: 'pair' });
    expect(verdict({ merchant, pairs }, NOW + MINUTE)).toMatchObject({ kind: 'open', scope: 'merchant' });
  });

  test('is not that of another pair', () => {
    const other = new Map([[pairKey({ ...REF, sub_mchid: OTHER_SUB }), breaker(NOW + HOUR)]]);
    expect(verdict({ pairs: other })).toEqual({ kind: 'closed' });
  });
});

describe('the controls as they would be if a level said something else', () => {
  const NEW = { min_gap_minutes: 720 };
  const { mchid, sub_mchid, service_id } = REF;
  const pair = pairKey(REF);
  const otherPair = pairKey({ ...REF, sub_mchid: OTHER_SUB });
  const STORED: MerchantControls = {
    modes: { service: 'on', sub_merchants: new Map() },
    policies: {
      provider: layer('provider', 3, 400),
      sub_merchants: new Map([
        [sub_mchid, layer('sub_merchant', 2, 500)],
        [OTHER_SUB, layer('sub_merchant', 9, 501)],
      ]),
      services: new Map([
        [pair, layer('service', 1, 600)],
        [otherPair, layer('service', 8, 601)],
      ]),
    },
    breakers: { merchant: breaker(NOW + HOUR), pairs: new Map() },
  };
  const { policies } = STORED;
  const next = (level: StoredLayer['level'], version: number): StoredLayer => ({
    level,
    version,
    layer: NEW,
  });

  test('the provider, for all its orders', () => {
    expect(withLayer(STORED, { mchid }, NEW, 4)).toEqual({
      ...STORED,
      policies: { ...policies, provider: next('provider', 4) },
    });
    expect(withLayer(NOTHING, { mchid }, NEW, 1).policies.provider).toEqual(next('provider', 1));
  });

  test('one sub-merchant, and no other', () => {
    const changed = new Map([...policies.sub_merchants, [sub_mchid, next('sub_merchant', 3)]]);
    expect(withLayer(STORED, { mchid, sub_mchid }, NEW, 3)).toEqual({
      ...STORED,
      policies: { ...policies, sub_merchants: changed },
    });
    const first = withLayer(NOTHING, { mchid, sub_mchid }, NEW, 1).policies.sub_merchants;
    expect(first).toEqual(new Map([[sub_mchid, next('sub_merchant', 1)]]));
  });

  test('one service of a sub-merchant, and no other', () => {
    const changed = new Map([...policies.services, [pair, next('service', 2)]]);
    expect(withLayer(STORED, { mchid, sub_mchid, service_id }, NEW, 2)).toEqual({
      ...STORED,
      policies: { ...policies, services: changed },
    });
    const first = withLayer(NOTHING, { mchid, sub_mchid, service_id }, NEW, 1).policies.services;
    expect(first).toEqual(new Map([[pair, next('service', 1)]]));
  });

  test('as the version that it would be stored as: a level that was removed goes on counting', () => {
    expect(withLayer(NOTHING, { mchid }, NEW, 12).policies.provider).toEqual(next('provider', 12));
  });

  test('or nothing any more: the level is gone', () => {
    const { provider: _provider, ...others } = policies;
    expect(withLayer(STORED, { mchid }, undefined, 5)).toStrictEqual({ ...STORED, policies: others });
    expect([...withLayer(STORED, { mchid, sub_mchid }, undefined, 5).policies.sub_merchants.keys()]).toEqual([
      OTHER_SUB,
    ]);
    expect([
      ...withLayer(STORED, { mchid, sub_mchid, service_id }, undefined, 5).policies.services.keys(),
    ]).toEqual([otherPair]);
    expect(withLayer(NOTHING, { mchid, sub_mchid }, undefined, 5)).toEqual(NOTHING);
  });

  test('leaves those that hold as they are', () => {
    const before = structuredClone(STORED);
    withLayer(STORED, { mchid, sub_mchid }, NEW, 3);
    withLayer(STORED, { mchid, sub_mchid, service_id }, undefined, 5);
    expect(STORED).toEqual(before);
  });
});

describe('a breaker that is changed', () => {
  const [mine, other] = [breaker(NOW + HOUR), breaker(NOW + 2 * HOUR)];
  const target = { mchid: REF.mchid, sub_mchid: REF.sub_mchid, service_id: REF.service_id };
  const others = new Map([[`${OTHER_SUB}/${REF.service_id}` as const, other]]);
  const known: MerchantControls = { ...NOTHING, modes: { service: 'on', sub_merchants: new Map() } };

  test('of the merchant leaves those of its pairs as they are, and all else', () => {
    const before = { ...known, breakers: { pairs: others } };
    const after = withBreaker(before, { mchid: REF.mchid }, mine);
    expect(after).toStrictEqual({ ...known, breakers: { merchant: mine, pairs: others } });
    expect(withBreaker(after, { mchid: REF.mchid }, undefined)).toStrictEqual(before);
  });

  test('of a pair leaves the merchant’s, and those of other pairs, as they are', () => {
    const before = { ...known, breakers: { merchant: other, pairs: others } };
    const after = withBreaker(before, target, mine);
    expect(after.breakers).toStrictEqual({
      merchant: other,
      pairs: new Map([...others, [pairKey(REF), mine]]),
    });
    expect(after.modes).toBe(known.modes);
    expect(withBreaker(after, target, undefined)).toStrictEqual(before);
    // Whoever has read the earlier ones still has those.
    expect(others.size).toBe(1);
    expect(withBreaker({ ...known, breakers: { pairs: others } }, target, undefined).breakers).toStrictEqual({
      pairs: others,
    });
  });
});
