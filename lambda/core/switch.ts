/** Whether orders are collected: no, no but what would be collected is written down, yes. Asking goes on. Most careful first. */
export const MODES = ['off', 'observe', 'on'] as const;
export type Mode = (typeof MODES)[number];

/** What was said, from the widest level to the narrowest; a level nobody said anything for is absent. */
export interface Switches {
  readonly service?: Mode;
  readonly merchant?: Mode;
  readonly sub_merchant?: Mode | undefined;
}

export interface EffectiveMode {
  readonly mode: Mode;
  /** The level that decided; when several agree, the widest of them. */
  readonly from: 'default' | keyof Switches;
}

/**
 * The most careful level wins. Nobody said anything for the whole service: observe, as a new deployment starts.
 * A merchant or sub-merchant nobody said anything for is as the level above.
 */
export function effectiveMode(switches: Switches): EffectiveMode {
  const { service } = switches;
  let effective: EffectiveMode =
    service === undefined ? { mode: 'observe', from: 'default' } : { mode: service, from: 'service' };
  for (const from of ['merchant', 'sub_merchant'] as const) {
    const mode = switches[from];
    if (mode !== undefined && isMoreCareful(mode, effective.mode)) effective = { mode, from };
  }
  return effective;
}

function isMoreCareful(mode: Mode, than: Mode): boolean {
  return MODES.indexOf(mode) < MODES.indexOf(than);
}
