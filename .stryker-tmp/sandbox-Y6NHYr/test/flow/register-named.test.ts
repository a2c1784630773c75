import { PayscoreError } from '../../lambda/core/errors';
import type { ServiceId } from '../../lambda/core/ids';
import { register } from '../../lambda/flow/register';
import { registerNamed } from '../../lambda/flow/register-named';
import { DAY, empty, PENDING, portsOf, REF, refOf, registered, rowOf, T0 } from './support/memory';

const ACTOR = { kind: 'api', id: 'shop' } as const;
const COMPLETED = { at: T0, actor: ACTOR, completed_at: T0 - 2 * DAY };

describe('orders that a schedule names', () => {
  const NUMBERS = ['A', 'B', 'C'];

  test('are all in the ledger afterwards, those that were there unchanged', async () => {
    const world = empty();
    await register(refOf('B'), COMPLETED, portsOf(world));
    const before = rowOf(world, refOf('B'));
    expect(
      await registerNamed(
        NUMBERS.map((no) => refOf(no)),
        'nightly',
        portsOf(world),
      ),
    ).toEqual([]);
    const nightly = { kind: 'schedule', id: 'nightly' };
    expect(NUMBERS.map((no) => rowOf(world, refOf(no)).registration.actor)).toEqual([
      nightly,
      ACTOR,
      nightly,
    ]);
    expect(rowOf(world, refOf('B'))).toBe(before);
  });

  test('that cannot be registered are told by number and cause, and keep no other back', async () => {
    const world = empty();
    registered(world, refOf('A'), { observed: { at: T0, standing: { kind: 'pending' }, facts: PENDING } });
    const ports = portsOf(world, async (step, act, of) => {
      if (step === 'find' && of === 'B') throw new PayscoreError('LEDGER_UNAVAILABLE', 'no ledger');
      // oxlint-disable-next-line typescript/only-throw-error
      if (step === 'find' && of === 'C') throw 'odd';
      return act();
    });
    const mismatch = { ...refOf('A'), service_id: '2' as ServiceId };
    expect(await registerNamed([mismatch, refOf('B'), refOf('C'), refOf('D')], 'nightly', ports)).toEqual([
      `A: the ledger knows it under service_id ${REF.service_id}`,
      'B: no ledger',
      'C: an unknown fault',
    ]);
    expect(rowOf(world, refOf('D')).status).toBe('active');
  });
});
