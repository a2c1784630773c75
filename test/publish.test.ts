import { Logger } from '@aws-lambda-powertools/logger';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { startEventBus, type LocalEventBus } from '../local/aws/event-bus';
import { LOCAL_AWS, LOCAL_REGION } from '../local/aws/identity';
import { invoke, type Invocation } from '../local/aws/invoke';
import { RECORDED } from './store/support/records';
import { STORY_EVENTS } from './store/support/story';
import { type Deployments, startDeployments } from './support/runtime/deployed';

let local: LocalEventBus;
let environment: Readonly<Record<string, string>>;
let deployments: Deployments;
beforeEach(async () => {
  local = await startEventBus();
  deployments = startDeployments();
  environment = {
    EVENT_BUS_NAME: 'company',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    AWS_ENDPOINT_URL_EVENTBRIDGE: local.url,
    AWS_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: LOCAL_AWS.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_AWS.credentials.secretAccessKey,
  };
  Object.assign(process.env, environment);
});
afterEach(async () => {
  await deployments.close();
  await local.close();
});

/** One batch through the function as it is deployed: it reads its environment when it is loaded. */
async function published(records = RECORDED): Promise<Invocation> {
  jest.resetModules();
  const { handler } = await import('../lambda/publish');
  const instance = {};
  deployments.deployedWith(instance, environment);
  const event: DynamoDBStreamEvent = { Records: [...records] };
  return invoke(deployments.handlerOf('publish', instance, handler), event, {
    functionName: 'publish',
    timeoutMs: 60_000,
  });
}
const answer = (batchItemFailures: DynamoDBBatchResponse['batchItemFailures']) => ({
  kind: 'returned',
  value: { batchItemFailures },
});
const ids = () => local.events.map(({ type, detail }) => [type, detail['id']]);
const numberOf = (nth: number) => String(RECORDED[nth]?.dynamodb?.SequenceNumber);

test('a batch of the stream is on the bus, in its order', async () => {
  expect(await published()).toEqual(answer([]));
  expect(ids()).toEqual(STORY_EVENTS);
  expect(new Set(local.events.map(({ bus }) => bus))).toEqual(new Set(['company']));
});

test('of a batch that the bus does not take, the first change that failed is reported, and Lambda begins there again', async () => {
  // The fourth event is of the seventh record: the first leads to an order and is told to nobody. Three tries.
  local.fail(
    ...Array.from({ length: 3 }, (_, n) => ({ kind: 'partial', refused: [n === 0 ? 3 : 0] }) as const),
  );
  expect(await published()).toEqual(answer([{ itemIdentifier: numberOf(6) }]));
  expect(await published(RECORDED.slice(6))).toEqual(answer([]));
  expect(new Set(ids().map(([, id]) => id))).toEqual(new Set(STORY_EVENTS.map(([, id]) => id)));
});

test('a row of a newer release stops the batch where it is, and is reported', async () => {
  const records = structuredClone([...RECORDED]);
  const image = records[3]?.dynamodb?.NewImage;
  if (image === undefined) throw new Error('the fourth record has an image');
  image['schema'] = { N: '99' };
  expect(await published(records)).toEqual(answer([{ itemIdentifier: numberOf(3) }]));
  expect(ids()).toEqual(STORY_EVENTS.slice(0, 2));
});

test('a function that does not know its bus refuses to start', async () => {
  const { createHandler } = await import('../lambda/publish');
  expect(() => createHandler(undefined, new Logger())).toThrow('EVENT_BUS_NAME is missing.');
});
