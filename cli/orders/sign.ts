import { Sha256 } from '@aws-crypto/sha256-js';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { SignatureV4, type SignatureV4Init } from '@smithy/signature-v4';
import { UsageError } from '../../local/usage-error';

interface Unsigned {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The headers to send with a request. */
export type Signer = (request: Unsigned) => Promise<Record<string, string>>;

const EXECUTE_API = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/;

/**
 * Signs for API Gateway's IAM authorisation (SigV4) with the credentials that the AWS command line would use. A
 * service on this machine asks for no signature.
 * @throws UsageError when the region is not known
 */
export function signerFor(
  url: URL,
  region: string | undefined,
  credentials: SignatureV4Init['credentials'] = defaultProvider(),
): Signer {
  if (isLoopback(url)) return ({ headers }) => Promise.resolve({ ...headers });
  const named = region ?? EXECUTE_API.exec(url.hostname)?.[1];
  if (named === undefined)
    throw new UsageError(`--region: ${url.hostname} does not name the API's region; give it`);
  const signer = new SignatureV4({ service: 'execute-api', region: named, credentials, sha256: Sha256 });
  return async ({ method, path, query, headers, body }) => {
    const { headers: signed } = await signer
      .sign({
        method,
        protocol: url.protocol,
        hostname: url.hostname,
        path,
        query: { ...query },
        headers: { ...headers, host: url.host },
        ...(body === undefined ? {} : { body }),
      })
      .catch((error: unknown) => {
        throw new UsageError(
          `The request cannot be signed (${error instanceof Error ? error.message : 'no credentials'}); log in as for the AWS command line.`,
        );
      });
    // It is sent by the connection itself, as it was signed.
    const { host: _, ...rest } = signed;
    return rest;
  };
}

export function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
