import { Command, InvalidArgumentError, Option } from 'commander';
import { PATTERNS } from '../lambda/core/ids';
import { MODES } from '../lambda/core/switch';
import { runProgram } from './runner';
import { smoke, type SmokeOptions } from './smoke/smoke';

const program = new Command('npm run smoke --')
  .description('Checks a deployed service: whether it answers as it should. It only reads.')
  .requiredOption('--url <url>', 'address of the API: the stack’s output ApiUrl, or what npm start prints')
  .addOption(
    new Option('--mchid <number>', 'a merchant number (服务商商户号) to look at, too').argParser((text) => {
      if (!PATTERNS.mchid.test(text)) throw new InvalidArgumentError('1 to 32 digits.');
      return text;
    }),
  )
  .addOption(
    new Option('--mode <mode>', 'what the switch of the whole service has to be on').choices([...MODES]),
  )
  .option('--region <region>', 'region of the API, for an address that does not name it (a custom domain)')
  .option('--json <file>', 'also write what came of it to this file, as data')
  .addHelpText(
    'after',
    `
Every request is a GET, but for one POST without a signature to the route of notifications, which refuses it before it reads or
writes anything; it leaves a line in the log. Looking at a merchant may have the service download the platform certificates that
it needs anyway. The caller needs execute-api:Invoke. The exit status is 0 only when no check failed.
Example: npm run smoke -- --url "$API" --mchid 1900000001 --mode observe`,
  )
  .action(async (options: SmokeOptions) => {
    process.exitCode = await smoke(options, { now: Date.now }, process);
  });

void runProgram(program);
