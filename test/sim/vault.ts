import { createSecretKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { MCHIDS, DAY, HOUR, MINUTE } from './plan';
import type { Keys } from './wire';
import type { World } from './world';

/** WeChat Pay's keys: the certificate's (平台证书) and the public key that takes its place (微信支付公钥). */
const SIGNERS = ['4E5C0FFEE0', 'PUB_KEY_ID_01'] as const;

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** A short one: it is to tell right from wrong, fast. Which one it is makes no difference to any history. */
function newPair(): KeyPair {
  return generateKeyPairSync('rsa', { modulusLength: 512 });
}

const PAIRS: ReadonlyMap<string, KeyPair> = new Map(SIGNERS.map((serial) => [serial, newPair()]));

const FORGER = newPair();

interface Held {
  generation: number;
  trusts: readonly string[];
  signer: string;
  broken: boolean;
}

/** The merchants' secrets, and which key WeChat Pay signs with; both change while all is running. */
export class Vault {
  readonly #held = new Map<string, Held>(
    MCHIDS.map((mchid) => [
      mchid,
      { generation: 0, trusts: [SIGNERS[0]], signer: SIGNERS[0], broken: false },
    ]),
  );

  constructor(world: World, faultyMs: number, revokeBelow: (mchid: string, generation: number) => void) {
    const { engine, mix, history } = world;
    const random = world.random('vault');
    const later = (ms: number, what: string, act: () => void) =>
      engine.after(ms, () => {
        history.note(what);
        act();
      });
    for (const mchid of MCHIDS) {
      const held = this.#of(mchid);
      for (let turn = 0; turn < (mix.key_changeover ?? 0); turn += 1) {
        const at = DAY / 2 + random.below(faultyMs / 2);
        later(at, `WeChat Pay signs for ${mchid} with its public key`, () => (held.signer = SIGNERS[1]));
        // Some hear of it in time, some do not.
        const known = Math.min(faultyMs, at + random.pick([-HOUR, -2 * MINUTE, MINUTE, 5 * HOUR]));
        later(known, `${mchid} knows both keys`, () => (held.trusts = SIGNERS));
      }
      for (let turn = 0; turn < (mix.secret_rotation ?? 0); turn += 1) {
        const at = random.below(faultyMs);
        later(at, `${mchid} has another key`, () => (held.generation += 1));
        later(at + random.pick([0, MINUTE, 20 * MINUTE]), `${mchid}: the key before is revoked`, () =>
          revokeBelow(mchid, held.generation),
        );
      }
      for (let turn = 0; turn < (mix.secret_broken ?? 0); turn += 1) {
        const at = random.below(faultyMs);
        later(at, `the secret of ${mchid} is broken`, () => (held.broken = world.faulty));
        later(at + random.below(5 * HOUR), `the secret of ${mchid} is whole`, () => (held.broken = false));
      }
    }
  }

  heal(): void {
    for (const held of this.#held.values()) Object.assign(held, { broken: false, trusts: SIGNERS });
  }

  signerOf(mchid: string): string {
    return this.#of(mchid).signer;
  }

  /** Of somebody who has everything but WeChat Pay's. */
  readonly forgersKey = FORGER.privateKey;

  privateKeyOf(serial: string): KeyObject {
    return pairOf(serial).privateKey;
  }

  apiv3KeyOf(mchid: string): string {
    return `apiv3-key-of-${mchid}`.padEnd(32, '-');
  }

  /** As Secrets Manager gives it. */
  text(mchid: string): string {
    const { broken, generation, trusts } = this.#of(mchid);
    return broken ? '{' : JSON.stringify({ mchid, generation, trusts } satisfies Keys);
  }

  verificationKeys({ trusts }: Keys): ReadonlyMap<string, KeyObject> {
    return new Map(trusts.map((serial) => [serial, pairOf(serial).publicKey]));
  }

  apiv3Key(mchid: string): KeyObject {
    return createSecretKey(Buffer.from(this.apiv3KeyOf(mchid)));
  }

  #of(mchid: string): Held {
    const held = this.#held.get(mchid);
    if (held === undefined) throw new Error(`no merchant ${mchid}`);
    return held;
  }
}

function pairOf(serial: string): KeyPair {
  const pair = PAIRS.get(serial);
  if (pair === undefined) throw new Error(`no key ${serial}`);
  return pair;
}
