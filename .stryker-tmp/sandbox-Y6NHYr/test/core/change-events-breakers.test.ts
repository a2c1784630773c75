import { tripped, withTrial, type Breaker } from '../../lambda/core/breaker';
import { breakerEventsOf } from '../../lambda/core/change-events';
import { HOUR, NOW, REF } from './orders';

const { mchid, sub_mchid, service_id } = REF;
const MERCHANT = { mchid } as const;
const PAIR = { mchid, sub_mchid, service_id } as const;
const WRITTEN = NOW + 5_000;

const FIRST = tripped(undefined, { at: NOW, claimed_at: NOW, because: 'SIGN_ERROR 张三' });
const TRYING = withTrial(FIRST, { claim_id: 'c1', at: NOW + HOUR });
const AGAIN = tripped(TRYING, { at: NOW + HOUR + 1, claimed_at: NOW + HOUR, because: 'SIGN_ERROR' });

test('a merchant whose breaker trips is told of, with when it is tried again, and not in WeChat Pay’s words', () => {
  expect(breakerEventsOf(MERCHANT, undefined, FIRST, WRITTEN)).toEqual([
    {
      type: 'MerchantStopped',
      at: NOW,
      detail: {
        schema: 1,
        id: '1900009191/MerchantStopped/1772424000000',
        at: '2026-03-02T04:00:00.000Z',
        mchid: '1900009191',
        trips: 1,
        until: '2026-03-02T05:00:00.000Z',
      },
    },
  ]);
});

test('a trial that is refused is told as another stop', () => {
  expect(breakerEventsOf(MERCHANT, TRYING, AGAIN, WRITTEN)).toMatchObject([
    { type: 'MerchantStopped', detail: { id: '1900009191/MerchantStopped/1772427600001', trips: 2 } },
  ]);
});

test('a merchant whose breaker is gone is told of, with when that was written', () => {
  expect(breakerEventsOf(MERCHANT, AGAIN, undefined, WRITTEN)).toEqual([
    {
      type: 'MerchantResumed',
      at: WRITTEN,
      detail: {
        schema: 1,
        id: '1900009191/MerchantResumed/1772427600001',
        at: '2026-03-02T04:00:05.000Z',
        mchid: '1900009191',
      },
    },
  ]);
});

test('of one sub-merchant and service it is told that it is theirs', () => {
  const theirs = { mchid: '1900009191', sub_mchid: '1900000109', service_id: '500001' };
  expect(breakerEventsOf(PAIR, undefined, FIRST, WRITTEN)).toMatchObject([
    {
      type: 'PairStopped',
      detail: { ...theirs, id: '1900009191/1900000109/500001/PairStopped/1772424000000' },
    },
  ]);
  expect(breakerEventsOf(PAIR, FIRST, undefined, WRITTEN)).toMatchObject([
    {
      type: 'PairResumed',
      detail: { ...theirs, id: '1900009191/1900000109/500001/PairResumed/1772424000000' },
    },
  ]);
});

test.each<readonly [string, Breaker | undefined, Breaker | undefined]>([
  ['a trial begins', FIRST, TRYING],
  ['a trial shows nothing', TRYING, { ...FIRST, version: 3, until: NOW + 2 * HOUR }],
  [
    'a breaker is lifted by hand, until the next collection has shown something',
    FIRST,
    { ...FIRST, until: NOW },
  ],
  ['there is none, before and after', undefined, undefined],
])('nobody is told that %s', (_what, before, after) => {
  expect(breakerEventsOf(MERCHANT, before, after, WRITTEN)).toEqual([]);
});
