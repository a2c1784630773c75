const { readdirSync, statSync } = require('node:fs');
const path = require('node:path');

/**
 * All tests of one room in one file. Jest gives each file a world of its own, and loading 76 of them anew for every mutant
 * would take longer than all that is tested in them. Small files come first: most mutants die in them.
 */
module.exports = function unitTests(folder, left = []) {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts') && !left.includes(name))
    .map((name) => path.join(folder, name))
    .toSorted((one, other) => weightOf(one) - weightOf(other));
  const wanted = globalThis.wantedTests?.replaceAll('\\', '');
  const isWanted = (file) => wanted === undefined || wanted.includes(`${path.basename(file)} `);
  for (const file of files.filter(isWanted)) describe(path.basename(file), () => void require(file));
};

/** Properties try many cases in few lines. */
const PROPERTIES = /propert|histor|combinations|never-forgotten|table/;

function weightOf(file) {
  return statSync(file).size + (PROPERTIES.test(path.basename(file)) ? 1_000_000 : 0);
}
