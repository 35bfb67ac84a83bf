import type { Result } from "./action.ts";
import { API_VERSION } from "./actions.ts";
import type { StsError } from "./sts-error.ts";

/** The two forms in which STS answers. */
export type AnswerForm = "xml" | "json";

/** JSON where the `Accept` header names it, XML otherwise. */
export function answerFormOf(headers: Headers): AnswerForm {
  const accepted = (headers.get("accept") ?? "").split(",");
  return accepted.some((range) => range.split(";")[0]?.trim().toLowerCase() === "application/json") ? "json" : "xml";
}

/** The body of a result. */
export function renderResult(form: AnswerForm, action: string, result: Result, requestId: string): string {
  const answer = { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } };
  if (form === "json") return JSON.stringify({ [`${action}Response`]: answer }, epochSeconds);
  return document(`${action}Response`, answer);
}

/** The body of an error. */
export function renderError(form: AnswerForm, { code, message }: StsError, requestId: string): string {
  if (form === "json") {
    return JSON.stringify({ Error: { Code: code, Message: message, Type: "Sender" }, RequestId: requestId });
  }
  return document("ErrorResponse", {
    Error: { Type: "Sender", Code: code, Message: message },
    RequestId: requestId,
  });
}

/** The media type of a body in this form. */
export function contentTypeOf(form: AnswerForm): string {
  return form === "json" ? "application/json" : "text/xml";
}

function document(root: string, content: Result): string {
  return `<${root} xmlns="https://sts.amazonaws.com/doc/${API_VERSION}/">\n${elements(content, "  ")}</${root}>\n`;
}

function elements(content: Result, indent: string): string {
  return Object.entries(content)
    .map(([name, value]) =>
      typeof value === "string" || typeof value === "number" || value instanceof Date
        ? `${indent}<${name}>${escapeXml(textOf(value))}</${name}>\n`
        : `${indent}<${name}>\n${elements(value, `${indent}  `)}${indent}</${name}>\n`,
    )
    .join("");
}

/** A moment is ISO 8601 of whole seconds in XML. */
function textOf(value: string | number | Date): string {
  return value instanceof Date ? value.toISOString().replace(/\.\d{3}Z$/, "Z") : String(value);
}

/** A moment is the number of seconds since 1970 in JSON; a Date has become its text before a replacer sees it. */
function epochSeconds(this: Result, name: string, value: unknown): unknown {
  const original = this[name];
  return original instanceof Date ? Math.floor(original.getTime() / 1000) : value;
}

function escapeXml(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return escaped.replace(NOT_IN_XML, "\ufffd");
}

// What XML 1.0 cannot hold, not even escaped: control characters, lone surrogates, U+FFFE and U+FFFF.
const NOT_IN_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
