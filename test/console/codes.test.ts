import { BY_HAND_REFUSALS } from '../../lambda/core/by-hand';
import { COLLECT_REASONS, QUERY_REASONS, STOP_REASONS } from '../../lambda/core/explain';
import { WAITS } from '../../lambda/core/guards';
import { STANDING_MEANINGS } from '../../lambda/core/observe';
import { ORDER_STATUSES } from '../../lambda/core/order';
import { OUTCOME_RULES } from '../../lambda/core/outcome';
import { POLICY_RULES } from '../../lambda/core/policy';
import { REFUND_REASONS } from '../../lambda/core/refund';
import { ROW_RESULTS } from '../../lambda/flow/import';
import { PROBLEMS } from '../../lambda/api/contract/problems';
import { OUTCOME_ROWS } from '../../lambda/wechatpay/outcomes';
import { CODES, LANGUAGES, TEXTS } from '../../console/src/texts';
import { toldOf, type Codes } from '../../console/src/texts/codes';

const sorted = (names: Iterable<string>) => [...new Set(names)].toSorted();
const subCodes = sorted(OUTCOME_ROWS.flatMap(({ when }) => when.subCode ?? []));
const errorCodes = sorted(OUTCOME_ROWS.flatMap(({ when }) => (Array.isArray(when.code) ? when.code : [])));

/** What the code base knows, beside what the page has words for. */
const KNOWN: readonly (readonly [keyof Codes, readonly string[]])[] = [
  ['outcome', Object.keys(OUTCOME_RULES)],
  ['standing', Object.keys(STANDING_MEANINGS)],
  ['status', ORDER_STATUSES],
  ['collect', Object.keys(COLLECT_REASONS)],
  ['query', Object.keys(QUERY_REASONS)],
  ['wait', Object.keys(WAITS)],
  ['stop', Object.keys(STOP_REASONS)],
  ['refund', Object.keys(REFUND_REASONS)],
  ['problem', Object.keys(PROBLEMS)],
  ['policy', Object.keys(POLICY_RULES)],
  ['row', ROW_RESULTS],
  ['subCode', subCodes],
];

describe.each(LANGUAGES)('in %s', (language) => {
  const codes = CODES[language];

  test.each(KNOWN)(
    'there are words for every %s that the code base knows, and for nothing else',
    (table, known) => {
      expect(sorted(Object.keys(codes[table]))).toEqual(sorted(known));
    },
  );

  test('there are words for whatever forbids a decision by hand', () => {
    expect(Object.keys(codes.refusal)).toEqual(expect.arrayContaining(Object.keys(BY_HAND_REFUSALS)));
  });

  test('every code of an error answer that decides an outcome is told, in each of its spellings', () => {
    const told = [
      ...errorCodes,
      'FREQUENCY_LIMITED',
      'FREQUENCY_LIMIT_EXCEED',
      'RATE_LIMITED',
      'RATELIMIT_EXCEED',
    ];
    expect(told.filter((code) => toldOf(codes, { code }) === undefined)).toEqual([]);
    expect(toldOf(codes, { code: 'NEVER_HEARD_OF' })).toBeUndefined();
    expect(toldOf(codes, { sub_code: '1' })).toBeUndefined();
  });

  test('the sub-code is told before the code', () => {
    const told = toldOf(codes, { sub_code: '271316754', code: 'TRADE_ERROR' });
    expect(told).toBe(codes.subCode['271316754']);
  });

  test('no text is empty', () => {
    expect(emptyTexts({ codes, texts: TEXTS[language] })).toEqual([]);
  });
});

test('no text of the Chinese page was left in English', () => {
  const english = new Set(
    textsIn(CODES.en)
      .concat(textsIn(TEXTS.en))
      .filter((text) => /[a-z]{4}/.test(text)),
  );
  const left = textsIn(CODES['zh-CN']).concat(textsIn(TEXTS['zh-CN']));
  expect(left.filter((text) => english.has(text) && text !== 'payscore-collector')).toEqual([]);
});

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

function emptyTexts(value: unknown, path = ''): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => emptyTexts(one, `${path}.${key}`));
}
