import { TABLE_INDEXES } from '../../lambda/store/table-schema';
import { propertiesOf, synthesised } from './synthesised';

const template = synthesised();

const TABLE = 'AWS::DynamoDB::GlobalTable';

test('the ledger outlives the stack, refuses deletion, and can be restored to any second', () => {
  expect(Object.values(template.findResources(TABLE))).toMatchObject([
    {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        Replicas: [
          {
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          },
        ],
      },
    },
  ]);
});

test('rows are encrypted under a key owned by AWS, which needs no permission', () => {
  // `false` means a key owned by AWS, not an absence of encryption: DynamoDB has no such thing.
  expect(propertiesOf(template, TABLE)).toMatchObject([{ SSESpecification: { SSEEnabled: false } }]);
});

test('every change is in the stream as it was and as it is, and what has expired goes by itself', () => {
  expect(propertiesOf(template, TABLE)).toMatchObject([
    {
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
    },
  ]);
});

interface Index {
  readonly IndexName: string;
  readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[];
  readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes: readonly string[] };
}

function indexes(): readonly Index[] {
  const [table] = propertiesOf(template, TABLE);
  return table?.['GlobalSecondaryIndexes'] as readonly Index[];
}

test('what is due is found by shard and time, what is listed by merchant, status and place', () => {
  expect(indexes().map(({ IndexName, KeySchema }) => [IndexName, KeySchema])).toEqual([
    [
      'due',
      [
        { AttributeName: 'due_shard', KeyType: 'HASH' },
        { AttributeName: 'due_at', KeyType: 'RANGE' },
      ],
    ],
    [
      'list',
      [
        { AttributeName: 'list_of', KeyType: 'HASH' },
        { AttributeName: 'list_at', KeyType: 'RANGE' },
      ],
    ],
  ]);
  expect(propertiesOf(template, TABLE)).toMatchObject([
    {
      AttributeDefinitions: expect.arrayContaining([
        { AttributeName: 'due_shard', AttributeType: 'S' },
        { AttributeName: 'due_at', AttributeType: 'N' },
        { AttributeName: 'list_of', AttributeType: 'S' },
        { AttributeName: 'list_at', AttributeType: 'S' },
      ]),
    },
  ]);
});

test('the indexes are those that the ledger reads, with what it expects in them and nothing more', () => {
  const { due, list } = TABLE_INDEXES;
  expect(indexes().map(({ IndexName, Projection }) => [IndexName, Projection])).toEqual([
    [due.name, { ProjectionType: 'INCLUDE', NonKeyAttributes: due.projected }],
    [list.name, { ProjectionType: 'INCLUDE', NonKeyAttributes: list.projected }],
  ]);
  expect(Object.keys(TABLE_INDEXES)).toEqual(['due', 'list']);
});
