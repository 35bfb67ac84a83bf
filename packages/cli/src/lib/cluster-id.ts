/** What {@link parseClusterId} takes, for people. */
export const CLUSTER_ID_FORM = "a name without control characters, without blanks at its ends or several in a row";

/** A cluster id as a flag gives it: SigV4 folds blanks, so one with more of them would be the same as another. */
export function parseClusterId(text: string): string | undefined {
  const isFolded = /^\s|\s$|\s{2}/.test(text);
  return text === "" || isFolded || /\p{Cc}/u.test(text) || !text.isWellFormed() ? undefined : text;
}
