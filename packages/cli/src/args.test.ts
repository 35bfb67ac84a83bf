import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asksForHelp, type Flags, readArgs, requiredTextFlag, textFlag } from "./args.ts";
import { CliError } from "./errors.ts";

const FLAGS = {
  "cluster-id": requiredTextFlag({ short: "i", placeholder: "ID", env: "CLUSTER", help: "which cluster" }),
  port: {
    kind: "value",
    given: true,
    default: "8443",
    placeholder: "PORT",
    parse: (text: string) => (/^\d+$/.test(text) ? Number(text) : undefined),
    expected: "a number",
    help: "which port",
  },
  region: textFlag({ placeholder: "REGION", help: "which region" }),
  host: { kind: "list", placeholder: "HOST", parse: (text: string) => text, expected: "a host", help: "one more" },
  reveal: { kind: "switch", short: "r", help: "show secrets" },
} as const satisfies Flags;

const SPEC = { name: "try", flags: FLAGS, positionals: [{ placeholder: "TOKEN", required: false, help: "a token" }] };

function read(args: readonly string[], env: Record<string, string> = {}) {
  return readArgs(SPEC, args, env);
}

/** `message | hint` of the usage error that the command line gives. */
function refusal(args: readonly string[], env: Record<string, string> = {}): string {
  try {
    read(args, env);
  } catch (error) {
    if (error instanceof CliError && error.exitCode === 2) return `${error.message} | ${error.hint}`;
    throw error;
  }
  throw new Error("the command line was taken");
}

describe("readArgs", () => {
  test("values: long, short, inline and joined forms are the same", () => {
    for (const form of [["--cluster-id", "a"], ["--cluster-id=a"], ["-i", "a"], ["-ia"]]) {
      expect(read(form).flags["cluster-id"]).toBe("a");
    }
  });

  test("kinds: switches, lists, parsed values and defaults come typed", () => {
    const { flags, positionals } = read(["-i", "a", "--host", "x", "-r", "--host=y", "tok"]);
    const port: number = flags.port;
    const region: string | undefined = flags.region;
    expect([port, region, flags.host, flags.reveal, positionals]).toEqual([8443, undefined, ["x", "y"], true, ["tok"]]);
  });

  test("environment: fills in for an absent flag, loses against a given one, is nothing when empty", () => {
    expect(read([], { CLUSTER: "env" }).flags["cluster-id"]).toBe("env");
    expect(read(["-i", "flag"], { CLUSTER: "env" }).flags["cluster-id"]).toBe("flag");
    expect(refusal([], { CLUSTER: "" })).toContain(
      "flag --cluster-id: is required | add --cluster-id ID or set CLUSTER",
    );
  });

  test("given: names what was typed, not what was defaulted", () => {
    expect([...read(["-i", "a", "--reveal"]).given]).toEqual(["cluster-id", "reveal"]);
  });

  test("a value that begins with a dash: is taken with =, otherwise the value was forgotten", () => {
    expect(read(["--cluster-id=-a"]).flags["cluster-id"]).toBe("-a");
    expect(refusal(["--cluster-id", "--reveal"])).toBe(
      "flag --cluster-id: has no value, expected ID | write --cluster-id ID",
    );
    expect(refusal(["--cluster-id"])).toContain("flag --cluster-id: has no value");
  });

  test("unknown flag: is named with its nearest; `__proto__` is a flag like any other", () => {
    expect(refusal(["--clutser-id", "a"])).toContain(
      'flag "--clutser-id": iamgate try has no such flag | did you mean --cluster-id?',
    );
    expect(refusal(["-i", "a", "--__proto__", "x"])).toContain('flag "--__proto__": iamgate try has no such flag');
    expect(refusal(["-i", "a", "-z"])).toContain('flag "-z"');
  });

  test("unfit values: the flag, the value and what was expected are named", () => {
    expect(refusal(["-i", "a", "--port", "http"])).toContain('flag --port "http": expected a number');
    expect(refusal(["--cluster-id="])).toContain('flag --cluster-id "": is empty, expected ID');
    expect(refusal(["-i", "a", "--reveal=yes"])).toContain('flag --reveal "yes": takes no value');
    expect(refusal(["-i", "a", "-i", "b"])).toContain("flag --cluster-id: given twice");
    expect(refusal(["-i", "a", "one", "two"])).toContain('argument "two": iamgate try takes at most TOKEN');
  });

  test("secrets: a token in the wrong place is not repeated", () => {
    const secret = "k8s-aws-v1.Y2FuYXJ5LXNlY3JldA";
    for (const args of [["-i", "a", "--port", secret], ["-i", "a", "x", secret], [`--${secret}`]]) {
      expect(refusal(args)).not.toContain("Y2FuYXJ5");
    }
  });

  test("any command line: gives values or a usage error in one line, never anything else", () => {
    const word = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "--cluster-id",
        "-i",
        "--port",
        "--",
        "-",
        "--reveal",
        "--host=x",
        "--port=1",
        "--no-reveal",
        "-ri",
      ),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (args) => {
        try {
          expect(typeof read(args).flags["cluster-id"]).toBe("string");
        } catch (error) {
          if (!(error instanceof CliError)) throw error;
          expect(error.exitCode).toBe(2);
          expect(error.message).not.toMatch(/[\n\r]/);
        }
      }),
    );
  });
});

describe("asksForHelp", () => {
  test("--help and -h count before a -- and not after it", () => {
    expect([asksForHelp(["x", "-h"]), asksForHelp(["--", "--help"]), asksForHelp([])]).toEqual([true, false, false]);
  });
});
