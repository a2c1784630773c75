import * as z from 'zod/mini';
import { EVENT_MEANINGS, type EventType } from '../lambda/core/change-event';
import { EVENT_SOURCE } from '../lambda/store/event-bus';
import { COMMON_FIELDS, EVENT_SCHEMAS } from './event-schemas';
import { code, table } from './tables';

const TYPES = Object.keys(EVENT_MEANINGS) as EventType[];
const SCHEMA_FOLDER = 'docs/event-schemas';

/** One JSON Schema for each type of event. */
export const EVENT_SCHEMA_FILES: Readonly<Record<string, () => string>> = Object.fromEntries(
  TYPES.map((type) => [`${SCHEMA_FOLDER}/${type}.json`, () => jsonSchemaOf(type)]),
);

function jsonSchemaOf(type: EventType): string {
  const { $schema, ...schema } = z.toJSONSchema(EVENT_SCHEMAS[type], {
    target: 'draft-2020-12',
    // The format says it; the pattern is a screenful.
    override: ({ jsonSchema }) => {
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  });
  return `${JSON.stringify({ $schema, title: type, description: EVENT_MEANINGS[type], ...schema }, null, 2)}\n`;
}

function ownFields(type: EventType): string {
  const own = Object.entries(EVENT_SCHEMAS[type].shape).filter(([name]) => !(name in COMMON_FIELDS));
  return own.map(([name]) => code(name)).join(', ');
}

export function events(): string {
  return `<!-- Made by \`npm run docs\` from lambda/core/change-event.ts and docs/event-schemas.ts. -->

# Events

What happens to orders and merchants, on a bus of EventBridge. Switched on with \`-c events=true\`; the stack then makes a bus named like
itself (\`payscore-collector-<stage>\`, output \`EventBusName\`), or uses the one that \`event_bus_name\` names. Switched off, nothing of
it exists, and nothing of it costs anything. Whoever switches events on is told of what happens from then on.

- **At least once.** Events are made from the table's stream, after the write they tell of. One may come twice, bearing the same
  \`detail.id\`: remember the ids, and pass over what you know. EventBridge's own \`id\` is another one each time.
- **In no order that could be relied on.** Those of one order are put in their order; EventBridge may deliver them in another.
  \`detail.at\` says when it happened, \`detail.version\` which of two knows more.
- **Nothing about people.** No openid, no names of operators, nobody's reasons, none of WeChat Pay's messages; order numbers, amounts and
  codes only. What there is besides is in the ledger, by \`GET …/orders/…\`.
- **A fact, not a request.** No event asks for anything, and nothing that a consumer does or leaves changes what is collected.

\`source\` is \`${EVENT_SOURCE}\`, \`detail-type\` the type, \`time\` when it happened (whole seconds).

## Types

${table(
  ['type', 'tells', 'its own fields'],
  TYPES.map((type) => [
    `[${code(type)}](event-schemas/${type}.json)`,
    EVENT_MEANINGS[type],
    ownFields(type) || '–',
  ]),
)}

A collection that begins is not told: its outcome follows within seconds. Neither is a hold whose end has passed: \`OrderHeld\` has
told that end.

## Fields

All events of orders have these; those of merchants have the first four, those of pairs \`sub_mchid\` and \`service_id\` besides. Each
type's JSON Schema (2020-12) is in [event-schemas](event-schemas).

${table(
  ['field', 'is'],
  Object.entries(COMMON_FIELDS).map(([name, is]) => [code(name), is]),
)}

${RULE}

${AGAIN}`;
}

const RULE = `## A rule that consumes them

Tell the user to pay by hand, and wake somebody when a merchant is stopped:

\`\`\`sh
aws events put-rule --name payscore-attention --event-bus-name payscore-collector-prod --event-pattern '{
  "source": ["${EVENT_SOURCE}"],
  "detail-type": ["OrderExhausting", "RefundDue", "MerchantStopped"],
  "detail": { "mchid": ["1900000001"] }
}'
\`\`\`

The same with CDK, in a stack of your own:

\`\`\`ts
new Rule(this, 'Attention', {
  eventBus: EventBus.fromEventBusName(this, 'Bus', 'payscore-collector-prod'),
  eventPattern: {
    source: ['${EVENT_SOURCE}'],
    detailType: ['OrderExhausting', 'RefundDue', 'MerchantStopped'],
    detail: { mchid: ['1900000001'] },
  },
  targets: [new SqsQueue(queue)],
});
\`\`\`

A consumer, in full:

\`\`\`ts
export const handler = async ({ detail, 'detail-type': type }: EventBridgeEvent<string, { id: string }>) => {
  if (await seen(detail.id)) return; // told before
  await act(type, detail);
  await remember(detail.id);
};
\`\`\``;

const AGAIN = `## Again

\`\`\`sh
npm run orders -- republish --mchid 1900000001 --since 2026-10-01T00:00:00+08:00 --url "$API"
\`\`\`

publishes what the ledger still knows (\`POST /v1/merchants/{mchid}/events/republish\`), under the ids under which it was told first; what
is told of amounts, \`status\` and \`standing\` is as of now. The ledger cannot make these again:

- \`RegistrationChanged\`, \`OrderResumed\`, \`MerchantResumed\`, \`PairResumed\`, and an \`OrderStopped\` that is over: it keeps what is, not what was;
- of \`AttemptSettled\` in a row that came to nothing (not sent, throttled, misconfigured) all but the last: they share an entry;
- what was let go of a full record when an order was released.

An order whose status changes between two pages may be on neither: run it twice to be sure, the ids make that harmless.

## When something fails

EventBridge out of reach, or a row that a newer release wrote while this one is being replaced: the batch is tried again from the first
change that was not told, for up to two hours. What follows in the same half of the shard waits; nothing else does, and collecting never
does. After that, the place in the stream lies in the queue \`PublishFailedUrl\`, as [Lambda describes it](https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html),
and what follows goes on: republish from its \`approximateArrivalOfFirstRecord\` on.
`;
