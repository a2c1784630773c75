const BEIJING_OFFSET_MS = 8 * 3_600_000;

const beijing = (ms: number): string => new Date(ms + BEIJING_OFFSET_MS).toISOString();

/** yyyyMMddHHmmss in Beijing time: how the Payscore API writes every instant. */
export function compactTime(ms: number): string {
  return beijing(ms).slice(0, 19).replace(/\D/g, '');
}

/** RFC 3339 with +08:00: how the certificate list writes its dates. */
export function rfc3339(ms: number): string {
  return `${beijing(ms).slice(0, 19)}+08:00`;
}
