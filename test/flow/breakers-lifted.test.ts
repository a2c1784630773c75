import { liftBreaker } from '../../lambda/flow/breakers';
import {
  REFUSED_PAIR,
  OTHER_MERCHANT,
  collect,
  pairBreaker,
  merchantBreaker,
  halfOpen,
} from './support/breakers';
import { HOUR, MINUTE, outside, portsOf, REF, refOf, T0 } from './support/memory';

const LI = { kind: 'console', id: 'idp|li', name: 'Li Na' } as const;

describe('a breaker that is lifted by hand', () => {
  test('lets the next collection try at once, and keeps its place on the ladder', async () => {
    const world = outside({ outcome: REFUSED_PAIR });
    await collect(world);
    world.clock += MINUTE;
    expect(await liftBreaker(portsOf(world), REF.mchid, REF, LI)).toBe(true);
    expect(pairBreaker(world)).toMatchObject({
      version: 2,
      trips: 1,
      until: T0 + MINUTE,
      lifting: { by: 'Li Na (idp|li)', at: T0 + MINUTE },
    });
    expect(world.events).toContainEqual({
      kind: 'breaker_lifted',
      target: { mchid: REF.mchid, sub_mchid: REF.sub_mchid, service_id: REF.service_id },
      by: 'Li Na (idp|li)',
    });
    await collect(world, refOf('NEXT'));
    expect(pairBreaker(world)).toMatchObject({ trips: 2, until: T0 + MINUTE + 6 * HOUR });
  });

  test('forgets a trial that hangs', async () => {
    const world = outside();
    halfOpen(world, 'merchant');
    const breaker = merchantBreaker(world);
    if (breaker !== undefined)
      world.breakers.set(REF.mchid, { ...breaker, trial: { claim_id: 'X', at: T0 } });
    expect(await collect(world)).toMatchObject({ kind: 'held_back' });
    expect(await liftBreaker(portsOf(world), REF.mchid, undefined, LI)).toBe(true);
    expect(await collect(world, refOf('NEXT'))).toMatchObject({ kind: 'attempted' });
    expect(world.breakers.size).toBe(0);
  });

  test('is one that is there: the merchant’s is not the pair’s', async () => {
    const world = outside();
    halfOpen(world, 'merchant');
    expect(await liftBreaker(portsOf(world), REF.mchid, REF, LI)).toBe(false);
    expect(await liftBreaker(portsOf(world), OTHER_MERCHANT.mchid, undefined, LI)).toBe(false);
    expect(merchantBreaker(world)).toMatchObject({ version: 1 });
  });

  test('is lifted on the second try when somebody changes it meanwhile, and given up after the third', async () => {
    const world = outside();
    halfOpen(world, 'merchant');
    let writes = 0;
    const failing = (times: number) =>
      portsOf(world, async (step, act) =>
        step === 'saveBreaker' && (writes += 1) <= times ? ('conflict' as ReturnType<typeof act>) : act(),
      );
    expect(await liftBreaker(failing(2), REF.mchid, undefined, LI)).toBe(true);
    writes = 0;
    await expect(liftBreaker(failing(3), REF.mchid, undefined, LI)).rejects.toMatchObject({
      code: 'LEDGER_UNAVAILABLE',
      message: 'The breaker is being changed by others; try again.',
    });
  });
});
