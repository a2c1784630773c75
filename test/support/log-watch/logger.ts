import type * as Powertools from '@aws-lambda-powertools/logger';
import { original, tellWatch } from './powertools';

/** The part of the Logger through which every line goes, before its level decides whether it is printed. */
interface Inner {
  processLogItem(...line: Line): void;
  createAndPopulateLogItem(...line: Line): { getAttributes(): object };
  getJsonReplacer(): (key: string, value: unknown) => unknown;
}
type Line = [level: number, input: unknown, extra: readonly unknown[]];

const powertools = original('logger') as typeof Powertools;
const inner = powertools.Logger.prototype as unknown as Inner;
// oxlint-disable-next-line typescript/unbound-method -- called with its object below
const { processLogItem } = inner;
inner.processLogItem = function watched(this: Inner, ...line) {
  const item = this.createAndPopulateLogItem(...line).getAttributes();
  tellWatch('logger', JSON.stringify(item, this.getJsonReplacer()));
  processLogItem.apply(this, line);
};

export const { Logger } = powertools;
