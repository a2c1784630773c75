import type { WatchedKey } from './watch-keys.cjs';

/** A piece of a secret, in one of the spellings in which a log could have it. */
interface Piece {
  readonly text: string;
  /** Whether upper and lower case are the same, as in hexadecimal. */
  readonly anyCase: boolean;
  readonly of: string;
}

/** 21 bytes are 28 characters of base64 without padding. */
const BASE64_BYTES = 21;
const HEX_BYTES = 16;
const DECIMAL_BYTES = 12;

/** Key material of any origin: as it begins in PEM, and in DER, which begins alike for every RSA key. */
const SHAPES: readonly (readonly [string, RegExp])[] = [
  ['a private key as PEM', /BEGIN(?:RSA|EC|ENCRYPTED)?PRIVATEKEY\+{5}[A-Za-z0-9+/]{40}/],
  ['a private key as DER', /MII[A-Z][A-Za-z0-9+/]{2,3}IB(?:ADANBgkqhkiG9w0BAQEFAASC|AAKC)[A-Za-z0-9+/]{20}/],
];

/** What of these keys a text must not hold. Short ones have no pieces, and are no keys. */
export function piecesOf(keys: readonly WatchedKey[]): readonly Piece[] {
  return keys.flatMap(({ name, hex }) => {
    const bytes = Buffer.from(hex, 'hex');
    if (bytes.length < BASE64_BYTES + 2) return [];
    // A leak in part is a leak: of long numbers a piece of the beginning, and one of the middle.
    const starts = bytes.length > 64 ? [8, bytes.length >> 1] : [0];
    return starts.flatMap((start) => piecesAt(bytes, start, name));
  });
}

function piecesAt(bytes: Buffer, start: number, name: string): readonly Piece[] {
  const part = (length: number, from = start) => bytes.subarray(from, from + length);
  return [
    // Where in a block of three bytes a number begins depends on what stands before it: one of three fits.
    ...[0, 1, 2].map((shift) => ({
      text: part(BASE64_BYTES, start + shift).toString('base64'),
      anyCase: false,
      of: `${name}, in base64`,
    })),
    { text: part(HEX_BYTES).toString('hex'), anyCase: true, of: `${name}, in hexadecimal` },
    { text: [...part(DECIMAL_BYTES)].join(','), anyCase: false, of: `${name}, byte by byte` },
    { text: withoutBreaks(part(BASE64_BYTES).toString('latin1')), anyCase: false, of: `${name}, as it is` },
  ];
}

/** What is found in `text` of these pieces, and of keys that nobody has told of. */
export function keysIn(text: string, pieces: readonly Piece[]): readonly string[] {
  const plain = withoutBreaks(text);
  const lower = plain.toLowerCase();
  const found = pieces.filter((piece) => (piece.anyCase ? lower : plain).includes(piece.text));
  const shapes = SHAPES.filter(([, shape]) => shape.test(plain));
  return [...new Set([...found.map(({ of }) => of), ...shapes.map(([of]) => of)])];
}

/** Without what a log, JSON in JSON or an address puts between or in place of characters; base64url becomes base64. */
function withoutBreaks(text: string): string {
  return text
    .replaceAll(/\\+[nrt]|\s+/g, '')
    .replaceAll(/%2B/gi, '+')
    .replaceAll(/%2F/gi, '/')
    .replaceAll('-', '+')
    .replaceAll('_', '/');
}

/** The line with nothing in it that could be a key, to show where it was. */
export function masked(line: string): string {
  return line
    .replaceAll(/(?:\d{1,3},\s*){4,}\d*/g, '…')
    .replaceAll(/(?:[0-9a-f]{2}\s){4,}/gi, '…')
    .replaceAll(/[^\s"'`{}[\](),:;=]{12,}/g, '…')
    .slice(0, 200);
}
