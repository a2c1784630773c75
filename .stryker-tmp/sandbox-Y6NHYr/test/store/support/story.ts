import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterCall, tripped, withTrial, type Breaker } from '../../../lambda/core/breaker';
import type { BreakerTarget } from '../../../lambda/core/controls';
import { evolve, type Change } from '../../../lambda/core/evolve';
import type { Fen, Mchid, OrderRef } from '../../../lambda/core/ids';
import { newOrder, type OpenAttempt, type Order } from '../../../lambda/core/order';
import type { Outcome } from '../../../lambda/core/outcome';
import { planned } from '../../../lambda/core/plan';
import { DynamoControls } from '../../../lambda/store/controls';
import { DynamoLedger } from '../../../lambda/store/ledger';
import { around } from '../../core/orders';
import { ACTOR, DECIDED, HOUR, newRef, T0 } from './orders';

export const STORY_REF: OrderRef = newRef({ out_order_no: 'STORY|1*' });
const { mchid, sub_mchid, service_id } = STORY_REF;
const PAIR: BreakerTarget = { mchid, sub_mchid, service_id };
const MERCHANT: BreakerTarget = { mchid: '1900009191' as Mchid };
const PERSON = 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o';
const HOLD = { actor: ACTOR, reason: '用户投诉，张三 138 0013 8000' };

const claimAt = (at: number, claim_id: string): OpenAttempt => ({
  claim_id,
  actor: ACTOR,
  decided: DECIDED,
  claimed_at: at,
  send_by: at + 5_000,
});
const FIRST = claimAt(T0 + 30 * HOUR, 'claim-1');
const SECOND = claimAt(T0 + 60 * HOUR, 'claim-2');
const settled = (claim: OpenAttempt, outcome: Outcome, message: string): Change => ({
  kind: 'settle',
  at: claim.claimed_at + 800,
  claim,
  report: {
    outcome,
    evidence: {
      http_status: 403,
      code: 'TRADE_ERROR',
      message,
      request_id: 'ABC-268435461',
      sub_code: '268435461',
    },
  },
});

const CHANGES: readonly (readonly [at: number, change: Change])[] = [
  [T0 + HOUR, { kind: 'hold', at: T0 + HOUR, hold: HOLD }],
  [T0 + 2 * HOUR, { kind: 'release', at: T0 + 2 * HOUR, actor: ACTOR, reason: HOLD.reason }],
  [T0 + 3 * HOUR, { kind: 'register', said: { total_amount: 350 as Fen } }],
  [FIRST.claimed_at, { kind: 'claim', open: FIRST }],
  [FIRST.claimed_at + 800, settled(FIRST, { kind: 'declined' }, `${PERSON} 余额不足`)],
  [SECOND.claimed_at, { kind: 'claim', open: SECOND }],
  [SECOND.claimed_at + 800, settled(SECOND, { kind: 'unknown', because: 'no_answer' }, PERSON)],
  [
    T0 + 61 * HOUR,
    {
      kind: 'observe',
      observation: {
        at: T0 + 61 * HOUR,
        standing: { kind: 'paid', paid_amount: 350 as Fen, transaction_id: '4200000000000000000000000001' },
        facts: { state: 'DONE', collection_state: 'USER_PAID', total_amount: 350 as Fen, details: [] },
      },
    },
  ],
];

const OLD_REF: OrderRef = newRef({ out_order_no: 'STORY|2*' });
const DAY = 24 * HOUR;
/** Completed so long ago that its last day for an attempt is over, as it turns out when it is first asked about. */
const OLD_CHANGES: typeof CHANGES = [
  seenPending(T0 + HOUR),
  [T0 + 2 * HOUR, { kind: 'register', said: { completed_at: T0 - 2 * DAY } }],
  seenPending(T0 + 2 * HOUR + 1_000),
];

function seenPending(at: number): (typeof CHANGES)[number] {
  const standing = { kind: 'pending', paying_amount: 990 as Fen } as const;
  const facts = { state: 'DOING', total_amount: 990 as Fen, details: [] };
  return [at, { kind: 'observe', observation: { at, standing, facts } }];
}

/** Types and the ends of the ids of what is to be told of it, in its order. */
export const STORY_EVENTS: readonly (readonly [type: string, id: string])[] = [
  ['OrderRegistered', `${mchid}/${sub_mchid}/STORY|1*/OrderRegistered`],
  ['OrderHeld', `${mchid}/${sub_mchid}/STORY|1*/OrderHeld/1772427600000`],
  ['OrderReleased', `${mchid}/${sub_mchid}/STORY|1*/OrderReleased/1772431200000`],
  ['RegistrationChanged', `${mchid}/${sub_mchid}/STORY|1*/RegistrationChanged/4`],
  ['AttemptSettled', `${mchid}/${sub_mchid}/STORY|1*/AttemptSettled/claim-1`],
  ['AttemptSettled', `${mchid}/${sub_mchid}/STORY|1*/AttemptSettled/claim-2`],
  ['OrderPaid', `${mchid}/${sub_mchid}/STORY|1*/OrderPaid/1772643600000`],
  ['AttemptClosed', `${mchid}/${sub_mchid}/STORY|1*/AttemptClosed/claim-2`],
  ['OrderRegistered', `${mchid}/${sub_mchid}/STORY|2*/OrderRegistered`],
  ['OrderExhausting', `${mchid}/${sub_mchid}/STORY|2*/OrderExhausting/1772427600000`],
  ['OrderStopped', `${mchid}/${sub_mchid}/STORY|2*/OrderStopped/1772427600000`],
  ['RegistrationChanged', `${mchid}/${sub_mchid}/STORY|2*/RegistrationChanged/3`],
  ['OrderResumed', `${mchid}/${sub_mchid}/STORY|2*/OrderResumed/1772427600000`],
  ['MerchantStopped', `${mchid}/MerchantStopped/1772424000000`],
  ['MerchantStopped', `${mchid}/MerchantStopped/1772427600001`],
  ['MerchantResumed', `${mchid}/MerchantResumed/1772427600001`],
  ['PairStopped', `${mchid}/${sub_mchid}/${service_id}/PairStopped/1772424000000`],
  ['PairResumed', `${mchid}/${sub_mchid}/${service_id}/PairResumed/1772424000000`],
];

/** What no event may say: who the user is, who decided, and what somebody wrote about them. */
export const STORY_SECRETS = [PERSON, HOLD.reason, ACTOR.id, '余额不足'];

/** An order's life and a merchant's trouble, written by the real ledger: every kind of row is among them. */
export async function tellStory(table: { readonly client: DynamoDBClient; readonly tableName: string }) {
  const ledger = new DynamoLedger(table);
  const controls = new DynamoControls(table);
  await write(ledger, newOrder(STORY_REF, { at: T0, actor: ACTOR }), CHANGES);
  await write(ledger, newOrder(OLD_REF, { at: T0, actor: ACTOR, completed_at: T0 - 30 * DAY }), OLD_CHANGES);
  await controls.savePolicy({ mchid }, { attempts_max: 3 }, ACTOR.id, T0);
  await controls.saveMode({ mchid }, 'on', ACTOR.id, T0);
  for (const [target, first] of [
    [MERCHANT, true],
    [PAIR, false],
  ] as const)
    await trouble(controls, target, first);
}

async function write(ledger: DynamoLedger, first: Order, changes: typeof CHANGES): Promise<void> {
  const plan = (order: Order, at: number): Order => planned(order, around(), at, 0);
  let order = plan(first, T0);
  await saved(ledger.create(order));
  for (const [at, change] of changes) {
    const after = plan(evolve(order, change), at);
    await saved(ledger.save(order, after));
    order = after;
    if (order.due_at === undefined) continue;
    // The sweep moves what is due while a worker is at it: nothing of which anybody has to be told.
    const due_at = order.due_at + 1;
    await saved(ledger.postpone({ key: order.ref, due_at: order.due_at }, due_at));
    order = { ...order, due_at };
  }
}

/** A breaker that trips; the merchant's once more, with its trial; and that is gone then. */
async function trouble(controls: DynamoControls, target: BreakerTarget, twice: boolean): Promise<void> {
  const first = tripped(undefined, { at: T0, claimed_at: T0, because: `SIGN_ERROR ${PERSON}` });
  const steps: (Breaker | undefined)[] = [undefined, first];
  if (twice) {
    const trying = withTrial(first, { claim_id: 'claim-3', at: T0 + HOUR });
    const again = tripped(trying, { at: T0 + HOUR + 1, claimed_at: T0 + HOUR, because: 'SIGN_ERROR' });
    steps.push(trying, again);
  }
  const call = {
    claim_id: 'claim-4',
    claimed_at: T0 + 20 * HOUR,
    at: T0 + 20 * HOUR,
    came_to: 'served',
  } as const;
  steps.push(afterCall(steps.at(-1), call));
  for (let step = 1; step < steps.length; step += 1)
    await saved(controls.saveBreaker(target, steps[step - 1], steps[step]));
}

async function saved(writing: Promise<'saved' | 'conflict'>): Promise<void> {
  if ((await writing) !== 'saved') throw new Error('the story was disturbed');
}
