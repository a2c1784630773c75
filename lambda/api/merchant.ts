import * as z from 'zod/mini';
import { verdictOf, type Breaker } from '../core/breaker';
import { isPayscoreError } from '../core/errors';
import type { Instant, Mchid } from '../core/ids';
import { isEnding, keyEnds, type CertificateFacts, type KeyFacts } from '../core/key-facts';
import type { Admin } from '../flow/admin';
import { liftBreaker } from '../flow/breakers';
import { json } from '../shared/http';
import { orderFields } from '../shared/schema';
import { actorOf } from './access';
import { iso } from './present';
import { readLookup, readRequest } from './request';
import type { Route } from './router';

const { mchid, sub_mchid, service_id } = orderFields;
export const MerchantLookup = z.strictObject({ mchid });

/** `GET /v1/merchants/{mchid}`: breakers, switch, keys, and how much of its rate a merchant has used. */
export const merchantRoute: Route = async (event, { ports, admin }) => {
  const request = readLookup(event, MerchantLookup);
  if (!request.ok) return request.answer;
  const merchant = request.value.mchid;
  const [{ breakers, modes, policies }, keys, budget] = await Promise.all([
    ports.controls.read(merchant),
    keysOf(merchant, admin, ports.now()),
    admin.budget(merchant),
  ]);
  const now = ports.now();
  return json(200, {
    mchid: merchant,
    breakers: [
      ...(breakers.merchant === undefined
        ? []
        : [{ scope: 'merchant', ...presentBreaker(breakers.merchant, now) }]),
      ...[...breakers.pairs].map(([pair, breaker]) => ({
        scope: 'pair',
        sub_mchid: pair.split('/')[0],
        service_id: pair.split('/')[1],
        ...presentBreaker(breaker, now),
      })),
    ],
    switch: {
      service: modes.service ?? null,
      merchant: modes.merchant ?? null,
      sub_merchants: Object.fromEntries(modes.sub_merchants),
    },
    policies: {
      provider: policies.provider?.version ?? null,
      sub_merchants: [...policies.sub_merchants.keys()],
      services: [...policies.services.keys()],
    },
    keys,
    budget: { ...budget, until: iso(budget.until) },
  });
};

/** Whoever looks because the keys are not usable wants to see the rest all the same. */
async function keysOf(merchant: Mchid, admin: Admin, now: Instant): Promise<object> {
  try {
    return presentKeys(await admin.keys(merchant), now);
  } catch (error) {
    if (!isPayscoreError(error, 'SECRET_INVALID', 'SECRETS_UNAVAILABLE')) throw error;
    return { fault: { code: error.code, message: error.message } };
  }
}

function presentKeys(facts: KeyFacts, now: Instant): object {
  return {
    signing: facts.signing.map(presentCertificate),
    public_keys: facts.public_keys,
    platform_certificates: facts.platform_certificates.map(presentCertificate),
    /** What ends within 30 days, and would stop the merchant's calls. */
    warnings: keyEnds(facts, now)
      .filter(isEnding)
      .map(({ what, serial_no, valid_to, days_left }) => ({
        what,
        serial_no,
        valid_to: iso(valid_to),
        days_left,
      })),
  };
}

function presentCertificate({ serial_no, valid_from, valid_to }: CertificateFacts): object {
  return { serial_no, valid_from: iso(valid_from), valid_to: iso(valid_to) };
}

function presentBreaker(breaker: Breaker, now: Instant): object {
  const { trips, tripped_at, until, because, trial, lifting } = breaker;
  const verdict = verdictOf(breaker, 'merchant', now);
  return {
    state: verdict.kind,
    trips,
    tripped_at: iso(tripped_at),
    // While one is trying, the next one tries when that has taken too long.
    tries_again_at: iso(verdict.kind === 'open' ? verdict.until : until),
    because,
    trial: trial === undefined ? null : { claim_id: trial.claim_id, at: iso(trial.at) },
    lifted: lifting === undefined ? null : { by: lifting.by, at: iso(lifting.at) },
  };
}

export const LiftRequest = z.strictObject({
  mchid,
  /** With both: that pair's breaker; with neither: the merchant's. */
  pair: z.optional(z.strictObject({ sub_mchid, service_id })),
});

/** `POST …/breakers/lift`: the next collection tries again at once, instead of when the wait is over. */
export const liftBreakerRoute: Route = async (event, { ports }) => {
  const request = readRequest(event, LiftRequest);
  if (!request.ok) return request.answer;
  const { mchid: merchant, pair } = request.value;
  return json(200, { lifted: await liftBreaker(ports, merchant, pair, actorOf(event)) });
};
