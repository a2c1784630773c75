import type { AxiosResponse } from 'axios';
import { writeBeijingTime } from '../core/beijing-time';
import { isPayscoreError, type PayscoreError } from '../core/errors';
import type { OrderRef } from '../core/ids';
import type { Operation } from '../core/order';
import type { CallLimits, CallReport, CollectLimits, Evidence, QueryReport } from '../core/outcome';
import { axios } from './axios';
import type { Wxpay } from './client';
import { classify } from './outcomes';
import { requestId, subCode } from './request-id';
import { isRecord, readOrder } from './service-order';
import type { WireHeaders } from './verify';

/** The calls this service makes, each turned into a value that says all that is known and nothing more. */
export class Payscore {
  constructor(private readonly wxpay: Wxpay) {}

  /** One collection call (订单收款). Never throws, never resends. */
  async collect(order: OrderRef, { timeoutMs, sendBy }: CollectLimits): Promise<CallReport> {
    const { pay } = this.wxpay.v3.payscore.partner.serviceorder._out_order_no_;
    const { service_id, sub_mchid, out_order_no } = order;
    return reportOf(
      await outcomeOf(
        pay({ service_id, sub_mchid }, { out_order_no, timeout: limited(timeoutMs), send_by: sendBy }),
      ),
    );
  }

  /** Tells WeChat Pay of a decision by hand: paid elsewhere, waived, or reduced. Never throws, never resends. */
  async change(
    order: OrderRef,
    operation: Operation,
    { timeoutMs, sendBy }: CollectLimits,
  ): Promise<CallReport> {
    const { sync, cancel, modify } = this.wxpay.v3.payscore.partner.serviceorder._out_order_no_;
    const { service_id, sub_mchid, out_order_no } = order;
    const of = { service_id, sub_mchid };
    const config = { out_order_no, timeout: limited(timeoutMs), send_by: sendBy };
    switch (operation.kind) {
      case 'sync': {
        const detail = { paid_time: writeBeijingTime(operation.paid_at) };
        return reportOf(await outcomeOf(sync({ ...of, type: 'Order_Paid', detail }, config)));
      }
      case 'cancel':
        return reportOf(await outcomeOf(cancel({ ...of, reason: operation.user_reason }, config)));
      case 'modify': {
        const { total_amount, user_reason: reason } = operation;
        // The parts have to add up to the total; of a lowered amount there is one, named by why it was lowered.
        const post_payments = [{ name: REDUCED_NAME, amount: total_amount, description: reason }];
        return reportOf(await outcomeOf(modify({ ...of, post_payments, total_amount, reason }, config)));
      }
    }
  }

  /** One query (查询服务订单). Never throws. */
  async query(order: OrderRef, { timeoutMs }: CallLimits): Promise<QueryReport> {
    const { service_id, sub_mchid, out_order_no } = order;
    const params = { service_id, sub_mchid, out_order_no };
    const call = await outcomeOf(
      this.wxpay.v3.payscore.partner.serviceorder.get({ params, timeout: limited(timeoutMs) }),
    );
    const { evidence } = call;
    if (call.kind !== 'answered') return { kind: 'unanswered', because: call.kind, evidence };
    if (call.status >= 500) return { kind: 'unanswered', because: 'server_error', evidence };
    if (call.status >= 300) return { kind: 'refused', because: refusal(call), evidence };
    const reading = readOrder(call.body, order);
    if (reading.ok) return { kind: 'verified', facts: reading.facts, evidence };
    return { kind: 'unanswered', because: 'unreadable', evidence: { ...evidence, detail: reading.because } };
  }
}

const REDUCED_NAME = '调整后费用';

/** What an order's call came to. */
function reportOf(call: CallOutcome): CallReport {
  switch (call.kind) {
    case 'answered':
      return { outcome: classify(call).outcome, evidence: call.evidence };
    case 'not_sent':
      return { outcome: { kind: 'not_sent', because: call.because }, evidence: call.evidence };
    case 'no_answer':
      return { outcome: { kind: 'unknown', because: 'no_answer' }, evidence: call.evidence };
    case 'unverified':
      return { outcome: { kind: 'unknown', because: 'unverified' }, evidence: call.evidence };
  }
}

type CallOutcome =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly body: unknown;
      readonly subCode: string | undefined;
      readonly evidence: Evidence;
    }
  | {
      readonly kind: 'not_sent' | 'no_answer' | 'unverified';
      readonly because: string;
      readonly evidence: Evidence;
    };

/** *Not sent*, *answered* or *unknown*, from the way a call's promise ends. */
async function outcomeOf(call: Promise<AxiosResponse<unknown>>): Promise<CallOutcome> {
  try {
    return answered(await call);
  } catch (error) {
    if (axios.isAxiosError(error) && error.response !== undefined) return answered(error.response);
    if (isPayscoreError(error, 'NOT_SENT', 'REQUEST_INVALID')) return lost('not_sent', error);
    if (isPayscoreError(error, 'ANSWER_UNVERIFIED')) return lost('unverified', error);
    if (isPayscoreError(error, 'NO_ANSWER')) return lost('no_answer', error);
    // Whatever else broke in here, it is not known how far the request got.
    return {
      kind: 'no_answer',
      because: 'fault',
      evidence: { detail: error instanceof Error ? clip(error.message) : 'fault' },
    };
  }
}

function answered({ status, data, headers }: AxiosResponse<unknown>): CallOutcome {
  const id = requestId(headers as WireHeaders);
  const reason = subCode(id);
  const { code, message } = isRecord(data) ? data : {};
  const evidence: Evidence = {
    http_status: status,
    ...(typeof code === 'string' ? { code: clip(code) } : {}),
    ...(typeof message === 'string' ? { message: clip(message) } : {}),
    ...(id === undefined ? {} : { request_id: clip(id) }),
    ...(reason === undefined ? {} : { sub_code: reason }),
  };
  return { kind: 'answered', status, body: data, subCode: reason, evidence };
}

function lost(kind: 'not_sent' | 'no_answer' | 'unverified', error: PayscoreError): CallOutcome {
  const { status, request_id: id, because, fault } = error.data;
  const evidence: Evidence = {
    detail: clip(error.message),
    ...(typeof status === 'number' ? { http_status: status } : {}),
    ...(typeof id === 'string' ? { request_id: clip(id) } : {}),
  };
  return { kind, because: String(because ?? fault), evidence };
}

/** axios reads 0 as "no limit given"; here it means that no time is left. */
function limited(timeoutMs: number): number {
  return Math.max(1, timeoutMs);
}

/** Longest text kept of any one field of an answer. */
const EVIDENCE_CHARS_MAX = 256;

export function clip(text: string): string {
  return text.length <= EVIDENCE_CHARS_MAX ? text : `${text.slice(0, EVIDENCE_CHARS_MAX)}…`;
}

function refusal(
  answer: Extract<CallOutcome, { kind: 'answered' }>,
): Extract<QueryReport, { kind: 'refused' }>['because'] {
  const { outcome } = classify(answer);
  if (outcome.kind === 'throttled') return 'throttled';
  if (outcome.kind === 'misconfigured') return outcome.scope === 'merchant' ? 'credentials' : 'permission';
  return outcome.kind === 'contradicted' && outcome.claim === 'not_found' ? 'not_found' : 'request';
}
