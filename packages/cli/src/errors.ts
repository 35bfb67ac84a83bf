/** What can go wrong in a command; each code has an entry in docs/errors.md. */
export const CLI_ERROR_CODES = {
  usage: "usage",
  noCredentials: "no-credentials",
  notAToken: "not-a-token",
  unreadableFile: "unreadable-file",
  invalidFile: "invalid-file",
  addressUnavailable: "address-unavailable",
  stateDirUnusable: "state-dir-unusable",
  invalidCertificate: "invalid-certificate",
  unexpected: "unexpected",
} as const;

/** A code of {@link CLI_ERROR_CODES}. */
export type CliErrorCode = (typeof CLI_ERROR_CODES)[keyof typeof CLI_ERROR_CODES];

/** What a command ends with when it cannot do its work: one line that says so, and one that says what to do next. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;
  readonly hint: string;

  /**
   * @param code - which kind of trouble.
   * @param message - `action "quoted value": state`, in one line.
   * @param options - `hint`: what to do next, in one line; `cause`: the error behind it, never printed.
   */
  constructor(code: CliErrorCode, message: string, options: { readonly hint: string; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }

  /** 2 for a command line that is wrong, 1 for everything else. */
  get exitCode(): 1 | 2 {
    return this.code === CLI_ERROR_CODES.usage ? 2 : 1;
  }
}

/** A command line that is wrong. */
export function usageError(message: string, hint: string): CliError {
  return new CliError(CLI_ERROR_CODES.usage, message, { hint });
}

/** Any thrown value as a {@link CliError}; what no command foresaw becomes `unexpected`. */
export function toCliError(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown;
  const code = systemCodeOf(thrown);
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : typeof thrown;
  return new CliError(
    CLI_ERROR_CODES.unexpected,
    `unexpected failure: ${code === undefined ? message : `${code}: ${message}`}`,
    {
      hint: "this is a defect of iamgate: please report it with the command line and the output of `iamgate --version`",
      cause: thrown,
    },
  );
}

/** `ENOENT` and the like, where the error is one of the operating system. */
export function systemCodeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" && /^E[A-Z0-9]+$/.test(thrown.code) ? thrown.code : undefined;
}
