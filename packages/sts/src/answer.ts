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
  if (form === "json") return JSON.stringify({ [`${action}Response`]: answer });
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
      typeof value === "string"
        ? `${indent}<${name}>${escapeXml(value)}</${name}>\n`
        : `${indent}<${name}>\n${elements(value, `${indent}  `)}${indent}</${name}>\n`,
    )
    .join("");
}

function escapeXml(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return escaped.replace(NOT_IN_XML, "\ufffd");
}

// What XML 1.0 cannot hold, not even escaped: control characters, lone surrogates, U+FFFE and U+FFFF.
const NOT_IN_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
