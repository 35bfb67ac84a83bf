import { type StsError, validationErrors } from "./sts-error.ts";

// Constraints as botocore's public model of STS (2011-06-15) has them, and violations as AWS words them.

/** What a text parameter has to be. */
export interface TextConstraint {
  readonly min?: number;
  readonly max?: number;
  /** As the model writes it, for the message. */
  readonly pattern?: string;
  /** The same, anchored. */
  readonly form?: RegExp;
  /** Whether it must not be repeated in a message. */
  readonly secret?: boolean;
}

/** What a number has to be. */
export interface NumberConstraint {
  readonly min: number;
  readonly max: number;
}

/** The parameters of a request, and what was found wrong with them. */
export class CheckedParameters {
  readonly #values: ReadonlyMap<string, string>;
  readonly #violations: string[] = [];
  #malformed: StsError | undefined;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /** The first thing that is wrong, as AWS tells it; undefined where nothing is. */
  get error(): StsError | undefined {
    return this.#malformed ?? (this.#violations.length === 0 ? undefined : validationErrors(this.#violations));
  }

  /** A text that must be there; empty where {@link error} tells that it is not. */
  required(name: string, constraint: TextConstraint): string {
    const text = this.#values.get(name);
    // AWS takes an empty value for none.
    if (text === undefined || text === "") {
      this.#violations.push(`Value null at '${pathOf(name)}' failed to satisfy constraint: Member must not be null`);
      return "";
    }
    return this.#checked(name, text, constraint);
  }

  /** A text that must be there, and may be empty. */
  present(name: string, constraint: TextConstraint): string {
    const text = this.#values.get(name);
    return text === undefined ? this.required(name, constraint) : this.#checked(name, text, constraint);
  }

  optional(name: string, constraint: TextConstraint): string | undefined {
    const text = this.#values.get(name);
    return text === undefined || text === "" ? undefined : this.#checked(name, text, constraint);
  }

  optionalNumber(name: string, { min, max }: NumberConstraint): number | undefined {
    const text = this.#values.get(name);
    if (text === undefined || text === "") return undefined;
    if (!/^-?\d{1,9}$/.test(text)) {
      this.#malformed ??= { status: 400, code: "MalformedInput", message: `${name} is not an integer` };
      return undefined;
    }
    const number = Number(text);
    if (number < min) this.#violate(name, text, `Member must have value greater than or equal to ${min}`);
    if (number > max) this.#violate(name, text, `Member must have value less than or equal to ${max}`);
    return number;
  }

  /** The texts of `Name.member.1`, `Name.member.2`, … in their order. */
  list(name: string, constraint: TextConstraint, { suffix = "", max }: ListOptions = {}): readonly string[] {
    const texts: string[] = [];
    for (let number = 1; ; number++) {
      const member = `${name}.member.${number}${suffix}`;
      const text = this.#values.get(member);
      if (text === undefined) break;
      texts.push(this.#checked(member, text, constraint));
    }
    if (max !== undefined && texts.length > max) {
      this.#violate(name, `[${texts.length} members]`, `Member must have length less than or equal to ${max}`);
    }
    return texts;
  }

  /** `Name.member.1`, `Name.member.2`, … of a list of structures, as far as one of their fields is there. */
  members(name: string, max: number): readonly string[] {
    const members: string[] = [];
    for (;;) {
      const member = `${name}.member.${members.length + 1}`;
      if (![...this.#values.keys()].some((key) => key.startsWith(`${member}.`))) break;
      members.push(member);
    }
    if (members.length > max) {
      this.#violate(name, `[${members.length} members]`, `Member must have length less than or equal to ${max}`);
    }
    return members.slice(0, max);
  }

  #checked(name: string, text: string, { min, max, pattern, form, secret }: TextConstraint): string {
    const shown = secret === true ? "***" : text;
    if (form !== undefined && !form.test(text)) {
      this.#violate(name, shown, `Member must satisfy regular expression pattern: ${pattern ?? form.source}`);
    }
    if (min !== undefined && text.length < min) {
      this.#violate(name, shown, `Member must have length greater than or equal to ${min}`);
    }
    if (max !== undefined && text.length > max) {
      this.#violate(name, shown, `Member must have length less than or equal to ${max}`);
    }
    return text;
  }

  #violate(name: string, text: string, must: string): void {
    const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
    this.#violations.push(`Value '${shown}' at '${pathOf(name)}' failed to satisfy constraint: ${must}`);
  }
}

/** How the members of a list are spelt. */
export interface ListOptions {
  /** What follows the number, for a list of structures: `.Key`. */
  readonly suffix?: string;
  readonly max?: number;
}

const MAX_SHOWN = 256;

/** `Tags.member.1.Key` → `tags.1.member.key`, as AWS's messages name it. */
function pathOf(name: string): string {
  return name
    .replace(/\.member\.(\d+)/g, ".$1.member")
    .split(".")
    .map((part) => part.charAt(0).toLowerCase() + part.slice(1))
    .join(".");
}

const SESSION_NAME_FORM = { pattern: String.raw`[\w+=,.@-]*`, form: /^[\w+=,.@-]*$/ };

export const ARN: TextConstraint = {
  min: 20,
  max: 2048,
  pattern: String.raw`[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+`,
  form: /^[\t\n\r\u{20}-\u{7e}\u{85}\u{a0}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]+$/u,
};
export const ROLE_SESSION_NAME: TextConstraint = { min: 2, max: 64, ...SESSION_NAME_FORM };
export const SOURCE_IDENTITY: TextConstraint = { min: 2, max: 64, ...SESSION_NAME_FORM };
export const FEDERATED_USER_NAME: TextConstraint = { min: 2, max: 32, ...SESSION_NAME_FORM };
export const EXTERNAL_ID: TextConstraint = {
  min: 2,
  max: 1224,
  pattern: String.raw`[\w+=,.@:\/-]*`,
  form: /^[\w+=,.@:/-]*$/,
};
export const SERIAL_NUMBER: TextConstraint = {
  min: 9,
  max: 256,
  pattern: String.raw`[\w+=/:,.@-]*`,
  form: /^[\w+=/:,.@-]*$/,
};
export const TOKEN_CODE: TextConstraint = { min: 6, max: 6, pattern: String.raw`[\d]*`, form: /^\d*$/, secret: true };
/** The model leaves AssumeRole's without a maximum, and the text says 2,048 for it too. */
export const SESSION_POLICY: TextConstraint = {
  min: 1,
  max: 2048,
  pattern: String.raw`[\u0009\u000A\u000D\u0020-\u00FF]+`,
  form: /^[\t\n\r\u{20}-\u{ff}]+$/u,
};
const TAG_PATTERN = String.raw`[\p{L}\p{Z}\p{N}_.:/=+\-@]`;
export const TAG_KEY: TextConstraint = {
  min: 1,
  max: 128,
  pattern: `${TAG_PATTERN}+`,
  form: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u,
};
export const TAG_VALUE: TextConstraint = {
  max: 256,
  pattern: `${TAG_PATTERN}*`,
  form: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u,
};
export const WEB_IDENTITY_TOKEN: TextConstraint = { min: 4, max: 20_000, secret: true };
export const PROVIDER_ID: TextConstraint = { min: 4, max: 2048 };
export const ACCESS_KEY_ID: TextConstraint = { min: 16, max: 128, pattern: String.raw`[\w]*`, form: /^\w*$/ };
export const ROLE_DURATION: NumberConstraint = { min: 900, max: 43_200 };
export const USER_DURATION: NumberConstraint = { min: 900, max: 129_600 };
export const MINIMUM_TOKEN_SIZE: NumberConstraint = { min: 0, max: 4096 };
