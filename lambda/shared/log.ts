import type { Logger } from '@aws-lambda-powertools/logger';
import type { FlowEvent } from '../core/event';

/** One line for each call; with what WeChat Pay's support asks for, and nothing that is secret. */
export function recordTo(logger: Logger): (event: FlowEvent) => void {
  return (event) => {
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
          error: event.error instanceof Error ? event.error : undefined,
        });
        return;
    }
  };
}
