/** Beijing has kept one offset all the year since 1991. */
const BEIJING_MS = 8 * 3_600_000;
export const ZONE = 'UTC+8';

function shifted(instant: string | number): string {
  const ms = typeof instant === 'number' ? instant : Date.parse(instant);
  return new Date(ms + BEIJING_MS).toISOString();
}

/** `2026-11-30 10:42` in Beijing. */
export function minute(instant: string | number): string {
  return shifted(instant).slice(0, 16).replace('T', ' ');
}

/** `2026-11-30 10:42:07` in Beijing. */
export function second(instant: string | number): string {
  return shifted(instant).slice(0, 19).replace('T', ' ');
}

/** `2026-11-30` in Beijing. */
export function day(instant: string | number): string {
  return shifted(instant).slice(0, 10);
}

/** What an `<input type="datetime-local">` holds of this instant, in Beijing. */
export function inputOf(instant: string | number): string {
  return shifted(instant).slice(0, 16);
}

/** What such an input holds, meant in Beijing, as RFC 3339; undefined: nothing was chosen. */
export function instantOf(input: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?$/.test(input)) return undefined;
  const ms = Date.parse(`${input}Z`) - BEIJING_MS;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
