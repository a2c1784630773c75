import type { Command } from 'commander';
import { isPayscoreError } from '../lambda/core/errors';
import { UsageError } from '../local/usage-error';
import { printable } from './printable';

/** Where progress and results go. */
export interface Terminal {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
}

/** What the user can put right is said in a sentence; a mistake of ours comes with its trace. */
export async function runProgram(program: Command): Promise<void> {
  // Node 20 runs everything here; the SDK announces, at the first client made, that a release of 2027 will not.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof UsageError || isPayscoreError(error))) throw error;
    process.stderr.write(`${printable(error.message)}\n`);
    process.exitCode = 1;
  }
}

/** One line that says how far it is, on a terminal. */
export function progressOn({ stderr }: Terminal): { tell(text: string): void; end(): void } {
  if (stderr.isTTY !== true) return { tell: () => undefined, end: () => undefined };
  return {
    tell: (text) => void stderr.write(`\r\u001b[K${text}`),
    end: () => void stderr.write('\r\u001b[K'),
  };
}

/** Long enough for a network in between. */
export const CLI_AWS_LIMITS = { requestMs: 10_000, triesMax: 5 } as const;
