import { z } from 'zod';
import { type Answer, ERRORS, refuse } from './answers';
import { type Incoming } from './authenticate';
import type { Books } from './books';
import { listCertificates } from './certificates';
import { cancel, modify, sync } from './change';
import { pay } from './deduct';
import { invalid, type Read, readFields, readJsonObject } from './input';
import type { Merchant } from './merchants';
import type { Rules } from './options';
import type { OrderKey } from './orders';
import type { Platform } from './platform';
import { describe } from './query';
import type { OrderRecord } from './record';
import type { Change, Route } from './routes';
import { refuseThrottled } from './states';
import { impossible } from './impossible';

/** What the calls work on. */
export interface Bank {
  readonly books: Books;
  readonly rules: Rules;
  readonly platform: Platform;
  readonly now: () => number;
}

/** Every order has an address since it was created; nothing is sent to this one. */
const UNHEARD_NOTIFY_URL = 'https://provider.example/notify';

const id = z.string().min(1).max(32);
const commonFields = z.looseObject({ sub_mchid: id, service_id: id.optional() });

interface Named {
  readonly body: object;
  readonly service_id: string | undefined;
  readonly key: OrderKey;
}

function readChange(merchant: Merchant, out_order_no: string, text: string): Read<Named> {
  const body = readJsonObject(text);
  if (!body.ok) return body;
  const fields = readFields(commonFields, body.value);
  if (!fields.ok) return fields;
  const { sub_mchid, service_id } = fields.value;
  const key = { mchid: merchant.mchid, sub_mchid, out_order_no };
  return { ok: true, value: { body: body.value, service_id, key } };
}

/** Notes in the books that a well-signed /pay call arrived, whatever becomes of it. */
export function countReceived(bank: Bank, merchant: Merchant, found: Route, text: string): void {
  if (found.kind !== 'change' || found.action !== 'pay') return;
  const named = readChange(merchant, found.out_order_no, text);
  if (!named.ok) return;
  bank.books.use(named.value.key, (record) => {
    if (record !== undefined) record.payCallsReceived += 1;
  });
}

function apply(action: Change, record: OrderRecord, body: object, nowMs: number, rules: Rules): Answer {
  switch (action) {
    case 'pay':
      return pay(record, nowMs, rules);
    case 'sync':
      return sync(record, body, nowMs);
    case 'modify':
      return modify(record, body, nowMs);
    case 'cancel':
      return cancel(record, body, nowMs, rules);
    default:
      return impossible(action);
  }
}

function change(bank: Bank, merchant: Merchant, found: Route & { kind: 'change' }, text: string): Answer {
  const named = readChange(merchant, found.out_order_no, text);
  if (!named.ok) return named.answer;
  const { body, key, service_id } = named.value;
  return bank.books.use(key, (record) => {
    if (record === undefined) return refuse(ERRORS.orderNotExist);
    const nowMs = bank.now();
    const throttled = refuseThrottled(record, nowMs, bank.rules);
    if (throttled !== undefined) return throttled;
    if (service_id !== undefined && service_id !== record.given.service_id) {
      return refuse(ERRORS.otherService);
    }
    if (record.given.access === 'no_permission') return refuse(ERRORS.noPermission);
    return apply(found.action, record, body, nowMs, bank.rules);
  });
}

const missing = (field: string, issue: string): Answer => invalid({ field, issue, location: 'query' });

function query(bank: Bank, merchant: Merchant, parameters: URLSearchParams): Answer {
  const sub_mchid = parameters.get('sub_mchid');
  const out_order_no = parameters.get('out_order_no');
  const query_id = parameters.get('query_id');
  if (!sub_mchid) return missing('sub_mchid', 'is required');
  if (Boolean(out_order_no) === Boolean(query_id)) {
    return missing('out_order_no', 'exactly one of out_order_no and query_id must be given');
  }
  const { mchid } = merchant;
  const service_id = parameters.get('service_id');
  const answer = (record: OrderRecord | undefined): Answer => {
    // The most frequent cause in the field: the order of one sub-merchant asked for under another.
    if (record === undefined || record.key.sub_mchid !== sub_mchid) return refuse(ERRORS.orderNotExist);
    if (service_id !== null && service_id !== record.given.service_id) return refuse(ERRORS.otherService);
    const notify_url = record.given.notify_url ?? merchant.notifyUrl ?? UNHEARD_NOTIFY_URL;
    return { kind: 'json', body: { ...describe(record), notify_url } };
  };
  return out_order_no
    ? bank.books.use({ mchid, sub_mchid, out_order_no }, answer)
    : bank.books.useByQueryId(mchid, query_id ?? '', answer);
}

/** Does what a well-signed request asks for. */
export function perform(bank: Bank, merchant: Merchant, found: Route, request: Incoming): Answer {
  switch (found.kind) {
    case 'change':
      return change(bank, merchant, found, request.body);
    case 'query':
      return query(bank, merchant, found.query);
    case 'certificates':
      return listCertificates(merchant, bank.platform.listed(bank.now()), found.query);
    case 'malformed':
      return invalid(found.detail);
    case 'unknown':
      return refuse(ERRORS.unknownRoute);
    default:
      return impossible(found);
  }
}
