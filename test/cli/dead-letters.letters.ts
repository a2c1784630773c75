/** Letters as AWS writes them. */

export const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:payscore-collector-Sweep:live';

/** A message to the worker, with what a newer release might add. */
export function order(out_order_no: string, more: object = {}): string {
  return JSON.stringify({ v: 1, mchid: '1900009191', sub_mchid: '1900000109', out_order_no, ...more });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
export const RUN = JSON.stringify({
  version: '1.0',
  timestamp: '2026-03-02T04:00:00.000Z',
  requestContext: {
    requestId: 'e4b46cbf-b738-xmpl-8880-a18cdf61200e',
    functionArn: FUNCTION,
    condition: 'RetriesExhausted',
    approximateInvokeCount: 1,
  },
  requestPayload: { source: 'aws.events' },
  responseContext: { statusCode: 200, executedVersion: '7', functionError: 'Unhandled' },
  responsePayload: { errorType: 'PayscoreError', errorMessage: 'The sweep is not complete' },
});

/** Its attributes say for whom it was: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
export const TICK = JSON.stringify({
  orders: [{ mchid: '1900009191', sub_mchid: '1900000109', out_order_no: 'B-1', service_id: '1' }],
});

export const UPLOAD = JSON.stringify({
  version: '0',
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: 'files' }, object: { key: "import/1900009191/a b'c.csv" } },
});

/** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
export const CHANGES = JSON.stringify({
  requestContext: {
    requestId: '316aa6d0-8154-xmpl-9af7-85d5f4a6bc81',
    functionArn: FUNCTION,
    condition: 'RetryAttemptsExhausted',
    approximateInvokeCount: 1,
  },
  version: '1.0',
  timestamp: '2026-03-02T06:00:00.000Z',
  DDBStreamBatchInfo: {
    shardId: 'shardId-00000001573689847184-864758bb',
    startSequenceNumber: '800000000003126276362',
    endSequenceNumber: '800000000003126276363',
    approximateArrivalOfFirstRecord: '2026-03-02T04:00:00Z',
    approximateArrivalOfLastRecord: '2026-03-02T04:02:00Z',
    batchSize: 2,
    streamArn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/2026-03-01T00:00:00.000',
  },
});
