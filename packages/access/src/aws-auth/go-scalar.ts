/**
 * Whether Go's YAML reader makes something else than text of a plain scalar, which its users then lose: usernames and
 * groups are text there, or nothing (go.yaml.in/yaml/v2 `resolve.go`: YAML 1.1, so `yes` is a truth value).
 */
export function isTypedInGo(plain: string): boolean {
  return BOOLEAN_OR_FLOAT.test(plain) || NUMBER.test(plain.replaceAll("_", ""));
}

const BOOLEAN_OR_FLOAT =
  /^(?:[yYnN]|yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF|\.(?:nan|NaN|NAN)|[-+]?\.(?:inf|Inf|INF))$/;
const NUMBER =
  /^(?:[-+]?0[xX][0-9a-fA-F]+|[-+]?0[bB][01]+|[-+]?0[oO][0-7]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)$/;
