import { bundle } from './bundle';
import { startFarm } from './farm';
import { type Sabotage, SABOTAGES } from './sabotages';

/** On a machine that has other things to do as well. */
jest.setTimeout(1_200_000);

const SIDE_BY_SIDE = 2;
const LOOKED_AT = 25;

/** What the simulation says of a service that was sabotaged; undefined: it noticed nothing. */
async function verdictOn(sabotage: Sabotage): Promise<string | undefined> {
  const made = await bundle(sabotage);
  const farm = startFarm(made.file, 1);
  try {
    // A few at a time: most are caught by the first.
    for (let from = 1; from <= sabotage.withinSeeds; from += LOOKED_AT) {
      const { failed } = await farm.run(from, Math.min(LOOKED_AT, sabotage.withinSeeds - from + 1));
      if (failed !== undefined) return failed.verdict;
    }
    return undefined;
  } finally {
    farm.close();
    made.remove();
  }
}

test('each of the sabotages is caught within its number of seeds', async () => {
  expect(SABOTAGES.length).toBeGreaterThanOrEqual(15);
  expect(new Set(SABOTAGES.map(({ name }) => name)).size).toBe(SABOTAGES.length);
  const waiting = SABOTAGES.values();
  const unnoticed: string[] = [];
  const worker = async () => {
    for (const sabotage of waiting)
      if ((await verdictOn(sabotage)) === undefined) unnoticed.push(`${sabotage.name} (${sabotage.file})`);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  expect(unnoticed).toEqual([]);
});

test('a sabotage whose line is no longer there, or stands there twice, is a fault of the list', async () => {
  const [first] = SABOTAGES;
  if (first === undefined) throw new Error('there are sabotages');
  await expect(bundle({ ...first, text: 'if (there.is(noSuchLine))' })).rejects.toThrow(
    'its line stands 0 times',
  );
  await expect(bundle({ ...first, text: 'await' })).rejects.toThrow(/its line stands \d+ times/);
});
