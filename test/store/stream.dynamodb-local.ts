import type { DynamoDBRecord } from 'aws-lambda';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { publish } from '../../lambda/flow/publish';
import { EventBridgeBus } from '../../lambda/store/event-bus';
import { unpack } from '../../lambda/store/packed';
import { startEventBus, type LocalEventBus } from '../../local/aws/event-bus';
import { LOCAL_AWS } from '../../local/aws/identity';
import type { LocalServer } from '../../local/aws/loopback';
import { startDynamoDbLocal } from './support/dynamodb-local';
import { changesOf, RECORDED } from './support/records';
import { STORY_EVENTS, tellStory } from './support/story';
import { streamedTable, type StreamedTable } from './support/stream';

let dynamodb: LocalServer;
let table: StreamedTable;
let records: readonly DynamoDBRecord[];
beforeAll(async () => {
  dynamodb = await startDynamoDbLocal();
  table = await streamedTable(dynamodb.url, 'streamed');
  await tellStory(table);
  records = await table.read();
}, 120_000);
afterAll(async () => {
  table.close();
  await dynamodb.close();
});

let local: LocalEventBus;
let client: EventBridgeClient;
beforeEach(async () => {
  local = await startEventBus();
  client = new EventBridgeClient({ endpoint: local.url, ...LOCAL_AWS, maxAttempts: 1 });
});
afterEach(async () => {
  client.destroy();
  await local.close();
});

const bus = () =>
  new EventBridgeBus({ client, busName: 'bus', onRefused: () => {}, pause: () => Promise.resolve() });
const ids = () => local.events.map(({ type, detail }) => [type, detail['id']]);

test('what the ledger writes is in the stream, and on the bus, in its order', async () => {
  expect(await publish(changesOf(records), bus())).toEqual({ events: STORY_EVENTS.length });
  expect(ids()).toEqual(STORY_EVENTS);
});

test('a stream that is read twice is told twice, under the same ids', async () => {
  await publish(changesOf(records), bus());
  await publish(changesOf(await table.read()), bus());
  expect(ids()).toEqual([...STORY_EVENTS, ...STORY_EVENTS]);
});

test('when the bus takes only some of it, nothing is lost: it is begun again where it failed', async () => {
  local.fail(
    { kind: 'partial', refused: [2, 5] },
    { kind: 'lost_answer' },
    { kind: 'ThrottlingException' },
    { kind: 'partial', refused: [0] },
    { kind: 'lost_request' },
    { kind: 'InternalException' },
  );
  let left = changesOf(records);
  let batches = 0;
  for (; left.length > 0 && batches < 10; batches += 1) {
    const { failed } = await publish(left, bus());
    left =
      failed === undefined ? [] : left.slice(left.findIndex(({ position }) => position === failed.position));
  }
  expect(batches).toBe(3);
  expect(new Set(ids().map(([, id]) => id))).toEqual(new Set(STORY_EVENTS.map(([, id]) => id)));
});

test('the records kept for the other tests are what this stream says', () => {
  const comparable = (all: readonly DynamoDBRecord[]) =>
    all.map(({ eventName, dynamodb: { Keys, NewImage, OldImage } = {} }) => ({
      eventName,
      Keys,
      NewImage: unpacked(NewImage),
      OldImage: unpacked(OldImage),
    }));
  expect(comparable(records)).toEqual(comparable(RECORDED));
});

type Image = NonNullable<DynamoDBRecord['dynamodb']>['NewImage'];

/** Other releases of Node may write the same in other bytes. */
function unpacked(image: Image) {
  return image?.['packed']?.B === undefined ? image : { ...image, packed: unpack(image['packed'].B) };
}
