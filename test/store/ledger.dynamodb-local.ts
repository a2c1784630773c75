import { ledgerContract, type LedgerUnderTest } from './ledger.contract';
import { dynamoUnderTest } from './support/dynamo-under-test';
import { startDynamoDbLocal } from './support/dynamodb-local';

let started: LedgerUnderTest | undefined;
afterAll(async () => started?.close());

ledgerContract('DynamoLedger on DynamoDB Local', async () => {
  ({ under: started } = await dynamoUnderTest(await startDynamoDbLocal()));
  return started;
});
