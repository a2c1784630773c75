import type { APIGatewayProxyEventV2, APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';

type Context = APIGatewayProxyEventV2['requestContext'];
type IamAuthorizer = APIGatewayProxyEventV2WithIAMAuthorizer['requestContext']['authorizer'];

/** A person's token, once API Gateway has verified it. The gateway makes text of most values, arrays too. */
export interface JwtAuthorizer {
  readonly jwt: {
    readonly claims: Readonly<Record<string, unknown>>;
    readonly scopes?: readonly string[] | null;
  };
}

/** An event of API Gateway (HTTP API, payload 2.0): a machine's, signed by an IAM identity, or a signed-in person's. */
export interface ApiEvent extends Omit<APIGatewayProxyEventV2, 'requestContext'> {
  readonly requestContext: Context & { readonly authorizer?: Partial<IamAuthorizer & JwtAuthorizer> };
}
