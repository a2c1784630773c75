import { type App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference';
import type { IConstruct } from 'constructs';

type Rule = `${'AwsSolutions' | 'Serverless'}-${string}` | `Annotation::${string}`;

/**
 * Has every synthesis judged by AWS's own rules of good practice, beside CDK's validation of the template: one finding
 * that nobody has answered for, and there is no template.
 */
export function applyRules(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
}

/** Answers for findings in a construct and all below it: each rule with why it does not hold there. */
export function answerFor(construct: IConstruct, reasons: Readonly<Record<Rule, string>>): void {
  const findings = Object.entries(reasons).map(([id, reason]) => ({ id, reason }));
  Validations.of(construct).acknowledge(...findings);
}

/** Answers for resources with a wildcard in the policies of a role: for these alone, and not for others like them. */
export function answerForWildcards(role: IConstruct, resources: readonly string[], reason: string): void {
  const stack = Stack.of(role);
  const ids = resources.map(
    (resource): Rule => `AwsSolutions-IAM5[Resource::${flattenCfnReference(stack.resolve(resource))}]`,
  );
  answerFor(role, Object.fromEntries(ids.map((id) => [id, reason])));
}
