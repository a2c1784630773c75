import { Command } from 'commander';
import { addRedrive, addShow } from './dead-letters/commands';
import { runProgram } from './runner';

const program = new Command('npm run dead-letters --').description(
  'What waits in the dead-letter and failure queues of a stack: shown, and sent to where it belongs.',
);
addShow(program);
addRedrive(program);

void runProgram(program);
