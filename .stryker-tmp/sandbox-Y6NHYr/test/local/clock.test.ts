import { MovableClock, nextHourInBeijing } from '../../local/clock';

describe('the clock of the local run', () => {
  const real = Date.now;
  afterEach(() => {
    Date.now = real;
  });

  it('is moved on, never back, and everything in the process goes by it', () => {
    Date.now = () => 1_000;
    const clock = new MovableClock();
    clock.install();
    expect(clock.now()).toBe(1_000);
    clock.forwardTo(5_000);
    expect([clock.now(), Date.now()]).toEqual([5_000, 5_000]);
    clock.forwardTo(4_000);
    expect(clock.now()).toBe(5_000);
  });

  it('goes on as always between two moves', () => {
    let now = 1_000;
    Date.now = () => now;
    const clock = new MovableClock();
    clock.forwardTo(9_000);
    now = 1_250;
    expect(clock.now()).toBe(9_250);
  });
});

describe('the hour at which a demonstration begins', () => {
  it.each([
    ['2026-11-24T01:59:59.999Z', '2026-11-24T02:00:00.000Z'],
    ['2026-11-24T02:00:00.000Z', '2026-11-25T02:00:00.000Z'],
    ['2026-11-24T15:59:59.000Z', '2026-11-25T02:00:00.000Z'],
    ['2026-11-24T16:00:00.000Z', '2026-11-25T02:00:00.000Z'],
    ['2026-12-31T20:00:00.000Z', '2027-01-01T02:00:00.000Z'],
  ])('at %s the next ten o’clock in Beijing is %s', (now, next) => {
    expect(new Date(nextHourInBeijing(10, Date.parse(now))).toISOString()).toBe(next);
  });
});
