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
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { CONSOLE_ROUTES, NOTIFICATION_ROUTE, PAGE_ROUTES, ROUTES } from '../lambda/routes';
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
  person: '$context.authorizer.claims.sub',
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

/** Of each route to files, requests a second: a page has a handful, and browsers keep most of them. */
const PAGE_LIMITS = { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 };

/** What answers the routes. */
export interface ApiFunctions {
  readonly api: IFunction;
  readonly notify: IFunction;
  /** Absent: there is no page. */
  readonly page?: IFunction;
}

/**
 * The HTTP API. Every route, and `$default` for all that match none, asks for a request signed by an IAM identity; but
 * for the one of notifications, which is open to everybody and guarded by WeChat Pay's signature. With the page come its
 * files, which are open too, and the twins of all routes, which ask for a token.
 */
export class CollectorApi extends Construct {
  /** Of the domain, where there is one. */
  readonly url: string;
  /** Where DNS has to point for the domain. */
  readonly domainTarget: string | undefined;

  constructor(scope: Construct, id: string, { api, notify, page }: ApiFunctions, settings: Settings) {
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
    const files = page === undefined ? [] : this.forPeople(httpApi, integration, page, settings);
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
      ...Object.fromEntries(files.map(({ routeKey }) => [routeKey, PAGE_LIMITS])),
    };
    // Settings for a route that is not there yet are refused ("Unable to find Route by key").
    stage.node.addDependency(notifications, ...files.map(({ route }) => route));
  }

  /** Every route once more, for whoever has a token; and the files of the page for everybody. */
  private forPeople(
    httpApi: HttpApi,
    integration: HttpLambdaIntegration,
    page: IFunction,
    { oidc_issuer: issuer = '', oidc_client_id: client = '', oidc_audience: audience = client }: Settings,
  ) {
    const authorizer = new HttpJwtAuthorizer('People', issuer, { jwtAudience: [audience] });
    for (const routeKey of CONSOLE_ROUTES.map(parseRouteKey))
      new HttpRoute(this, routeKey.key, { httpApi, routeKey, integration, authorizer });
    const files = new HttpLambdaIntegration('Page', page);
    return PAGE_ROUTES.map((key) => {
      const route = new HttpRoute(this, key, { httpApi, routeKey: parseRouteKey(key), integration: files });
      answerFor(route, {
        'AwsSolutions-APIG4':
          'There is nothing secret in the files of the page; whoever signs in has them first.',
      });
      return { routeKey: key, route };
    });
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
