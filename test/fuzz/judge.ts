import { NOTIFICATION_OUTCOMES } from '../../lambda/core/notification';
import { SECRET_TEXTS } from '../support/keys';
import { demandDescribed } from '../support/contract';
import type { Write } from '../support/flaky';
import type { World } from '../support/world';
import type { Delivery } from './notifications';
import type { Sent } from './requests';
import type { Answer } from './side';

/** What happened behind the service while a request was served. */
export interface Effects {
  /** Writes to orders, policies, switches, breakers and kept notifications. */
  readonly ledgerWrites: readonly Write[];
  /** Calls of 订单收款 that arrived at WeChat Pay. */
  readonly pays: number;
}

/**
 * Rows that come and go with what is read: which keys a merchant has, whether its certificates are to be renewed, and how many
 * calls were made in ten seconds. No request has to be good for that.
 */
const HOUSEKEEPING = /"pk":\{"S":"(merchants"|budget#)/;

/** Sees what reaches the table and WeChat Pay. */
export class Watch {
  #writes: Write[] = [];
  #last: unknown;

  constructor(private readonly world: World) {
    world.dynamodb.onWrite((write) => {
      if (!HOUSEKEEPING.test(write.text)) this.#writes.push(write);
    });
    this.#last = world.simulator.requests.at(-1);
  }

  /** Since the last time it was asked. */
  take(): Effects {
    const ledgerWrites = this.#writes;
    this.#writes = [];
    const { requests } = this.world.simulator;
    const since = requests.lastIndexOf(this.#last as (typeof requests)[number]) + 1;
    this.#last = requests.at(-1);
    return { ledgerWrites, pays: requests.slice(since).filter(({ url }) => url.endsWith('/pay')).length };
  }
}

/**
 * Answers after which the table is as it was: what was asked for was not understood, or not there. An order that WeChat Pay
 * does not know is not among them: whoever has it collected has it registered.
 */
const REFUSED = ['invalid-request', 'body-not-json', 'body-too-large', 'unsupported-media-type'].concat(
  'route-not-found',
  'method-not-allowed',
  'order-unknown',
  'merchant-unknown',
  'cursor-invalid',
  'service-mismatch',
  'policy-changed',
  'events-off',
);

/** What is wrong with an answer of the API; undefined when nothing is. */
export function faultOfAnswer(
  sent: Sent,
  answer: Answer,
  { ledgerWrites, pays }: Effects,
): string | undefined {
  const { status, text } = answer;
  if (status < 200 || (status >= 500 && !isByDesign(answer)))
    return `status ${status}: ${text.slice(0, 500)}`;
  if (SECRET_TEXTS.some((secret) => text.includes(secret))) return 'the answer tells a secret';
  const undescribed = describedFault(sent, answer);
  if (undescribed !== undefined) return undescribed;
  if (status >= 400 && pays > 0) return `status ${status}, and /pay was called`;
  if (ledgerWrites.length > 0 && (isRefused(answer) || sent.method === 'GET'))
    return `status ${status}, and the table was written to: ${ledgerWrites[0]?.text}`;
  return undefined;
}

/**
 * The 5xx by design, though everything is there: WeChat Pay was asked, and refuses such a question; a decision by hand is
 * recorded, and WeChat Pay cannot be told of it yet.
 */
const BY_DESIGN: Readonly<Record<number, string>> = { 502: 'wechatpay-refused', 503: 'not-told' };

function isByDesign({ status, text }: Answer): boolean {
  const kind = kindOf(text);
  return kind !== undefined && BY_DESIGN[status] === kind;
}

function kindOf(text: string): string | undefined {
  return /"type":"urn:payscore-collector:problem:([\w-]+)"/.exec(text)?.[1];
}

function describedFault({ method, target: path }: Sent, answer: Answer): string | undefined {
  try {
    demandDescribed({ method, path, ...answer });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** By the service, or by the gateway, whose words have no type. */
function isRefused({ status, text }: Answer): boolean {
  if (status < 400) return false;
  const kind = kindOf(text);
  return kind === undefined || REFUSED.includes(kind);
}

/** The same of a notification. The one 5xx by design says that our key is wrong, and only to who has signed. */
export function faultOfNotified(
  { sent, isSigned }: Delivery,
  answer: Answer,
  { ledgerWrites, pays }: Effects,
): string | undefined {
  const { status, text } = answer;
  const isOurKey = status === 500 && isSigned && text.includes(NOTIFICATION_OUTCOMES.undecryptable);
  if (status < 200 || (status >= 500 && !isOurKey)) return `status ${status}: ${text.slice(0, 500)}`;
  if (SECRET_TEXTS.some((secret) => text.includes(secret))) return 'the answer tells a secret';
  const undescribed = describedFault(sent, answer);
  if (undescribed !== undefined) return undescribed;
  if (status < 400 && !isSigned) return `status ${status} for what WeChat Pay did not sign`;
  if (pays > 0) return '/pay was called';
  if (status !== 204 && ledgerWrites.length > 0)
    return `status ${status}, and the table was written to: ${ledgerWrites[0]?.text}`;
  return undefined;
}
