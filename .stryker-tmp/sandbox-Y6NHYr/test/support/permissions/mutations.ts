import type { Verdict } from './judge';
import type { Role, Statement } from './roles';

/** A role with one mistake in its policies, and where it has to show. */
export interface Mutation {
  readonly what: string;
  readonly statements: readonly Statement[];
  readonly shows: keyof Verdict;
}

/** One action of each service that nothing here ever calls. */
const NEVER_CALLED: Readonly<Record<string, string>> = {
  dynamodb: 'DeleteItem',
  ec2: 'TerminateInstances',
  events: 'PutRule',
  lambda: 'DeleteFunction',
  logs: 'DeleteLogStream',
  s3: 'DeleteObject',
  secretsmanager: 'PutSecretValue',
  sqs: 'PurgeQueue',
  states: 'DeleteStateMachine',
  xray: 'GetTraceSummaries',
};

/** Every way to take something away from a role, or to give it something, one at a time. */
export function mutationsOf({ statements }: Role): readonly Mutation[] {
  return statements.flatMap((statement, at) => {
    const others = statements.filter((_, other) => other !== at);
    const mutation = (
      what: string,
      change: Partial<Statement> | undefined,
      shows: Mutation['shows'],
    ): Mutation => ({
      what,
      statements: change === undefined ? others : [...others, { ...statement, ...change }],
      shows,
    });
    const { Action: actions, Resource: resources } = statement;
    const service = actions[0]?.split(':')[0] ?? '';
    const never = NEVER_CALLED[service];
    if (never === undefined) throw new Error(`${service}: name an action of it that nothing here calls`);
    const [only] = actions.length === 1 ? [undefined] : [actions];
    return [
      ...actions.map((action) =>
        mutation(`without ${action}`, only && { Action: only.filter((one) => one !== action) }, 'refused'),
      ),
      ...resources.map((resource) =>
        mutation(
          `on less than ${resource}`,
          { Resource: resources.map((one) => (one === resource ? narrowed(one) : one)) },
          'refused',
        ),
      ),
      mutation(`with ${service}:${never}`, { Action: [...actions, `${service}:${never}`] }, 'superfluous'),
      mutation(`with ${service}:*`, { Action: [...actions, `${service}:*`] }, 'wildcards'),
      ...resources
        .filter((resource) => resource !== '*')
        .flatMap((resource) => [
          mutation(
            `on another one like ${resource}`,
            { Resource: [...resources, narrowed(resource)] },
            'superfluous',
          ),
          mutation(
            `on everything beside ${resource}`,
            { Resource: [...resources, widened(resource)] },
            'wildcards',
          ),
        ]),
    ];
  });
}

/** A resource that is another one, or of a pattern one that nobody has. */
function narrowed(resource: string): string {
  return resource === '*'
    ? 'arn:aws:none:::elsewhere'
    : resource.includes('*')
      ? resource.replace('*', 'elsewhere')
      : `${resource}-elsewhere`;
}

/** Everything of its kind in the account. */
function widened(resource: string): string {
  return `${resource.split(':').slice(0, 5).join(':')}:*`;
}
