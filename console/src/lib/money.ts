/** Whole fen as ¥, by whole numbers only: a float never holds money. Thousands are parted by commas in both languages. */
export function yuan(fen: number): string {
  if (!Number.isSafeInteger(fen)) throw new RangeError('money is a whole number of fen');
  const digits = String(Math.abs(fen)).padStart(3, '0');
  const whole = digits.slice(0, -2).replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return `${fen < 0 ? '−' : ''}¥${whole}.${digits.slice(-2)}`;
}

/** What a person wrote as an amount in ¥ (`12`, `12.5`, `1,234.50`, `¥3`), as fen; undefined: it is none. */
export function fenOf(text: string): number | undefined {
  const bare = text
    .trim()
    .replace(/^[¥￥]\s*/, '')
    .replaceAll(/[,，](?=\d{3}(?:\D|$))/g, '');
  const [, whole, cents = ''] = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(bare) ?? [];
  if (whole === undefined) return undefined;
  return Number(`${whole}${cents.padEnd(2, '0')}`);
}

/** A whole number, its thousands parted. */
export function counted(number: number): string {
  return String(number).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** Part of a whole in per cent, rounded down to a tenth: 100 % is only said of all. `null`: of nothing. */
export function percent(part: number, whole: number): string | null {
  if (whole === 0) return null;
  // Of money in fen the product may be larger than a number holds exactly.
  const tenths = (BigInt(part) * 1000n) / BigInt(whole);
  return `${tenths / 10n}.${tenths % 10n} %`;
}
