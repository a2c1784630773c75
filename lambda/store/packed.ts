import { deflateSync, inflateSync } from 'node:zlib';

/**
 * What every order's JSON repeats, the commonest last. It is part of the schema: what was packed with one dictionary is
 * not read with another, so a change of it raises SCHEMA (and a test holds it).
 */
const DICTIONARY = Buffer.from(
  [
    '"takes_back":"refund_noted":"exhausting_since":"stopped":{"at":"because":"exhausted""last_day""timeline_full"',
    '{"kind":"folded","since":{"kind":"corrected","at":{"kind":"held","at":"hold":{"actor":"reason":"until":',
    '{"kind":"released","at":"intent":{"at":"operation":{"kind":"sync","paid_at":"cancel","user_reason":"modify"',
    '{"kind":"intended","charged_before":"policy":"provider:1 sub_merchant:1 service:1""reason":"',
    '{"kind":"would_collect"',
    '"doubted_at":"by":"notification""unrecognised","because":"state "settled""paid_elsewhere""nothing_due""expired"',
    '"cancelled""not_completed""REVOKED""EXPIRED""CREATED""USER_CONFIRM""claim":"done""not_found""not_pending"',
    '"outcome":{"kind":"contradicted""refused""misconfigured","scope":"pair""merchant""throttled""busy""in_progress"',
    '"http_status":429,"code":"FREQUENCY_LIMITED""RATELIMIT_EXCEEDED""INVALID_REQUEST""PARAM_ERROR""NO_AUTH""ORDER_DONE"',
    '"not_sent","because":"out_of_time""detail":"rule":"trial""consent""demand""next_day""infrastructure_ladder"',
    '"setbacks":{"count":1,"at":"unanswered":{"count":1,"at":17"hold":{"actor":{"kind":"api","id":"arn:aws:sts::',
    '"outcome":{"kind":"unknown","because":"no_answer""unverified""server_error"},"evidence":{"http_status":500,',
    '"code":"SYSTEM_ERROR","message":"系统异常，请稍后重试","request_id":"08"kind":"closed","at":17"as":"not_paid"}',
    '"standing":{"kind":"paid","paid_amount":"transaction_id":"4200"},"facts":{"state":"DONE",',
    '"collection_state":"USER_PAID","need_collection":true,"paying_amount":0,"details":[{"seq":1,"amount":',
    '"paid_type":"NEWTON","paid_time":"20"transaction_id":"4200"}],{"kind":"observed","at":17"standing":"paid"},',
    '{"kind":"closed","at":17"claim_id":"","as":"paid"}]}',
    '{"registration":{"at":17,"actor":{"kind":"api","id":"completed_at":17"total_amount":"observed":{"at":17,',
    '"standing":{"kind":"pending","paying_amount":,"paid_amount":0},"facts":{"state":"DOING",',
    '"state_description":"MCH_COMPLETE","collection_state":"USER_PAYING","need_collection":true,"total_amount":',
    '"paying_amount":"paid_amount":0,"details":[],"end_time":"20"order_id":"10000000000000000"}},',
    '"open":{"claim_id":"actor":{"kind":"schedule","id":"collect"},"claimed_at":17"send_by":17"decided":{"rule":',
    '"first_attempt","policy":"default"},"outcome":{"kind":"accepted"}},"calls":[17],"last_sent_at":17',
    '"timeline":[{"kind":"observed","at":17"standing":"pending"},{"kind":"attempt","at":17"claim_id":"',
    '"actor":{"kind":"schedule","id":"collect"},"decided":{"rule":"first_attempt","policy":"default"},',
    '"outcome":{"kind":"accepted"},"evidence":{"http_status":204,"request_id":"08","sub_code":"0"},"count":1},',
    '{"kind":"attempt","at":17"claim_id":"","actor":{"kind":"schedule","id":"collect"},"decided":{"rule":',
    '"decline_ladder","policy":"default"},"outcome":{"kind":"declined"},"evidence":{"http_status":403,',
    '"code":"TRADE_ERROR","message":"扣款失败","request_id":"08","sub_code":"2684"},"count":1}]}',
  ].join(''),
);

/** As much as is written for one order is near at hand: a larger window would only be memory to clear. */
const PACKING = { dictionary: DICTIONARY, level: 9, windowBits: 13, memLevel: 6 } as const;
/** No order comes near; what is larger was not packed here. */
const UNPACKED_MAX_BYTES = 4_000_000;

/** A value as JSON, compressed. zlib's own format: it bears a sum of the dictionary and of what was packed. */
export function pack(value: unknown): Uint8Array {
  return deflateSync(JSON.stringify(value), PACKING);
}

/**
 * What was packed. A stream hands over its bytes as base64.
 * @throws Error of zlib when it was packed otherwise, or was changed since
 */
export function unpack(packed: Uint8Array | string): unknown {
  const bytes = typeof packed === 'string' ? Buffer.from(packed, 'base64') : packed;
  const text = inflateSync(bytes, { dictionary: DICTIONARY, maxOutputLength: UNPACKED_MAX_BYTES });
  return JSON.parse(text.toString());
}
