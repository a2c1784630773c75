import { runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT, type Deployed } from './deployed';
import { forcedWildcard } from './forced-wildcards';
import { type Call, type Role, type Statement, statementsOf } from './roles';

/** What is wrong with a role; nothing, when all three are empty. */
export interface Verdict {
  /** Calls that are made and not allowed. */
  readonly refused: readonly string[];
  /** What is allowed and makes no difference: nothing uses it, or another statement allows it as well. */
  readonly superfluous: readonly string[];
  /** Wildcards that nothing forces. */
  readonly wildcards: readonly string[];
}

/**
 * The reference of permissions knows no resource for listing streams, and the simulator goes by it; the guide of DynamoDB
 * has a function's role list those of one table, and Lambda takes that. So the simulator is asked about the action beside it.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/iam-policy-example-lamda-process-dynamodb-streams.html
 */
const JUDGED_AS = { listed: 'dynamodb:ListStreams', instead: 'dynamodb:DescribeStream' } as const;

/** Policies of resources, by the ARN of what they are about. */
type ResourcePolicies = ReadonlyMap<string, object>;

/** Judges the roles of one template. It remembers what it has asked the simulator: most questions come more than once. */
export class Judge {
  private readonly resourcePolicies: ResourcePolicies;
  private readonly answers = new Map<string, Promise<boolean>>();

  constructor(deployed: Deployed) {
    this.resourcePolicies = resourcePoliciesOf(deployed);
  }

  async verdict(role: Role): Promise<Verdict> {
    const { statements, calls } = role;
    const allowed = await Promise.all(calls.map(async (call) => this.allows(statements, call, role.arn)));
    return {
      refused: calls.filter((_, at) => allowed[at] !== true).map(spell),
      superfluous: await this.superfluous(role),
      wildcards: pairsOf(statements)
        .flatMap((pair) => wildcardsIn(pair))
        .filter((one, at, all) => all.indexOf(one) === at),
    };
  }

  /** As AWS would: by the policies of the role, and by that of the resource. */
  async allows(
    statements: readonly Statement[],
    call: Call,
    principal: string,
    { secure = true } = {},
  ): Promise<boolean> {
    const listing = call.action === JUDGED_AS.listed;
    const asked = listing ? { ...call, action: JUDGED_AS.instead } : call;
    const policies = listing ? statements.map(instead) : statements;
    const key = JSON.stringify([policies, asked, principal, secure]);
    const answer =
      this.answers.get(key) ??
      this.simulate(policies, asked, principal, { 'aws:SecureTransport': String(secure) });
    this.answers.set(key, answer);
    return answer;
  }

  /** Whether a service of AWS may do this on behalf of one of its own resources: the policy of the resource alone decides. */
  async allowsService(service: string, sourceArn: string, call: Call): Promise<boolean> {
    return this.simulate([], call, service, { 'aws:SourceArn': sourceArn, 'aws:SecureTransport': 'true' });
  }

  private async simulate(
    statements: readonly Statement[],
    { action, resource }: Call,
    principal: string,
    contextVariables: Readonly<Record<string, string>>,
  ): Promise<boolean> {
    const resourcePolicy = this.resourcePolicies.get(resource.replace(/^(arn:[^:]+:s3:::[^/]+).*$/, '$1'));
    const policy = { Version: '2012-10-17', Statement: statements };
    const simulated = await runSimulation(
      {
        request: {
          action,
          resource: { resource, accountId: ACCOUNT },
          principal,
          contextVariables: { ...contextVariables },
        },
        identityPolicies: statements.length === 0 ? [] : [{ name: 'role', policy }],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
      },
      {},
    );
    // An error: a policy that IAM would not take, or an action or a resource that there is none of.
    return simulated.resultType !== 'error' && simulated.overallResult === 'Allowed';
  }

  private async superfluous({ statements, calls, arn }: Role): Promise<readonly string[]> {
    const pairs = pairsOf(statements);
    const uses = await Promise.all(
      pairs.map(async (pair) => {
        const used = await Promise.all(calls.map(async (call) => this.allows([pair], call, arn)));
        return new Set(calls.filter((_, at) => used[at] === true).map(spell));
      }),
    );
    return pairs
      .filter((_, at) => {
        const others = new Set(uses.flatMap((used, other) => (other === at ? [] : [...used])));
        return [...(uses[at] ?? [])].every((call) => others.has(call));
      })
      .map(({ Action, Resource }) => `${Action.join()} on ${Resource.join()}`);
  }
}

export function spell({ action, resource }: Call): string {
  return `${action} on ${resource}`;
}

/** What a role allows, taken apart: one action on one resource each. */
function pairsOf(statements: readonly Statement[]): readonly Statement[] {
  return statements.flatMap((statement) => {
    if (statement.Effect === 'Deny') throw new Error('no role of the stack denies: it would not be judged');
    return statement.Action.flatMap((action) =>
      statement.Resource.map((resource) => ({ ...statement, Action: [action], Resource: [resource] })),
    );
  });
}

function wildcardsIn({ Action: [action = ''], Resource: [resource = ''] }: Statement): readonly string[] {
  if (/[*?]/.test(action)) return [action];
  if (!/[*?]/.test(resource) || forcedWildcard(action, resource) !== undefined) return [];
  return [`${action} on ${resource}`];
}

/** The statement with the one action in place of the other. */
function instead(statement: Statement): Statement {
  const others = statement.Action.filter((action) => action !== JUDGED_AS.instead);
  const Action = others.map((action) => (action === JUDGED_AS.listed ? JUDGED_AS.instead : action));
  // A statement without an action is none: what is left of it allows what nobody does.
  return { ...statement, Action: Action.length === 0 ? [JUDGED_AS.listed] : Action };
}

function resourcePoliciesOf(deployed: Deployed): ResourcePolicies {
  const found = [
    ...deployed.ofType('AWS::SQS::QueuePolicy'),
    ...deployed.ofType('AWS::S3::BucketPolicy'),
  ].flatMap(([, { PolicyDocument }]) => {
    // Of a bucket, the first resource is the bucket itself.
    const about = statementsOf(PolicyDocument).map(({ Resource }) => String(Resource[0]));
    return [...new Set(about)].map((arn) => [arn, PolicyDocument as object] as const);
  });
  return new Map(found);
}
