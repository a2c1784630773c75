import { DAY_MS } from '../lambda/core/time';
import type { Appointment } from './circle-agenda';
import { MCHID } from './samples';
import type { LocalWorld } from './world';
import { createApiCertificate } from './wechatpay';

/**
 * WeChat Pay: day by day, the share of notifications that is signed with the public key; after 0.1 %, 1 % and 5 %, when
 * the circle begins.
 */
const CHANGEOVER_SHARES = [0.1, 0.2, 0.5, 1];

/**
 * The keys of this merchant change while the circle runs, unless they have before. In the first half WeChat Pay goes over from
 * its platform certificate to its public key; then the merchant's API certificate is rotated: the new one is
 * in the secret before the old one, both are good for a while, and then only the new one.
 */
export function keyChanges(world: LocalWorld, until: number): readonly Appointment[] {
  const { simulator, now } = world;
  const from = now();
  const halfway = from + (until - from) / 2;
  const merchant = simulator.merchant(MCHID);
  const certificates = world.keys().certificates;
  const changeover = CHANGEOVER_SHARES.map((publicKeyShare, day) => ({
    at: from + day * Math.min(DAY_MS, (halfway - from) / CHANGEOVER_SHARES.length),
    run: () => {
      simulator.changeRules({ publicKeyShare });
      return undefined;
    },
  }));
  const rotate: Appointment = {
    at: halfway,
    run: async () => {
      merchant.setVerification('public_key');
      const next = await createApiCertificate(MCHID, now());
      merchant.addCertificate(next);
      world.setKeys({ verification: 'public_key', certificates: [next, ...certificates] });
      return 'WeChat Pay signs with its public key alone from now on (微信支付公钥); the merchant has a new API certificate beside the old one';
    },
  };
  const revoke: Appointment = {
    at: halfway + Math.min(DAY_MS, (until - halfway) / 2),
    run: () => {
      const [newest, ...older] = world.keys().certificates;
      for (const { serial_no } of older) merchant.revokeCertificate(serial_no);
      world.setKeys({ verification: 'public_key', certificates: [newest] });
      return 'the old API certificate is revoked (商户证书已作废)';
    },
  };
  if (world.keys().verification === 'both') return [...changeover, rotate, revoke];
  // An earlier run was ended in between.
  return certificates.length > 1 ? [revoke] : [];
}
