import { randomUUID } from 'node:crypto';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './identity';

interface Version {
  readonly id: string;
  readonly value: string;
  /** Seconds since 1970, as the protocol has it. */
  readonly createdAt: number;
}

interface Secret {
  readonly arn: string;
  readonly current: Version;
  readonly previous?: Version;
}

type Stage = 'AWSCURRENT' | 'AWSPREVIOUS';
type Parameters = Readonly<Record<string, unknown>>;
type Failure = { readonly error: string; readonly message?: string };

/** The secrets and their last two versions, answering as Secrets Manager would. */
export class SecretStore {
  readonly #secrets = new Map<string, Secret>();
  readonly #deleted = new Set<string>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  put(name: string, value: string, id: string = randomUUID()): Secret {
    const before = this.#secrets.get(name);
    const current = { id, value, createdAt: this.#now() / 1_000 };
    const secret =
      before === undefined
        ? { arn: newArn(name), current }
        : { arn: before.arn, current, previous: before.current };
    this.#secrets.set(name, secret);
    return secret;
  }

  /** As after DeleteSecret: it is there, and nothing can be done with it. */
  scheduleDeletion(name: string): void {
    this.#deleted.add(name);
  }

  handle(action: string, parameters: Parameters): object | Failure {
    switch (action) {
      case 'GetSecretValue':
        return this.#get(parameters);
      case 'CreateSecret':
        return this.#create(parameters);
      case 'PutSecretValue':
        return this.#putValue(parameters);
      default:
        return { error: 'UnknownOperationException' };
    }
  }

  #get({ SecretId, VersionStage, VersionId }: Parameters): object | Failure {
    const found = this.#find(SecretId);
    if (found === undefined) return NOT_FOUND;
    const [name, secret] = found;
    if (this.#deleted.has(name)) return MARKED_FOR_DELETION;
    const stages: readonly (readonly [Stage, Version | undefined])[] = [
      ['AWSCURRENT', secret.current],
      ['AWSPREVIOUS', secret.previous],
    ];
    const byStage = typeof VersionId !== 'string';
    const wanted = byStage ? text(VersionStage, 'AWSCURRENT') : VersionId;
    for (const [stage, version] of stages) {
      if (version === undefined || wanted !== (byStage ? stage : version.id)) continue;
      const { id, value, createdAt } = version;
      return {
        ARN: secret.arn,
        CreatedDate: createdAt,
        Name: name,
        SecretString: value,
        VersionId: id,
        VersionStages: [stage],
      };
    }
    const what = byStage ? `staging label: ${wanted}` : `VersionId: ${wanted}`;
    return {
      error: 'ResourceNotFoundException',
      message: `Secrets Manager can't find the specified secret value for ${what}`,
    };
  }

  #create({ Name, SecretString, ClientRequestToken }: Parameters): object | Failure {
    if (typeof Name !== 'string' || typeof SecretString !== 'string') return INVALID;
    if (this.#deleted.has(Name)) return NAME_MARKED_FOR_DELETION;
    const before = this.#secrets.get(Name);
    if (before !== undefined) {
      const repeated = repetition(before, ClientRequestToken, SecretString);
      return repeated === 'same'
        ? { ARN: before.arn, Name, VersionId: ClientRequestToken }
        : {
            error: 'ResourceExistsException',
            message: `The operation failed because the secret ${Name} already exists.`,
          };
    }
    const { arn, current } = this.put(Name, SecretString, token(ClientRequestToken));
    return { ARN: arn, Name, VersionId: current.id };
  }

  #putValue({ SecretId, SecretString, ClientRequestToken }: Parameters): object | Failure {
    if (typeof SecretString !== 'string') return INVALID;
    const found = this.#find(SecretId);
    if (found === undefined) return NOT_FOUND;
    const [Name, before] = found;
    if (this.#deleted.has(Name)) return MARKED_FOR_DELETION;
    const repeated = repetition(before, ClientRequestToken, SecretString);
    if (repeated === 'other') return VERSION_EXISTS;
    if (repeated === undefined) this.put(Name, SecretString, token(ClientRequestToken));
    const VersionId = token(ClientRequestToken) ?? this.#secrets.get(Name)?.current.id;
    return { ARN: before.arn, Name, VersionId, VersionStages: ['AWSCURRENT'] };
  }

  /** By name or by ARN. */
  #find(id: unknown): readonly [string, Secret] | undefined {
    return [...this.#secrets].find(([name, { arn }]) => id === name || id === arn);
  }
}

const NOT_FOUND: Failure = {
  error: 'ResourceNotFoundException',
  message: "Secrets Manager can't find the specified secret.",
};
const MARKED_FOR_DELETION: Failure = {
  error: 'InvalidRequestException',
  message: "You can't perform this operation on the secret because it was marked for deletion.",
};
const NAME_MARKED_FOR_DELETION: Failure = {
  error: 'InvalidRequestException',
  message: "You can't create this secret because a secret with this name is already scheduled for deletion.",
};
const VERSION_EXISTS: Failure = {
  error: 'ResourceExistsException',
  message: 'You already have a version with this ClientRequestToken and another value.',
};
const INVALID: Failure = { error: 'InvalidParameterException', message: 'A parameter has no usable value.' };

/**
 * What the SDK sends twice is done once: the token is the id of the version it makes.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
 */
function repetition(
  { current, previous }: Secret,
  requestToken: unknown,
  value: string,
): 'same' | 'other' | undefined {
  const version = [current, previous].find((one) => one?.id === requestToken);
  if (version === undefined) return undefined;
  return version.value === value ? 'same' : 'other';
}

function token(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function text(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

function newArn(name: string): string {
  const suffix = randomUUID().slice(0, 6);
  return `arn:aws:secretsmanager:${LOCAL_REGION}:${LOCAL_ACCOUNT}:secret:${name}-${suffix}`;
}
