import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { UsageError } from '../../local/usage-error';
import { explainAws } from './aws-faults';
import { PARTS, type Part, type Place, type Texts } from './place';

interface SecretsManagerPlaceOptions {
  readonly stage: string;
  /** Secrets are `<prefix>/signing` and `<prefix>/verify`. */
  readonly prefix: string;
  /** Else the region of the AWS configuration. */
  readonly region?: string;
}

const AWS_REQUEST_MS = 10_000;
const AWS_TRIES_MAX = 3;

const HOLDS: Readonly<Record<Part, string>> = {
  signing: 'signs requests to WeChat Pay',
  verify: 'verifies what WeChat Pay sends',
};

/** AWS Secrets Manager, with the credentials and the region that the AWS CLI would use. */
export class SecretsManagerPlace implements Place {
  readonly label: string;
  readonly option: string;
  readonly #prefix: string;
  readonly #client: SecretsManagerClient;

  constructor({ stage, prefix, region }: SecretsManagerPlaceOptions) {
    this.label = `Secrets Manager (stage ${stage}, ${region ?? 'the region of your AWS configuration'})`;
    this.option = `--stage ${stage}${region === undefined ? '' : ` --region ${region}`}`;
    this.#prefix = prefix;
    this.#client = new SecretsManagerClient({
      maxAttempts: AWS_TRIES_MAX,
      requestHandler: {
        connectionTimeout: AWS_REQUEST_MS,
        requestTimeout: AWS_REQUEST_MS,
        throwOnRequestTimeout: true,
      },
      ...(region === undefined ? {} : { region }),
    });
  }

  nameOf(part: Part): string {
    return `${this.#prefix}/${part}`;
  }

  async read(): Promise<Texts> {
    const [verify, signing] = await Promise.all(PARTS.map((part) => this.#readOne(part)));
    return { ...(verify === undefined ? {} : { verify }), ...(signing === undefined ? {} : { signing }) };
  }

  async write(changes: Texts, before: Texts, written: (part: Part) => void): Promise<void> {
    for (const part of PARTS) {
      const text = changes[part];
      if (text === undefined) continue;
      await (before[part] === undefined ? this.#create(part, text) : this.#replace(part, text));
      written(part);
    }
  }

  async #readOne(part: Part): Promise<string | undefined> {
    const SecretId = this.nameOf(part);
    try {
      return (await this.#client.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? '';
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
      throw new UsageError(explainAws(error, 'GetSecretValue', SecretId));
    }
  }

  async #create(part: Part, SecretString: string): Promise<void> {
    const Name = this.nameOf(part);
    const Description = `payscore-collector: what ${HOLDS[part]}`;
    try {
      await this.#client.send(new CreateSecretCommand({ Name, SecretString, Description }));
    } catch (error) {
      throw new UsageError(explainAws(error, 'CreateSecret', Name));
    }
  }

  async #replace(part: Part, SecretString: string): Promise<void> {
    const SecretId = this.nameOf(part);
    try {
      await this.#client.send(new PutSecretValueCommand({ SecretId, SecretString }));
    } catch (error) {
      throw new UsageError(explainAws(error, 'PutSecretValue', SecretId));
    }
  }
}
