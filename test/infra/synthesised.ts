import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readSettings } from '../../infra/settings';
import { CollectorStack } from '../../infra/stack';
import flags from '../../cdk.json';

/** The stack's template under the project's own feature flags; nothing is bundled. */
export function synthesised(context: Readonly<Record<string, unknown>> = {}): Template {
  const app = new App({ context: { ...flags.context, 'aws:cdk:bundling-stacks': [] } });
  return Template.fromStack(new CollectorStack(app, readSettings(context)));
}

/** The properties of every resource of a type, in the order of the template. */
export function propertiesOf(template: Template, type: string): readonly Readonly<Record<string, unknown>>[] {
  return Object.values(template.findResources(type)).map((resource) => ({ ...resource['Properties'] }));
}

/** `{ 'Fn::GetAtt': [..., 'Arn'] }` of the resource whose logical id begins so. */
export function arnOf(idPrefix: string): object {
  return { 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${idPrefix}`)), 'Arn'] };
}

/** What wakes a function names this: its alias, by its ARN. */
export function live(name: string): object {
  return { Ref: expect.stringMatching(new RegExp(`^${name}Live`)) };
}

/** The same, as a mapping names it: by the function's name, and the alias. */
export function liveName(name: string): object {
  const arn = { 'Fn::Split': [':', live(name)] };
  return { 'Fn::Join': ['', [{ 'Fn::Select': [6, arn] }, ':live']] };
}

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** Every statement of every role's policies, with the policy's logical id. */
export function statements(template: Template): readonly (readonly [string, Statement])[] {
  return Object.entries(template.findResources('AWS::IAM::Policy')).flatMap(([id, policy]) => {
    const all: readonly Statement[] = policy['Properties'].PolicyDocument.Statement;
    return all.map((statement) => [id, statement] as const);
  });
}

/** What the role of a function allows besides traces, as pairs of actions and resources. */
export function allowed(template: Template, name: string): readonly (readonly [unknown, unknown])[] {
  return statements(template)
    .filter(([id, { Effect }]) => id.startsWith(`${name}Role`) && Effect === 'Allow')
    .filter(([, { Action }]) => !JSON.stringify(Action).includes('xray:'))
    .map(([, { Action, Resource }]) => [Action, Resource]);
}

/** Every statement of every queue's own policy. */
export function queuePolicyStatements(template: Template): readonly Statement[] {
  return Object.values(template.findResources('AWS::SQS::QueuePolicy')).flatMap(
    (policy): readonly Statement[] => policy['Properties'].PolicyDocument.Statement,
  );
}
