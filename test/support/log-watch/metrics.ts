import type * as Powertools from '@aws-lambda-powertools/metrics';
import { original, tellWatch } from './powertools';

const powertools = original('metrics') as typeof Powertools;
const { prototype } = powertools.Metrics;
// oxlint-disable-next-line typescript/unbound-method -- called with its object below
const { publishStoredMetrics } = prototype;
prototype.publishStoredMetrics = function watched(this: Powertools.Metrics) {
  if (this.hasStoredMetrics()) tellWatch('metrics', JSON.stringify(this.serializeMetrics()));
  return publishStoredMetrics.call(this);
};

export const { Metrics, MetricUnit } = powertools;
