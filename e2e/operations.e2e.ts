import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ran } from "../tools/kube/run-program.ts";
import { secrets, tokenLogin } from "./lib/identities.ts";
import { UNAUTHORIZED } from "./lib/kubectl.ts";
import { LAB_START_MILLISECONDS, type Lab, startLab } from "./lib/lab.ts";

/** What is promised from the edit of a mapping to its effect. */
const TAKEN_OVER_MILLISECONDS = 2000;
const TEST_MILLISECONDS = 30_000;

const MALLORY = `    - userarn: arn:aws:iam::111122223333:user/mallory
      username: mallory
      groups: [developers]
`;

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ webhookVersion: "v1" });
}, LAB_START_MILLISECONDS);
afterAll(() => lab?.stop());

describe("the mapping file", () => {
  test(
    "operations: somebody refused is let in within 2 s of being added, with the very same token; no restart",
    async () => {
      const login = tokenLogin("mallory");
      expect(await lab.kubectl(login, "auth", "whoami")).toEqual(UNAUTHORIZED);
      replaceMapping((text) => text + MALLORY);
      const ran = await within(TAKEN_OVER_MILLISECONDS, () => lab.kubectl(login, "auth", "whoami"), isLetIn);
      expect(ran.stdout).toMatch(/^Username\s+mallory$/m);
      expect((await lab.kubectl(login, "get", "pods", "--namespace", "blue")).exitCode).toBe(0);
    },
    TEST_MILLISECONDS,
  );

  test(
    "operations: a new token of somebody removed is refused within 2 s",
    async () => {
      replaceMapping((text) => text.replace(MALLORY, ""));
      // kube-apiserver keeps a token's success for its cache's time; only a token it has not seen asks again.
      let expiresSeconds = 100;
      const attempt = (): Promise<Ran> => {
        expiresSeconds += 1;
        return lab.kubectl(tokenLogin("mallory", { expiresSeconds }), "auth", "whoami");
      };
      expect(await within(TAKEN_OVER_MILLISECONDS, attempt, (ran) => !isLetIn(ran))).toEqual(UNAUTHORIZED);
    },
    TEST_MILLISECONDS,
  );

  test(
    "operations: one that no longer parses changes nothing, is named in the log, and its repair is taken over",
    async () => {
      const good = readFileSync(lab.iamgate.awsAuthPath, "utf8");
      // Written in place, as an editor may: the other tests replace the file.
      writeFileSync(lab.iamgate.awsAuthPath, good.replace("metadata:", "metadata: ["));
      const named = `${lab.iamgate.awsAuthPath}:`;
      await within(
        TAKEN_OVER_MILLISECONDS,
        async () => lab.iamgate.serve.log(),
        (log) => log.includes(named),
      );
      expect((await lab.whoami(tokenLogin("alice", { expiresSeconds: 200 }))).username).toBe("alice");

      writeFileSync(lab.iamgate.awsAuthPath, good.replace("username: alice", "username: alice-repaired"));
      let expiresSeconds = 200;
      const username = (): Promise<string> => {
        expiresSeconds += 1;
        return lab.whoami(tokenLogin("alice", { expiresSeconds })).then((user) => user.username);
      };
      await within(TAKEN_OVER_MILLISECONDS, username, (name) => name === "alice-repaired");
      writeFileSync(lab.iamgate.awsAuthPath, good);
    },
    TEST_MILLISECONDS,
  );
});

// kube-apiserver remembers a refusal for two minutes unless the answer says that it was none: 503, or an error.
describe("an outage", () => {
  test(
    "operations: while the STS is down a token is Unauthorized, and the very same works once it is back",
    async () => {
      const login = tokenLogin("Developer/carol@example.com", { expiresSeconds: 300 });
      expect(await lab.iamgate.sts.stop()).toEqual({ exitCode: 0, killed: false });
      expect(await lab.kubectl(login, "auth", "whoami")).toEqual(UNAUTHORIZED);
      await lab.iamgate.sts.start();
      await within(TAKEN_OVER_MILLISECONDS, () => lab.kubectl(login, "auth", "whoami"), isLetIn);
    },
    TEST_MILLISECONDS,
  );

  test(
    "operations: while the STS is down whoever logged in lately stays in, in kube-apiserver's cache and in serve's own",
    async () => {
      const login = tokenLogin("alice", { expiresSeconds: 310 });
      expect((await lab.whoami(login)).username).toBe("alice");
      expect(await lab.iamgate.sts.stop()).toEqual({ exitCode: 0, killed: false });
      try {
        expect((await lab.whoami(login)).username).toBe("alice");
        // Another text for the same request: kube-apiserver asks, and serve remembers.
        const before = decisions().length;
        expect((await lab.whoami({ token: respelt(login.token) })).username).toBe("alice");
        expect(decisions().slice(before)).toEqual([expect.stringContaining('"cached":true')]);
      } finally {
        await lab.iamgate.sts.start();
      }
    },
    TEST_MILLISECONDS,
  );

  test(
    "operations: while serve is down a token is Unauthorized, and the very same works once it is back",
    async () => {
      expect(await lab.iamgate.serve.stop()).toEqual({ exitCode: 0, killed: false });
      const login = tokenLogin("Developer/carol@example.com", { expiresSeconds: 400 });
      expect(await lab.kubectl(login, "auth", "whoami")).toEqual(UNAUTHORIZED);
      await lab.iamgate.serve.start();
      expect((await lab.whoami(login)).username).toBe("dev:carol-example.com");
    },
    TEST_MILLISECONDS,
  );
});

describe("serve's log", () => {
  test("operations: a refused token is asked about once, however often it is shown", async () => {
    const login = tokenLogin("alice", { now: Date.now() - 3_600_000 });
    const before = decisions().length;
    expect(await lab.kubectl(login, "auth", "whoami")).toEqual(UNAUTHORIZED);
    expect(await lab.kubectl(login, "auth", "whoami")).toEqual(UNAUTHORIZED);
    expect(decisions().length).toBe(before + 1);
  });

  test("operations: it tells the people, and neither it nor that of sts holds a token, a secret or a session token", async () => {
    const { token } = tokenLogin("Developer/carol@example.com", { expiresSeconds: 500 });
    await lab.whoami({ token });
    expect(decisions().at(-1)).toContain('"username":"dev:carol-example.com"');
    const [, signature] = /X-Amz-Signature=([0-9a-f]{64})$/.exec(signedUrlOf(token)) ?? [];
    expect(signature).toBeDefined();
    for (const log of [lab.iamgate.serve.log(), lab.iamgate.sts.log()]) {
      for (const secret of [token, signature ?? "", "X-Amz-Signature", ...secrets()]) expect(log).not.toContain(secret);
    }
  });
});

/** The log's lines about reviews; the others are not JSON. */
function decisions(): readonly string[] {
  return lab.iamgate.serve
    .log()
    .split("\n")
    .filter((line) => line.startsWith("{"));
}

function signedUrlOf(token: string): string {
  return Buffer.from(token.slice("k8s-aws-v1.".length), "base64url").toString();
}

/** Replaces the file in one rename, as configuration management does. */
function replaceMapping(edit: (text: string) => string): void {
  const { awsAuthPath } = lab.iamgate;
  const before = readFileSync(awsAuthPath, "utf8");
  const after = edit(before);
  expect(after).not.toBe(before);
  writeFileSync(`${awsAuthPath}.new`, after);
  renameSync(`${awsAuthPath}.new`, awsAuthPath);
}

function isLetIn({ exitCode }: Ran): boolean {
  return exitCode === 0;
}

/** Tries until the outcome is the wanted one; the last try begins before the time is up. */
async function within<T>(milliseconds: number, attempt: () => Promise<T>, wanted: (outcome: T) => boolean): Promise<T> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const outcome = await attempt();
    if (wanted(outcome)) return outcome;
    if (Date.now() >= deadline) throw new Error(`not so within ${milliseconds} ms: ${JSON.stringify(outcome)}`);
    await Bun.sleep(50);
  }
}

/** The same token with its parameters the other way round, which is not signed. */
function respelt(token: string): string {
  const [start = "", query = ""] = signedUrlOf(token).split("?");
  const turned = query.split("&").toReversed().join("&");
  return `k8s-aws-v1.${Buffer.from(`${start}?${turned}`).toString("base64url")}`;
}
