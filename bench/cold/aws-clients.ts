import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const dynamodb = new DynamoDBClient({});
const secrets = new SecretsManagerClient({});

/** The clients and the commands that collecting needs, and nothing else. */
export const handler = async (id: string): Promise<unknown[]> => [
  await secrets.send(new GetSecretValueCommand({ SecretId: id })),
  await dynamodb.send(new GetItemCommand({ TableName: id, Key: { pk: { S: id } } })),
  await dynamodb.send(new UpdateItemCommand({ TableName: id, Key: { pk: { S: id } } })),
];
