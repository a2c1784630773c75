import { startDynamoDb } from '../../local/aws/dynamodb';
import { answerParent } from '../support/child';

export interface DynamoDbQuestions {
  readonly start: { readonly ask: null; readonly answer: string };
}

answerParent<DynamoDbQuestions>({ start: async () => (await startDynamoDb()).url });
