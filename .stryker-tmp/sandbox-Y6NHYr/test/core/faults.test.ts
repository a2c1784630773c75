import { faultOf, spellFault, type Finding } from '../../lambda/core/faults';

const finding = (changes: Partial<Finding>): Finding => ({
  code: 'custom',
  path: ['orders', 3, 'sub_mchid'],
  message: 'is not digits',
  ...changes,
});

test.each<[Partial<Finding>, string]>([
  [{}, 'orders[3].sub_mchid is not digits'],
  [{ path: [] }, 'is not digits'],
  [{ path: [0, 'name'] }, '[0].name is not digits'],
  [{ path: ['a', 0, 1, 'b'] }, 'a[0][1].b is not digits'],
  [{ path: [Symbol.for('s')] }, 'Symbol(s) is not digits'],
  [{ code: 'invalid_type', expected: 'string' }, 'orders[3].sub_mchid is missing'],
  [{ code: 'invalid_type', expected: 'string', input: 7 }, 'orders[3].sub_mchid is not of type string'],
  [{ code: 'invalid_type', expected: 'string', input: null }, 'orders[3].sub_mchid is not of type string'],
  [
    { code: 'unrecognized_keys', keys: ['a', 'b'] },
    'orders[3].sub_mchid has fields that are not known here: a, b',
  ],
  [{ code: 'unrecognized_keys' }, 'orders[3].sub_mchid has fields that are not known here: '],
  [{ code: 'too_small', minimum: 1 }, 'orders[3].sub_mchid has fewer than 1'],
  [{ code: 'too_big', maximum: 50n }, 'orders[3].sub_mchid has more than 50'],
])('%j is put as: %s', (changes, sentence) => {
  expect(spellFault(faultOf(finding(changes)))).toBe(sentence);
});

test('a fault names the field and the rule, never the value', () => {
  const fault = faultOf(finding({ code: 'invalid_type', expected: 'string', input: 'the secret itself' }));
  expect(fault).toEqual({ field: 'orders[3].sub_mchid', rule: 'is not of type string' });
});
