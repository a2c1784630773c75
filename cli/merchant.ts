import { Command } from 'commander';
import { isPayscoreError } from '../lambda/core/errors';
import { paint } from '../local/render';
import { UsageError } from '../local/usage-error';
import { addCommand } from './merchant/add';
import { checkCommand } from './merchant/check';
import { rotateCommand } from './merchant/rotate';
import { showCommand } from './merchant/show';

const program = new Command('npm run merchant --')
  .description(
    'The keys of your merchant numbers: written, tried, changed and shown. Docs: docs/merchant-keys.md',
  )
  .showHelpAfterError('Give --help to have it explained, with an example.')
  .configureOutput({
    // `--apiv3-key=…` is no option, and what was typed there is not repeated.
    outputError: (text, write) => write(text.replace(/(--[\w-]+=)[^']*/g, '$1…')),
  });
for (const command of [addCommand(), checkCommand(), rotateCommand(), showCommand()])
  program.addCommand(command.copyInheritedSettings(program));

async function run(): Promise<void> {
  // Node 20 runs everything here; the SDK announces, at the first client made, that a release of 2027 will not.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  try {
    await program.parseAsync();
  } catch (error) {
    // What the user can put right is said in a sentence; a mistake of ours comes with its trace.
    const known = error instanceof UsageError || isPayscoreError(error);
    console.error(known ? paint('red', error.message) : error);
    process.exitCode = 1;
  }
}

void run();
