import type { JSONWebKeySet, JWK } from "jose";
import type { Node } from "yaml";
import {
  type Fields,
  fieldsOf,
  itemsOf,
  optionalTextOf,
  textOf,
  type TextForm,
  type YamlReader,
} from "../lib/yaml-reader.ts";
import { AUDIENCE, ISSUER } from "./forms.ts";
import { type AccountFacts, claim, type Reading } from "./reading.ts";

/** Reads an identity provider with its public keys. */
export function readOidcProvider(reading: Reading, node: Node, { account, partition }: AccountFacts): void {
  const { yaml, found } = reading;
  const fields = fieldsOf(yaml, node, "OIDC provider", ["issuer", "audiences", "jwks"]);
  if (fields === undefined) return;
  const issuer = textOf(yaml, fields, "issuer", ISSUER);
  const audiences = readAudiences(yaml, fields);
  const jwks = readJwks(yaml, fields);
  if (issuer === undefined) return;
  const arn = `arn:${partition}:iam::${account}:oidc-provider/${issuer.slice("https://".length)}`;
  const expected = "an issuer that the account does not have yet";
  claim(reading, { at: fields.get("issuer"), field: "issuer", value: arn, expected, shown: issuer });
  found.oidcProviders.push({ arn, account, partition, issuer, audiences, jwks });
}

function readAudiences(yaml: YamlReader, fields: Fields): readonly string[] {
  const node = fields.get("audiences");
  const items = itemsOf(yaml, node, "audiences");
  // IAM takes 100 client ids; a provider without any accepts nobody's token.
  if (items.length === 0 || items.length > 100) yaml.report(node ?? fields.node, "audiences", "1 to 100 audiences");
  return items.flatMap((item) => {
    const field = { node: item, get: () => item };
    return optionalTextOf(yaml, field, "audience", AUDIENCE) ?? [];
  });
}

function readJwks(yaml: YamlReader, fields: Fields): JSONWebKeySet {
  const node = fields.get("jwks");
  const jwks = node === undefined ? undefined : fieldsOf(yaml, node, "jwks", ["keys"]);
  if (node === undefined) yaml.report(fields.node, "jwks", "a JSON Web Key Set; it is missing");
  const keys = itemsOf(yaml, jwks?.get("keys"), "keys").flatMap((item) => readJwk(yaml, item) ?? []);
  if (jwks !== undefined && keys.length === 0 && yaml.errors.length === 0) {
    yaml.report(node, "keys", "at least one public key");
  }
  return { keys };
}

function readJwk(yaml: YamlReader, node: Node): JWK | undefined {
  // A private key's members are none of these: whoever pastes one is told, and it is not quoted.
  const fields = fieldsOf(yaml, node, "public key", ["kty", "kid", "alg", "use", "n", "e", "crv", "x", "y"]);
  if (fields === undefined) return undefined;
  const kty = textOf(yaml, fields, "kty", KTY);
  const jwk: Record<string, string> = {};
  if (kty !== undefined) jwk["kty"] = kty;
  for (const name of kty === "EC" ? ["crv", "x", "y"] : kty === "RSA" ? ["n", "e"] : []) {
    const value = textOf(yaml, fields, name, name === "crv" ? CURVE : BASE64URL);
    if (value !== undefined) jwk[name] = value;
  }
  for (const [name, form] of OPTIONAL) {
    const value = optionalTextOf(yaml, fields, name, form);
    if (value !== undefined) jwk[name] = value;
  }
  return jwk;
}

const BASE64URL: TextForm = { form: /^[\w-]{1,2048}$/, expected: "base64url without padding" };
const CURVE: TextForm = { form: /^P-(?:256|384|521)$/, expected: "P-256, P-384 or P-521" };
const KTY: TextForm = { form: /^(?:RSA|EC)$/, expected: "RSA or EC" };
const OPTIONAL: readonly (readonly [name: string, form: TextForm])[] = [
  ["kid", { form: /^[!-~]{1,256}$/, expected: "1 to 256 printable ASCII characters" }],
  ["alg", { form: /^(?:RS|ES|PS)(?:256|384|512)$/, expected: "RS256, ES384 or another of RS, ES, PS" }],
  ["use", { form: /^sig$/, expected: "sig" }],
];
