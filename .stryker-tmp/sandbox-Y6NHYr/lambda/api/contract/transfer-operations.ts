import * as z from 'zod/mini';
import { ROW_RESULTS } from '../../flow/import';
import { IMPORT_COLUMNS, IMPORT_ROWS_MAX } from '../../shared/import-rows';
import { EXPORT_DAYS_MAX, ExportAttemptsLookup, ExportOrdersLookup } from '../export';
import { ImportOrdersRequest } from '../import';
import { RepublishRequest } from '../republish';
import { about, count, describeFields, named } from './describe';
import { BODY, LEDGER, type Operation } from './operation';
import { fault } from './problems';

describeFields(ImportOrdersRequest, {
  dry_run: 'Only says what would be done.',
  rows: `1 to ${IMPORT_ROWS_MAX} rows. Each is judged by itself; the fields of a good one are ${IMPORT_COLUMNS.map((name) => `\`${name}\``).join(', ')}, and \`row\`, the caller’s own number for it.`,
});
for (const lookup of [ExportOrdersLookup, ExportAttemptsLookup])
  describeFields(lookup, { cursor: 'From the page before: its header `x-next-cursor`.' });
describeFields(RepublishRequest, {
  until: 'Not included; without it, to this day.',
  cursor: 'From the page before; without it the first page.',
});

const importedRow = named(
  'ImportedRow',
  z.strictObject({
    row: z.int(),
    sub_mchid: about('As it was given, bounded.', z.string()),
    out_order_no: about('As it was given, bounded.', z.string()),
    result: about(
      '`refused`: nothing was done for this row, see `errors`. `left`: nor for this one, and it is no fault of the row: give it again.',
      z.enum(ROW_RESULTS),
    ),
    duplicate_of: about('The row of this batch that names the same order and counts.', z.optional(z.int())),
    errors: z.optional(z.array(fault)),
  }),
);

const page = {
  tag: 'transfer',
  takes: 'query',
  answers: {
    200: {
      description:
        'A page. The pages one after the other are the file: only the first begins with a byte order mark and the column names.',
      schema: z.string(),
      mediaType: 'text/csv',
      headers: {
        'x-next-cursor': 'For the next page; absent on the last one.',
        link: 'The next page (`rel="next"`, RFC 8288); absent on the last one.',
        'x-rows-left-out': 'Orders that a newer release wrote and this one cannot read.',
      },
    },
  },
  problems: ['invalid-request', 'cursor-invalid', 'merchant-unknown', ...LEDGER],
} as const satisfies Partial<Operation>;

const SHORT = 'A page may be short, or empty, and have a next one all the same.';

/** Orders in and out, many at a time. */
export const TRANSFERS = {
  'POST /v1/merchants/{mchid}/orders/import': {
    id: 'importOrders',
    tag: 'transfer',
    summary: 'Registers up to a hundred orders',
    description: 'The answer says of each row what became of it. Rows given again change nothing.',
    request: ImportOrdersRequest,
    takes: 'body',
    answers: {
      200: {
        description: 'Every row in its order, with what became of it.',
        schema: named('Imported', z.strictObject({ dry_run: z.boolean(), results: z.array(importedRow) })),
      },
    },
    problems: [...BODY, 'merchant-unknown', ...LEDGER],
  },
  'GET /v1/merchants/{mchid}/export/orders': {
    ...page,
    id: 'exportOrders',
    summary: 'Exports orders as CSV',
    description: `The orders registered in a period of at most ${EXPORT_DAYS_MAX} days; \`to\` is not included. ${SHORT}`,
    request: ExportOrdersLookup,
  },
  'GET /v1/merchants/{mchid}/export/attempts': {
    ...page,
    id: 'exportAttempts',
    summary: 'Exports attempts as CSV',
    description: `The attempts made in a period of at most ${EXPORT_DAYS_MAX} days; \`to\` is not included. ${SHORT}`,
    request: ExportAttemptsLookup,
  },
  'POST /v1/merchants/{mchid}/events/republish': {
    id: 'republishEvents',
    tag: 'transfer',
    summary: 'Publishes events again',
    description:
      'Tells again what the ledger knows, a page of orders at a time, under the ids under which it was told first.',
    request: RepublishRequest,
    takes: 'body',
    answers: {
      200: {
        description: 'EventBridge took every event of the page.',
        schema: named(
          'Republished',
          z.strictObject({
            events: about('Published.', count),
            orders: about('Looked at.', count),
            left_out: about('Orders that a newer release wrote.', count),
            cursor: about('For the next page; `null` on the last one.', z.nullable(z.string())),
          }),
        ),
      },
    },
    problems: [...BODY, 'cursor-invalid', 'events-off', 'events-unavailable', ...LEDGER],
  },
} as const satisfies Readonly<Record<string, Operation>>;
