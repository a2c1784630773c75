import { startDynamoDb } from '../../local/aws/dynamodb';
import { describeDynamoLedger } from './ledger-dynamo.contract';

describeDynamoLedger('DynamoLedger', async () => startDynamoDb());
