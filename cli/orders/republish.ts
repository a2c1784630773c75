import type { Command } from 'commander';
import * as z from 'zod/mini';
import { Cursors, jsonOf, unexpected } from './pages';
import { serviceAt, withServiceOptions, type MerchantOptions, type Service } from './service';

export interface RepublishOptions extends MerchantOptions {
  readonly since: string;
  readonly until?: string;
}

export function addRepublish(program: Command): void {
  const command = program
    .command('republish')
    .description(
      'publishes again what the ledger knows of a merchant’s orders, under the ids under which it was published first',
    )
    .requiredOption(
      '--since <time>',
      'what happened from then on: RFC 3339, such as 2026-10-01T00:00:00+08:00',
    )
    .option('--until <time>', 'and before then; without it, to this moment')
    .addHelpText(
      'after',
      '\nFor a consumer that lost events, or for a rule that came later. Which events the ledger cannot make again: docs/events.md.\nExample: npm run orders -- republish --mchid 1900000001 --since 2026-10-01T00:00:00+08:00 --url $API',
    );
  withServiceOptions(command).action(async (options: RepublishOptions) => {
    process.exitCode = await republishAll(options, serviceAt(options), process);
  });
}

/** Where the progress and the summary go. */
export interface Terminal {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
}

const count = z.int().check(z.minimum(0));
/** A newer service may tell more. */
const Page = z.object({
  events: count,
  orders: count,
  left_out: count,
  cursor: z.nullable(z.string().check(z.minLength(1))),
});

/**
 * All pages, one after the other; a page that the bus did not take is sent again. The exit status: 0, or 1 when orders
 * had to be left out.
 * @throws ServiceError when the service says no, or nothing
 */
export async function republishAll(
  { mchid, since, until }: RepublishOptions,
  service: Service,
  { stdout, stderr }: Terminal,
): Promise<number> {
  const path = `/v1/merchants/${mchid}/events/republish`;
  const cursors = new Cursors();
  let events = 0;
  let orders = 0;
  let leftOut = 0;
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const body = {
      since,
      ...(until === undefined ? {} : { until }),
      ...(cursor === undefined ? {} : { cursor: cursors.follow(cursor) }),
    };
    const { text } = await service.call({ method: 'POST', path, body });
    const { success, data: page } = Page.safeParse(jsonOf(text));
    if (!success) throw unexpected('a page of what it published');
    events += page.events;
    orders += page.orders;
    leftOut += page.left_out;
    cursor = page.cursor;
    if (stderr.isTTY === true) stderr.write(`\r${orders} orders, ${events} events`);
  }
  if (stderr.isTTY === true) stderr.write('\r');
  stdout.write(`${events} events of ${orders} orders published\n`);
  if (leftOut === 0) return 0;
  stderr.write(
    `${leftOut} orders were left out: another release of the service wrote them. Publish again when only one release is running.\n`,
  );
  return 1;
}
