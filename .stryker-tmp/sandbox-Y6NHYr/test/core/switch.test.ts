import { effectiveMode, MODES, type EffectiveMode, type Mode } from '../../lambda/core/switch';

/** What a level says: a mode, or `–` for nothing. */
type Said = Mode | '–';

/** `off by merchant`: the mode, and the level that decided. */
type Verdict = `${Mode} by ${EffectiveMode['from']}`;

const SUB_MERCHANT_SAYS = ['–', 'off', 'observe', 'on'] as const;

function verdict(service: Said, merchant: Said, sub_merchant: Said): string {
  const { mode, from } = effectiveMode({
    ...(service === '–' ? {} : { service }),
    ...(merchant === '–' ? {} : { merchant }),
    ...(sub_merchant === '–' ? {} : { sub_merchant }),
  });
  return `${mode} by ${from}`;
}

test('the modes are off, observe and on, the most careful first', () => {
  expect(MODES).toEqual(['off', 'observe', 'on']);
});

test('a deployment of which nobody said anything observes', () => {
  expect(effectiveMode({})).toEqual({ mode: 'observe', from: 'default' });
});

test('saying on for a merchant does not make a new deployment collect', () => {
  expect(effectiveMode({ merchant: 'on', sub_merchant: 'on' })).toEqual({ mode: 'observe', from: 'default' });
});

// The four verdicts of a row: the sub-merchant says nothing, off, observe, on.
test.each<[service: Said, merchant: Said, ...verdicts: Verdict[]]>([
  ['–', '–', 'observe by default', 'off by sub_merchant', 'observe by default', 'observe by default'],
  ['–', 'off', 'off by merchant', 'off by merchant', 'off by merchant', 'off by merchant'],
  ['–', 'observe', 'observe by default', 'off by sub_merchant', 'observe by default', 'observe by default'],
  ['–', 'on', 'observe by default', 'off by sub_merchant', 'observe by default', 'observe by default'],
  ['off', '–', 'off by service', 'off by service', 'off by service', 'off by service'],
  ['off', 'off', 'off by service', 'off by service', 'off by service', 'off by service'],
  ['off', 'observe', 'off by service', 'off by service', 'off by service', 'off by service'],
  ['off', 'on', 'off by service', 'off by service', 'off by service', 'off by service'],
  ['observe', '–', 'observe by service', 'off by sub_merchant', 'observe by service', 'observe by service'],
  ['observe', 'off', 'off by merchant', 'off by merchant', 'off by merchant', 'off by merchant'],
  [
    'observe',
    'observe',
    'observe by service',
    'off by sub_merchant',
    'observe by service',
    'observe by service',
  ],
  ['observe', 'on', 'observe by service', 'off by sub_merchant', 'observe by service', 'observe by service'],
  ['on', '–', 'on by service', 'off by sub_merchant', 'observe by sub_merchant', 'on by service'],
  ['on', 'off', 'off by merchant', 'off by merchant', 'off by merchant', 'off by merchant'],
  [
    'on',
    'observe',
    'observe by merchant',
    'off by sub_merchant',
    'observe by merchant',
    'observe by merchant',
  ],
  ['on', 'on', 'on by service', 'off by sub_merchant', 'observe by sub_merchant', 'on by service'],
])('the most careful level wins: service %s, merchant %s', (service, merchant, ...verdicts) => {
  expect(SUB_MERCHANT_SAYS.map((sub_merchant) => verdict(service, merchant, sub_merchant))).toEqual(verdicts);
});
