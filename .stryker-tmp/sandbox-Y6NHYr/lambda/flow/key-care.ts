import { isPayscoreError } from '../core/errors';
import type { Instant, Mchid } from '../core/ids';
import { isEnding, keyEnds, type KeyFacts, type MerchantRow } from '../core/key-facts';
import { HOUR_MS } from '../core/time';
import type { CertificateKeeper, CertificatePorts, KeyHolder } from './certificates';

export interface KeyCarePorts extends CertificatePorts {
  /** Rejects when the merchant's keys cannot be had or used. */
  readonly holders: { get(mchid: Mchid): Promise<KeyHolder> };
  readonly keeper: CertificateKeeper;
}

export interface KeyCareSummary {
  readonly merchants: number;
  /** Whose platform certificates were downloaded. */
  readonly renewed: number;
  /** With a certificate that ends soon. */
  readonly ending: number;
  /** For want of time; the next run takes them up. */
  readonly left: number;
}

/** WeChat Pay asks for intervals below 12 h: it lists a new certificate 24 h before it signs with it. */
const RENEW_AFTER_MS = 10 * HOUR_MS;
/** Merchants that are looked after at the same time. */
const SIDE_BY_SIDE = 10;
/** What one merchant may take: two secrets, a download, the row. */
const MERCHANT_MS_MAX = 10_000;

/**
 * One run over all merchants: downloads the platform certificates that are due or wished for, and tells of every
 * certificate when it ends. Secrets are read only where there is something to do.
 */
export async function careForKeys(deadlineAt: Instant, ports: KeyCarePorts): Promise<KeyCareSummary> {
  const rows = await ports.rows.all();
  const cares: Care[] = [];
  for (let first = 0; first < rows.length; first += SIDE_BY_SIDE) {
    if (deadlineAt - ports.now() < MERCHANT_MS_MAX) break;
    const some = rows.slice(first, first + SIDE_BY_SIDE);
    cares.push(...(await Promise.all(some.map(async (row) => care(row, ports)))));
  }
  return {
    merchants: rows.length,
    renewed: cares.filter(({ renewed }) => renewed).length,
    ending: cares.filter(({ ending }) => ending).length,
    left: rows.length - cares.length,
  };
}

interface Care {
  readonly renewed: boolean;
  readonly ending: boolean;
}

async function care(row: MerchantRow, ports: KeyCarePorts): Promise<Care> {
  const { mchid } = row;
  const now = ports.now();
  try {
    const kept = factsOf(row);
    const due = isDue(row, now);
    if (!due && !keyEnds(kept, now).some(isEnding))
      return { renewed: false, ending: tell(mchid, kept, ports) };
    // A warning is worth its reading: the secret may have been changed, or be gone, since the row was written.
    const holder = await ports.holders.get(mchid);
    await ports.keeper.equip(holder);
    const renewed = due && (await renew(holder, row, ports));
    return { renewed, ending: tell(mchid, holder.facts, ports) };
  } catch (error) {
    // A merchant that left is nobody's concern; of any other somebody has to know, and the other merchants go on.
    if (isPayscoreError(error, 'MERCHANT_UNKNOWN')) return { renewed: false, ending: false };
    ports.record({ kind: 'keys_unusable', mchid, error });
    return { renewed: false, ending: tell(mchid, factsOf(row), ports) };
  }
}

/** Whether there are other certificates than the row had. */
async function renew(
  holder: KeyHolder,
  { certificates }: MerchantRow,
  { keeper }: KeyCarePorts,
): Promise<boolean> {
  const fetchedAt = keeper.fetchedAt(holder) ?? -Infinity;
  return fetchedAt > (certificates?.fetched_at ?? -Infinity) || keeper.renew(holder, MERCHANT_MS_MAX);
}

/** Tells of every certificate when it ends; whether one of them ends soon. */
function tell(mchid: Mchid, facts: EndingFacts, { now, record }: KeyCarePorts): boolean {
  const ends = keyEnds(facts, now());
  for (const end of ends) record({ kind: 'key_ending', mchid, ...end });
  return ends.some(isEnding);
}

type EndingFacts = Pick<KeyFacts, 'signing' | 'platform_certificates'>;

function factsOf({ facts, certificates }: MerchantRow): EndingFacts {
  return {
    signing: facts?.signing ?? [],
    platform_certificates: certificates?.facts ?? [],
  };
}

function isDue({ facts, certificates, wanted_at }: MerchantRow, now: Instant): boolean {
  // Of a merchant that only notifications came for so far the row says no more than that they were signed by a certificate.
  if (!(facts?.uses_certificates ?? wanted_at !== undefined)) return false;
  if (certificates === undefined) return true;
  const { fetched_at } = certificates;
  return now - fetched_at >= RENEW_AFTER_MS || (wanted_at !== undefined && wanted_at > fetched_at);
}
