import { describeDynamoLedger } from './ledger-dynamo.contract';
import { startDynamoDbLocal } from './support/dynamodb-local';

describeDynamoLedger('DynamoLedger on DynamoDB Local', startDynamoDbLocal);
