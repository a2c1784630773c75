import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { answerFor } from './rules';
import type { Settings } from './settings';

/** Whom alarms are told to: a topic of the stack's own with one address, or one that is there already. */
export function alarmTopic(
  scope: Construct,
  { alarm_email: address, alarm_topic_arn: existing }: Settings,
): ITopic | undefined {
  if (existing !== undefined) return Topic.fromTopicArn(scope, 'Topic', existing);
  return address === undefined ? undefined : ownTopic(scope, address);
}

function ownTopic(scope: Construct, address: string): ITopic {
  // A key of its own: CloudWatch may not use the one that SNS has in every account.
  // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
  const masterKey = new Key(scope, 'TopicKey', {
    description: 'Alarms on their way through SNS',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');
  const stack = Stack.of(scope);
  const alarms = stack.formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const conditions = {
    ArnLike: { 'aws:SourceArn': alarms },
    StringEquals: { 'aws:SourceAccount': stack.account },
  };
  masterKey.addToResourcePolicy(
    new PolicyStatement({
      principals: [cloudWatch],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions,
    }),
  );
  const topic = new Topic(scope, 'OwnTopic', { masterKey, enforceSSL: true });
  // A topic with a policy of its own lets nobody in by default.
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [cloudWatch],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions,
    }),
  );
  topic.addSubscription(new EmailSubscription(address));
  answerFor(topic, {
    'Serverless-SNSRedrivePolicy':
      'A mail that could not be delivered is of no use later: the alarm itself goes on.',
  });
  return topic;
}
