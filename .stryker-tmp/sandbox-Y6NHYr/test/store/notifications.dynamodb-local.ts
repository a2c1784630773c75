import { describeNotifications } from './notifications.contract';
import { startDynamoDbLocal } from './support/dynamodb-local';

describeNotifications('kept notifications on DynamoDB Local', startDynamoDbLocal);
