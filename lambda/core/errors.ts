/**
 * What can go wrong outside the expected outcomes of a call. `code` is the contract; the message says what is
 * wrong and what to do, and never carries key material.
 */
export const ERROR_CODES = {
  /** A request was built that must not be sent: a path variable is missing, an option is out of range. */
  REQUEST_INVALID: 'REQUEST_INVALID',
  /** The request surely never left this machine; it may be sent again. */
  NOT_SENT: 'NOT_SENT',
  /** The request may have left and no whole answer came back: the outcome is unknown, ask by query. */
  NO_ANSWER: 'NO_ANSWER',
  /** A 2xx answer came back whose signature does not prove that WeChat Pay sent it: the outcome is unknown. */
  ANSWER_UNVERIFIED: 'ANSWER_UNVERIFIED',
  /** A key, certificate or serial cannot be used as given. */
  KEY_INVALID: 'KEY_INVALID',
  /** A ciphertext does not decrypt under the APIv3 key: altered, or encrypted under another key. */
  DECRYPTION_FAILED: 'DECRYPTION_FAILED',
  /** A list of platform certificates was not given, is not WeChat Pay's, or cannot be read. */
  CERTIFICATES_INVALID: 'CERTIFICATES_INVALID',
  /** No secrets exist for this merchant number. */
  MERCHANT_UNKNOWN: 'MERCHANT_UNKNOWN',
  /** A secret exists and cannot be used, or is refused to this function; `data.faults` lists every reason. */
  SECRET_INVALID: 'SECRET_INVALID',
  /** Secrets Manager did not answer. */
  SECRETS_UNAVAILABLE: 'SECRETS_UNAVAILABLE',
  /** DynamoDB did not answer, or refused this function. */
  LEDGER_UNAVAILABLE: 'LEDGER_UNAVAILABLE',
  /** A ledger row was written by a newer release; this one must not claim it. */
  LEDGER_ROW_NEWER: 'LEDGER_ROW_NEWER',
  /** The table is a copy of another one, and nobody has said yet what it knows nothing of. */
  LEDGER_RESTORED: 'LEDGER_RESTORED',
  /** The cursor of a list was not given with a page of that very list; begin again without it. */
  CURSOR_INVALID: 'CURSOR_INVALID',
  /** An environment variable is missing or malformed; `data.faults` lists every one. */
  CONFIG_INVALID: 'CONFIG_INVALID',
  /** An event handed to a function is not what it takes; `data.faults` lists every reason. */
  INPUT_INVALID: 'INPUT_INVALID',
  /** A sweep could not finish every order it was given; `data` counts them. */
  SWEEP_INCOMPLETE: 'SWEEP_INCOMPLETE',
  /** Rows of an import were left, through no fault of theirs; given again they are taken up. */
  IMPORT_INCOMPLETE: 'IMPORT_INCOMPLETE',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

export class PayscoreError extends Error {
  override readonly name = 'PayscoreError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly data: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

export function isPayscoreError(error: unknown, ...codes: ErrorCode[]): error is PayscoreError {
  return error instanceof PayscoreError && (codes.length === 0 || codes.includes(error.code));
}
