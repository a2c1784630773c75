import { Actors } from './actors';
import { Bank } from './bank';
import { Judge } from './judge';
import { Operator } from './operator';
import { CALM_MS, type Cut, DAY, planOf, START } from './plan';
import { Postman } from './postman';
import { Stores } from './stores';
import { Vault } from './vault';
import { World } from './world';

/** No seed comes near it; whatever goes round in a circle ends here. */
const EVENTS_MAX = 400_000;

export interface Outcome {
  readonly cut: Cut;
  /** The first broken promise; undefined: none. */
  readonly verdict: string | undefined;
  readonly days: number;
  readonly events: number;
  readonly calls: number;
  readonly paid: number;
  readonly hash: string;
  /** Only if they were asked for. */
  readonly lines: readonly string[];
}

/** One seed, from its first order to the verdict. */
export async function simulate(cut: Cut, keepHistory = false): Promise<Outcome> {
  const plan = planOf(cut);
  const judge = new Judge(plan.callsPerSecondMax);
  const world = new World(plan.seed, plan.mix, judge, START, keepHistory);
  const { engine, history } = world;
  judge.now = () => engine.now;
  const { ledger_answer_lost: answerLost, ledger_down: down, crash, zombie } = plan.mix;
  judge.ratesMayLeak = answerLost !== undefined || down !== undefined;
  const dies = crash !== undefined || zombie !== undefined;
  judge.breakersMayFail = judge.ratesMayLeak || dies || plan.deeds.some(({ deed }) => deed.kind === 'lift');
  for (const order of plan.orders) judge.expect(order);
  const bank = new Bank(world, plan.orders, plan.drawnMs);
  judge.truth = (key) => bank.order(key);
  const vault = new Vault(world, plan.drawnMs, (mchid, generation) => bank.revokeBelow(mchid, generation));
  const stores = new Stores(world, bank, vault, plan.callsPerSecondMax);
  const actors = new Actors(world, stores, plan);
  const operator = new Operator(world, stores, actors, plan);
  const postman = new Postman(world, bank, vault, actors.ring);
  postman.forge(plan.orders, plan.drawnMs);

  const calmFrom = START + plan.faultyMs;
  const look = () => {
    actors.look();
    if (history.events > EVENTS_MAX) judge.fail(`more than ${EVENTS_MAX} events`);
    if (judge.verdict !== undefined) throw new Stopped();
  };
  try {
    await engine.runUntil(calmFrom, look);
    history.note('nothing goes wrong from here on');
    world.faulty = false;
    vault.heal();
    actors.heal();
    operator.heal();
    await engine.runUntil(calmFrom + CALM_MS, look);
    if (stores.queue.size > 0 && stores.queue.nextVisibleAt() < engine.now - DAY / 24)
      judge.fail('the queue is emptied');
    judge.end(calmFrom);
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
  const known = [...judge.known.values()];
  return {
    cut,
    verdict: judge.verdict,
    days: (engine.now - START) / DAY,
    events: history.events,
    calls: known.reduce((sum, { calls }) => sum + calls.length, 0),
    paid: known.filter(({ row }) => row?.status === 'paid').length,
    hash: history.hash(),
    lines: history.lines,
  };
}

/** A promise is broken: what comes after it does not matter. */
class Stopped extends Error {}
