import { pathToFileURL } from 'node:url';
import { FUNCTIONS, WORK_QUEUE } from '../../infra/manifest';
import { startMapping, type Mapping } from '../../local/aws/event-source-mapping';
import type { LambdaHandler } from '../../local/aws/invoke';
import { answerParent } from '../support/child';
import { installClock, type ClockQuestions } from './shared-clock';

/** The bundle of `collect` as it would be deployed, fed from the queue. Its environment is that of this process. */

export interface WorkerQuestions extends ClockQuestions {
  readonly start: {
    readonly ask: {
      readonly bundle: string;
      readonly queueUrl: string;
      readonly sqsUrl: string;
      readonly now: number;
    };
    readonly answer: null;
  };
  /** Answered when nothing can be received and nothing is under way. */
  readonly idle: { readonly ask: null; readonly answer: null };
  readonly busy: { readonly ask: null; readonly answer: boolean };
}

/** Of one worker: several of them share what there is. */
const BATCH_MESSAGES = 20;
const WINDOW_MS = 20;
const CONCURRENCY_MAX = 4;

const clock = installClock();
let mapping: Mapping | undefined;

function running(): Mapping {
  if (mapping === undefined) throw new Error('asked before it was started');
  return mapping;
}

answerParent<WorkerQuestions>({
  clock,
  start: async ({ bundle, queueUrl, sqsUrl, now }) => {
    clock(now);
    const { handler } = (await import(pathToFileURL(bundle).href)) as { handler: LambdaHandler<unknown> };
    mapping = startMapping({
      queueUrl,
      endpoint: sqsUrl,
      handler,
      functionName: 'collect',
      timeoutMs: FUNCTIONS.collect.timeoutSeconds * 1000,
      batchSize: Math.min(BATCH_MESSAGES, WORK_QUEUE.batchSize),
      windowMs: WINDOW_MS,
      concurrencyMax: CONCURRENCY_MAX,
      // A batch that fails comes again: what that leads to is judged at the end.
      onFault: () => undefined,
    });
    return null;
  },
  idle: async () => {
    await running().idle();
    return null;
  },
  busy: () => running().busy(),
});
