import { UsageError } from '../../local/usage-error';
import { PARTS, type Part, type Place, type Texts } from './place';
import { spell, type MerchantSecrets } from './secrets';

export type Fate = 'created' | 'replaced' | 'unchanged' | 'would be created' | 'would be replaced';

export interface SaveOptions {
  /** Whether what exists with other content may be replaced. */
  readonly replace: boolean;
  readonly dryRun: boolean;
}

/**
 * Writes the secrets that are not what they should be already; so a command that was cut off in the middle is finished
 * by giving it again.
 * @throws UsageError before anything is written when something would be replaced unasked; else with what stands
 */
export async function save(
  place: Place,
  before: Texts,
  secrets: MerchantSecrets,
  { replace, dryRun }: SaveOptions,
): Promise<ReadonlyMap<string, Fate>> {
  const wanted = { signing: spell(secrets.signing), verify: spell(secrets.verify) };
  const changed = PARTS.filter(
    (part) => before[part] !== wanted[part] && !sameJson(before[part], wanted[part]),
  );
  const standing = changed.filter((part) => before[part] !== undefined);
  if (standing.length > 0 && !replace)
    throw new UsageError(
      `${standing.map((part) => place.nameOf(part)).join(' and ')} exist${standing.length === 1 ? 's' : ''} already with other content; nothing was written. "rotate" puts a new certificate beside the old one; --replace puts these keys in place of what is there`,
    );
  const stands: Part[] = [];
  if (!dryRun && changed.length > 0) {
    const changes = Object.fromEntries(changed.map((part) => [part, wanted[part]]));
    try {
      await place.write(changes, before, (part) => void stands.push(part));
    } catch (error) {
      throw error instanceof UsageError ? halfDone(error, place, changed, stands) : error;
    }
  }
  return new Map(PARTS.map((part) => [place.nameOf(part), fate(part)]));

  function fate(part: Part): Fate {
    if (!changed.includes(part)) return 'unchanged';
    const done = before[part] === undefined ? 'created' : 'replaced';
    return dryRun ? `would be ${done}` : done;
  }
}

export function renderFates(fates: ReadonlyMap<string, Fate>): string {
  return [...fates].map(([name, fate]) => `  ${fate.padEnd(14)}  ${name}`).join('\n');
}

function halfDone(
  error: UsageError,
  place: Place,
  changed: readonly Part[],
  stands: readonly Part[],
): UsageError {
  if (stands.length === 0) return new UsageError(`${error.message}\nNothing was written.`);
  const names = (parts: readonly Part[]) => parts.map((part) => place.nameOf(part)).join(', ');
  const missing = changed.filter((part) => !stands.includes(part));
  return new UsageError(
    `${error.message}\nHalf of it stands: ${names(stands)} is written, ${names(missing)} is not. Put the cause right and give the same command again; it writes only what is missing.`,
  );
}

/** The order of keys counts: the first public key is the one that WeChat Pay is asked to sign with. */
function sameJson(before: string | undefined, wanted: string): boolean {
  if (before === undefined) return false;
  try {
    return JSON.stringify(JSON.parse(before)) === wanted;
  } catch {
    // What is not JSON is certainly not the same; whether it may be replaced is decided by the caller.
    return false;
  }
}
