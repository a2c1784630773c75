import type { Logger } from '@aws-lambda-powertools/logger';
import { isPayscoreError } from '../core/errors';
import type { FlowEvent, OfCall } from '../core/event';
import { isEnding } from '../core/key-facts';
import { MINUTE_MS } from '../core/time';

/** An attempt that is open for longer is worth a line, and an alarm. */
const OPEN_TOLD_MS = 30 * MINUTE_MS;

type Told = Extract<FlowEvent, { kind: 'called' | 'queried' | 'settle_failed' }>;

/** One line for each call; with what WeChat Pay's support asks for, and nothing that is secret. */
export function recordTo(logger: Logger): (event: FlowEvent) => void {
  return (event) => {
    switch (event.kind) {
      case 'called':
      case 'queried':
      case 'settle_failed':
        recordCall(logger, event);
        return;
      case 'breaker':
      case 'breaker_failed':
        recordBreaker(logger, event);
        return;
      case 'breaker_lifted':
        logger.warn('breaker lifted: the next collection tries at once', { ...event.target, by: event.by });
        return;
      case 'notification':
        recordNotification(logger, event);
        return;
      case 'amount_differs': {
        const { ref, registered, told } = event;
        logger.warn('WeChat Pay speaks of another amount', { ...ref, registered, told, ...callOf(event) });
        return;
      }
      // The call's own line, or the notification's, says more.
      case 'answer_verified':
      case 'signature_refused':
        return;
      case 'still_open':
        if (event.age_ms > OPEN_TOLD_MS)
          logger.warn('attempt still open: WeChat Pay was asked, and nothing is proven', {
            ...event.ref,
            open_seconds: Math.round(event.age_ms / 1000),
          });
        return;
      case 'swept': {
        const { kind: _kind, ...summary } = event;
        logger.info('sweep done', summary);
        return;
      }
      case 'clock_skew':
      case 'signing_key_rotated':
      case 'certificates_renewed':
      case 'certificates_failed':
      case 'key_ending':
      case 'keys_unusable':
        recordKeys(logger, event);
        return;
      case 'rollup_failed':
        logger.error('overview not made: the next run tries again', {
          mchid: event.mchid,
          error: errorOf(event.error),
        });
        return;
      case 'poison':
        logger.error('message not readable: taken out of the queue', {
          message_id: event.message_id,
          because: event.because,
        });
        return;
      case 'not_in_ledger':
        logger.warn('order of a message not in the ledger, or written by a newer release', { ...event.key });
        return;
      case 'work_failed':
        logger.error('order not worked on: its message goes back to the queue', {
          ...event.ref,
          error: errorOf(event.error),
        });
        return;
    }
  };
}

function recordBreaker(
  logger: Logger,
  event: Extract<FlowEvent, { kind: 'breaker' | 'breaker_failed' }>,
): void {
  const details = { ...event.ref, scope: event.scope, ...callOf(event) };
  if (event.kind === 'breaker_failed')
    logger.error('breaker not written: the next call that meets the same writes it', {
      ...details,
      error: errorOf(event.error),
    });
  else if (event.breaker === undefined) logger.warn('breaker closed: collecting goes on', details);
  else logger.warn('breaker changed', { ...details, breaker: event.breaker });
}

type OfKeys = Extract<
  FlowEvent,
  {
    kind:
      | 'clock_skew'
      | 'signing_key_rotated'
      | 'certificates_renewed'
      | 'certificates_failed'
      | 'key_ending'
      | 'keys_unusable';
  }
>;

function recordKeys(logger: Logger, { kind, ...event }: OfKeys): void {
  const details =
    'error' in event
      ? { mchid: event.mchid, ...requestIdIn(event.error), error: errorOf(event.error) }
      : event;
  switch (kind) {
    case 'clock_skew':
      logger.warn('this clock is wrong, or that of WeChat Pay: 5 minutes off, and no call succeeds', details);
      return;
    case 'signing_key_rotated':
      logger.warn('WeChat Pay refused one API certificate and takes the other: remove the first', details);
      return;
    case 'certificates_renewed':
      logger.info('platform certificates downloaded', details);
      return;
    case 'certificates_failed':
      logger.error('platform certificates not downloaded, or not usable: the ones before stay', details);
      return;
    case 'key_ending':
      if ('days_left' in event && isEnding(event)) logger.warn('certificate ends soon', details);
      return;
    case 'keys_unusable':
      logger.error('keys of a merchant cannot be had', details);
      return;
  }
}

function recordCall(logger: Logger, event: Told): void {
  const { mchid, sub_mchid, out_order_no, service_id } = event.ref;
  const order = { mchid, sub_mchid, out_order_no, service_id };
  switch (event.kind) {
    case 'called':
      logger.info(event.operation === undefined ? 'collect called' : 'told WeChat Pay', {
        ...order,
        claim_id: event.claim_id,
        ...(event.operation === undefined ? {} : { operation: event.operation }),
        outcome: event.report.outcome,
        wechatpay: event.report.evidence,
      });
      return;
    case 'queried': {
      const { report } = event;
      const about = { ...order, ...callOf(event) };
      if (report.kind === 'verified')
        logger.debug('query verified', { ...about, wechatpay: report.evidence });
      else
        logger.warn('query gave nothing', {
          ...about,
          because: report.because,
          wechatpay: report.evidence,
        });
      return;
    }
    case 'settle_failed':
      logger.error('outcome not recorded: the attempt stays open and will be asked about', {
        ...order,
        claim_id: event.claim_id,
        outcome: event.report.outcome,
        wechatpay: event.report.evidence,
        error: errorOf(event.error),
      });
      return;
  }
}

/** What WeChat Pay did sign and will send again is a fault here; what it did not sign, anybody can send. */
function recordNotification(logger: Logger, event: Extract<FlowEvent, { kind: 'notification' }>): void {
  const { kind: _kind, order, ...rest } = event;
  const details = { ...order, ...rest };
  switch (event.came_to) {
    case 'applied':
    case 'known':
    case 'doubted':
    case 'unregistered':
    case 'other_event':
      logger.info('notification taken', details);
      return;
    case 'other_service':
    case 'unverified':
    case 'merchant_unknown':
    case 'too_large':
      logger.warn('notification not as it should be', details);
      return;
    case 'unreadable':
    case 'wrong_tenant':
    case 'undecryptable':
    case 'unavailable':
    case 'out_of_time':
      logger.error('notification not taken: WeChat Pay sends it again', details);
      return;
  }
}

/** What a line says of the call from which it follows. */
function callOf({ claim_id, request_id }: OfCall): OfCall {
  return {
    ...(claim_id === undefined ? {} : { claim_id }),
    ...(request_id === undefined ? {} : { request_id }),
  };
}

/** Of a download that WeChat Pay answered otherwise than with what was asked for. */
function requestIdIn(error: unknown): OfCall {
  const id = isPayscoreError(error) ? error.data['request_id'] : undefined;
  return typeof id === 'string' ? { request_id: id } : {};
}

function errorOf(error: unknown): Error | undefined {
  return error instanceof Error ? error : undefined;
}
