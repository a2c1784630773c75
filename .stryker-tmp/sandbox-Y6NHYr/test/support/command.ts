import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/** Empties `file`: what cannot be written is refused before the work, and no earlier report is taken for this one. */
export function claimFile(file: string): void {
  try {
    writeFileSync(file, '');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`--json: ${file} cannot be written (${code}); name a file in a folder you may write to`, {
      cause: error,
    });
  }
}

export function writeReport(file: string, report: object): void {
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}

/** The exit status of a command that shares this terminal; one that a signal ended has failed. */
export function runCommand(command: string, args: readonly string[]): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit' });
  // Whoever ends this process means the command: left alone, it would go on in the background.
  const passOn = (signal: NodeJS.Signals) => void child.kill(signal);
  process.on('SIGINT', passOn).on('SIGTERM', passOn);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      process.off('SIGINT', passOn).off('SIGTERM', passOn);
      resolve(status ?? 1);
    });
  });
}

/** Ends with the status that `main` gives; what goes wrong is said in a sentence, and is never status 0. */
export async function runMain(main: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
