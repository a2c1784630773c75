/** An error as WeChat Pay answers it: the body is { code, message, detail? }, unsigned. */
export interface ErrorRow {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** The number after the last "-" of the Request-ID header. */
  readonly subCode: number;
}

// WeChat Pay publishes no sub-code for these; any number but 0 (which marks success) will do.
const UNLISTED_SUB_CODE = 268435457;
const PARAMETER_SUB_CODE = 268435464;
const SIGN_SUB_CODE = 270924332;

const row = (status: number, code: string, message: string, subCode: number): ErrorRow => ({
  status,
  code,
  message,
  subCode,
});

/**
 * Every error the simulator answers by itself. Status, code and sub-code are WeChat Pay's published or reported ones;
 * where no page pairs a code with a sub-code, the nearest listed one was taken, and the line says "assumed".
 */
export const ERRORS = {
  parameter: row(400, 'PARAM_ERROR', '参数错误', PARAMETER_SUB_CODE),
  protocol: row(400, 'INVALID_REQUEST', 'HTTP 请求不符合 APIv3 接口规则', PARAMETER_SUB_CODE),
  // Assumed: the pages name neither code nor status for an oversized body.
  tooLarge: row(413, 'INVALID_REQUEST', '请求报文过大', PARAMETER_SUB_CODE),
  // Assumed: no page shows the body of an unknown URL; what matters is a 404 that is not ORDER_NOT_EXIST.
  unknownRoute: row(404, 'NOT_FOUND', '请求的资源不存在,请检查请求 URL', UNLISTED_SUB_CODE),
  sign: row(401, 'SIGN_ERROR', '验证不通过', SIGN_SUB_CODE),
  systemError: row(500, 'SYSTEM_ERROR', '系统异常,请稍后重试', UNLISTED_SUB_CODE),
  throttled: row(429, 'FREQUENCY_LIMITED', '频率超限', 268435472),
  noPermission: row(403, 'NO_AUTH', '当前无权限进行此操作', 268503786),
  orderNotExist: row(404, 'ORDER_NOT_EXIST', '查询单据不存在', 271317510),
  // Assumed: one order number used with another service_id reads as the documented "same number, other parameters".
  otherService: row(400, 'INVALID_REQUEST', '请确认相同单号是否使用了不同的参数', PARAMETER_SUB_CODE),
  declined: row(403, 'TRADE_ERROR', '扣款失败', 271316574),
  deducting: row(400, 'INVALID_REQUEST', '单据正在扣款中,请稍后再试', 271316754),
  notCompleted: row(400, 'INVALID_ORDER_STATE', '当前订单状态不合法,订单状态为确认状态', 271302332),
  wrongState: row(400, 'INVALID_ORDER_STATE', '当前订单状态不合法', 271302262),
  canceled: row(400, 'ORDER_CANCELED', '当前订单状态不合法,订单状态为已取消', 271302333),
  // Assumed: 271316657 ("only while pending payment") is the listed sub-code nearest to ORDER_DONE.
  done: row(400, 'ORDER_DONE', '订单已完成', 271316657),
  // Reported with PARAM_ERROR, not with INVALID_ORDER_STATE.
  notCancellable: row(400, 'PARAM_ERROR', '当前订单状态不满足撤销条件', 271316592),
  // Assumed: the rule (downwards only, below the last amount) is documented, its error answer is not.
  notDownwards: row(400, 'INVALID_REQUEST', '修改后的金额必须小于当前金额', PARAMETER_SUB_CODE),
  noCertificate: row(
    404, // Assumed: the code and message are known, the HTTP status is not.
    'RESOURCE_NOT_EXISTS',
    '无可用的平台证书,请在商户平台-API安全申请使用微信支付公钥。可查看指引https://pay.weixin.qq.com/docs/merchant/products/platform-certificate/wxp-pub-key-guide.html',
    UNLISTED_SUB_CODE,
  ),
} as const satisfies Record<string, ErrorRow>;

/** WeChat Pay: `detail` names the field (a JSON pointer when it is in the body), its value, the issue and where it was. */
export interface ErrorDetail {
  readonly field: string;
  readonly issue: string;
  readonly location: 'body' | 'query' | 'path' | 'header' | 'authorization';
  readonly value?: unknown;
  readonly sign_information?: {
    readonly method: string;
    readonly url: string;
    readonly truncated_sign_message: string;
    readonly sign_message_length: number;
  };
}

/** What a call came to, before it is signed and put on the wire. */
export type Answer =
  | { readonly kind: 'empty' }
  | { readonly kind: 'json'; readonly body: object }
  | {
      readonly kind: 'error';
      readonly error: ErrorRow;
      readonly detail?: ErrorDetail;
    };

/** 204: how every changing Payscore call of the partner mode reports success. */
export const EMPTY: Answer = { kind: 'empty' };

export function refuse(error: ErrorRow, detail?: ErrorDetail): Answer {
  return detail === undefined ? { kind: 'error', error } : { kind: 'error', error, detail };
}
