/** A metric as an expression asks for it. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
  /** Whether a range is taken of it: `[5m]`. */
  readonly isRange: boolean;
}

/** `result=~"granted|refused"`; the values that a pattern names, one by one. */
export interface Matcher {
  readonly label: string;
  readonly values: readonly string[];
}

/** What an expression of PromQL asks for. */
export interface Asked {
  readonly selectors: readonly Selector[];
  /** Labels named by `by`, `on` and their like. */
  readonly grouping: readonly string[];
}

const TOKEN = /\s+|"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[a-zA-Z_:][\w:]*|[\d.]+|[=!<>]=|[=!]~|[-+*/%^(){},=<>]/y;
const OPERATORS: ReadonlySet<string> = new Set(["and", "or", "unless", "bool", "offset"]);
const GROUPINGS: ReadonlySet<string> = new Set(["by", "without", "on", "ignoring", "group_left", "group_right"]);

/**
 * Finds the metrics and labels that an expression names. It knows as much of PromQL as deploy/ uses, and is no judge of
 * the rest.
 *
 * @throws SyntaxError for what it does not know.
 */
export function readPromql(expression: string): Asked {
  const tokens = tokenize(expression);
  const selectors: Selector[] = [];
  const grouping: string[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? "";
    if (!/^[a-zA-Z_:]/.test(token) || OPERATORS.has(token)) continue;
    if (tokens[at + 1] === "(") {
      if (!GROUPINGS.has(token)) continue;
      const end = tokens.indexOf(")", at);
      grouping.push(...tokens.slice(at + 2, end).filter((each) => each !== ","));
      at = end;
      continue;
    }
    // `sum by (le) (…)`: an aggregation whose grouping comes first.
    if (GROUPINGS.has(tokens[at + 1] ?? "")) continue;
    const end = tokens[at + 1] === "{" ? tokens.indexOf("}", at) : at;
    const isRange = tokens[end + 1]?.startsWith("[") ?? false;
    selectors.push({ metric: token, matchers: matchersIn(tokens.slice(at + 2, end)), isRange });
    at = end;
  }
  return { selectors, grouping };
}

function tokenize(expression: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.length) {
    const at = TOKEN.lastIndex;
    const [token] = TOKEN.exec(expression) ?? [];
    if (token === undefined)
      throw new SyntaxError(`expression ${JSON.stringify(expression.slice(at))}: not understood`);
    if (token.trim() !== "") tokens.push(token);
  }
  return tokens;
}

function matchersIn(tokens: readonly string[]): readonly Matcher[] {
  const matchers: Matcher[] = [];
  for (let at = 0; at < tokens.length; at += 4) {
    const [label = "", operator = "", quoted = '""'] = tokens.slice(at, at + 3);
    const value = JSON.parse(quoted) as string;
    matchers.push({ label, values: operator.endsWith("~") ? value.split("|") : [value] });
  }
  return matchers;
}
