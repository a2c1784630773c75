import { Command } from 'commander';
import { UsageError } from '../local/usage-error';
import { addExport } from './orders/export';
import { addImport } from './orders/import';
import { addRepublish } from './orders/republish';
import { ServiceError } from './orders/service';
import { printable } from './printable';

const program = new Command('npm run orders --').description(
  'Orders in bulk, through the API of a deployed service or of one on this machine (npm start).',
);
addImport(program);
addExport(program);
addRepublish(program);

async function main(): Promise<void> {
  // Node 20 runs everything here; the SDK announces, at the first client made, that a release of 2027 will not.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ServiceError)) throw error;
    process.stderr.write(`${printable(error.message)}\n`);
    process.exitCode = 1;
  }
}

void main();
