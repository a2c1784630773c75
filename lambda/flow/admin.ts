import type { BudgetUsage } from '../core/budget';
import type { ModeTarget, PolicyTarget, StoredPolicy } from '../core/controls';
import type { Instant, Mchid } from '../core/ids';
import type { KeyFacts } from '../core/key-facts';
import type { Overview } from '../core/overview';
import type { PolicyLayer } from '../core/policy';
import type { Mode } from '../core/switch';

/** What people decide for merchants as a whole. Every method may reject with LEDGER_UNAVAILABLE or LEDGER_ROW_NEWER. */
export interface ControlsAdmin {
  /** Every level that was ever stored, removed ones without a layer. */
  readPolicies(mchid: Mchid): Promise<readonly StoredPolicy[]>;
  /**
   * `layer` undefined: the level says nothing any more. Its version goes up with every change, across removals too.
   * `seenVersion` given (0: nothing was ever stored): `conflict` unless the version is still that one.
   */
  savePolicy(
    target: PolicyTarget,
    layer: PolicyLayer | undefined,
    actorId: string,
    at: Instant,
    seenVersion?: number,
  ): Promise<{ readonly version: number } | 'conflict'>;
  serviceMode(): Promise<Mode | undefined>;
  /** Whoever writes last is right; undefined: this level says nothing any more. */
  saveMode(target: ModeTarget, mode: Mode | undefined, actorId: string, at: Instant): Promise<void>;
}

/** That, and what people want to see of a merchant. */
export interface Admin extends ControlsAdmin {
  /** What may be told of a merchant's keys; rejects when they cannot be had or used. */
  keys(mchid: Mchid): Promise<KeyFacts>;
  budget(mchid: Mchid): Promise<BudgetUsage>;
  /** Those whose keys were ever read here, in the order of their numbers. */
  merchants(): Promise<readonly Mchid[]>;
  /** As it was last rolled up; undefined before the first time. */
  overview(mchid: Mchid): Promise<Overview | undefined>;
}
