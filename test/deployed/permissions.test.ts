import { stop } from 'esbuild';
import { FUNCTIONS, type FunctionName } from '../../infra/manifest';
import type { Deployed } from '../support/permissions/deployed';
import { Judge, spell } from '../support/permissions/judge';
import { mutationsOf } from '../support/permissions/mutations';
import { QUEUE_POLLING } from '../support/permissions/platform';
import type { RecordedCall } from '../support/permissions/recorder';
import { functionsOf, type Role, rolesOf, secretArn, statementsOf } from '../support/permissions/roles';
import { recordScenario } from '../support/permissions/scenario';
import { deployedAs, EVERYTHING, faultsOf, VARIANTS } from '../support/permissions/variants';

const deployed = deployedAs({ ...EVERYTHING, network: 'own' });

let recorded: readonly RecordedCall[];
beforeAll(async () => {
  recorded = await recordScenario(deployed);
}, 60_000);
afterAll(stop);

function roleOf(stack: Deployed, of: string): Role {
  const role = rolesOf(stack, recorded).find((one) => one.of === of);
  if (role === undefined) throw new Error(`${of} has a role`);
  return role;
}

test('every function was seen at work', () => {
  // But for `page`, which calls nobody: it hands out what lies beside its code.
  const calling = Object.keys(FUNCTIONS).filter((name) => name !== 'page');
  expect(new Set(recorded.map(({ by }) => by))).toEqual(new Set([...calling, 'local']));
});

test.each(Object.entries(VARIANTS))(
  '%s: each call made is allowed by the role it is made in, each permission is used, and no wildcard is there that AWS does not force',
  async (_name, context) => {
    expect(await faultsOf(deployedAs(context), recorded)).toEqual([]);
  },
);

describe.each(['us-east-1', 'cn-north-1'])('in %s', (region) => {
  const stack = deployedAs({ ...EVERYTHING, region });

  /** Functions that may read a secret; a merchant number in it is one that nobody has heard of. */
  async function readersOf(name: string): Promise<readonly FunctionName[]> {
    const judge = new Judge(stack);
    const resource = secretArn(stack, `payscore-collector/${name}`);
    const call = { action: 'secretsmanager:GetSecretValue', resource };
    const names = Object.keys(FUNCTIONS) as FunctionName[];
    const may = await Promise.all(
      names.map(async (one) => {
        const { statements, arn } = roleOf(stack, `function ${one}`);
        return judge.allows(statements, call, arn);
      }),
    );
    return names.filter((_, at) => may[at] === true);
  }

  test('what signs is read by the functions that sign, and not by notify, page, sweep, rollup, publish and import', async () => {
    expect(await readersOf('dev/1999999999/signing')).toEqual(['api', 'collect', 'keys']);
  });

  test('what verifies is not read by page, sweep, rollup and publish, which have nothing to verify', async () => {
    expect(await readersOf('dev/1999999999/verify')).toEqual(['api', 'notify', 'collect', 'keys', 'import']);
  });

  test('a secret of another kind, of another stage, or whose name only begins so, is read by nobody', async () => {
    const names = ['dev/1999999999/other', 'prod/1999999999/signing', 'dev/1999999999/signing-of-old'];
    for (const name of names) expect(await readersOf(name)).toEqual([]);
  });

  test('queues and files are reached by TLS only', async () => {
    const judge = new Judge(stack);
    for (const { statements, calls, arn } of rolesOf(stack, recorded))
      for (const call of calls.filter(({ action }) => /^(sqs|s3):/.test(action))) {
        const allowed = await judge.allows(statements, call, arn, { secure: false });
        expect([spell(call), allowed]).toEqual([spell(call), false]);
      }
  });
});

test('a queue for what could not be delivered takes it from the rule that it is for, and from no other', async () => {
  const judge = new Judge(deployed);
  const rules = deployed.ofType('AWS::Events::Rule').map(([id, { Targets }]) => {
    const [target] = Targets as readonly { readonly DeadLetterConfig?: { readonly Arn: string } }[];
    return { arn: deployed.arn('events', `rule/${id}`), queue: String(target?.DeadLetterConfig?.Arn) };
  });
  expect(rules).toHaveLength(4);
  for (const { queue } of rules) {
    const call = { action: 'sqs:SendMessage', resource: queue };
    const may = await Promise.all(
      rules.map(async ({ arn }) => judge.allowsService('events.amazonaws.com', arn, call)),
    );
    expect(may).toEqual(rules.map((rule) => rule.queue === queue));
  }
  const allowing = deployed
    .ofType('AWS::SQS::QueuePolicy')
    .flatMap(([, { PolicyDocument }]) => statementsOf(PolicyDocument))
    .filter(({ Effect }) => Effect === 'Allow');
  expect(allowing.map(({ Action, Resource }) => [Action, Resource])).toEqual(
    expect.arrayContaining(rules.map(({ queue }) => [['sqs:SendMessage'], [queue]])),
  );
  expect(allowing).toHaveLength(rules.length);
});

test('no two functions share a role', () => {
  const roles = functionsOf(deployed).map(({ roleArn }) => roleArn);
  expect(new Set(roles).size).toBe(Object.keys(FUNCTIONS).length);
});

test('what the stand-in for the event source mapping does with a queue is what Lambda is documented to do', () => {
  const seen = recorded.filter(({ by }) => by === 'local').map(({ action, on }) => `${action} ${on}`);
  expect(seen.toSorted()).toEqual(['sqs:DeleteMessage queue', 'sqs:ReceiveMessage queue']);
  expect(QUEUE_POLLING.map((action) => `${action} queue`)).toEqual(expect.arrayContaining(seen));
});

describe('one mistake in the policies shows', () => {
  const judge = new Judge(deployed);
  const names = rolesOf(deployed, [])
    .filter(({ statements }) => statements.length > 0)
    .map(({ of }) => of);

  test.each(names)('in that of %s', async (of) => {
    const role = roleOf(deployed, of);
    const mutations = mutationsOf(role);
    expect(mutations.length).toBeGreaterThan(0);
    const verdicts = await Promise.all(
      mutations.map(async ({ statements }) => judge.verdict({ ...role, statements })),
    );
    const missed = mutations.filter(({ shows }, at) => verdicts[at]?.[shows].length === 0);
    expect(missed.map(({ what }) => what)).toEqual([]);
  });
});
