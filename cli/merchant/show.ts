import { Command } from 'commander';
import { demandOutputs, writeOutput } from '../outputs';
import { describe, renderDescription } from './describe';
import { withPlace, type WhereOptions } from './options';
import { readMerchant } from './secrets';
import { placeOf } from './which-place';

interface ShowOptions extends WhereOptions {
  readonly json?: string;
}

export function showCommand(): Command {
  return withPlace(
    new Command('show').description('Shows serials, dates and ids of the keys, never the keys.'),
  )
    .option('--json <file>', 'write what was printed, as data')
    .addHelpText('after', '\nExample:\n  npm run merchant -- show --mchid 1900000001 --stage prod')
    .action(show);
}

async function show(options: ShowOptions): Promise<void> {
  demandOutputs({ '--json': options.json }, { '--file': options.file });
  const place = await placeOf(options);
  const { credentials } = await readMerchant(options.mchid, place);
  const description = describe(credentials, place, Date.now());
  console.log(renderDescription(description));
  if (options.json !== undefined) writeOutput('--json', options.json, description);
}
