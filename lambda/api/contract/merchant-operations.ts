import * as z from 'zod/mini';
import { LiftRequest, MerchantLookup } from '../merchant';
import { PolicyChange, PolicyLookup } from '../policies';
import { SwitchLookup, SwitchRequest } from '../switch';
import { about, describeFields } from './describe';
import { merchant, policyChanged, policyLayer, policyView, switchShown } from './merchant';
import { BODY, LEDGER, type Operation } from './operation';

describeFields(PolicyChange, {
  version: {
    description: 'Refuses the change when somebody else has changed this level since.',
    type: 'integer',
    minimum: 0,
  },
  dry_run: 'Shows what the change would do, and does nothing.',
});
describeFields(LiftRequest, { pair: 'Whose breaker; without it the merchant’s.' });

const TARGET = ['mchid', 'sub_mchid', 'service_id'];

function showSwitch(whose: string, of: string): Operation {
  return {
    id: `show${whose}Switch`,
    tag: whose === 'Service' ? 'service' : 'merchants',
    summary: `Shows the switch of ${of}`,
    description: 'What each level says, and what holds: the most careful of them.',
    request: SwitchLookup,
    takes: 'query',
    pathOnly: TARGET,
    answers: { 200: { description: 'The switch.', schema: switchShown } },
    problems: ['invalid-request', ...LEDGER],
  };
}

function setSwitch(whose: string, of: string): Operation {
  return {
    id: `set${whose}Switch`,
    tag: whose === 'Service' ? 'service' : 'merchants',
    summary: `Sets the switch of ${of}`,
    description:
      '`off`: nothing is done without a person. `observe`: orders are registered and asked about, and what would be collected is recorded. `on`: they are collected. `inherit`: this level says nothing.',
    request: SwitchRequest,
    takes: 'body',
    pathOnly: TARGET,
    answers: { 200: { description: 'The switch as it is now.', schema: switchShown } },
    problems: [...BODY, ...(whose === 'Service' ? (['ledger-restored'] as const) : []), ...LEDGER],
  };
}

function policies(whose: string, of: string) {
  const common = { tag: 'merchants', takes: 'query', pathOnly: TARGET } as const;
  return {
    show: {
      ...common,
      id: `show${whose}Policy`,
      summary: `Shows the policy of ${of}`,
      description: 'The policy in force, where each value comes from, and what this level itself says.',
      request: PolicyLookup,
      answers: { 200: { description: 'The policy.', schema: policyView } },
      problems: ['invalid-request', ...LEDGER],
    },
    set: {
      ...common,
      id: `set${whose}Policy`,
      summary: `Sets the policy of ${of}`,
      description: 'This level says what the body says, and nothing else.',
      request: PolicyChange,
      body: policyLayer,
      answers: { 200: { description: 'The policy, and what changes by it.', schema: policyChanged } },
      problems: [...BODY, 'policy-changed', ...LEDGER],
    },
    remove: {
      ...common,
      id: `remove${whose}Policy`,
      summary: `Removes the policy of ${of}`,
      description: 'This level says nothing any more.',
      request: PolicyChange,
      answers: { 200: { description: 'The policy, and what changes by it.', schema: policyChanged } },
      problems: ['invalid-request', 'policy-changed', ...LEDGER],
    },
  } satisfies Readonly<Record<string, Operation>>;
}

const ofProvider = policies('Merchant', 'a merchant');
const ofSubMerchant = policies('SubMerchant', 'a sub-merchant');
const ofService = policies('SubMerchantService', 'a service of a sub-merchant');

export const MERCHANTS = {
  'GET /v1/switch': showSwitch('Service', 'the whole service'),
  'PUT /v1/switch': setSwitch('Service', 'the whole service'),
  'GET /v1/merchants/{mchid}': {
    id: 'showMerchant',
    tag: 'merchants',
    summary: 'Shows a merchant',
    description: 'Breakers, switch, keys, and how much of its rate it has used.',
    request: MerchantLookup,
    takes: 'query',
    answers: { 200: { description: 'The merchant.', schema: merchant } },
    problems: ['invalid-request', 'merchant-unknown', ...LEDGER],
  },
  'POST /v1/merchants/{mchid}/breakers/lift': {
    id: 'liftBreaker',
    tag: 'merchants',
    summary: 'Lifts a breaker',
    description:
      'The next collection tries again at once, instead of when the wait is over. Orders that wait for the breaker look within the hour.',
    request: LiftRequest,
    takes: 'body',
    answers: {
      200: {
        description: 'Done, or there was none.',
        schema: z.strictObject({ lifted: about('Whether there was one.', z.boolean()) }),
      },
    },
    problems: [...BODY, ...LEDGER],
  },
  'GET /v1/merchants/{mchid}/switch': showSwitch('Merchant', 'a merchant'),
  'PUT /v1/merchants/{mchid}/switch': setSwitch('Merchant', 'a merchant'),
  'GET /v1/merchants/{mchid}/switch/{sub_mchid}': showSwitch('SubMerchant', 'a sub-merchant'),
  'PUT /v1/merchants/{mchid}/switch/{sub_mchid}': setSwitch('SubMerchant', 'a sub-merchant'),
  'GET /v1/merchants/{mchid}/policies': ofProvider.show,
  'PUT /v1/merchants/{mchid}/policies': ofProvider.set,
  'DELETE /v1/merchants/{mchid}/policies': ofProvider.remove,
  'GET /v1/merchants/{mchid}/policies/{sub_mchid}': ofSubMerchant.show,
  'PUT /v1/merchants/{mchid}/policies/{sub_mchid}': ofSubMerchant.set,
  'DELETE /v1/merchants/{mchid}/policies/{sub_mchid}': ofSubMerchant.remove,
  'GET /v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}': ofService.show,
  'PUT /v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}': ofService.set,
  'DELETE /v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}': ofService.remove,
} as const satisfies Readonly<Record<string, Operation>>;
