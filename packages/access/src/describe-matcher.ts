import type { Matcher } from "./mappings.ts";

/**
 * Whom an entry is for, in words.
 *
 * @param matcher - an entry's.
 * @returns an ARN, or `permission set NAME of account ID`, or `account ID`.
 * @example
 * ```ts
 * import { describeMatcher } from "@iamgate/access";
 *
 * console.assert(describeMatcher({ kind: "account", account: "111122223333" }) === "account 111122223333");
 * ```
 */
export function describeMatcher(matcher: Matcher): string {
  switch (matcher.kind) {
    case "arn":
      return matcher.arn;
    case "sso":
      return `permission set ${matcher.permissionSet} of account ${matcher.account}`;
    case "account":
      return `account ${matcher.account}`;
  }
}
