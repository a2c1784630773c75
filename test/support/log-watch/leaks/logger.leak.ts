import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { APIV3_KEY, MERCHANT_KEY } from '../../keys';

// Each test of these files writes key material into a log in another way; none of them may pass.
test('an error with a key in it, at a level that is not printed', () => {
  const logger = new Logger({ logLevel: 'SILENT' });
  logger.debug('keys read', { error: new Error(`not usable: ${MERCHANT_KEY.private_key}`) });
});

test('a key among the attributes of every line', () => {
  const logger = new Logger({ logLevel: 'ERROR' });
  logger.appendKeys({ deep: { apiv3_key: APIV3_KEY } });
  logger.info('fine');
});

test('a key as the dimension of a figure', () => {
  process.env['POWERTOOLS_METRICS_DISABLED'] = 'true';
  const metrics = new Metrics({ namespace: 'n', serviceName: 's' });
  metrics.addDimension('mchid', APIV3_KEY);
  metrics.addMetric('Calls', 'Count', 1);
  metrics.publishStoredMetrics();
});
