/** An answer to `/pay` as it comes over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly body: string;
  readonly requestId?: string;
}

const error = (code: string, message = ''): string => JSON.stringify({ code, message });

/** By the row that has to decide them: every answer that is known to exist, and the odd ones. */
export const ANSWERS_TO_PAY: Readonly<Record<string, readonly WireAnswer[]>> = {
  userpaying: [
    { status: 200, body: '{"trade_state":"USERPAYING"}' },
    { status: 202, body: '{"code":"X","trade_state":"USERPAYING","extra":1}', requestId: '08F1-271316574' },
  ],
  trade_state_other: [
    { status: 200, body: '{"trade_state":"SUCCESS"}' },
    { status: 200, body: '{"trade_state":"PAID","out_order_no":"A"}' },
    { status: 200, body: '{"trade_state":null}' },
    { status: 200, body: '{"trade_state":["USERPAYING"]}' },
  ],
  accepted_empty: [
    { status: 204, body: '' },
    { status: 200, body: '', requestId: '08F1-0' },
    { status: 299, body: '' },
  ],
  accepted_body: [
    { status: 200, body: '{"appid":"wx1","mchid":"1","out_order_no":"A","service_id":"5","order_id":"7"}' },
    { status: 200, body: '{}' },
    { status: 200, body: '{"state":"DONE","collection":{"state":"USER_PAID","paid_amount":1}}' },
  ],
  system_error: [
    { status: 500, body: error('SYSTEM_ERROR', '系统异常,请稍后重试') },
    { status: 502, body: '<html>502 Bad Gateway</html>' },
    { status: 503, body: error('SERVICE_UNAVAILABLE') },
    { status: 504, body: '' },
    { status: 599, body: error('TRADE_ERROR', '扣款失败'), requestId: '08F1-271316574' },
    { status: 500, body: error('ORDER_DONE'), requestId: '08F1-268435472' },
  ],
  unauthorised: [
    { status: 401, body: error('SIGN_ERROR', '验证不通过'), requestId: 'FBBA04-270924360' },
    { status: 401, body: '' },
    { status: 401, body: error('NO_AUTH'), requestId: '08F1-268503786' },
  ],
  sub_busy: [
    { status: 400, body: error('INVALID_REQUEST', '单据正在扣款中,请稍后重试'), requestId: '08F1-271316754' },
    { status: 403, body: error('TRADE_ERROR', '扣款失败'), requestId: '08F1-271316754' },
  ],
  busy_message: [
    { status: 403, body: error('TRADE_ERROR', '单据正在扣款中'), requestId: '08F1-999' },
    { status: 429, body: error('FREQUENCY_LIMITED', '收款结果不明,请稍后重试') },
    { status: 400, body: error('INVALID_REQUEST', '单据正在扣款中,请稍后再试') },
    { status: 403, body: error('NO_AUTH', '单据正在扣款中,请稍后再试') },
    { status: 400, body: error('INVALID_ORDER_STATE', '收款结果不明,请稍后重试') },
    { status: 409, body: '{"message":"扣款中"}' },
  ],
  throttled_status: [
    { status: 429, body: error('FREQUENCY_LIMITED', '频率超限') },
    { status: 429, body: error('RATE_LIMITED') },
    { status: 429, body: error('RATELIMIT_EXCEEDED') },
    { status: 429, body: error('ORDER_DONE'), requestId: '08F1-271316657' },
    { status: 429, body: 'slow down' },
  ],
  sub_declined: [
    { status: 403, body: error('TRADE_ERROR', '扣款失败'), requestId: '08F1-271316574' },
    { status: 400, body: error('PARAM_ERROR', '支付分扣款失败'), requestId: '08-F1-271316574' },
    { status: 404, body: '', requestId: '-271316574' },
  ],
  sub_throttled: [
    { status: 400, body: error('INVALID_REQUEST', '请求过于频繁'), requestId: '08F1-268435472' },
  ],
  sub_cancelled: [{ status: 400, body: error('INVALID_ORDER_STATE'), requestId: '08F1-271302333' }],
  sub_not_pending: [
    { status: 400, body: error('PARAM_ERROR', '仅服务订单支付状态为待支付时'), requestId: '08F1-271316657' },
    { status: 400, body: error('INVALID_REQUEST', '当前订单状态不合法'), requestId: '08F1-271302262' },
    { status: 400, body: error('PARAM_ERROR', '订单状态为确认状态'), requestId: '08F1-271302332' },
  ],
  sub_not_found: [{ status: 404, body: error('RESOURCE_NOT_EXISTS'), requestId: '08F1-271317510' }],
  sub_no_permission: [
    { status: 403, body: error('NO_AUTH', '当前无权限进行此操作'), requestId: '08F1-268503786' },
    { status: 400, body: error('PARAM_ERROR', 'mch_id 不存在'), requestId: '08F1-271302144' },
    { status: 400, body: error('PARAM_ERROR', 'mch_id 和 appid 未绑定'), requestId: '08F1-271302149' },
  ],
  sub_bad_authorization: [
    { status: 400, body: error('PARAM_ERROR', 'Authorization 不合法'), requestId: '08F1-270924332' },
  ],
  sub_bad_parameter: [
    { status: 400, body: error('PARAM_ERROR', '参数超出取值范围'), requestId: '08F1-268435464' },
    { status: 400, body: error('ORDER_DONE'), requestId: '08F1-268435464' },
  ],
  sub_not_possible: [
    { status: 400, body: error('PARAM_ERROR', '当前订单状态不满足撤销条件'), requestId: '08F1-271316592' },
    { status: 400, body: error('INVALID_REQUEST'), requestId: '08F1-271316656' },
  ],
  declined: [{ status: 403, body: error('TRADE_ERROR', '扣款失败') }],
  order_done: [
    { status: 400, body: error('ORDER_DONE', '订单已完成') },
    { status: 404, body: error('ORDER_DONE') },
  ],
  order_cancelled: [
    { status: 400, body: error('ORDER_CANCELED', '单据已取消') },
    { status: 400, body: error('ORDER_CANCELLED') },
  ],
  order_not_found: [
    { status: 404, body: error('ORDER_NOT_EXIST', '订单不存在') },
    { status: 400, body: error('ORDER_NOT_EXIST') },
  ],
  throttled_code: [
    { status: 403, body: error('FREQUENCY_LIMITED') },
    { status: 400, body: error('FREQUENCY_LIMIT_EXCEED') },
    { status: 400, body: error('RATE_LIMITED') },
    { status: 400, body: error('RATELIMIT_EXCEEDED') },
  ],
  not_pending: [{ status: 400, body: error('INVALID_ORDER_STATE', '单据状态错误') }],
  sign_error: [{ status: 403, body: error('SIGN_ERROR') }],
  no_permission: [{ status: 403, body: error('NO_AUTH', '商户信息不合法') }],
  route_not_open: [
    { status: 404, body: error('NOT_FOUND') },
    { status: 404, body: '<html>404</html>' },
    { status: 404, body: error('PARAM_ERROR') },
    { status: 404, body: '{"code":404,"message":{"toString":1}}' },
  ],
  refused: [
    { status: 400, body: error('PARAM_ERROR', '参数错误') },
    { status: 400, body: error('INVALID_REQUEST', 'HTTP 请求不符合 APIv3 接口规则') },
    { status: 400, body: '{"code":"INVALID_REQUEST","message":7}', requestId: '08F1-123456' },
  ],
  default: [
    { status: 400, body: error('SOMETHING_NEW', '新的错误') },
    { status: 400, body: error('TRADE_ERROR', '扣款失败') },
    { status: 403, body: '' },
    { status: 403, body: error('ACCESS_DENIED') },
    { status: 400, body: error('trade_error') },
    { status: 400, body: '[{"code":"ORDER_DONE"}]' },
    { status: 418, body: 'null' },
    { status: 200, body: error('SUCCESS') },
    { status: 200, body: 'not JSON' },
    { status: 200, body: '[]' },
    { status: 200, body: 'null' },
    { status: 302, body: '' },
    { status: 600, body: '' },
  ],
};
