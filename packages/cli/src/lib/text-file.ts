import { CLI_ERROR_CODES, CliError, systemCodeOf } from "../errors.ts";
import type { Files, FileState } from "../files.ts";
import { quote } from "./quote.ts";

const MAX_BYTES = 4 * 1024 * 1024;

/** A file and what it is to the user, for messages: `{ path: "map.yaml", flag: "--aws-auth" }`. */
export interface NamedFile {
  readonly path: string;
  readonly flag: string;
}

/** The text of a file, and the state that it was read in. */
export interface TextFile {
  readonly text: string;
  readonly state: FileState;
}

/**
 * Reads a text file of the user's. A byte order mark is dropped; bytes that are not UTF-8 become U+FFFD, which a reader
 * of the format can name by its line.
 *
 * @throws CliError naming flag, path, state and what to do: missing, a directory, unreadable, too large, empty, binary.
 */
export async function readTextFile(file: NamedFile, files: Files): Promise<TextFile> {
  const { state, bytes } = await readBounded(file, files);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) throw notText(file, "is UTF-16 text");
  if (bytes[0] === 0xfe && bytes[1] === 0xff) throw notText(file, "is UTF-16 text");
  const zero = bytes.indexOf(0);
  if (zero !== -1) throw notText(file, `is not text: byte ${zero + 1} is NUL`);
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === "") {
    throw new CliError(CLI_ERROR_CODES.invalidFile, `reading ${file.flag} ${quote(file.path)}: the file is empty`, {
      hint: `write what ${file.flag} expects into it, or name another file`,
    });
  }
  return { text, state };
}

async function readBounded(file: NamedFile, files: Files): Promise<{ state: FileState; bytes: Uint8Array }> {
  try {
    const state = await files.stat(file.path);
    if (state.kind !== "file") throw notAFile(file, state);
    if (state.sizeBytes > MAX_BYTES) throw tooLarge(file, state.sizeBytes);
    const bytes = await files.read(file.path);
    // The file may have grown since.
    if (bytes.length > MAX_BYTES) throw tooLarge(file, bytes.length);
    return { state, bytes };
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw unreadable(file, error);
  }
}

const STATES: ReadonlyMap<string, readonly [state: string, hint: string]> = new Map([
  ["ENOENT", ["there is no such file", "correct the path, or make the file"]],
  ["ENOTDIR", ["a part of the path is no directory", "correct the path"]],
  ["EACCES", ["permission denied", "let this user read it (chmod, chown), or run as one who may"]],
  ["EPERM", ["permission denied", "let this user read it (chmod, chown), or run as one who may"]],
  ["ELOOP", ["its symbolic links go in a circle", "correct the links"]],
  ["ENAMETOOLONG", ["the path is too long", "correct the path"]],
]);

function unreadable({ flag, path }: NamedFile, cause: unknown): CliError {
  const code = systemCodeOf(cause);
  const [state, hint] = STATES.get(code ?? "") ?? [`it cannot be read (${code ?? "unknown error"})`, "check the file"];
  return new CliError(CLI_ERROR_CODES.unreadableFile, `reading ${flag} ${quote(path)}: ${state}`, { hint, cause });
}

function notAFile({ flag, path }: NamedFile, { kind }: FileState): CliError {
  const state = kind === "directory" ? "is a directory" : "is not a regular file";
  return new CliError(CLI_ERROR_CODES.unreadableFile, `reading ${flag} ${quote(path)}: ${state}`, {
    hint: kind === "directory" ? "name the file in it" : "save it as a file: it may have to be read again",
  });
}

function tooLarge({ flag, path }: NamedFile, sizeBytes: number): CliError {
  const message = `reading ${flag} ${quote(path)}: it has ${sizeBytes} bytes, at most ${MAX_BYTES} are read`;
  return new CliError(CLI_ERROR_CODES.invalidFile, message, { hint: "check that this is the file you mean" });
}

function notText({ flag, path }: NamedFile, state: string): CliError {
  return new CliError(CLI_ERROR_CODES.invalidFile, `reading ${flag} ${quote(path)}: ${state}`, {
    hint: "save it as UTF-8 text, or name another file",
  });
}
