import { errorCode } from './files';

interface Row {
  /** Of the error's name, its code or its message. */
  readonly when: RegExp;
  readonly says: (name: string, action: string, reason: string) => string;
}

/** What AWS's refusals mean to the person at the keyboard; the first row that fits. */
const ROWS: readonly Row[] = [
  {
    when: /^CredentialsProviderError$/,
    says: () =>
      'no AWS credentials were found: log in (aws sso login, AWS_PROFILE), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  },
  {
    when: /^Region (is missing|not accepted)/,
    says: () =>
      'no usable AWS region is set: give --region, or set AWS_REGION, to where the stack was deployed',
  },
  {
    when: /^AccessDenied/,
    says: (name, action) =>
      `this AWS identity may not secretsmanager:${action} on ${name}; it needs GetSecretValue, CreateSecret and PutSecretValue there (and the secret's KMS key, if it has one of its own)`,
  },
  {
    when: /^(UnrecognizedClient|InvalidClientTokenId|InvalidSignature|ExpiredToken|IncompleteSignature|MissingAuthenticationToken)/,
    says: (_name, _action, reason) =>
      `AWS does not take these credentials (${reason}): they ended, or belong to another partition (aws, aws-cn). Log in again`,
  },
  {
    when: /^InvalidRequestException$/,
    says: (name) =>
      `${name} is probably scheduled for deletion: "aws secretsmanager restore-secret --secret-id ${name}" takes it back, then give the same command with --replace`,
  },
  {
    when: /^(Decryption|Encryption)Failure$/,
    says: (name) =>
      `the KMS key of ${name} cannot be used by this AWS identity; grant it, or look at the key's state`,
  },
  {
    when: /^ResourceExistsException$/,
    says: (name) => `${name} has just been created by somebody else; look at it (show), then decide`,
  },
  {
    when: /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|TimeoutError)$/,
    says: (_name, _action, reason) =>
      `Secrets Manager is out of reach (${reason}): look at the network, and at the region`,
  },
];

/** One line: what AWS refused, why, and what to do. AWS's own message is left out: it may quote what it was sent. */
export function explainAws(error: unknown, action: string, name: string): string {
  const reasons =
    error instanceof Error ? [error.name, errorCode(error), error.message.split('\n', 1)[0] ?? ''] : [];
  for (const { when, says } of ROWS) {
    const reason = reasons.find((one) => when.test(one));
    if (reason !== undefined) return `${says(name, action, reason)}.`;
  }
  return `Secrets Manager did not answer ${action} of ${name} (${reasons[0] ?? 'unknown'}). Give the same command again.`;
}
