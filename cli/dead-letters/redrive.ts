import type { SQSClient } from '@aws-sdk/client-sqs';
import { UsageError } from '../../local/usage-error';
import { judge, type Verdict } from './letter';
import { type DeadLetterQueue, type Held, sendOn } from './queue';
import type { Holds } from './queues';

/** What became of a letter, or would: `doubled` was sent on and could not be deleted, and so will be sent once more. */
export const FATES = [
  'sent',
  'invoked',
  'discarded',
  'doubled',
  'refused',
  'for_a_person',
  'unknown',
  'too_new',
] as const;
export type Fate = (typeof FATES)[number];

export interface Done {
  readonly id: string;
  readonly what: string;
  readonly fate: Fate;
  readonly advice?: string;
}

export interface RedriveOptions {
  readonly lettersMax: number;
  /** Runs and ticks are invoked again. */
  readonly invoke: boolean;
  /** What can be sent nowhere, and is known, is deleted. */
  readonly discard: boolean;
  /** Look and tell, but send and delete nothing. */
  readonly dryRun: boolean;
}

export interface RedriveWorld {
  readonly client: Pick<SQSClient, 'send'>;
  /** Where messages to the worker belong. */
  readonly work: string | undefined;
  /** Resolves once Lambda has taken an event for a function. */
  readonly invoke: (functionArn: string, payload: unknown) => Promise<void>;
  readonly now: () => number;
  /** No further letters are taken up once this is aborted. */
  readonly signal: AbortSignal;
  /** So many more were dealt with. */
  readonly progress: (letters: number) => void;
}

/** Batches in a row of which nothing was taken: then where they belong is not well, and the rest can wait. */
const REFUSED_BATCHES_MAX = 3;

/**
 * Takes letters out of a queue to where they belong: received, sent on, and deleted only then, so that whatever dies in
 * between leaves a letter twice and never less. What came into the queue after the beginning is left: a letter that fails
 * again must not go round in a circle.
 * @throws UsageError when the queue cannot be received from, or nobody said where the work queue is
 */
export async function redrive(
  holds: Holds,
  queue: DeadLetterQueue,
  options: RedriveOptions,
  world: RedriveWorld,
): Promise<readonly Done[]> {
  const { lettersMax, dryRun } = options;
  if (holds === 'work' && world.work === undefined && !dryRun)
    throw new UsageError('--queue: name the work queue, too: QueueUrl=https://…');
  const begun = world.now();
  const done = new Map<string, Done>();
  const left: Held[] = [];
  let refusedBatches = 0;
  try {
    for await (const received of queue.receive()) {
      const known = received.filter(({ id }) => done.has(id));
      const fresh = received.filter(({ id }) => !done.has(id)).slice(0, lettersMax - done.size);
      left.push(...received.filter((letter) => !known.includes(letter) && !fresh.includes(letter)));
      await settleKnown(known, done, left, queue);
      const dealt = await dealWith(fresh, { holds, begun }, options, world);
      const batch = dryRun ? dealt : await deleteDone(dealt, queue);
      for (const { letter, done: one } of batch) {
        done.set(letter.id, one);
        if (!isGone(one.fate) || dryRun) left.push(letter);
      }
      world.progress(batch.length);
      refusedBatches = batch.some(({ done: { fate } }) => isGone(fate))
        ? 0
        : refusedBatches + countRefused(batch);
      if (world.signal.aborted || done.size >= lettersMax || refusedBatches >= REFUSED_BATCHES_MAX) break;
      // Nothing but what was seen already: that is all there is.
      if (fresh.length === 0) break;
    }
  } finally {
    await queue.release(left);
  }
  return [...done.values()];
}

interface Dealt {
  readonly letter: Held;
  readonly done: Done;
}

/** A letter that comes a second time although it was sent on is deleted, not sent again. */
async function settleKnown(
  known: readonly Held[],
  done: Map<string, Done>,
  left: Held[],
  queue: DeadLetterQueue,
): Promise<void> {
  const doubled = known.filter(({ id }) => done.get(id)?.fate === 'doubled');
  left.push(...known.filter((letter) => !doubled.includes(letter)));
  for (const { id } of await queue.delete(doubled)) {
    const before = done.get(id);
    if (before !== undefined) done.set(id, { ...before, fate: 'sent' });
  }
}

async function dealWith(
  letters: readonly Held[],
  { holds, begun }: { readonly holds: Holds; readonly begun: number },
  options: RedriveOptions,
  world: RedriveWorld,
): Promise<readonly Dealt[]> {
  const judged = letters.map((letter) => ({ letter, verdict: judge(holds, letter) }));
  const sendable = judged.flatMap(({ letter, verdict }) =>
    verdict.kind === 'send' && letter.sent_at <= begun ? [{ letter, group: verdict.group }] : [],
  );
  const sending = await sendAll(sendable, options, world);
  return Promise.all(
    judged.map(async ({ letter, verdict }) => {
      const common = { id: letter.id, what: verdict.what };
      if (letter.sent_at > begun) return { letter, done: { ...common, fate: 'too_new' } as const };
      if (verdict.kind === 'send') {
        const taken = sending.taken.has(letter);
        const advice = taken ? {} : { advice: `Not taken (${sending.refused.join(', ')}); give it again.` };
        return { letter, done: { ...common, fate: taken ? 'sent' : 'refused', ...advice } as const };
      }
      return { letter, done: { ...common, ...(await fateOf(verdict, options, world)) } };
    }),
  );
}

async function sendAll(
  letters: readonly { readonly letter: Held; readonly group: string }[],
  { dryRun }: RedriveOptions,
  { client, work }: RedriveWorld,
): ReturnType<typeof sendOn> {
  if (dryRun || work === undefined || letters.length === 0)
    return { taken: new Set(letters.map(({ letter }) => letter)), refused: [] };
  return sendOn(client, work, letters);
}

async function fateOf(
  verdict: Exclude<Verdict, { kind: 'send' }>,
  { invoke, discard, dryRun }: RedriveOptions,
  world: RedriveWorld,
): Promise<Pick<Done, 'fate' | 'advice'>> {
  if (verdict.kind === 'unknown')
    return { fate: 'unknown', advice: 'This release does not know it, and leaves it where it is.' };
  const { advice } = verdict;
  if (verdict.kind === 'invoke' && invoke) {
    try {
      if (!dryRun) await world.invoke(verdict.function_arn, verdict.payload);
      return { fate: 'invoked' };
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
      return { fate: 'refused', advice: `Lambda did not take it (${reason}).` };
    }
  }
  return discard ? { fate: 'discarded' } : { fate: 'for_a_person', advice };
}

const GONE: readonly Fate[] = ['sent', 'invoked', 'discarded'];

function isGone(fate: Fate): boolean {
  return GONE.includes(fate);
}

function countRefused(batch: readonly Dealt[]): number {
  return batch.some(({ done: { fate } }) => fate === 'refused') ? 1 : 0;
}

async function deleteDone(dealt: readonly Dealt[], queue: DeadLetterQueue): Promise<readonly Dealt[]> {
  const due = dealt.filter(({ done: { fate } }) => isGone(fate)).map(({ letter }) => letter);
  const gone = await queue.delete(due);
  return dealt.map(({ letter, done }) =>
    !isGone(done.fate) || gone.has(letter)
      ? { letter, done }
      : { letter, done: { ...done, ...notDeleted(done) } },
  );
}

function notDeleted({ fate }: Done): Pick<Done, 'fate' | 'advice'> {
  return fate === 'discarded'
    ? { fate: 'refused', advice: 'It could not be deleted; give it again.' }
    : {
        fate: 'doubled',
        advice:
          'It went where it belongs and could not be deleted: it will go there once more, which does no harm.',
      };
}
