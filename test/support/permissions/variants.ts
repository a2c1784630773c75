import { synthesised } from '../../infra/synthesised';
import { ACCOUNT, Deployed } from './deployed';
import { Judge } from './judge';
import type { RecordedCall } from './recorder';
import { rolesOf } from './roles';

type Context = Readonly<Record<string, string>>;

/** With every function. */
export const EVERYTHING: Context = {
  events: 'true',
  import: 'true',
  console: 'true',
  oidc_issuer: 'https://login.example.com',
  oidc_client_id: 'page',
};

const existingTable = (partition: string, region: string): Context => {
  const table = `arn:${partition}:dynamodb:${region}:${ACCOUNT}:table/restored`;
  return { table_name: 'restored', table_stream_arn: `${table}/stream/2026-01-01T00:00:00.000` };
};

/** The stack in every shape in which it asks for other permissions. */
export const VARIANTS: Readonly<Record<string, Context>> = {
  plain: {},
  'with events, imports and the page': EVERYTHING,
  'in China': { ...EVERYTHING, region: 'cn-north-1' },
  'in a network of its own': { ...EVERYTHING, network: 'own' },
  'in a network of its own in China': { ...EVERYTHING, network: 'own', region: 'cn-northwest-1' },
  'in a network that is there': {
    ...EVERYTHING,
    network: 'existing',
    vpc_id: 'vpc-0a1b2c3d',
    subnet_ids: 'subnet-0a1b2c3d',
    security_group_ids: 'sg-0a1b2c3d',
  },
  'on a table and a bus that are there': {
    ...EVERYTHING,
    ...existingTable('aws', 'us-east-1'),
    event_bus_name: 'company/orders',
  },
  'on a table and a bus that are there, in China': {
    ...EVERYTHING,
    ...existingTable('aws-cn', 'cn-north-1'),
    event_bus_name: 'company/orders',
    region: 'cn-north-1',
  },
  'as another stage, untraced, deployed at once, telling of alarms': {
    ...EVERYTHING,
    stage: 'prod',
    tracing: 'false',
    deployment: 'all_at_once',
    alarm_email: 'operator@example.com',
  },
};

export function deployedAs(context: Context): Deployed {
  return new Deployed(synthesised(context), context['region']);
}

/** The only policy of AWS's own, and what has it. */
const MANAGED = { of: 'codedeploy.amazonaws.com', policy: '/service-role/AWSCodeDeployRoleForLambdaLimited' };

/** All that is wrong with the permissions of a stack whose functions make these calls. */
export async function faultsOf(
  deployed: Deployed,
  recorded: readonly RecordedCall[],
): Promise<readonly string[]> {
  const judge = new Judge(deployed);
  const faults = await Promise.all(
    rolesOf(deployed, recorded).map(async (role) => {
      const { refused, superfluous, wildcards } = await judge.verdict(role);
      const managed = role.managedPolicies.filter(
        (policy) => role.of !== MANAGED.of || !policy.endsWith(MANAGED.policy),
      );
      return [
        ...refused.map((call) => `${role.of} is not allowed ${call}`),
        ...superfluous.map((pair) => `${role.of} needs no ${pair}`),
        ...wildcards.map((pair) => `${role.of} has a wildcard that nothing forces: ${pair}`),
        ...managed.map((policy) => `${role.of} has a policy that is not ours: ${policy}`),
      ];
    }),
  );
  return faults.flat();
}
