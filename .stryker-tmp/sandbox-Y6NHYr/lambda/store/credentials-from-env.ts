import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Stands for the SDK's default chain of credentials in the bundles: Lambda hands credentials to a function in its
 * environment, and nowhere else, so the clients for SSO, STS and the rest, a quarter of the SDK's code, stay out.
 */
export const defaultProvider = fromEnv;
