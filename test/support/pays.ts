import type { OrderRef } from '../../lambda/core/ids';
import type { RecordedRequest } from '../../local/wechatpay';

/** Whether a request is a call to `/pay` for this order. */
export function isPayOf(
  { url, body, headers }: RecordedRequest,
  { mchid, sub_mchid, out_order_no }: OrderRef,
): boolean {
  return (
    url.endsWith(`/${encodeURIComponent(out_order_no)}/pay`) &&
    // A call whose connection was reset before its body was read says no more than its path.
    (body === '' || body.includes(`"${sub_mchid}"`)) &&
    headers['authorization']?.includes(`mchid="${mchid}"`) === true
  );
}
