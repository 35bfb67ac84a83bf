import { malformedQueryString, type StsError } from "./sts-error.ts";

/** A request's parameters by name, each given once, or what is wrong with them. */
export type Parameters =
  | { readonly ok: true; readonly values: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly error: StsError };

/**
 * Reads the parameters of a query and of a form body together.
 *
 * A query is read as it is signed, where `+` is a plus; a form body as forms are sent, where it is a space.
 *
 * @param rawQuery - as it stands in the request line, without the `?`.
 * @param form - a form body, empty where there is none.
 */
export function readParameters(rawQuery: string, form: string): Parameters {
  const values = new Map<string, string>();
  const pairs = [...rawQuery.split("&"), ...form.replaceAll("+", " ").split("&")];
  for (const pair of pairs) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? "" : decode(pair.slice(equals + 1));
    if (name === undefined || value === undefined) {
      return refused("A parameter is not percent-encoded UTF-8");
    }
    if (values.has(name)) return refused("A parameter is given more than once");
    values.set(name, value);
  }
  return { ok: true, values };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function refused(message: string): Parameters {
  return { ok: false, error: malformedQueryString(message) };
}
