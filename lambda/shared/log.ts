import type { Logger } from '@aws-lambda-powertools/logger';
import type { FlowEvent } from '../core/event';

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
      case 'breaker': {
        const { ref, scope, breaker } = event;
        if (breaker === undefined) logger.warn('breaker closed: collecting goes on', { ...ref, scope });
        else logger.warn('breaker changed', { ...ref, scope, breaker });
        return;
      }
      case 'breaker_failed':
        logger.error('breaker not written: the next call that meets the same writes it', {
          ...event.ref,
          scope: event.scope,
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

function recordCall(logger: Logger, event: Told): void {
  const { mchid, sub_mchid, out_order_no, service_id } = event.ref;
  const order = { mchid, sub_mchid, out_order_no, service_id };
  switch (event.kind) {
    case 'called':
      logger.info('collect called', {
        ...order,
        claim_id: event.claim_id,
        outcome: event.report.outcome,
        wechatpay: event.report.evidence,
      });
      return;
    case 'queried': {
      const { report } = event;
      if (report.kind === 'verified')
        logger.debug('query verified', { ...order, wechatpay: report.evidence });
      else
        logger.warn('query gave nothing', {
          ...order,
          because: report.because,
          wechatpay: report.evidence,
        });
      return;
    }
    case 'settle_failed':
      logger.error('outcome not recorded: the attempt stays open and will be asked about', {
        ...order,
        claim_id: event.claim_id,
        error: errorOf(event.error),
      });
      return;
  }
}

function errorOf(error: unknown): Error | undefined {
  return error instanceof Error ? error : undefined;
}
