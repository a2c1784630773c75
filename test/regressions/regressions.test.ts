import { simulate } from '../sim/simulate';
import { REGRESSIONS } from './seeds';

test.each(REGRESSIONS)('seed $cut.seed breaks no promise: $why', async ({ cut }) => {
  expect(await simulate(cut)).toMatchObject({ verdict: undefined });
});
