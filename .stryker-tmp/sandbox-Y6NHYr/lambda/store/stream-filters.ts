/**
 * The rows of the table that others are told of, as patterns for Lambda: orders and breakers. What another matches
 * costs no invocation. https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
 */
export const STREAM_FILTERS = [
  { eventName: ['INSERT', 'MODIFY'], dynamodb: { Keys: { pk: { S: [{ prefix: 'order#' }] } } } },
  {
    eventName: ['INSERT', 'MODIFY'],
    dynamodb: { Keys: { pk: { S: [{ prefix: 'merchant#' }] }, sk: { S: [{ prefix: 'breaker#' }] } } },
  },
] as const;
