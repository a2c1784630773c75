import { afterCall, lifted, tripped, verdictOf, withTrial, type Breaker } from '../../lambda/core/breaker';
import { HOUR, MINUTE, NOW } from './orders';

/** Tripped twice, the last time at NOW: nothing is collected for six hours. */
const WAITING: Breaker = {
  version: 4,
  trips: 2,
  tripped_at: NOW,
  until: NOW + 6 * HOUR,
  because: 'NO_AUTH',
};
/** Its trial began at the end of the wait and has not been heard of since. */
const HANGING: Breaker = { ...WAITING, version: 5, trial: { claim_id: 'lost', at: NOW + 6 * HOUR } };

describe('a breaker that somebody lifts', () => {
  const AT = NOW + HOUR;
  const by = (at: number) => ({ by: 'Li Na (idp|li)', at });

  test('lets the next collection try at once, and is one version on; how often it tripped is kept', () => {
    expect(verdictOf(WAITING, 'pair', AT).kind).toBe('open');
    const breaker = lifted(WAITING, by(AT));
    expect(breaker).toEqual({
      version: 5,
      trips: 2,
      tripped_at: NOW,
      until: AT,
      because: 'NO_AUTH',
      lifting: by(AT),
    });
    expect(verdictOf(breaker, 'pair', AT)).toEqual({ kind: 'half_open', scope: 'pair' });
  });

  test('lets one collection try, not all of them', () => {
    const trying = withTrial(lifted(WAITING, by(AT)), { claim_id: 'next', at: AT });
    expect(trying).toMatchObject({ version: 6, trial: { claim_id: 'next', at: AT } });
    expect(verdictOf(trying, 'pair', AT)).toMatchObject({ kind: 'open', until: AT + 15 * MINUTE });
  });

  test('forgets a trial that hangs: the next one need not wait for its end', () => {
    const at = NOW + 6 * HOUR + MINUTE;
    expect(verdictOf(HANGING, 'pair', at).kind).toBe('open');
    const breaker = lifted(HANGING, by(at));
    expect(breaker).not.toHaveProperty('trial');
    expect(breaker.version).toBe(6);
    expect(verdictOf(breaker, 'pair', at).kind).toBe('half_open');
    expect(withTrial(breaker, { claim_id: 'next', at }).trial).toEqual({ claim_id: 'next', at });
  });

  test.each([
    ['in its wait', NOW + HOUR, NOW + HOUR],
    ['in the last moment of its wait', NOW + 6 * HOUR - 1, NOW + 6 * HOUR - 1],
    ['at the end of its wait', NOW + 6 * HOUR, NOW + 6 * HOUR],
    ['after its wait', NOW + 9 * HOUR, NOW + 9 * HOUR],
  ])('waits for nothing any more: lifted %s', (_, at, until) => {
    expect(lifted(WAITING, by(at)).until).toBe(until);
    expect(lifted(HANGING, by(at)).until).toBe(until);
  });

  test('is gone with the first call that is served, and else climbs on from where it was', () => {
    const trial = { claim_id: 'next', at: AT };
    const trying = withTrial(lifted(WAITING, by(AT)), trial);
    const call = { claim_id: 'next', claimed_at: AT, at: AT + 1_000 };
    expect(afterCall(trying, { ...call, came_to: 'served' })).toBeUndefined();
    expect(tripped(trying, { ...call, because: 'NO_AUTH' })).toEqual({
      version: 7,
      trips: 3,
      tripped_at: AT + 1_000,
      until: AT + 1_000 + 24 * HOUR,
      because: 'NO_AUTH',
    });
  });

  test('is not tripped again by the trial that was under way', () => {
    const at = NOW + 6 * HOUR + MINUTE;
    const breaker = lifted(HANGING, by(at));
    expect(tripped(breaker, { at: at + 1, claimed_at: at - 1, because: 'NO_AUTH' })).toBe(breaker);
  });

  test('is not tripped again by a call that was claimed in the wait that it ended', () => {
    const breaker = lifted(WAITING, by(AT));
    expect(tripped(breaker, { at: AT + 1, claimed_at: AT - 1, because: 'NO_AUTH' })).toBe(breaker);
  });
});
