/** The part of dynalite's store that orders are written to without its server; the package brings no types. */
declare module 'dynalite/db' {
  import type { AttributeValue } from '@aws-sdk/client-dynamodb';

  type Row = Record<string, AttributeValue>;
  type Done = (error: Error | null | undefined) => void;

  interface Rows {
    batch(
      operations: readonly { readonly type: 'put'; readonly key: string; readonly value: Row }[],
      done: Done,
    ): void;
  }

  interface TableDescription {
    readonly TableName: string;
    readonly GlobalSecondaryIndexes?: readonly { readonly IndexName: string }[];
  }

  interface Store {
    readonly db: { close(done: Done): void; compactRange(from: string, to: string): Promise<void> };
    getTable(name: string, done: (error: Error | null | undefined, table: TableDescription) => void): void;
    getItemDb(tableName: string): Rows;
    getIndexDb(kind: 'Global', tableName: string, indexName: string): Rows;
  }

  export function create(options: { readonly path: string }): Store;
  export function createKey(item: Row, table: TableDescription): string;
  export function getIndexActions(
    indexes: readonly { readonly IndexName: string }[],
    existing: undefined,
    item: Row,
    table: TableDescription,
  ): { readonly puts: readonly { readonly index: string; readonly key: string; readonly item: Row }[] };
}
