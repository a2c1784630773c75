import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { billOf, eventsBillOf, parsePrices, totalUsd, type Line, type Prices } from './bill';
import { runCampaign, type Campaign } from './campaign';
import type { Group } from './group';
import type { Fate } from './payscore-process';
import { table, target } from './report';
import { newServiceKeys } from './service-keys';

const ANSWER_AFTER_MS = 200;
/** Of twenty attempts twelve are paid, seven declined, and of one it is never known what became of it. */
const FATES: readonly Fate[] = Array.from({ length: 20 }, (_, at) => {
  if (at === 10) return 'unknown';
  return [1, 4, 7, 9, 12, 15, 18].includes(at) ? 'declined' : 'accepted';
});
const WANTED_USD = 10;
/** What one merchant's rate lets through in the second for which a batch is awaited. */
const USUAL_MESSAGES = 25;

interface Priced {
  readonly batchMessages: number;
  readonly campaign: Campaign;
}

function billTable({ campaign }: Priced, prices: Prices) {
  return linesTable(
    `One million attempts in a month, batches of at most ${USUAL_MESSAGES}`,
    billOf(campaign, prices),
  );
}

function linesTable(title: string, lines: readonly Line[]) {
  const total = { part: 'total', item: '', count: null, each: null, usd: totalUsd(lines) };
  return table(
    title,
    [
      { key: 'part', heading: 'part' },
      { key: 'item', heading: 'item' },
      { key: 'each', heading: 'an attempt', digits: 4 },
      { key: 'count', heading: 'a million attempts', digits: 1 },
      { key: 'usd', heading: 'USD', digits: 3 },
    ],
    [...lines.map((line) => ({ ...line, each: line.count / 1_000_000 })), total],
  );
}

function batchTable(all: readonly Priced[], prices: Prices) {
  return table(
    'The same with other batches',
    [
      { key: 'messages', heading: 'messages at most', digits: 0 },
      { key: 'mean', heading: 'on average', digits: 1 },
      { key: 'ms', heading: 'billed ms a batch', digits: 0 },
      { key: 'compute', heading: 'Lambda USD', digits: 2 },
      { key: 'writes', heading: 'DynamoDB writes USD', digits: 2 },
      { key: 'usd', heading: 'total USD', digits: 2 },
    ],
    all.map(({ batchMessages, campaign }) => {
      const lines = billOf(campaign, prices);
      const of = (prefix: string) => totalUsd(lines.filter(({ item }) => item.startsWith(prefix)));
      const { messages, invocations, gbSeconds } = campaign.collect;
      return {
        messages: batchMessages,
        mean: messages / invocations,
        ms: (gbSeconds / invocations / 0.5) * 1_000,
        compute: of('Lambda'),
        writes: of('DynamoDB write'),
        usd: totalUsd(lines),
      };
    }),
  );
}

export const cost: Group = {
  id: 'cost',
  title: 'What one million attempts cost on AWS',
  async run({ quick, progress, prices: file = path.join(__dirname, 'prices.json') }) {
    const prices = parsePrices(await readFile(file, 'utf8'));
    const keys = await newServiceKeys();
    const sizes = quick
      ? [{ batchMessages: USUAL_MESSAGES, orders: 50 }]
      : [
          { batchMessages: USUAL_MESSAGES, orders: 500 },
          { batchMessages: 100, orders: 500 },
          { batchMessages: 1, orders: 40 },
        ];
    const all: Priced[] = [];
    for (const { batchMessages, orders } of sizes) {
      progress(`${orders} orders, batches of ${batchMessages}`);
      const options = { orders, batchMessages, answerAfterMs: ANSWER_AFTER_MS, fates: FATES };
      all.push({ batchMessages, campaign: await runCampaign(keys, options) });
    }
    const [usual] = all;
    if (usual === undefined) throw new Error('nothing was measured');
    const { orders, attempts, queries } = usual.campaign;
    return {
      measured: [
        `${orders} orders of one merchant, ${attempts} attempts and ${queries} queries in six days of their own time, by the real functions.`,
        'Of 20 calls 12 are accepted and found paid, 7 declined, 1 ends unknown and is found not paid; WeChat Pay answers after 200 ms.',
        `Prices (${file === path.join(__dirname, 'prices.json') ? 'bench/prices.json' : file}): ${prices.source}.`,
      ],
      tables: [
        billTable(usual, prices),
        linesTable(
          'Besides, where events are on (context value events)',
          eventsBillOf(usual.campaign, prices),
        ),
        batchTable(all, prices),
      ],
      targets: [
        target({
          text: 'USD for one million attempts, month’s parts included,',
          sense: 'at most',
          wanted: WANTED_USD,
          unit: 'USD',
          measured: totalUsd(billOf(usual.campaign, prices)),
        }),
      ],
      notes: [
        'Read and write units are counted from the items themselves as they are sent and answered, index entries included; requests that the SDK repeats count once.',
        'Billed time is the time waited here, and CPU time stretched to the share of a CPU that 512 MB have (1,769 MB: one). CPU is this machine’s, shared with others, without TLS.',
        'Month’s parts assume one merchant, one tick a minute, five pollers, keys read every five minutes by two instances that never rest.',
        'Events are counted by the code that makes them, from every write of the campaign; that 25 changes make a batch, and 100 ms of 256 MB, is assumed. Those of registering are not among them: one for each order.',
        'Not included: registering the orders and the API, TLS’s own bytes, alarms, free tiers, taxes.',
      ],
    };
  },
};
