import type { Breaker } from '../../lambda/core/breaker';
import { pairKey, type MerchantControls } from '../../lambda/core/controls';
import type { Mchid } from '../../lambda/core/ids';
import { readOnce } from '../../lambda/flow/memo';
import type { Controls } from '../../lambda/flow/ports';
import { outside, portsOf, REF, T0 } from './support/memory';

const OTHER = '1900009192' as Mchid;
const TRIPPED: Breaker = { version: 1, trips: 1, tripped_at: T0, until: T0 + 3_600_000, because: 'test' };

/** Controls of a world, and which merchants' were read. */
function counted(world = outside()): { controls: Controls; reads: Mchid[] } {
  const { controls } = portsOf(world);
  const reads: Mchid[] = [];
  const read = async (mchid: Mchid): Promise<MerchantControls> => {
    reads.push(mchid);
    return controls.read(mchid);
  };
  return { controls: { ...controls, read }, reads };
}

test('a batch reads each merchant’s controls once, however many of its orders ask at once', async () => {
  const { controls, reads } = counted();
  const memo = readOnce(controls);
  await Promise.all(Array.from({ length: 10 }, (_, at) => memo.read(at % 2 === 0 ? REF.mchid : OTHER)));
  await memo.read(REF.mchid);
  expect(reads).toEqual([REF.mchid, OTHER]);
});

test('the next batch reads them again', async () => {
  const world = outside();
  const { controls } = counted(world);
  expect((await readOnce(controls).read(REF.mchid)).modes.service).toBe('on');
  world.mode = 'off';
  expect((await readOnce(controls).read(REF.mchid)).modes.service).toBe('off');
});

test('what was changed through them is known without another reading, of that merchant only', async () => {
  const { controls, reads } = counted();
  const memo = readOnce(controls);
  await Promise.all([memo.read(REF.mchid), memo.read(OTHER)]);
  const { mchid, sub_mchid, service_id } = REF;
  expect(await memo.saveBreaker({ mchid }, undefined, TRIPPED)).toBe('saved');
  expect(await memo.saveBreaker({ mchid, sub_mchid, service_id }, undefined, TRIPPED)).toBe('saved');
  const known = await memo.read(mchid);
  expect(known).toEqual(await controls.read(mchid));
  expect(known.breakers).toEqual({ merchant: TRIPPED, pairs: new Map([[pairKey(REF), TRIPPED]]) });
  expect((await memo.read(OTHER)).breakers.merchant).toBeUndefined();
  expect(reads).toEqual([mchid, OTHER, mchid]);

  expect(await memo.saveBreaker({ mchid }, TRIPPED, undefined)).toBe('saved');
  expect(await memo.saveBreaker({ mchid, sub_mchid, service_id }, TRIPPED, undefined)).toBe('saved');
  expect((await memo.read(mchid)).breakers).toEqual({ pairs: new Map() });
});

test('after a change that failed they are read again', async () => {
  const { controls, reads } = counted();
  const saveBreaker = async () => Promise.reject(new Error('DynamoDB did not answer (Test).'));
  const memo = readOnce({ ...controls, saveBreaker });
  await memo.read(REF.mchid);
  await expect(memo.saveBreaker({ mchid: REF.mchid }, undefined, TRIPPED)).rejects.toThrow('did not answer');
  await memo.read(REF.mchid);
  expect(reads).toEqual([REF.mchid, REF.mchid]);
});

test('a change that somebody else got in the way of makes them be read again too', async () => {
  const world = outside();
  const memo = readOnce(counted(world).controls);
  await memo.read(REF.mchid);
  world.breakers.set(REF.mchid, TRIPPED);
  expect(await memo.saveBreaker({ mchid: REF.mchid }, undefined, { ...TRIPPED, trips: 2 })).toBe('conflict');
  expect((await memo.read(REF.mchid)).breakers.merchant).toEqual(TRIPPED);
});

test('a reading that failed fails whoever waited for it, and is tried again by the next', async () => {
  const { controls, reads } = counted();
  let fails = true;
  const memo = readOnce({
    ...controls,
    read: async (mchid) => {
      const read = await controls.read(mchid);
      if (fails) throw new Error('DynamoDB did not answer (Test).');
      return read;
    },
  });
  const waited = await Promise.allSettled([memo.read(REF.mchid), memo.read(REF.mchid)]);
  expect(waited.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(reads).toEqual([REF.mchid]);
  fails = false;
  await Promise.all([memo.read(REF.mchid), memo.read(REF.mchid)]);
  expect(reads).toEqual([REF.mchid, REF.mchid]);
});

test('a reading that fails late does not make a newer one be forgotten', async () => {
  const world = outside();
  const { controls, reads } = counted(world);
  const late: (() => void)[] = [];
  const memo = readOnce({
    ...controls,
    read: async (mchid) => {
      if (reads.length > 0) return controls.read(mchid);
      await controls.read(mchid);
      return new Promise((_resolve, reject) => {
        late.push(() => reject(new Error('DynamoDB did not answer (Test).')));
      });
    },
  });
  const first = memo.read(REF.mchid);
  await memo.saveBreaker({ mchid: REF.mchid }, undefined, TRIPPED);
  await memo.read(REF.mchid);
  for (const fail of late) fail();
  await expect(first).rejects.toThrow('DynamoDB did not answer');
  expect((await memo.read(REF.mchid)).breakers.merchant).toEqual(TRIPPED);
  expect(reads).toEqual([REF.mchid, REF.mchid]);
});

test('what was read while a change was being written is not kept', async () => {
  const world = outside();
  const { controls } = counted(world);
  const begun: (() => void)[] = [];
  const slow: Controls = {
    ...controls,
    saveBreaker: async (...change) => {
      await new Promise<void>((resolve) => {
        begun.push(resolve);
      });
      return controls.saveBreaker(...change);
    },
  };
  const memo = readOnce(slow);
  const saving = memo.saveBreaker({ mchid: REF.mchid }, undefined, TRIPPED);
  expect((await memo.read(REF.mchid)).breakers.merchant).toBeUndefined();
  for (const go of begun) go();
  expect(await saving).toBe('saved');
  expect((await memo.read(REF.mchid)).breakers.merchant).toEqual(TRIPPED);
});
