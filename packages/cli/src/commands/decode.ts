import {
  acceptedHosts,
  decodeToken,
  type PresignedRequest,
  type ReadRefusal,
  readToken,
  stsHostOf,
  TOKEN_LIFETIME_SECONDS,
  parseToken,
} from "@iamgate/token";
import { bearerToken } from "../bearer-token.ts";
import { defineCommand } from "../command.ts";
import type { Command } from "../command-spec.ts";
import { CLI_ERROR_CODES, CliError } from "../errors.ts";
import { OUTPUT_FLAG } from "../output-flag.ts";
import { ago, isoSeconds } from "../lib/ago.ts";
import { oneLine } from "../lib/quote.ts";

/** `iamgate decode`: shows what is in a token, without asking anybody. */
export const command: Command = defineCommand(
  {
    name: "decode",
    summary: "Show what is in a token: the URL's parts, when it was signed, when it ends",
    positionals: [
      { placeholder: "TOKEN", required: false, help: "the token, or - or nothing to read it from standard input" },
    ],
    flags: {
      reveal: { kind: "switch", help: "show the signature and the session token too: whoever sees them can log in" },
      output: OUTPUT_FLAG,
    },
    notes: [
      "Standard input may hold the bare token or the ExecCredential that `aws eks get-token` prints. Nobody is asked, so nothing here says that the signature is genuine: `iamgate verify` does.",
    ],
    examples: [
      { does: "what does this token say?", line: "aws eks get-token --cluster-name prod | iamgate decode" },
      { does: "for a script", line: "iamgate token -i prod | iamgate decode --output json" },
    ],
  },
  async ({ flags, positionals }, deps) => {
    const token = bearerToken(positionals[0], deps);
    const decoded = decodeToken(token);
    if (!decoded.ok) {
      throw new CliError(CLI_ERROR_CODES.notAToken, `decoding the token: ${decoded.detail} (${decoded.reason})`, {
        hint: "an EKS token is k8s-aws-v1. and base64url, as `aws eks get-token` prints it in status.token",
      });
    }
    if (!decoded.url.startsWith("https://")) {
      throw new CliError(CLI_ERROR_CODES.notAToken, "decoding the token: what is in it is no https URL", {
        hint: "an EKS token holds a presigned URL of STS; perhaps this one was cut or made by hand",
      });
    }
    const now = deps.now();
    const hosts = acceptedHosts();
    const anyAuthority = acceptedHosts({ extraAuthorities: portedAuthority(decoded.url) });
    const parsed = parseToken(token, anyAuthority);
    const judged = readToken(token, { hosts, now });
    const report: Report = { token, url: decoded.url, parsed, judged, now, reveal: flags.reveal };
    deps.stdout.write(flags.output === "json" ? `${JSON.stringify(asJson(report), null, 2)}\n` : asText(report));
    return 0;
  },
);

interface Report {
  readonly token: string;
  readonly url: string;
  /** What it holds, whichever its age and its host's port. */
  readonly parsed: PresignedRequest | ReadRefusal;
  /** What a verifier without configured authorities makes of it now. */
  readonly judged: PresignedRequest | ReadRefusal;
  readonly now: number;
  readonly reveal: boolean;
}

const SECRETS: ReadonlySet<string> = new Set(["x-amz-signature", "x-amz-security-token"]);

function asJson({ token, url, parsed, judged, reveal }: Report): Record<string, unknown> {
  const { address, parameters } = partsOf(url, reveal);
  const times = parsed.ok ? { signedAt: isoSeconds(parsed.signedAt), expiresAt: isoSeconds(endOf(parsed)) } : {};
  return {
    characters: token.length,
    url: address,
    parameters: Object.fromEntries(parameters),
    ...(parsed.ok ? { accessKeyId: parsed.accessKeyId, region: parsed.region, partition: parsed.partition } : {}),
    ...times,
    verdict: judged.ok ? "well-formed" : judged.reason,
    ...(judged.ok ? {} : { detail: judged.detail }),
  };
}

function asText(report: Report): string {
  const { token, url, parsed, judged, now, reveal } = report;
  const { address, parameters } = partsOf(url, reveal);
  const rows: (readonly [string, string])[] = [
    ["token", `${token.length} characters`],
    ["url", address],
    ...parameters,
  ];
  if (parsed.ok) {
    const sts = stsHostOf(parsed.authority);
    rows.push(
      ["", ""],
      [
        "STS",
        sts === undefined ? "not one of AWS's hosts" : `${sts.kind}, region ${sts.region}, partition ${sts.partition}`,
      ],
      ["signed by", `${parsed.accessKeyId} (${parsed.accessKeyId.startsWith("ASIA") ? "temporary" : "long-term"} key)`],
      ["signed", `${isoSeconds(parsed.signedAt)} (${ago(parsed.signedAt, now)})`],
      ["expires", `${isoSeconds(endOf(parsed))} (${ago(endOf(parsed), now)}; 15 minutes, whatever X-Amz-Expires says)`],
    );
  }
  rows.push([
    "verdict",
    judged.ok
      ? "well-formed and current; `iamgate verify` asks STS who signed it"
      : `${judged.reason}: ${judged.detail}`,
  ]);
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${`${name.padEnd(width)}  ${oneLine(value)}`.trimEnd()}\n`).join("");
}

/** The pieces of the URL as they stand, for whatever the token holds: the strict reading is told beside it. */
function partsOf(
  url: string,
  reveal: boolean,
): { address: string; parameters: readonly (readonly [string, string])[] } {
  const [start = "", ...queries] = url.split("?");
  const address = reveal ? start : start.replace(/\/\/[^/]*@/, "//(hidden)@");
  const pairs = queries
    .join("?")
    .split("&")
    .filter((pair) => pair !== "");
  const parameters = pairs.map((pair): readonly [string, string] => {
    const at = pair.indexOf("=");
    const [name, value] = at === -1 ? [pair, ""] : [pair.slice(0, at), decodedOnce(pair.slice(at + 1))];
    const isSecret = SECRETS.has(decodedOnce(name).toLowerCase());
    return [name, isSecret && !reveal ? `(${value.length} characters, hidden; --reveal shows it)` : value];
  });
  return { address, parameters };
}

function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** An authority with a port is one of a local STS or a VPC endpoint: strange to AWS, not to whoever configured it. */
function portedAuthority(url: string): readonly { authority: string }[] {
  const [, authority] = /^https:\/\/([a-z0-9.-]{1,128}:[1-9]\d{0,4})\//.exec(url) ?? [];
  return authority === undefined ? [] : [{ authority }];
}

function endOf({ signedAt }: PresignedRequest): number {
  return signedAt + TOKEN_LIFETIME_SECONDS * 1000;
}
