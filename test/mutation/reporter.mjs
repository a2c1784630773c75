import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';

/**
 * Writes a line of JSON for what is planned and for every mutant as soon as it was tried: a run that is cut off has told
 * what it had found until then.
 */
function lines() {
  const file = process.env.MUTATION_LINES ?? '';
  const write = (line) => appendFileSync(file, `${JSON.stringify(line)}\n`);
  return {
    onMutationTestingPlanReady({ mutantPlans }) {
      for (const { mutant } of mutantPlans)
        write({ kind: 'planned', file: path.relative('', mutant.fileName) });
    },
    onMutantTested({ fileName, location, mutatorName, replacement, status }) {
      const { start, end } = location;
      const mutant = {
        file: path.relative('', fileName),
        mutator: mutatorName,
        start,
        end,
        replacement,
        status,
      };
      write({ kind: 'tried', ...mutant });
    },
  };
}
lines.inject = [];

export const strykerPlugins = [declareFactoryPlugin(PluginKind.Reporter, 'lines', lines)];
