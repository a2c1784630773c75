import type { MerchantControls } from '../core/controls';
import type { Mchid } from '../core/ids';
import type { Controls, Ports } from './ports';

/** The ports for one batch or one request: what is decided for a merchant is read once in it. */
export function withControlsReadOnce<P extends Pick<Ports, 'controls'>>(ports: P): P {
  return { ...ports, controls: readOnce(ports.controls) };
}

/**
 * Controls that are read once and then known. What is changed through them is read again: many calls are in flight when
 * a breaker trips, and those not yet begun have to see it.
 */
export function readOnce(controls: Controls): Controls {
  const known = new Map<Mchid, Promise<MerchantControls>>();
  return {
    read: async (mchid) => {
      const reading = known.get(mchid) ?? controls.read(mchid);
      known.set(mchid, reading);
      try {
        return await reading;
      } catch (error) {
        // One that failed is tried again by whoever needs it next.
        if (known.get(mchid) === reading) known.delete(mchid);
        throw error;
      }
    },
    saveBreaker: async (target, ...change) => {
      known.delete(target.mchid);
      const saved = await controls.saveBreaker(target, ...change);
      known.delete(target.mchid);
      return saved;
    },
  };
}
