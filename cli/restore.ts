import { Command } from 'commander';
import { addBegin } from './restore/begin';
import { addCheck } from './restore/check';
import { runProgram } from './runner';

const program = new Command('npm run restore --').description(
  'A ledger that was restored from a backup, taken into service: nothing of it is collected before. Docs: docs/restore.md',
);
addBegin(program);
addCheck(program);

void runProgram(program);
