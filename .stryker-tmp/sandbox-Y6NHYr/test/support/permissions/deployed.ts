import type { Template } from 'aws-cdk-lib/assertions';

/** Of the documentation of AWS: it belongs to nobody. */
export const ACCOUNT = '111122223333';

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

const REFERRED_TO_BY_ARN: readonly string[] = ['AWS::Lambda::Alias', 'AWS::StepFunctions::StateMachine'];

/** Service, and what stands before and after the name. */
const ARNS: Readonly<Record<string, readonly [service: string, before: string, after?: string]>> = {
  'AWS::DynamoDB::GlobalTable': ['dynamodb', 'table/'],
  'AWS::Events::EventBus': ['events', 'event-bus/'],
  'AWS::Events::Rule': ['events', 'rule/'],
  'AWS::Lambda::Function': ['lambda', 'function:'],
  'AWS::Logs::LogGroup': ['logs', 'log-group:', ':*'],
  'AWS::SQS::Queue': ['sqs', ''],
  'AWS::StepFunctions::StateMachine': ['states', 'stateMachine:'],
};

/**
 * A template as if it were deployed: every resource has its logical id for a name where it has none of its own, and what
 * the template says in CloudFormation's functions can be read as text. What is not known here is spelled so that no ARN
 * comes of it: a permission on it is then one that nothing uses.
 */
export class Deployed {
  readonly resources: ReadonlyMap<string, Resource>;
  readonly partition: 'aws' | 'aws-cn';

  constructor(
    template: Template,
    readonly region = 'us-east-1',
  ) {
    this.resources = new Map(Object.entries(template.toJSON()['Resources'] as Record<string, Resource>));
    this.partition = region.startsWith('cn-') ? 'aws-cn' : 'aws';
  }

  ofType(type: string): readonly (readonly [id: string, properties: Readonly<Record<string, unknown>>])[] {
    return [...this.resources].flatMap(([id, { Type, Properties }]) =>
      Type === type ? [[id, this.resolve(Properties ?? {}) as Record<string, unknown>] as const] : [],
    );
  }

  arn(service: string, rest: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${ACCOUNT}:${rest}`;
  }

  /** The value with every function of CloudFormation in it carried out. */
  resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.resolve(one));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [name, given] = entries[0] ?? ['', undefined];
    if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) return this.call(name, given);
    return Object.fromEntries(entries.map(([key, one]) => [key, this.resolve(one)]));
  }

  private call(name: string, given: unknown): unknown {
    if (name === 'Ref') return this.ref(String(given));
    if (name === 'Fn::GetAtt') return this.attribute(...(given as [string, string]));
    if (name === 'Fn::Sub')
      return String(given).replaceAll(/\$\{([^}]+)\}/g, (_, id: string) => this.ref(id));
    const list = this.resolve(given) as readonly [never, never];
    switch (name) {
      case 'Fn::Join':
        return (list[1] as readonly string[]).join(list[0]);
      case 'Fn::Split':
        return (list[1] as string).split(list[0]);
      case 'Fn::Select':
        return (list[1] as readonly string[])[Number(list[0])];
      default:
        return `${name} ${JSON.stringify(list)}`;
    }
  }

  private ref(id: string): string {
    const type = this.resources.get(id)?.Type ?? '';
    if (type === 'AWS::SQS::Queue') return `https://sqs.${this.region}.amazonaws.com/${ACCOUNT}/${id}`;
    if (REFERRED_TO_BY_ARN.includes(type)) return this.attribute(id, 'Arn');
    const pseudo: Readonly<Record<string, string>> = {
      'AWS::Partition': this.partition,
      'AWS::Region': this.region,
      'AWS::AccountId': ACCOUNT,
    };
    return pseudo[id] ?? this.name(id);
  }

  private name(id: string): string {
    const { Properties = {} } = this.resources.get(id) ?? {};
    const own = [Properties['LogGroupName'], Properties['Name']].find((one) => typeof one === 'string');
    return own ?? id;
  }

  private attribute(id: string, attribute: string): string {
    const { Type, Properties = {} } = this.resources.get(id) ?? { Type: '' };
    if (attribute === 'StreamArn') return `${this.attribute(id, 'Arn')}/stream/2026-01-01T00:00:00.000`;
    if (attribute !== 'Arn') return `${id}.${attribute}`;
    const of = `function:${String(this.resolve(Properties['FunctionName']))}`;
    if (Type === 'AWS::Lambda::Alias') return `${this.arn('lambda', of)}:${this.name(id)}`;
    if (Type === 'AWS::S3::Bucket') return `arn:${this.partition}:s3:::${id}`;
    if (Type === 'AWS::IAM::Role') return `arn:${this.partition}:iam::${ACCOUNT}:role/${id}`;
    const [service, kind, rest = ''] = ARNS[Type] ?? [];
    return service === undefined ? `${id}.Arn` : this.arn(service, `${kind}${this.name(id)}${rest}`);
  }
}
