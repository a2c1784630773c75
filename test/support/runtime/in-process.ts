interface InProcess {
  readonly suite: string;
  /** Beginnings of their names; all of the suite when absent. */
  readonly tests?: readonly string[];
  readonly because: string;
}

const ERROR_CODE =
  'it looks at the code of the error, and Lambda passes on only the type and the words of one';
const REPLACED = 'it has put something of its own in place of a part of the function';
const ONE_INSTANCE =
  'it is about several calls at once in one instance, and on Lambda each has an instance of its own';
const NEW_INSTANCES =
  'each of its runs is one of an instance that knows nothing, and on Lambda one instance serves all that follow each other';
const ANY_INSTANCE =
  'it counts what one instance asks before it remembers, and on Lambda the next call may come to another';

/** Tests whose functions stay in the test's own process under `npm run test:runtime`, each for a reason. */
export const IN_PROCESS: readonly InProcess[] = [
  {
    suite: 'test/api/fuzz.test.ts',
    tests: ['no input of a schedule whatever does anything but sweep, or is refused'],
    because: ERROR_CODE,
  },
  {
    suite: 'test/sweep.test.ts',
    tests: [
      'constant input with ',
      'orders that the input names are at most 50',
      'orders that the input names and that the ledger knows under another service_id',
      'orders that the input names and could not be registered',
      'a sweep that cannot finish because the ledger cannot be read',
      'a sweep that cannot finish because the queue takes nothing',
    ],
    because: ERROR_CODE,
  },
  {
    suite: 'test/sweep.test.ts',
    tests: [
      'a run of the rule sends the orders of each merchant at its rate',
      'constant input never raises the cap',
    ],
    because: REPLACED,
  },
  {
    suite: 'test/sweep.test.ts',
    tests: ['a run of the rule says how late it is', 'a run of the rule goes on counting lateness'],
    because: NEW_INSTANCES,
  },
  {
    suite: 'test/collect.test.ts',
    tests: [
      'a batch that went well ',
      'messages that nobody can read ',
      'a message of an order that is not in the ledger ',
      'an order whose keys are out of reach ',
      'an order that the ledger could not be told of ',
      'an order whose outcome could not be recorded ',
      'the same order ten times in one batch ',
      'of many orders whose pair is refused ',
      'policies and switch are read once for a batch',
    ],
    because: REPLACED,
  },
  {
    suite: 'test/collect.test.ts',
    tests: ['a batch whose orders cannot be read fails as a whole'],
    because: ERROR_CODE,
  },
  {
    suite: 'test/import/function.test.ts',
    tests: [
      'rows that were left make the batch fail',
      'what there is no time for is left',
      'an event that is no batch ',
    ],
    because: ERROR_CODE,
  },
  {
    suite: 'test/keys.test.ts',
    tests: ['an API certificate within 30 days of its end '],
    because: REPLACED,
  },
  {
    suite: 'test/api/order.test.ts',
    tests: [
      'a request that shows, asks about, registers or collects an order reads policies and switch once',
    ],
    because: REPLACED,
  },
  {
    suite: 'test/api/by-hand.test.ts',
    tests: ['a waiver that comes too late, because the user is charged meanwhile'],
    because: REPLACED,
  },
  {
    suite: 'test/api/republish.test.ts',
    tests: [
      'a bus that does not take everything is a 503',
      'an order that a newer release wrote is counted',
      'npm run orders -- republish does not end well when orders had to be left out',
    ],
    because: REPLACED,
  },
  {
    suite: 'test/notify/faults.test.ts',
    tests: ['WeChat Pay waits five seconds '],
    because: REPLACED,
  },
  {
    suite: 'test/notify/faults.test.ts',
    tests: ['the keys a flood of serials that nobody knows'],
    because: ANY_INSTANCE,
  },
  {
    suite: 'test/notify/refused.test.ts',
    tests: ['a merchant that nobody knows is looked for once a minute', 'a flood of numbers that nobody has'],
    because: ANY_INSTANCE,
  },
  {
    suite: 'test/api/secrets.test.ts',
    tests: ['Secrets Manager is asked twice for many calls at once'],
    because: ONE_INSTANCE,
  },
  {
    suite: 'test/api/rotation.test.ts',
    tests: [
      'when WeChat Pay answers a query with 401 a rotated key is seen by two requests at the same time',
    ],
    because: ONE_INSTANCE,
  },
];
