import { LOCAL_AWS, LOCAL_REGION } from '../../local/aws/identity';
import type { LocalSecretsManager } from '../../local/aws/secrets-manager';
import { MERCHANT_KEY, signingSecret, verifySecret } from './keys';

export const TABLE = 'ledger';
export const PREFIX = 'payscore-collector/test';

/** The variables of the functions in a world, and where its parts are. */
export function environmentWith(more: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return {
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: LOCAL_AWS.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_AWS.credentials.secretAccessKey,
    TABLE_NAME: TABLE,
    CALLS_PER_SECOND_MAX: '50',
    SWEEP_ORDERS_MAX: '3000',
    SWEEP_EVERY_MINUTES: '1',
    SECRET_PREFIX: PREFIX,
    POWERTOOLS_SERVICE_NAME: 'test',
    POWERTOOLS_METRICS_DISABLED: 'true',
    ...more,
  };
}

export function putSecrets(secrets: LocalSecretsManager, mchid: string, key = MERCHANT_KEY): void {
  secrets.put(`${PREFIX}/${mchid}/signing`, JSON.stringify(signingSecret(mchid, key)));
  secrets.put(`${PREFIX}/${mchid}/verify`, JSON.stringify(verifySecret(mchid)));
}
