import Table from 'cli-table3';
import description from '../../lambda/api/openapi.json';
import { colourful, paint } from '../../local/render';
import { isLoopback, signerFor, type Signer } from '../orders/sign';
import { readUrl } from '../orders/service';
import { demandOutputs, writeOutput } from '../outputs';
import { printable } from '../printable';
import type { Terminal } from '../runner';
import { askerAt, tlsOf } from './ask';
import { smokeChecks, type Check, type Verdict } from './checks';

export interface SmokeOptions {
  readonly url: string;
  readonly region?: string;
  readonly mchid?: string;
  readonly mode?: string;
  readonly json?: string;
}

interface SmokeWorld {
  readonly now: () => number;
  /** Instead of the credentials that the AWS command line would use. */
  readonly sign?: Signer;
}

/** The exit status: 0 when every check passed; what could not be checked here is told, and is no failure. */
export async function smoke(
  { url, region, mchid, mode, json }: SmokeOptions,
  { now, sign }: SmokeWorld,
  terminal: Terminal,
): Promise<number> {
  demandOutputs({ '--json': json }, {});
  const base = readUrl(url);
  const checks = await smokeChecks({
    ask: askerAt(base, now),
    sign: sign ?? signerFor(base, region),
    tls: base.protocol === 'https:' ? async () => tlsOf(base) : undefined,
    guarded: sign !== undefined || !isLoopback(base),
    mchid,
    mode,
    description,
    now,
  });
  const counts = {
    passed: count(checks, 'passed'),
    failed: count(checks, 'failed'),
    skipped: count(checks, 'skipped'),
  };
  const success = counts.failed === 0;
  if (json !== undefined) writeOutput('--json', json, { url, success, ...counts, checks });
  terminal.stdout.write(
    `${render(checks)}\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} not checked\n`,
  );
  return success ? 0 : 1;
}

const STYLES = { passed: 'green', failed: 'red', skipped: 'yellow' } as const;

function render(checks: readonly Check[]): string {
  const table = new Table({
    head: ['check', 'expected', 'seen', ''],
    style: { head: colourful ? ['bold'] : [], border: colourful ? ['gray'] : [], compact: true },
    colWidths: [30, 38, 38, 9],
    wordWrap: true,
  });
  for (const { check, expected, seen, verdict } of checks)
    table.push([check, expected, printable(seen), paint(STYLES[verdict], verdict)]);
  return table.toString();
}

function count(checks: readonly Check[], verdict: Verdict): number {
  return checks.filter((check) => check.verdict === verdict).length;
}
