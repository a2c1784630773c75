import * as z from 'zod/mini';
import type { BreakerVerdict } from '../../core/breaker';
import type { KeyEnd } from '../../core/key-facts';
import { POLICY_RULES, type PolicyKey, type PolicyLevel, type PolicyRule } from '../../core/policy';
import type { EffectiveMode } from '../../core/switch';
import { orderFields } from '../../shared/schema';
import { about, count, mode, named, time } from './describe';
import { decision, orderRef } from './order';

const { mchid, sub_mchid, service_id } = orderFields;

const SWITCH_LEVELS = [
  'default',
  'service',
  'merchant',
  'sub_merchant',
] as const satisfies readonly EffectiveMode['from'][];

export const switchShown = named(
  'Switch',
  z.strictObject({
    mode: about('What holds: the most careful of the levels.', mode),
    from: about('The level that decided.', z.enum(SWITCH_LEVELS)),
    levels: about(
      'What each level says.',
      z.strictObject({
        service: z.optional(mode),
        merchant: z.optional(mode),
        sub_merchant: z.optional(mode),
      }),
    ),
  }),
);

const BREAKER_STATES = ['closed', 'open', 'half_open'] as const satisfies readonly BreakerVerdict['kind'][];
const breakerFields = {
  state: z.enum(BREAKER_STATES),
  trips: about('In a row.', count),
  tripped_at: time,
  tries_again_at: about('When one collection tries again.', time),
  because: z.string(),
  trial: about(
    'The attempt that is trying now, if one is.',
    z.nullable(z.strictObject({ claim_id: z.string(), at: time })),
  ),
  lifted: about(
    'Who lifted it last since it tripped, if somebody did.',
    z.nullable(z.strictObject({ by: z.string(), at: time })),
  ),
};

const breaker = named(
  'Breaker',
  z.discriminatedUnion('scope', [
    z.strictObject({ scope: z.literal('merchant'), ...breakerFields }),
    z.strictObject({ scope: z.literal('pair'), sub_mchid, service_id, ...breakerFields }),
  ]),
  'WeChat Pay refused for want of configuration, and nothing is collected for a time. A closed one is not listed.',
);

const certificate = named(
  'Certificate',
  z.strictObject({ serial_no: z.string(), valid_from: time, valid_to: time }),
);
const KEY_ENDS = ['api_certificate', 'platform_certificate'] as const satisfies readonly KeyEnd['what'][];

const keys = named(
  'Keys',
  z.union([
    z.strictObject({
      signing: about('Generations of the API certificate (商户API证书).', z.array(certificate)),
      public_keys: about('Ids of the WeChat Pay public keys (微信支付公钥).', z.array(z.string())),
      platform_certificates: about(
        'Platform certificates (平台证书) as they were last downloaded.',
        z.array(certificate),
      ),
      warnings: about(
        'What ends within 30 days, and would stop the merchant’s calls.',
        z.array(
          z.strictObject({
            what: z.enum(KEY_ENDS),
            serial_no: z.string(),
            valid_to: time,
            days_left: about('Whole days; below zero once it has ended.', z.int()),
          }),
        ),
      ),
    }),
    z.strictObject({
      fault: about('Why the keys are not usable.', z.strictObject({ code: z.string(), message: z.string() })),
    }),
  ]),
  'Everything about the keys but the keys.',
);

export const merchant = named(
  'Merchant',
  z.strictObject({
    mchid,
    breakers: z.array(breaker),
    switch: z.strictObject({
      service: z.nullable(mode),
      merchant: z.nullable(mode),
      sub_merchants: z.record(z.string(), mode),
    }),
    policies: about(
      'The levels that have a policy.',
      z.strictObject({
        provider: about('Its version.', z.nullable(count)),
        sub_merchants: z.array(sub_mchid),
        services: about('`sub_mchid/service_id` each.', z.array(z.string())),
      }),
    ),
    keys,
    budget: about(
      'How much of its rate the merchant has used in the window under way.',
      z.strictObject({ calls_max: count, calls_taken: count, until: time }),
    ),
  }),
);

const LEVELS = ['default', 'provider', 'sub_merchant', 'service'] as const satisfies readonly PolicyLevel[];

const clockTime = z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/));
const dayWindow = named(
  'DayWindow',
  z.strictObject({
    from: clockTime,
    to: about('Exclusive; before `from` it crosses midnight.', clockTime),
    weekdays: about(
      'The days on which it begins; without it every day.',
      z.optional(z.array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])).check(z.minLength(1))),
    ),
  }),
);

/** What one key of a policy takes, by the rule that validates it. */
function policyValue(rule: PolicyRule): z.ZodMiniType {
  switch (rule.kind) {
    case 'number':
      return between(rule.min, rule.max);
    case 'ladder':
      return z.array(between(rule.min, rule.max)).check(z.minLength(1), z.maxLength(rule.stepsMax));
    case 'windows':
      return z.array(dayWindow).check(z.maxLength(rule.entriesMax));
    case 'dates':
      return z.array(z.iso.date()).check(z.maxLength(rule.entriesMax));
    case 'time_zone':
      return z.string();
  }
}

function between(min: number, max: number) {
  return z.int().check(z.gte(min), z.lte(max));
}

function forEachKey(make: (rule: PolicyRule) => z.ZodMiniType): Record<PolicyKey, z.ZodMiniType> {
  return Object.fromEntries(Object.entries(POLICY_RULES).map(([key, rule]) => [key, make(rule)])) as Record<
    PolicyKey,
    z.ZodMiniType
  >;
}

const policy = named(
  'Policy',
  z.strictObject(forEachKey((rule) => about(rule.meaning, policyValue(rule)))),
  'All of how a merchant wants to collect.',
);

export const policyLayer = named(
  'PolicyLayer',
  z.strictObject(forEachKey((rule) => z.optional(about(rule.meaning, policyValue(rule))))),
  'What one level of the policy says: any of the keys. A wider level decides the others.',
);

const policySource = named(
  'PolicySource',
  z.strictObject({ level: z.enum(LEVELS), version: count }),
  'Where a value comes from; the default has version 0.',
);

const policyShown = {
  level: z.strictObject({ mchid, sub_mchid: z.optional(sub_mchid), service_id: z.optional(service_id) }),
  effective: policy,
  sources: z.strictObject(forEachKey(() => policySource)),
  effective_version: z.string(),
  stored: about(
    'What this level itself says, as it was last changed; `null` when it never said anything.',
    z.nullable(
      z.strictObject({
        layer: z.nullable(policyLayer),
        version: count,
        changed_by: z.string(),
        changed_at: time,
      }),
    ),
  ),
};

export const policyView = named('PolicyView', z.strictObject(policyShown));

const forecastTimes = about(
  'When it would be attempted, up to ten times, if it stays pending and every attempt is declined: by the policy alone, as if the switch were on and no breaker open. Chance makes the true times a little later.',
  z.array(time),
);

export const policyChanged = named(
  'PolicyChanged',
  z.strictObject({
    dry_run: z.optional(z.literal(true)),
    ...policyShown,
    touches: about(
      'Of a dry run: how many orders that are not at their end come under another policy; `at_least`: there may be more.',
      z.optional(z.strictObject({ orders: count, at_least: z.boolean() })),
    ),
    preview: about(
      'What the schedule would do next with some of the orders that the change touches.',
      z.array(
        z.strictObject({
          order: orderRef,
          before: decision,
          after: decision,
          attempts_before: forecastTimes,
          attempts_after: forecastTimes,
        }),
      ),
    ),
  }),
);
