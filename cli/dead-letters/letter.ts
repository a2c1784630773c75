import { readWorkMessage } from '../../lambda/store/work-queue';
import { printable } from '../printable';
import type { Holds } from './queues';

/** A message as it came out of its queue. */
export interface Letter {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a letter is, and where it belongs. */
export type Verdict =
  /** Back to the worker. */
  | { readonly kind: 'send'; readonly what: string; readonly group: string }
  /** A function may be invoked with it once more; `advice` says whether that makes sense. */
  | {
      readonly kind: 'invoke';
      readonly what: string;
      readonly advice: string;
      readonly function_arn: string;
      readonly payload: unknown;
    }
  /** Nothing that this command could send anywhere. */
  | { readonly kind: 'person'; readonly what: string; readonly advice: string }
  | { readonly kind: 'unknown'; readonly what: string };

/** What is to be done with a letter; never throws. */
export function judge(holds: Holds, letter: Letter): Verdict {
  switch (holds) {
    case 'work':
      return judgeWork(letter);
    case 'run':
      return judgeRun(letter);
    case 'tick':
      return judgeTick(letter);
    case 'upload':
      return judgeUpload(letter);
    case 'changes':
      return judgeChanges(letter);
  }
}

function judgeWork({ body }: Letter): Verdict {
  const message = readWorkMessage(body);
  if (!message.ok) return { kind: 'unknown', what: `a message that ${message.because}: ${quoted(body)}` };
  const { mchid, sub_mchid, out_order_no } = message.key;
  return { kind: 'send', what: `order ${mchid}/${sub_mchid}/${out_order_no}`, group: sub_mchid };
}

const NEXT_TICK = 'Nothing is lost: what was due is due at the next tick. Discard it.';

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
function judgeRun({ body }: Letter): Verdict {
  const { requestContext, requestPayload, responsePayload } = objectIn(body);
  const { functionArn, condition } = asObject(requestContext);
  if (!isArn(functionArn, 'lambda') || requestPayload === undefined)
    return { kind: 'unknown', what: `no record of an invocation: ${quoted(body)}` };
  const { errorType, errorMessage } = asObject(responsePayload);
  const why = [condition, errorType, errorMessage].filter((part) => typeof part === 'string');
  return {
    kind: 'invoke',
    what: clip(`run of ${functionName(functionArn)} (${why.join(': ')})`),
    advice: adviceFor(requestPayload),
    function_arn: functionArn,
    payload: requestPayload,
  };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
function judgeTick({ body, attributes }: Letter): Verdict {
  const target = attributes['TARGET_ARN'];
  const payload = valueIn(body);
  if (!isArn(target, 'lambda') || payload === undefined)
    return { kind: 'unknown', what: `no event of a rule: ${quoted(body)}` };
  return {
    kind: 'invoke',
    what: clip(`tick of ${functionName(target)} (${reasonOf(attributes)})`),
    advice: adviceFor(payload),
    function_arn: target,
    payload,
  };
}

/** A sweep that names orders registers them; the constant input of a rule names them again with every tick. */
function adviceFor(payload: unknown): string {
  const { orders, source } = asObject(payload);
  if (source === 'aws.events' || !Array.isArray(orders) || orders.length === 0) return NEXT_TICK;
  return `It names ${orders.length} orders to be registered. If that is not the rule’s own input, which the next tick repeats: invoke it again.`;
}

function judgeUpload({ body, attributes }: Letter): Verdict {
  const { bucket, object } = asObject(objectIn(body)['detail']);
  const { name } = asObject(bucket);
  const { key } = asObject(object);
  if (typeof name !== 'string' || typeof key !== 'string')
    return { kind: 'unknown', what: `no event of an upload: ${quoted(body)}` };
  const file = `s3://${name}/${key}`;
  return {
    kind: 'person',
    what: clip(`upload of ${printable(file)} (${reasonOf(attributes)})`),
    advice: `Upload it again: aws s3 cp ${shell(file)} ${shell(file)} --metadata-directive REPLACE. Rows that are in already change nothing. Then discard it.`,
  };
}

/** What was written comes to the stream, and so into a batch, within moments; events bear the time of what happened. */
const BEFORE_MS = 60 * 60_000;
const AFTER_MS = 5 * 60_000;

/** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
function judgeChanges({ body }: Letter): Verdict {
  const { DDBStreamBatchInfo: info } = objectIn(body);
  const { batchSize, approximateArrivalOfFirstRecord, approximateArrivalOfLastRecord } = asObject(info);
  const [first, last] = [approximateArrivalOfFirstRecord, approximateArrivalOfLastRecord].map((text) =>
    typeof text === 'string' ? Date.parse(text) : Number.NaN,
  );
  if (first === undefined || last === undefined || Number.isNaN(first) || Number.isNaN(last))
    return { kind: 'unknown', what: `no place in the stream: ${quoted(body)}` };
  const since = new Date(first - BEFORE_MS).toISOString();
  const until = new Date(last + AFTER_MS).toISOString();
  return {
    kind: 'person',
    what: `${typeof batchSize === 'number' ? batchSize : 'some'} changes of ${new Date(first).toISOString()}`,
    advice: `For each merchant: npm run orders -- republish --mchid NUMBER --since ${since} --until ${until} --url "$API". Then discard it.`,
  };
}

function reasonOf({ ERROR_CODE: code, ERROR_MESSAGE: message }: Letter['attributes']): string {
  return [code, message].filter((part) => part !== undefined).join(': ') || 'no reason given';
}

function isArn(value: unknown, service: string): value is string {
  return (
    typeof value === 'string' &&
    new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:function:[\\w-]+(:[\\w$-]+)?$`).test(value)
  );
}

function functionName(arn: string): string {
  return arn.split(':')[6] ?? arn;
}

const TEXT_CHARS_MAX = 160;

function clip(text: string): string {
  const shown = printable(text);
  return shown.length <= TEXT_CHARS_MAX ? shown : `${shown.slice(0, TEXT_CHARS_MAX)}…`;
}

function quoted(body: string): string {
  return clip(body);
}

/** As one word of a POSIX shell: whoever uploads a file names it, and an operator pastes the command. */
function shell(text: string): string {
  return `'${printable(text).replaceAll("'", String.raw`'\''`)}'`;
}

function valueIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function objectIn(body: string): Readonly<Record<string, unknown>> {
  return asObject(valueIn(body));
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
