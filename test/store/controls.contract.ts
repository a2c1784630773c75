import { tripped, withTrial, type Breaker } from '../../lambda/core/breaker';
import type { PairKey } from '../../lambda/core/controls';
import type { Mchid, ServiceId, SubMchid } from '../../lambda/core/ids';
import type { PolicyLayer } from '../../lambda/core/policy';
import type { ControlsAdmin } from '../../lambda/flow/admin';
import type { Controls } from '../../lambda/flow/ports';

export const T = 1_750_000_000_000;
export const HOUR = 3_600_000;
export const ME = 'arn:aws:iam::000000000000:user/付';

export const mchid = '1900009191' as Mchid;
export const sub_mchid = '1900000109' as SubMchid;
export const service_id = '00004000000000000000000000000001' as ServiceId;
/** The breakers of the merchant, and of the pair. */
export const TARGETS = { merchant: { mchid }, pair: { mchid, sub_mchid, service_id } } as const;
export const PAIR: PairKey = `${sub_mchid}/${service_id}`;

/** Every merchant, sub-merchant and pair that could meet these if numbers were joined without a mark between them. */
const OTHERS = [
  { ...TARGETS.pair, mchid: '19000091911', sub_mchid: '900000109' },
  { ...TARGETS.pair, mchid: '190000919', sub_mchid: '11900000109' },
  { ...TARGETS.pair, sub_mchid: '19000001090', service_id: '0004000000000000000000000000001' },
  { ...TARGETS.pair, sub_mchid: '190000010', service_id: '900004000000000000000000000000001' },
] as (typeof TARGETS.pair)[];

export const NOTHING = {
  modes: { sub_merchants: new Map() },
  policies: { sub_merchants: new Map(), services: new Map() },
  breakers: { pairs: new Map() },
};

export const WAITING: Breaker = tripped(undefined, {
  at: T,
  claimed_at: T - 1_000,
  because: '403 NO_AUTH 商户号',
});
export const TRYING: Breaker = withTrial(WAITING, { claim_id: 'c0ffee', at: T + HOUR });
/** Closed, and then tripped anew: its version is the one that the first had. */
const ANEW: Breaker = { ...WAITING, tripped_at: T + 2 * HOUR, until: T + 3 * HOUR };

export const LAYER: PolicyLayer = {
  time_zone: 'Asia/Shanghai',
  windows: [{ from: '09:00', to: '12:00', weekdays: ['mon', 'sun'] }],
  quiet_hours: [],
  avoid_dates: ['2026-10-01'],
  attempts_max: 3,
  decline_ladder_hours: [24, 48],
};

/** What every store of controls has to keep, whatever it is made of. */
export function controlsContract(name: string, make: () => Promise<Controls & ControlsAdmin>): void {
  describe(`${name}, controls`, () => {
    let controls: Controls & ControlsAdmin;
    beforeEach(async () => {
      controls = await make();
    });

    test('of a merchant that nobody decided anything for, nothing is said', async () => {
      expect(await controls.read(mchid)).toStrictEqual(NOTHING);
      expect(await controls.readPolicies(mchid)).toEqual([]);
      expect(await controls.serviceMode()).toBeUndefined();
    });

    test('everything that was decided for a merchant is read at once', async () => {
      await controls.saveMode('service', 'on', ME, T);
      await controls.saveMode({ mchid }, 'observe', ME, T);
      await controls.saveMode({ mchid, sub_mchid }, 'off', ME, T);
      await controls.savePolicy({ mchid }, LAYER, ME, T);
      await controls.savePolicy({ mchid, sub_mchid }, {}, ME, T);
      await controls.savePolicy({ mchid, sub_mchid, service_id }, { attempts_max: 1 }, ME, T);
      await controls.saveBreaker({ mchid }, undefined, WAITING);
      await controls.saveBreaker(TARGETS.pair, undefined, TRYING);
      expect(await controls.read(mchid)).toStrictEqual({
        modes: {
          service: 'on',
          merchant: 'observe',
          sub_merchants: new Map([['1900000109', 'off']]),
        },
        policies: {
          provider: { level: 'provider', version: 1, layer: LAYER },
          sub_merchants: new Map([['1900000109', { level: 'sub_merchant', version: 1, layer: {} }]]),
          services: new Map([[PAIR, { level: 'service', version: 1, layer: { attempts_max: 1 } }]]),
        },
        breakers: {
          merchant: {
            version: 1,
            trips: 1,
            tripped_at: 1_750_000_000_000,
            until: 1_750_003_600_000,
            because: '403 NO_AUTH 商户号',
          },
          pairs: new Map([[PAIR, TRYING]]),
        },
      });
    });

    test('two merchants never meet, nor do their sub-merchants and pairs; the service’s mode is everybody’s', async () => {
      for (const { mchid: other, ...narrow } of OTHERS) {
        const sub = { mchid: other, sub_mchid: narrow.sub_mchid };
        await controls.savePolicy(sub, LAYER, ME, T);
        await controls.savePolicy({ ...sub, service_id: narrow.service_id }, LAYER, ME, T);
        await controls.saveMode(sub, 'off', ME, T);
        await controls.saveBreaker({ ...narrow, mchid: other }, undefined, WAITING);
      }
      for (const other of ['19000091911', '190000919'] as Mchid[]) {
        await controls.savePolicy({ mchid: other }, LAYER, ME, T);
        await controls.saveMode({ mchid: other }, 'off', ME, T);
        await controls.saveBreaker({ mchid: other }, undefined, WAITING);
      }
      await controls.saveMode('service', 'observe', ME, T);

      const mine = await controls.read(mchid);
      expect([...mine.policies.services.keys()]).toEqual([
        '190000010/900004000000000000000000000000001',
        '19000001090/0004000000000000000000000000001',
      ]);
      expect([...mine.policies.sub_merchants.keys()]).toEqual(['190000010', '19000001090']);
      expect([...mine.modes.sub_merchants.keys()]).toEqual(['190000010', '19000001090']);
      expect([...mine.breakers.pairs.keys()]).toEqual([
        '190000010/900004000000000000000000000000001',
        '19000001090/0004000000000000000000000000001',
      ]);
      expect(mine.policies.provider).toBeUndefined();
      expect(mine.breakers.merchant).toBeUndefined();
      expect(mine.modes).toMatchObject({ service: 'observe' });
      expect(mine.modes.merchant).toBeUndefined();
      expect((await controls.read('19000091911' as Mchid)).modes).toStrictEqual({
        service: 'observe',
        merchant: 'off',
        sub_merchants: new Map([['900000109', 'off']]),
      });
    });

    test('what was read is not changed by what is written after', async () => {
      const before = await controls.read(mchid);
      await controls.saveMode({ mchid, sub_mchid }, 'off', ME, T);
      await controls.saveBreaker(TARGETS.pair, undefined, WAITING);
      expect(before).toStrictEqual(NOTHING);
    });

    describe('breakers', () => {
      const scopes = ['merchant', 'pair'] as const;

      async function stored(scope: 'merchant' | 'pair'): Promise<Breaker | undefined> {
        const { breakers } = await controls.read(mchid);
        return scope === 'merchant' ? breakers.merchant : breakers.pairs.get(PAIR);
      }

      test.each(scopes)('the %s’s trips, tries, closes, and trips again', async (scope) => {
        expect(await controls.saveBreaker(TARGETS[scope], undefined, WAITING)).toBe('saved');
        expect(await stored(scope)).toStrictEqual(WAITING);
        expect(await controls.saveBreaker(TARGETS[scope], WAITING, TRYING)).toBe('saved');
        expect(await stored(scope)).toStrictEqual(TRYING);
        const { trial: _over, ...untried } = TRYING;
        const again = { ...untried, version: 3, until: T + 2 * HOUR };
        expect(await controls.saveBreaker(TARGETS[scope], TRYING, again)).toBe('saved');
        // toStrictEqual: the trial that is over is absent.
        expect(await stored(scope)).toStrictEqual(again);
        const lifting = { by: 'Li Na (idp|li)', at: T + HOUR };
        const raised = { ...again, version: 4, until: T + HOUR, lifting };
        expect(await controls.saveBreaker(TARGETS[scope], again, raised)).toBe('saved');
        expect(await stored(scope)).toStrictEqual(raised);
        expect(await controls.saveBreaker(TARGETS[scope], raised, undefined)).toBe('saved');
        expect(await controls.read(mchid)).toStrictEqual(NOTHING);
        expect(await controls.saveBreaker(TARGETS[scope], undefined, ANEW)).toBe('saved');
        expect(await stored(scope)).toStrictEqual(ANEW);
      });

      test('the breaker of the merchant and that of the pair know nothing of each other', async () => {
        await controls.saveBreaker({ mchid }, undefined, WAITING);
        expect(await controls.saveBreaker(TARGETS.pair, undefined, ANEW)).toBe('saved');
        expect(await controls.saveBreaker({ mchid }, WAITING, undefined)).toBe('saved');
        expect(await stored('pair')).toStrictEqual(ANEW);
      });

      test.each<[string, { stored?: Breaker; before?: Breaker; after?: Breaker }]>([
        ['was closed and has tripped', { stored: WAITING, after: ANEW }],
        ['was closed and has tripped, and the very same trip', { stored: WAITING, after: WAITING }],
        ['was tripped and has closed', { before: WAITING, after: TRYING }],
        ['was tripped and somebody’s trial began', { stored: TRYING, before: WAITING, after: TRYING }],
        ['was tripped and somebody’s trial began, to close', { stored: TRYING, before: WAITING }],
        ['was tripped, closed, and tripped anew', { stored: ANEW, before: WAITING, after: TRYING }],
      ])('a breaker that %s meanwhile is a conflict, and stays as it is', async (_meanwhile, given) => {
        if (given.stored !== undefined) await controls.saveBreaker(TARGETS.pair, undefined, given.stored);
        expect(await controls.saveBreaker(TARGETS.pair, given.before, given.after)).toBe('conflict');
        expect(await stored('pair')).toStrictEqual(given.stored);
      });

      test('one that was closed is not taken for one that never was', async () => {
        await controls.saveBreaker(TARGETS.pair, undefined, WAITING);
        await controls.saveBreaker(TARGETS.pair, WAITING, undefined);
        expect(await controls.saveBreaker(TARGETS.pair, WAITING, TRYING)).toBe('conflict');
        expect(await stored('pair')).toBeUndefined();
      });

      test('of many who trip it or take its trial at once, one does', async () => {
        const rivals = Array.from({ length: 8 }, (_, index) => `rival ${index}`);
        const trips = await Promise.all(
          rivals.map((because) => controls.saveBreaker(TARGETS.pair, undefined, { ...WAITING, because })),
        );
        expect(trips.filter((one) => one === 'saved')).toHaveLength(1);
        const seen = await stored('pair');
        expect(seen?.because).toBe(rivals[trips.indexOf('saved')]);
        const trials = await Promise.all(
          rivals.map((claim_id) =>
            controls.saveBreaker(TARGETS.pair, seen, { ...TRYING, trial: { claim_id, at: T + HOUR } }),
          ),
        );
        expect(trials.filter((one) => one === 'saved')).toHaveLength(1);
        expect((await stored('pair'))?.trial?.claim_id).toBe(rivals[trials.indexOf('saved')]);
      });
    });

    describe('policies', () => {
      const target = { mchid, sub_mchid };

      test('a version only ever goes up, across removal too', async () => {
        expect(await controls.savePolicy(target, LAYER, ME, T)).toEqual({ version: 1 });
        expect(await controls.savePolicy(target, { attempts_max: 2 }, ME, T + 1)).toEqual({ version: 2 });
        expect(await controls.savePolicy(target, undefined, ME, T + 2)).toEqual({ version: 3 });
        expect(await controls.read(mchid)).toStrictEqual(NOTHING);
        expect(await controls.savePolicy(target, undefined, ME, T + 3)).toEqual({ version: 4 });
        expect(await controls.savePolicy(target, LAYER, ME, T + 4)).toEqual({ version: 5 });
        expect((await controls.read(mchid)).policies.sub_merchants.get(sub_mchid)).toStrictEqual({
          level: 'sub_merchant',
          version: 5,
          layer: LAYER,
        });
      });

      test('every level that was ever stored is told with who changed it and when, widest first', async () => {
        await controls.savePolicy({ mchid, sub_mchid, service_id }, { attempts_max: 1 }, 'a', T);
        await controls.savePolicy({ mchid, sub_mchid }, LAYER, 'b', T + 1);
        await controls.savePolicy({ mchid, sub_mchid }, undefined, 'c', T + 2);
        await controls.savePolicy({ mchid }, LAYER, ME, T + 3);
        expect(await controls.readPolicies(mchid)).toStrictEqual([
          { target: { mchid }, version: 1, layer: LAYER, changed_by: ME, changed_at: T + 3 },
          { target: { mchid, sub_mchid }, version: 2, changed_by: 'c', changed_at: T + 2 },
          {
            target: { mchid, sub_mchid, service_id },
            version: 1,
            layer: { attempts_max: 1 },
            changed_by: 'a',
            changed_at: T,
          },
        ]);
      });

      test('a change made on a version that was seen needs it to be there still', async () => {
        expect(await controls.savePolicy(target, LAYER, ME, T, 1)).toBe('conflict');
        expect(await controls.readPolicies(mchid)).toEqual([]);
        expect(await controls.savePolicy(target, LAYER, ME, T, 0)).toEqual({ version: 1 });
        expect(await controls.savePolicy(target, {}, 'late', T, 0)).toBe('conflict');
        expect(await controls.savePolicy(target, undefined, ME, T, 1)).toEqual({ version: 2 });
        // Removed is not never stored: the version goes on.
        expect(await controls.savePolicy(target, {}, 'late', T, 0)).toBe('conflict');
        expect(await controls.savePolicy(target, {}, 'late', T, 1)).toBe('conflict');
        expect(await controls.savePolicy(target, LAYER, ME, T, 2)).toEqual({ version: 3 });
        expect(await controls.readPolicies(mchid)).toMatchObject([{ version: 3, changed_by: ME }]);
      });

      test('of many changes made on one version one is made; without one all are, each with its own version', async () => {
        const rivals = Array.from({ length: 8 }, (_, index) => ({ attempts_max: index + 1 }));
        const seen = await Promise.all(rivals.map((layer) => controls.savePolicy(target, layer, ME, T, 0)));
        expect(seen.filter((one) => one !== 'conflict')).toEqual([{ version: 1 }]);
        const unseen = await Promise.all(rivals.map((layer) => controls.savePolicy(target, layer, ME, T)));
        const versions = unseen.map((one) => (one === 'conflict' ? 0 : one.version));
        expect(versions.toSorted((one, other) => one - other)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
      });
    });

    test('of modes the last word stands, and a level can be taken back', async () => {
      await controls.saveMode('service', 'on', ME, T);
      await controls.saveMode('service', 'off', ME, T - 1);
      await controls.saveMode({ mchid }, 'observe', ME, T);
      await controls.saveMode({ mchid, sub_mchid }, 'on', ME, T);
      expect((await controls.read(mchid)).modes).toStrictEqual({
        service: 'off',
        merchant: 'observe',
        sub_merchants: new Map([['1900000109', 'on']]),
      });
      expect(await controls.serviceMode()).toBe('off');
      await controls.saveMode('service', undefined, ME, T);
      expect(await controls.serviceMode()).toBeUndefined();
      await controls.saveMode({ mchid }, undefined, ME, T);
      await controls.saveMode({ mchid, sub_mchid }, undefined, ME, T);
      expect(await controls.read(mchid)).toStrictEqual(NOTHING);
      await controls.saveMode({ mchid }, 'off', ME, T);
      expect((await controls.read(mchid)).modes.merchant).toBe('off');
    });
  });
}
