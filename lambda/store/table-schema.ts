/**
 * The table's keys and indexes, once: for what reads and writes it, for the stack that creates it and for the local
 * DynamoDB. Every attribute named here is a string but `due_at`, a number.
 */
export const TABLE_KEY = { partitionKey: 'pk', sortKey: 'sk' } as const;

/** Items that are of no use after a time carry it here, in epoch seconds. */
export const TABLE_TTL = 'expires_at';

export const TABLE_INDEXES = {
  /** Orders that are waiting for their time, and no others: reading it costs what is due, never what is stored. */
  due: {
    name: 'due',
    partitionKey: 'due_shard',
    sortKey: 'due_at',
    sortKeyType: 'N',
    projected: ['service_id', 'planned_at'],
  },
  /** Every order of a merchant by status and sub-merchant, in the order of registration. */
  list: {
    name: 'list',
    partitionKey: 'list_of',
    sortKey: 'list_at',
    sortKeyType: 'S',
    projected: ['service_id', 'total_amount', 'paid_amount'],
  },
} as const;
