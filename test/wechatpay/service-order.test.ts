import fc from 'fast-check';
import type { Mchid, OrderRef, OutOrderNo, ServiceId, SubMchid } from '../../lambda/core/ids';
import { observe } from '../../lambda/core/observe';
import { readOrder } from '../../lambda/wechatpay/service-order';

const KEY: OrderRef = {
  mchid: '1900009191' as Mchid,
  sub_mchid: '1900000109' as SubMchid,
  out_order_no: '1234323JKHDFE1243252' as OutOrderNo,
  service_id: '500001' as ServiceId,
};

const BARE = { out_order_no: '1234323JKHDFE1243252', state: 'DOING' };

function factsOf(body: object): unknown {
  const reading = readOrder({ ...BARE, ...body }, KEY);
  return reading.ok ? reading.facts : reading.because;
}

test.each([1.5, 'first', '', null, {}, true, 2 ** 53])('the part number %j is none, and left out', (seq) => {
  expect(factsOf({ collection: { details: [{ seq, amount: 900 }] } })).toStrictEqual({
    state: 'DOING',
    details: [{ amount: 900 }],
  });
});

test('the whole documented answer is read, what is not needed is passed over', () => {
  const body = {
    appid: 'wxd678efh567hg6787',
    mchid: '1900009191',
    sub_mchid: '1900000109',
    out_order_no: '1234323JKHDFE1243252',
    service_id: '500001',
    service_introduction: '某某酒店',
    state: 'DONE',
    state_description: 'MCH_COMPLETE',
    post_payments: [{ name: '就餐费用', amount: 40000, description: '就餐人均100元', count: 4 }],
    post_discounts: [{ name: '满20减1元', description: '不与其他优惠叠加', amount: 100, count: 2 }],
    risk_fund: { name: 'DEPOSIT', amount: 10000, description: '就餐的预估费用' },
    total_amount: 40000,
    need_collection: true,
    collection: {
      state: 'USER_PAID',
      total_amount: 3900,
      paying_amount: 0,
      paid_amount: 3900,
      details: [
        {
          seq: 1,
          amount: 900,
          paid_type: 'NEWTON',
          paid_time: '20091225091210',
          transaction_id: '15646546545165651651',
          promotion_detail: [{ coupon_id: '109519' }],
        },
        { seq: 2, amount: 3000, paid_type: 'MCH', paid_time: '20091226' },
      ],
    },
    time_range: { start_time: '20091225091010', end_time: '20091225121010', end_time_remark: '结束租借日期' },
    location: { start_location: '嗨客时尚主题展餐厅' },
    attach: 'Easdfowealsdkjfnlaksjdlfkwqoi&wl3l2sald',
    order_id: '15646546545165651651',
  };
  expect(readOrder(body, KEY)).toEqual({
    ok: true,
    facts: {
      state: 'DONE',
      state_description: 'MCH_COMPLETE',
      collection_state: 'USER_PAID',
      need_collection: true,
      total_amount: 3900,
      paying_amount: 0,
      paid_amount: 3900,
      details: [
        {
          seq: 1,
          amount: 900,
          paid_type: 'NEWTON',
          paid_time: '20091225091210',
          transaction_id: '15646546545165651651',
        },
        { seq: 2, amount: 3000, paid_type: 'MCH', paid_time: '20091226' },
      ],
      end_time: '20091225121010',
      order_id: '15646546545165651651',
    },
  });
});

describe("the documentation's odd examples are read as far as they say something", () => {
  test.each([
    ['an order before it is completed', {}, { state: 'DOING', details: [] }],
    [
      'amounts as text',
      { total_amount: '40000', collection: { paying_amount: '0', paid_amount: '00100' } },
      { state: 'DOING', total_amount: 40000, paying_amount: 0, paid_amount: 100, details: [] },
    ],
    [
      'empty texts',
      { state_description: '', order_id: '', collection: { state: '' }, time_range: { end_time: '' } },
      { state: 'DOING', details: [] },
    ],
    [
      'a detail that is empty',
      { collection: { state: 'USER_PAYING', details: [{}] } },
      { state: 'DOING', collection_state: 'USER_PAYING', details: [{}] },
    ],
    [
      'details that are no list, or no objects',
      { collection: { details: { seq: 1 } } },
      { state: 'DOING', details: [] },
    ],
    [
      'details of which some are no objects',
      { collection: { details: [null, 1, 'x', [], { seq: '2', amount: 'two' }] } },
      { state: 'DOING', details: [{}, {}, {}, {}, { seq: 2 }] },
    ],
    [
      'post_payments as one object',
      { post_payments: { amount: 1 }, total_amount: 1 },
      { state: 'DOING', total_amount: 1, details: [] },
    ],
    [
      'parts that are null',
      { collection: null, time_range: null, total_amount: null, need_collection: null, mchid: null },
      { state: 'DOING', details: [] },
    ],
    [
      'parts that are lists',
      { collection: [{ state: 'USER_PAID' }], time_range: ['20091225'] },
      { state: 'DOING', details: [] },
    ],
    [
      'values nobody knows',
      { state: 'FROZEN', state_description: 'X', collection: { state: 'USER_PAID_HALF' } },
      { state: 'FROZEN', state_description: 'X', collection_state: 'USER_PAID_HALF', details: [] },
    ],
    ['need_collection as text', { need_collection: 'false' }, { state: 'DOING', details: [] }],
  ])('%s', (_, body, facts) => {
    expect(factsOf(body)).toEqual(facts);
  });

  test.each([-1, 0.5, 1e21, Number.NaN, '-1', '1.5', '1e3', ' 1', '1234567890123456', true, [1], {}, null])(
    '%p is no amount and is left out',
    (amount) => {
      expect(
        factsOf({ collection: { total_amount: amount, paying_amount: amount, paid_amount: amount } }),
      ).toEqual({
        state: 'DOING',
        details: [],
      });
    },
  );

  test('the total of the collection comes before that of the order, which stands in for it', () => {
    expect(factsOf({ total_amount: 300, collection: { total_amount: 200 } })).toMatchObject({
      total_amount: 200,
    });
    expect(factsOf({ total_amount: 300, collection: { total_amount: '' } })).toMatchObject({
      total_amount: 300,
    });
    expect(factsOf({ total_amount: 300, collection: { total_amount: 0 } })).toMatchObject({
      total_amount: 0,
    });
  });

  test('an impossible mix of paid and still to pay is handed on as it is', () => {
    expect(factsOf({ collection: { state: 'USER_PAID', paying_amount: 100, paid_amount: 300 } })).toEqual({
      state: 'DOING',
      collection_state: 'USER_PAID',
      paying_amount: 100,
      paid_amount: 300,
      details: [],
    });
  });
});

describe('an answer about another order is not read at all', () => {
  test.each([
    ['out_order_no', { out_order_no: '1234323JKHDFE1243253' }],
    ['out_order_no', { out_order_no: '1234323jkhdfe1243252' }],
    ['out_order_no', { out_order_no: undefined }],
    ['out_order_no', { out_order_no: '' }],
    ['out_order_no', { out_order_no: ['1234323JKHDFE1243252'] }],
    ['sub_mchid', { sub_mchid: '1900000110' }],
    ['sub_mchid', { sub_mchid: 1900000110 }],
    ['sub_mchid', { sub_mchid: { toString: () => '1900000109' } }],
    ['mchid', { mchid: '1900000109' }],
    ['mchid', { mchid: 1900009191 }],
    ['mchid', { sp_mchid: '1900009192' }],
    ['mchid', { mchid: '1900009191', sp_mchid: '1900009192' }],
    ['mchid', { mchid: '1900009192', sp_mchid: '1900009191' }],
  ])('another %s: %j', (name, body) => {
    expect(factsOf(body)).toBe(`the answer is about another ${name}`);
  });

  test.each([
    {},
    { mchid: '', sub_mchid: '', sp_mchid: '' },
    { sp_mchid: '1900009191' },
    { mchid: '1900009191', sub_mchid: '1900000109' },
  ])('the same one: %j', (body) => {
    expect(factsOf(body)).toMatchObject({ state: 'DOING' });
  });

  test.each([null, undefined, 'text', 7, true, [], [{ ...BARE }], () => BARE])('%p is no answer', (body) => {
    expect(readOrder(body, KEY)).toEqual({ ok: false, because: 'the answer is not a JSON object' });
  });

  test.each([undefined, '', 7, null, {}])('an answer whose state is %j has none', (state) => {
    expect(factsOf({ state })).toBe('the answer has no state');
  });
});

describe('whatever comes back', () => {
  const odd = fc.oneof(fc.anything(), fc.jsonValue());
  const body = fc.oneof(
    odd,
    fc.record(
      {
        out_order_no: fc.constant(KEY.out_order_no),
        state: fc.oneof(fc.constantFrom('CREATED', 'DOING', 'REVOKED', 'EXPIRED', '__proto__'), odd),
        state_description: odd,
        need_collection: odd,
        total_amount: odd,
        time_range: odd,
        collection: fc.oneof(
          odd,
          fc.record({ state: fc.constant('USER_PAID'), paid_amount: odd, details: fc.array(odd) }),
        ),
      },
      { requiredKeys: ['out_order_no'] },
    ),
  );

  test('it is read or refused, never an error, and without DONE nothing comes out as paid', () => {
    fc.assert(
      fc.property(body, (content) => {
        const reading = readOrder(content, KEY);
        const { facts } = reading.ok ? reading : { facts: undefined };
        expect(reading.ok || reading.because.startsWith('the answer ')).toBe(true);
        expect(facts === undefined || Array.isArray(facts.details)).toBe(true);
        expect((Object.values(facts ?? {}) as unknown[]).includes(undefined)).toBe(false);
        expect(facts !== undefined && facts.state !== 'DONE' && observe(facts).kind === 'paid').toBe(false);
      }),
      { numRuns: 5_000 },
    );
  });
});

test('an answer that names another service is another order: the caller was mistaken, or WeChat Pay does not check', () => {
  expect(factsOf({ service_id: '500002' })).toBe('the answer is about another service_id');
  expect(factsOf({ service_id: '500001' })).toMatchObject({ state: 'DOING' });
  expect(factsOf({})).toMatchObject({ state: 'DOING' });
});
