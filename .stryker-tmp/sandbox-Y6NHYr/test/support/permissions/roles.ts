import { FUNCTIONS, type FunctionName } from '../../../infra/manifest';
import { ACCOUNT, type Deployed } from './deployed';
import { platformCallsOf } from './platform';
import type { RecordedCall, Thing } from './recorder';

/** A statement of a policy with everything in it spelled out. */
export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: object;
}

/** A call as IAM judges it. */
export interface Call {
  readonly action: string;
  readonly resource: string;
}

export interface Role {
  readonly id: string;
  readonly arn: string;
  /** What the role is for, as `function api` or by the service that takes it on. */
  readonly of: string;
  readonly statements: readonly Statement[];
  readonly managedPolicies: readonly string[];
  /** All that is done in this role: by the function, and by AWS on its behalf. */
  readonly calls: readonly Call[];
}

/** A function as the template has it. */
export interface DeployedFunction {
  readonly id: string;
  readonly name: FunctionName;
  readonly roleArn: string;
  readonly environment: Readonly<Record<string, string>>;
}

export function functionsOf(deployed: Deployed): readonly DeployedFunction[] {
  return deployed.ofType('AWS::Lambda::Function').map(([id, properties]) => {
    const name = String(properties['Description']).split(': ')[1] ?? '';
    if (!isFunction(name)) throw new Error(`${id}: what is it? Its description ends in no function's name.`);
    const { Variables = {} } = { ...(properties['Environment'] as { Variables?: Record<string, string> }) };
    return { id, name, roleArn: String(properties['Role']), environment: Variables };
  });
}

function isFunction(name: string): name is FunctionName {
  return name in FUNCTIONS;
}

/** Every role of the stack, and what is done in it. */
export function rolesOf(deployed: Deployed, recorded: readonly RecordedCall[]): readonly Role[] {
  const functions = functionsOf(deployed);
  const policies = deployed.ofType('AWS::IAM::Policy').map(([, properties]) => properties);
  return deployed.ofType('AWS::IAM::Role').map(([id, properties]) => {
    const arn = `arn:${deployed.partition}:iam::${ACCOUNT}:role/${id}`;
    const own = (properties['Policies'] ?? []) as readonly Readonly<Record<string, unknown>>[];
    const attached = policies.filter(({ Roles }) => (Roles as readonly string[]).includes(id));
    const its = functions.find(({ roleArn }) => roleArn === arn);
    return {
      id,
      arn,
      of: its === undefined ? serviceOf(properties) : `function ${its.name}`,
      statements: [...own, ...attached].flatMap(({ PolicyDocument }) => statementsOf(PolicyDocument)),
      managedPolicies: (properties['ManagedPolicyArns'] ?? []) as readonly string[],
      calls: [
        ...(its === undefined ? [] : callsOf(deployed, its, recorded)),
        ...platformCallsOf(deployed, arn, its?.id),
      ],
    };
  });
}

function serviceOf(properties: Readonly<Record<string, unknown>>): string {
  return String(/"Service":"([^"]+)"/.exec(JSON.stringify(properties['AssumeRolePolicyDocument']))?.[1]);
}

/** @throws Error for what a policy may say, and none of ours does: it would not be judged. */
export function statementsOf(document: unknown): readonly Statement[] {
  const { Statement: all } = document as { Statement: readonly Readonly<Record<string, unknown>>[] };
  return all.map((one) => {
    if ('NotAction' in one || 'NotResource' in one) throw new Error('a statement says what it does not mean');
    const list = (value: unknown) => (Array.isArray(value) ? value : [value]) as readonly string[];
    return {
      ...(one as unknown as Statement),
      Action: list(one['Action']),
      Resource: list(one['Resource']),
    };
  });
}

/** What the function was seen to call, on the resources that the template tells it of. */
function callsOf(
  deployed: Deployed,
  { name, environment }: DeployedFunction,
  recorded: readonly RecordedCall[],
): readonly Call[] {
  return (
    recorded
      .filter(({ by }) => by === name)
      // A function that is told of no bus tells nobody.
      .filter(({ on }) => on !== 'bus' || 'EVENT_BUS_NAME' in environment)
      .map(({ action, on }) => ({ action, resource: arnOf(deployed, environment, on) }))
  );
}

/** The six characters that Secrets Manager appends to a name. */
export function secretArn(deployed: Deployed, name: string): string {
  return deployed.arn('secretsmanager', `secret:${name}-AbCdEf`);
}

function arnOf(deployed: Deployed, environment: Readonly<Record<string, string>>, on: Thing): string {
  const table = deployed.arn('dynamodb', `table/${environment['TABLE_NAME']}`);
  const [kind = '', ...rest] = on.split('/');
  switch (kind) {
    case 'table':
      return table;
    case 'index':
      return `${table}/${on}`;
    case 'secret':
      return secretArn(deployed, `${environment['SECRET_PREFIX']}/${rest.join('/')}`);
    case 'queue':
      return deployed.arn('sqs', String(environment['QUEUE_URL']).split('/').at(-1) ?? '');
    case 'bus':
      return deployed.arn('events', `event-bus/${environment['EVENT_BUS_NAME']}`);
    default:
      return on;
  }
}
