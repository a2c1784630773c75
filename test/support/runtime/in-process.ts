/** Tests whose functions stay in the test's own process under `npm run test:runtime`, each for a reason. */
export const IN_PROCESS: readonly {
  readonly suite: string;
  /** Full names; all of the suite when absent. */
  readonly tests?: readonly string[];
  readonly because: string;
}[] = [];
