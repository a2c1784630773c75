/** The ledger table's key, for the stack and for the local DynamoDB alike. Both attributes are strings. */
export const TABLE_KEY = { partitionKey: 'pk', sortKey: 'sk' } as const;
