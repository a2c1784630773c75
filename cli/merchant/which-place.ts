import type { Mchid } from '../../lambda/core/ids';
import { secretPrefix, STAGE } from '../../infra/manifest';
import { UsageError } from '../../local/usage-error';
import { FilePlace } from './file-place';
import type { Place } from './place';

export interface PlaceOptions {
  readonly mchid: Mchid;
  readonly stage?: string;
  readonly region?: string;
  readonly file?: string;
}

/** @throws UsageError unless exactly one place is named */
export async function placeOf({ mchid, stage, region, file }: PlaceOptions): Promise<Place> {
  if ((stage === undefined) === (file === undefined))
    throw new UsageError(
      'name one place for the secrets: --stage STAGE (AWS Secrets Manager) or --file FILE (the local run)',
    );
  if (file !== undefined) {
    if (region !== undefined) throw new UsageError('--region goes with --stage');
    return new FilePlace(file);
  }
  if (stage === undefined || !STAGE.pattern.test(stage))
    throw new UsageError(`--stage: give the stage the stack was deployed with, ${STAGE.rule}`);
  // The SDK takes longer to load than everything else here, and a file needs none of it.
  const { SecretsManagerPlace } = await import('./secrets-manager-place');
  return new SecretsManagerPlace({
    prefix: `${secretPrefix(stage)}/${mchid}`,
    stage,
    ...(region === undefined ? {} : { region }),
  });
}
