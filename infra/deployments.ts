import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { FunctionName } from './manifest';
import { answerFor } from './rules';
import type { Settings } from './settings';
import { describe, type Watch } from './watch';

/**
 * How a new version comes into service: a tenth of the invocations more each minute, and back to the version before as
 * soon as one of them fails. Tenths rather than one canary, because most functions are woken once a minute: a canary
 * that takes one in ten for five minutes would often not be met at all.
 * https://docs.aws.amazon.com/lambda/latest/dg/lambda-rolling-deployments.html
 */
export class Deployments extends Construct {
  private readonly shared: { readonly application: LambdaApplication; readonly role: Role } | undefined;

  constructor(
    scope: Construct,
    id: string,
    { deployment }: Settings,
    private readonly watch: Watch,
  ) {
    super(scope, id);
    this.shared = deployment === 'gradual' ? this.codeDeploy() : undefined;
  }

  /** Shifts what an alias stands for; without CodeDeploy CloudFormation sets it to the new version at once. */
  add(scope: Construct, name: FunctionName, alias: Alias): void {
    if (this.shared === undefined) return;
    const errors = alias.metricErrors({
      dimensionsMap: {
        FunctionName: alias.lambda.functionName,
        Resource: `${alias.lambda.functionName}:${alias.aliasName}`,
        // What the version before does meanwhile is no reason to go back to it.
        ExecutedVersion: alias.version.version,
      },
      period: Duration.minutes(1),
    });
    const failing = new Alarm(scope, 'NewVersionFailing', {
      alarmDescription: describe({
        says: `A new version of ${name} fails: its deployment is rolled back.`,
        section: 'deployment-rolled-back',
      }),
      metric: errors,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    failing.addAlarmAction(...this.watch.actions);
    new LambdaDeploymentGroup(scope, 'Deployment', {
      ...this.shared,
      alias,
      alarms: [failing],
      deploymentConfig: LambdaDeploymentConfig.LINEAR_10PERCENT_EVERY_1MINUTE,
    });
  }

  private codeDeploy() {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('codedeploy.amazonaws.com') });
    const policy = 'arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited';
    answerFor(role, {
      [`AwsSolutions-IAM4[Policy::${policy}]`]: 'CDK gives it to the role of every deployment of a function.',
    });
    return { application: new LambdaApplication(this, 'Application'), role };
  }
}
