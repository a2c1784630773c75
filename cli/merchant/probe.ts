import { randomBytes } from 'node:crypto';
import type { Instant, OutOrderNo, ServiceId, SubMchid } from '../../lambda/core/ids';
import { createWxpay, type Wxpay } from '../../lambda/wechatpay/client';
import type { Credentials } from '../../lambda/wechatpay/credentials';
import type { CertifiedKey } from '../../lambda/wechatpay/keys';
import { KeySet } from '../../lambda/wechatpay/key-set';
import type { Transport, WireRequest, WireResult } from '../../lambda/wechatpay/transport';

/** What is asked of WeChat Pay: all of it only reads. */
export type Question =
  | { readonly kind: 'certificates' }
  | {
      readonly kind: 'order';
      readonly sub_mchid: SubMchid;
      readonly out_order_no: OutOrderNo;
      readonly service_id: ServiceId;
    }
  /** An order number that nobody has: the answer shows only whether our signature is accepted. */
  | { readonly kind: 'no_order' };

/** A question and what came over the wire. */
export interface Asked {
  readonly question: Question;
  /** Path and query, as they were signed. */
  readonly path: string;
  readonly key: CertifiedKey;
  readonly result: WireResult;
  readonly askedAt: Instant;
  readonly answeredAt: Instant;
}

const TIMEOUT_MS = 10_000;

/** One call, made by the functions' own client with this one key; it never throws. */
export async function ask(
  question: Question,
  key: CertifiedKey,
  { mchid, publicKeys }: Credentials,
  transport: Transport,
): Promise<Asked> {
  const askedAt = Date.now();
  let path = '';
  let result: WireResult = { kind: 'not_sent', because: 'connect_failed', detail: 'not signed' };
  const send = async (request: WireRequest): Promise<WireResult> => {
    ({ path } = request);
    result = await transport.send(request);
    return result;
  };
  const keys = new KeySet(publicKeys, Date.now);
  const wxpay = createWxpay({
    mchid,
    signingKeys: [key],
    verificationKeys: keys,
    answerKey: () => keys.answerKey(),
    transport: { send },
    now: Date.now,
    timeoutMs: TIMEOUT_MS,
  });
  // However it ends: it is judged by what came over the wire, where more can be told apart.
  await call(wxpay, question, mchid).catch(() => undefined);
  return { question, path, key, result, askedAt, answeredAt: Date.now() };
}

async function call(wxpay: Wxpay, question: Question, mchid: string): Promise<unknown> {
  const { serviceorder } = wxpay.v3.payscore.partner;
  switch (question.kind) {
    case 'certificates':
      return wxpay.v3.certificates.get();
    case 'order': {
      const { sub_mchid, out_order_no, service_id } = question;
      return serviceorder.get({ params: { service_id, sub_mchid, out_order_no } });
    }
    case 'no_order': {
      const out_order_no = `CHECK-${randomBytes(12).toString('hex')}`;
      return serviceorder.get({ params: { service_id: '0', sub_mchid: mchid, out_order_no } });
    }
  }
}
