/**
 * The types of the client, wrong uses included. The compiler is the test: it fails on a right use that does not
 * compile, and on a wrong one that does. Nothing here runs.
 */
import type { AxiosPromise, AxiosRequestConfig, AxiosResponse } from 'axios';
import type { RequestConfig, ServiceOrderAnswer, Wxpay } from '../../lambda/wechatpay/client';
import type { Outcome } from '../../lambda/core/outcome';

/** Both ways assignable, and neither of them `any`. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? (0 extends 1 & A ? never : A) : never) : never;

const ids = { service_id: '500001', sub_mchid: '1900000109' };
const number = { out_order_no: '1234323JKHDFE1243252' };

export async function rightUses(wxpay: Wxpay, config: AxiosRequestConfig): Promise<void> {
  const { serviceorder } = wxpay.v3.payscore.partner;
  const { pay, sync, modify, cancel } = serviceorder._out_order_no_;

  const promise = pay.post(ids, number);
  const same: Same<typeof promise, AxiosPromise<'' | Readonly<Record<string, unknown>>>> = promise;
  await same;
  await pay(ids, { ...number, timeout: 5_000, send_by: 1_700_000_000_000, signal: AbortSignal.timeout(1) });
  await sync({ ...ids, type: 'Order_Paid', detail: { paid_time: '20231115' } }, number);
  await modify(
    { sub_mchid: '1', post_payments: [{ name: '房费', amount: 1 }], total_amount: 1, reason: '多收' },
    number,
  );
  await cancel.post({ sub_mchid: '1', reason: '取消' }, number);

  const queried: AxiosResponse<ServiceOrderAnswer> = await serviceorder.get({
    params: { ...ids, ...number },
  });
  queried.data['state'] satisfies unknown;
  await serviceorder.get({ params: { ...ids, query_id: 'q' } });
  const { data } = await wxpay.v3.certificates.get();
  data.data[0]?.serial_no satisfies string | undefined;

  // Everything that axios takes is taken.
  const extended: RequestConfig = config;
  await wxpay.v3.certificates.get(extended);
}

export function wrongUses(wxpay: Wxpay): unknown[] {
  const { serviceorder } = wxpay.v3.payscore.partner;
  const { pay, sync, modify, cancel } = serviceorder._out_order_no_;
  return [
    // @ts-expect-error -- the order number is missing
    pay(ids),
    // @ts-expect-error -- the order number is missing from the config
    pay.post(ids, {}),
    // @ts-expect-error -- an order number is text
    pay(ids, { out_order_no: 7 }),
    // @ts-expect-error -- an order number may not be undefined
    pay(ids, { out_order_no: undefined }),
    // @ts-expect-error -- sub_mchid is missing
    pay({ service_id: '500001' }, number),
    // @ts-expect-error -- a merchant number is text
    pay({ ...ids, sub_mchid: 1_900_000_109 }, number),
    // @ts-expect-error -- a collection takes no amount
    pay({ ...ids, total_amount: 1 }, number),
    // @ts-expect-error -- send_by is an instant in milliseconds
    pay(ids, { ...number, send_by: new Date() }),
    // @ts-expect-error -- collecting posts
    pay.get(ids, number),
    // @ts-expect-error -- there is one type of sync
    sync({ ...ids, type: 'Order_Refunded', detail: { paid_time: '20231115' } }, number),
    // @ts-expect-error -- a sync says when it was paid
    sync({ ...ids, type: 'Order_Paid' }, number),
    // @ts-expect-error -- amounts are numbers
    modify({ sub_mchid: '1', post_payments: [], total_amount: '1', reason: 'r' }, number),
    // @ts-expect-error -- the user is told a reason
    cancel({ sub_mchid: '1' }, number),
    // @ts-expect-error -- a query names one number, not both
    serviceorder.get({ params: { ...ids, out_order_no: 'A', query_id: 'q' } }),
    // @ts-expect-error -- a query names one number, not none
    serviceorder.get({ params: ids }),
    // @ts-expect-error -- a query needs parameters
    serviceorder.get(),
    // @ts-expect-error -- orders are not completed here
    serviceorder._out_order_no_.complete,
    // @ts-expect-error -- nor created
    serviceorder.post,
    // @ts-expect-error -- there is no call to WeChat Pay v2
    wxpay.v2,
  ];
}

export async function wrongReadings(wxpay: Wxpay): Promise<unknown[]> {
  const { pay } = wxpay.v3.payscore.partner.serviceorder._out_order_no_;
  const { data } = await pay(ids, number);
  // @ts-expect-error -- an outcome never says "paid"
  const outcome: Outcome = { kind: 'paid' };
  // @ts-expect-error -- what came back may be nothing at all
  const state: unknown = data.trade_state;
  return [outcome, state];
}
