import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnStage,
  DomainName,
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { NOTIFICATION_ROUTE, ROUTES } from '../lambda/routes';
import { answerFor } from './rules';
import type { Settings } from './settings';

/** One line of JSON a request: who asked what, and what came of it. No body and no header is logged. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  routeKey: '$context.routeKey',
  path: '$context.path',
  status: '$context.status',
  caller: '$context.identity.userArn',
  sourceIp: '$context.identity.sourceIp',
  responseLatencyMs: '$context.responseLatency',
  integrationLatencyMs: '$context.integrationLatency',
  integrationError: '$context.integrationErrorMessage',
  error: '$context.error.message',
} as const;

/**
 * An integration whose permission is granted once, outside. CDK would write one statement for each route into the
 * function's policy, which may have 20 KB and which the one for `$default` makes superfluous: it covers all routes.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
class PermittedIntegration extends HttpLambdaIntegration {
  protected override completeBind(): void {}
}

/** What answers the routes. */
export interface ApiFunctions {
  readonly api: IFunction;
  readonly notify: IFunction;
}

/**
 * The HTTP API. Every route, and `$default` for all that match none, asks for a request signed by an IAM identity; but
 * for the one of notifications, which is open to everybody and guarded by WeChat Pay's signature.
 */
export class CollectorApi extends Construct {
  /** Of the domain, where there is one. */
  readonly url: string;
  /** Where DNS has to point for the domain. */
  readonly domainTarget: string | undefined;

  constructor(scope: Construct, id: string, { api, notify }: ApiFunctions, settings: Settings) {
    super(scope, id);
    const httpApi = new HttpApi(this, 'HttpApi', {
      apiName: Stack.of(this).stackName,
      description: 'Collects pending WeChat Pay Payscore orders',
      createDefaultStage: false,
    });
    const integration = new PermittedIntegration('Handler', api);
    api.addPermission('Routes', {
      principal: new ServicePrincipal('apigateway.amazonaws.com'),
      sourceArn: Stack.of(this).formatArn({
        service: 'execute-api',
        resource: httpApi.apiId,
        resourceName: '*/*',
      }),
    });
    const authorizer = new HttpIamAuthorizer();
    for (const routeKey of [...ROUTES.map(parseRouteKey), HttpRouteKey.DEFAULT])
      new HttpRoute(this, routeKey.key, { httpApi, routeKey, integration, authorizer });
    const notifications = new HttpRoute(this, NOTIFICATION_ROUTE, {
      httpApi,
      routeKey: parseRouteKey(NOTIFICATION_ROUTE),
      integration: new HttpLambdaIntegration('Notify', notify),
    });
    answerFor(notifications, {
      'AwsSolutions-APIG4':
        'WeChat Pay has no identity at AWS: its signature is verified before anything else is done.',
    });
    const domain = this.domain(settings);
    this.url = domain === undefined ? httpApi.apiEndpoint : `https://${settings.domain_name}`;
    this.domainTarget = domain?.regionalDomainName;
    const stage = new HttpStage(this, 'Stage', {
      httpApi,
      stageName: '$default',
      autoDeploy: true,
      ...(domain && { domainMapping: { domainName: domain } }),
      throttle: { rateLimit: settings.throttle_rate_per_second, burstLimit: settings.throttle_burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.accessLog(settings)),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
    // A limit of its own, so that a flood on the one open route is not a flood on the others.
    (stage.node.defaultChild as CfnStage).routeSettings = {
      [NOTIFICATION_ROUTE]: {
        ThrottlingRateLimit: settings.notifications_rate_per_second,
        ThrottlingBurstLimit: settings.notifications_burst,
      },
    };
    // Settings for a route that is not there yet are refused ("Unable to find Route by key").
    stage.node.addDependency(notifications);
  }

  /** TLS 1.2 at least, as everywhere at API Gateway. The address that AWS gave stays beside it. */
  private domain({ domain_name: domainName, certificate_arn: arn }: Settings): DomainName | undefined {
    if (domainName === undefined || arn === undefined) return undefined;
    const certificate = Certificate.fromCertificateArn(this, 'Certificate', arn);
    return new DomainName(this, 'Domain', { domainName, certificate });
  }

  private accessLog(settings: Settings): LogGroup {
    return new LogGroup(this, 'AccessLog', {
      // Under this prefix log delivery does not grow the account's one resource policy, which is limited in size.
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
      logGroupName: `/aws/vendedlogs/${Stack.of(this).stackName}/access`,
      retention: settings.log_retention_days,
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}

/** `METHOD /path`, as API Gateway spells a route's key. */
export function parseRouteKey(key: string): HttpRouteKey {
  const [name, path] = key.split(' ');
  const method = Object.values(HttpMethod).find((candidate) => candidate === name);
  if (method === undefined || path === undefined) throw new Error(`'${key}' is not METHOD /path`);
  return HttpRouteKey.with(path, method);
}
