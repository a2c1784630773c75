import { startDynamoDb } from '../../local/aws/dynamodb';
import { describeNotifications } from './notifications.contract';

describeNotifications('kept notifications', async () => startDynamoDb());
