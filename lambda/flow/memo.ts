import { withBreaker, type MerchantControls } from '../core/controls';
import type { Mchid } from '../core/ids';
import type { Controls, Ports } from './ports';

/** The ports for one batch or one request: what is decided for a merchant is read once in it. */
export function withControlsReadOnce<P extends Pick<Ports, 'controls'>>(ports: P): P {
  return { ...ports, controls: readOnce(ports.controls) };
}

interface Known {
  readonly reading: Promise<MerchantControls>;
  /** Once it has been read. */
  controls?: MerchantControls;
}

/**
 * Controls that are read once and then known. A breaker that is changed through them is known as changed: many calls are
 * in flight when it trips, and those not yet begun have to see it. They are not read again for that: a merchant may have
 * ten thousand sub-merchants, and each of their breakers trip at once.
 */
export function readOnce(controls: Controls): Controls {
  const known = new Map<Mchid, Known>();
  return {
    read: async (mchid) => {
      const one: Known = known.get(mchid) ?? { reading: controls.read(mchid) };
      known.set(mchid, one);
      try {
        return (one.controls = await one.reading);
      } catch (error) {
        // One that failed is tried again by whoever needs it next.
        if (known.get(mchid) === one) known.delete(mchid);
        throw error;
      }
    },
    saveBreaker: async (target, before, after) => {
      const { mchid } = target;
      const saved = await controls.saveBreaker(target, before, after).catch((error: unknown) => {
        known.delete(mchid);
        throw error;
      });
      const read = known.get(mchid)?.controls;
      // Somebody else got in the way, or nothing was read yet: what is read next shows how it is.
      if (saved === 'conflict' || read === undefined) known.delete(mchid);
      else known.set(mchid, knownAs(withBreaker(read, target, after)));
      return saved;
    },
  };
}

function knownAs(controls: MerchantControls): Known {
  return { reading: Promise.resolve(controls), controls };
}
