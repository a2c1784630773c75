const BEIJING_OFFSET_MS = 8 * 3_600_000;

const beijing = (ms: number): string => new Date(ms + BEIJING_OFFSET_MS).toISOString();

/** yyyyMMddHHmmss in Beijing time: how the Payscore API writes every instant. */
export function compactTime(ms: number): string {
  return beijing(ms).slice(0, 19).replace(/\D/g, '');
}

/** Whether such a text is a time: no month 13, no 30 February, no hour 24. */
export function isCompactTime(text: string): boolean {
  const [, year, month, ...rest] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text)?.map(Number) ?? [];
  if (year === undefined || month === undefined) return false;
  const ms = Date.UTC(year, month - 1, ...rest) - BEIJING_OFFSET_MS;
  // What is too large is carried over into the next larger part, and comes back as another time.
  return compactTime(ms) === text;
}

/** RFC 3339 with +08:00: how the certificate list writes its dates. */
export function rfc3339(ms: number): string {
  return `${beijing(ms).slice(0, 19)}+08:00`;
}
