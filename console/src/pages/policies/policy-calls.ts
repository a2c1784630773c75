import { call, type Api } from '../../api/client';
import type { Result } from '../../api/result';
import type { PolicyChanged, PolicyLayer, PolicyView } from '../../api/types';

export interface PolicyLevel {
  readonly mchid: string;
  readonly sub_mchid?: string;
  readonly service_id?: string;
}

const MERCHANT = '/v1/merchants/{mchid}/policies';
const SUB_MERCHANT = '/v1/merchants/{mchid}/policies/{sub_mchid}';
const SERVICE = '/v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}';

export async function showPolicy(
  api: Api,
  level: PolicyLevel,
  leaving: AbortSignal,
): Promise<Result<PolicyView>> {
  const { mchid, sub_mchid, service_id } = level;
  return call<PolicyView>(async (signal) => {
    if (sub_mchid === undefined) return api.GET(MERCHANT, { params: { path: { mchid } }, signal });
    if (service_id === undefined)
      return api.GET(SUB_MERCHANT, { params: { path: { mchid, sub_mchid } }, signal });
    return api.GET(SERVICE, { params: { path: { mchid, sub_mchid, service_id } }, signal });
  }, leaving);
}

export interface Change {
  /** What the level is to say; `null`: nothing any more. */
  readonly layer: PolicyLayer | null;
  /** The version that was changed: somebody else's change meanwhile is not written over. */
  readonly version: number;
  readonly dryRun: boolean;
}

export async function changePolicy(
  api: Api,
  level: PolicyLevel,
  change: Change,
): Promise<Result<PolicyChanged>> {
  const { mchid, sub_mchid, service_id } = level;
  const { layer, version, dryRun } = change;
  const query = { version, ...(dryRun ? { dry_run: 'true' as const } : {}) };
  return call<PolicyChanged>(async (signal) => {
    if (sub_mchid === undefined) {
      const params = { path: { mchid }, query };
      return layer === null
        ? api.DELETE(MERCHANT, { params, signal })
        : api.PUT(MERCHANT, { params, body: layer, signal });
    }
    if (service_id === undefined) {
      const params = { path: { mchid, sub_mchid }, query };
      return layer === null
        ? api.DELETE(SUB_MERCHANT, { params, signal })
        : api.PUT(SUB_MERCHANT, { params, body: layer, signal });
    }
    const params = { path: { mchid, sub_mchid, service_id }, query };
    return layer === null
      ? api.DELETE(SERVICE, { params, signal })
      : api.PUT(SERVICE, { params, body: layer, signal });
  });
}
