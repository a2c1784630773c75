import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  type ITableV2,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { TABLE_INDEXES, TABLE_KEY, TABLE_TTL } from '../lambda/store/table-schema';
import { answerForWildcards } from './rules';
import type { Settings } from './settings';
import { every, sumOf, type Watch } from './watch';

const TYPES = { S: AttributeType.STRING, N: AttributeType.NUMBER } as const;

/** Everything that the service does with items. Nothing deletes, nothing puts as a whole, nothing scans. */
type ItemAction = 'GetItem' | 'BatchGetItem' | 'UpdateItem' | 'Query';

/** What was asked of WeChat Pay, and what it answered. It outlives the stack: nothing else knows what is open. */
export class LedgerTable extends Construct {
  readonly tableName: string;
  /** Absent of an existing table whose stream nobody named. */
  readonly streamArn: string | undefined;
  private readonly tableArn: string;

  constructor(
    scope: Construct,
    id: string,
    { table_name: existing, table_stream_arn: stream }: Settings,
    watch: Watch,
  ) {
    super(scope, id);
    const table = existing === undefined ? this.ownTable() : this.existing(existing, stream);
    this.tableName = table.tableName;
    this.tableArn = table.tableArn;
    this.streamArn = table.tableStreamArn;
    watchThrottles(table, watch);
  }

  /** Restored from a backup: a restore makes a table of its own. */
  private existing(tableName: string, tableStreamArn: string | undefined): ITableV2 {
    return TableV2.fromTableAttributes(this, 'Table', {
      tableName,
      ...(tableStreamArn === undefined ? {} : { tableStreamArn }),
    });
  }

  private ownTable(): ITableV2 {
    return new TableV2(this, 'Table', {
      partitionKey: { name: TABLE_KEY.partitionKey, type: AttributeType.STRING },
      sortKey: { name: TABLE_KEY.sortKey, type: AttributeType.STRING },
      globalSecondaryIndexes: Object.values(TABLE_INDEXES).map((index) => ({
        indexName: index.name,
        partitionKey: { name: index.partitionKey, type: AttributeType.STRING },
        sortKey: { name: index.sortKey, type: TYPES[index.sortKeyType] },
        projectionType: ProjectionType.INCLUDE,
        nonKeyAttributes: [...index.projected],
      })),
      timeToLiveAttribute: TABLE_TTL,
      // The outbox: whoever has to be told of a change is told of what was written, and of nothing else.
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      billing: Billing.onDemand(),
      // A key owned by AWS: rows hold order numbers and amounts, no secret, and a key in KMS would add its price, its
      // throttling and its permissions to every claim.
      encryption: TableEncryptionV2.dynamoOwnedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      // CDK's classes are not written for `exactOptionalPropertyTypes`.
    }) as ITableV2;
  }

  grantItems(role: IRole, actions: readonly ItemAction[]): void {
    this.grant(role, actions, this.tableArn);
  }

  grantIndex(role: IRole, index: keyof typeof TABLE_INDEXES): void {
    this.grant(role, ['Query'], `${this.tableArn}/index/${TABLE_INDEXES[index].name}`);
  }

  /**
   * What Lambda reads the stream with, in the role of the function that it feeds.
   * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-read-stream-only.html
   */
  grantStream(role: IRole, streamArn: string): void {
    const actions = ['DescribeStream', 'GetRecords', 'GetShardIterator'];
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: actions.map((action) => `dynamodb:${action}`),
        resources: [streamArn],
      }),
    );
    // It finds streams and names none.
    const streams = `${this.tableArn}/stream/*`;
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: [streams] }),
    );
    answerForWildcards(role, [streams], 'Listing finds streams and names none.');
  }

  private grant(role: IRole, actions: readonly ItemAction[], resource: string): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: actions.map((action) => `dynamodb:${action}`),
        resources: [resource],
      }),
    );
  }
}

/** Of the table and of its indexes, each of which DynamoDB throttles by itself. */
function watchThrottles(table: ITableV2, watch: Watch): void {
  const sum = every(5, 'Sum');
  const ofIndex = ({ name }: { readonly name: string }) => ({
    ...sum,
    dimensionsMap: { TableName: table.tableName, GlobalSecondaryIndexName: name },
  });
  watch.alarm({
    under: 'Table',
    graph: 'Throttled by DynamoDB',
    name: 'TableThrottled',
    says: 'DynamoDB throttled the ledger: claims and answers are slow, or fail and are tried again.',
    section: 'table-throttled',
    metric: sumOf('throttled', {
      reads: table.metric('ReadThrottleEvents', sum),
      writes: table.metric('WriteThrottleEvents', sum),
      due: table.metric('WriteThrottleEvents', ofIndex(TABLE_INDEXES.due)),
      list: table.metric('WriteThrottleEvents', ofIndex(TABLE_INDEXES.list)),
    }),
    threshold: 10,
    periodMinutes: 5,
    missing: 'fine',
  });
  const used = { under: 'Table', graph: 'Used capacity, in units' } as const;
  for (const name of ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'])
    watch.show(used, table.metric(name, sum));
}
