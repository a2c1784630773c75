import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';

/**
 * Prints, as JSON, what Redocly's recommended rules find in the file that is named. A program of its own, because the
 * linter is an ES module, which jest does not load.
 */
async function main(file: string): Promise<void> {
  const config = await createConfig({
    extends: ['recommended'],
    rules: { 'operation-description': 'error' },
  });
  const problems = await lintFromString({ source: readFileSync(file, 'utf8'), absoluteRef: file, config });
  const told = problems.map(({ ruleId, message, location: [at] }) => ({
    rule: ruleId,
    message,
    at: at?.pointer,
  }));
  process.stdout.write(JSON.stringify(told));
}

void main(process.argv[2] ?? '');
