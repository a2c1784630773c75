/** What is measured of the service behind the schedule, bundled as it is deployed before it is measured. */
export { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
export { createHandler as createCollect } from '../lambda/collect';
export { register } from '../lambda/flow/register';
export { createServices } from '../lambda/services';
export { createHandler as createSweep } from '../lambda/sweep';
