import { ArnFormat, Stack } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { answerForWildcards } from './rules';

/** `signing`: what a call is signed with. `verify`: what answers and notifications are verified and decrypted with. */
export type SecretKind = 'signing' | 'verify';

/**
 * Lets a role read the secrets of every merchant of this stage. Merchants are data, they come and go without a
 * deployment, so `*` stands for the merchant number; the six `?` are the characters that Secrets Manager appends to
 * a name, so that nothing merely beginning with it is meant.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
 *
 * A secret under a KMS key of your own needs `kms:Decrypt` on that key beside this; the default key does not.
 */
export function grantMerchantSecrets(role: IRole, prefix: string, kinds: readonly SecretKind[]): void {
  const stack = Stack.of(role);
  const resources = kinds.map((kind) =>
    stack.formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: `${prefix}/*/${kind}-??????`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  );
  role.addToPrincipalPolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources }));
  answerForWildcards(role, resources, 'Merchants come and go without a deployment.');
}
