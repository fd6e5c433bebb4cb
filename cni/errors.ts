/** CNI error codes (SPEC.md, section 5). 100 and above belong to plugins. */
export const ErrorCode = {
  incompatibleVersion: 1,
  unsupportedField: 2,
  unknownContainer: 3,
  invalidEnvironment: 4,
  ioFailure: 5,
  decodingFailure: 6,
  invalidConfig: 7,
  invalidNetns: 8,
  tryAgainLater: 11,
  notReady: 50,
  limitedConnectivity: 51,
  /** Anything without a better code; the number that Go's libcni uses too. */
  internal: 999,
} as const;

/** An error as the protocol knows it: it becomes the one JSON object on stdout. `msg` reads `verb thing: cause`. */
export class CniError extends Error {
  override readonly name = 'CniError';
  readonly code: number;
  readonly details: string | undefined;

  constructor(code: number, msg: string, details?: string) {
    super(msg);
    this.code = code;
    this.details = details;
  }
}

/** Any thrown value as a CniError. */
export function toCniError(error: unknown): CniError {
  if (error instanceof CniError) return error;
  const message = error instanceof Error || hasMessage(error) ? error.message : String(error);
  return new CniError(ErrorCode.internal, message);
}

function hasMessage(error: unknown): error is { message: string } {
  return typeof (error as { message?: unknown } | undefined)?.message === 'string';
}

/** The error, its `details` telling also what went wrong while cleaning up after it. */
export function withLaterErrors(error: unknown, later: readonly unknown[]): CniError {
  const first = toCniError(error);
  if (later.length === 0) return first;
  const told = later
    .map((failure) => toCniError(failure).message)
    .filter((message) => message !== first.message)
    .map((message) => `cleaning up: ${message}`);
  if (told.length === 0) return first;
  return new CniError(first.code, first.message, [first.details, ...told].filter(Boolean).join('; '));
}
