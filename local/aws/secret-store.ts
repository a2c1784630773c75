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
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  put(name: string, value: string): Secret {
    const before = this.#secrets.get(name);
    const current = { id: randomUUID(), value, createdAt: this.#now() / 1_000 };
    const secret =
      before === undefined
        ? { arn: newArn(name), current }
        : { arn: before.arn, current, previous: before.current };
    this.#secrets.set(name, secret);
    return secret;
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

  #create({ Name, SecretString }: Parameters): object | Failure {
    if (typeof Name !== 'string' || typeof SecretString !== 'string') return INVALID;
    if (this.#secrets.has(Name))
      return {
        error: 'ResourceExistsException',
        message: `The operation failed because the secret ${Name} already exists.`,
      };
    const { arn, current } = this.put(Name, SecretString);
    return { ARN: arn, Name, VersionId: current.id };
  }

  #putValue({ SecretId, SecretString }: Parameters): object | Failure {
    if (typeof SecretString !== 'string') return INVALID;
    const found = this.#find(SecretId);
    if (found === undefined) return NOT_FOUND;
    const { arn, current } = this.put(found[0], SecretString);
    return { ARN: arn, Name: found[0], VersionId: current.id, VersionStages: ['AWSCURRENT'] };
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
const INVALID: Failure = { error: 'InvalidParameterException', message: 'A parameter has no usable value.' };

function text(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

function newArn(name: string): string {
  const suffix = randomUUID().slice(0, 6);
  return `arn:aws:secretsmanager:${LOCAL_REGION}:${LOCAL_ACCOUNT}:secret:${name}-${suffix}`;
}
