import type { TextForm } from "../lib/yaml-reader.ts";

// The limits are those of https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html.

const NAME_CHARACTERS = "letters, digits and _+=,.@-";

/** Of users and roles. */
export const NAME: TextForm = { form: /^[\w+=,.@-]{1,64}$/, expected: `1 to 64 of ${NAME_CHARACTERS}` };
/** Of groups and policies. */
export const LONG_NAME: TextForm = { form: /^[\w+=,.@-]{1,128}$/, expected: `1 to 128 of ${NAME_CHARACTERS}` };
export const SESSION_NAME: TextForm = { form: /^[\w+=,.@-]{2,64}$/, expected: `2 to 64 of ${NAME_CHARACTERS}` };
export const FEDERATED_NAME: TextForm = { form: /^[\w+=,.@-]{2,32}$/, expected: `2 to 32 of ${NAME_CHARACTERS}` };
export const PATH: TextForm = {
  form: /^(?=.{1,512}$)\/(?:[!-.0-~]+\/)*$/,
  expected: "a path that begins and ends with a slash, such as / or /team/",
};
export const ACCOUNT_ID: TextForm = { form: /^\d{12}$/, expected: "12 digits" };
export const USER_ID: TextForm = {
  form: /^AIDA[A-Z0-9]{12,124}$/,
  expected: "AIDA and 12 to 124 capital letters or digits",
};
export const ROLE_ID: TextForm = {
  form: /^AROA[A-Z0-9]{12,124}$/,
  expected: "AROA and 12 to 124 capital letters or digits",
};
// Key ids are no secrets, but whoever swaps id and secret would find the secret quoted.
export const LONG_TERM_KEY_ID: TextForm = {
  form: /^AKIA[A-Z0-9]{12,124}$/,
  expected: "AKIA and 12 to 124 capital letters or digits",
  secret: true,
};
export const TEMPORARY_KEY_ID: TextForm = {
  form: /^ASIA[A-Z0-9]{12,124}$/,
  expected: "ASIA and 12 to 124 capital letters or digits",
  secret: true,
};
export const SECRET: TextForm = {
  form: /^[!-~]{8,128}$/,
  expected: "8 to 128 printable ASCII characters",
  secret: true,
};
export const SESSION_TOKEN: TextForm = {
  form: /^[!-~]{8,8192}$/,
  expected: "8 to 8192 printable ASCII characters",
  secret: true,
};
export const FLAG: TextForm = { form: /^(?:true|false)$/, expected: "true or false" };
export const MOMENT: TextForm = {
  form: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/,
  expected: "a moment such as 2030-01-31T12:00:00Z",
};
export const MAX_SESSION_DURATION: TextForm = {
  form: /^(?:3[6-9]\d\d|[4-9]\d{3}|[1-3]\d{4}|4[0-2]\d{3}|43[01]\d\d|43200)$/,
  expected: "3600 to 43200 seconds",
};
/** RFC 4648 base32, at least the 128 bits that RFC 4226 wants; without padding, as AWS shows it. */
export const MFA_SEED: TextForm = {
  form: /^[A-Z2-7]{26,128}$/,
  expected: "26 to 128 of A to Z and 2 to 7 (base32 without padding)",
  secret: true,
};
export const MFA_SERIAL: TextForm = {
  form: /^[\w+=/:,.@-]{9,256}$/,
  expected: "9 to 256 of letters, digits and _+=/:,.@-",
};
/** An issuer as a token names it; a provider's ARN is made of what follows `https://`. */
export const ISSUER: TextForm = {
  form: /^(?=.{1,255}$)https:\/\/[a-z0-9.-]+(?::\d{1,5})?(?:\/[\w.~-]+)*$/,
  expected: "an https URL of at most 255 characters without a query, and without a slash at its end",
};
export const AUDIENCE: TextForm = { form: /^[!-~]{1,255}$/, expected: "1 to 255 printable ASCII characters" };
export const TAG_KEY: TextForm = {
  form: /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu,
  expected: "1 to 128 letters, digits, blanks and _.:/=+-@, not beginning with aws:",
};
export const TAG_VALUE: TextForm = {
  form: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
  expected: "at most 256 letters, digits, blanks and _.:/=+-@",
};
