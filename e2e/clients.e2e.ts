import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProgram } from "../tools/kube/run-program.ts";
import { ownEnvironment } from "./lib/environment.ts";
import { authenticatorLogin, awsCliLogin, boto3TokenCommand, iamgateLogin, type Who } from "./lib/identities.ts";
import type { Login } from "./lib/kubectl.ts";
import { LAB_START_MILLISECONDS, type Lab, startLab } from "./lib/lab.ts";
import { currentRun } from "./lib/run.ts";

const { tools, folder } = currentRun();
const CLIENT_SECONDS = 20;

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ webhookVersion: "v1" });
}, LAB_START_MILLISECONDS);
afterAll(() => lab?.stop());

interface Client {
  readonly name: string;
  readonly missing: boolean;
  readonly login: (who: Who) => Promise<Login>;
}

const CLIENTS: readonly Client[] = [
  {
    name: "the AWS CLI v2",
    missing: tools.awsCli === undefined,
    login: async (who) => awsCliLogin(tools, who),
  },
  { name: "boto3's RequestSigner", missing: tools.python === undefined, login: boto3Login },
  { name: "the Go authenticator", missing: false, login: async (who) => authenticatorLogin(tools, who) },
];

describe.each(CLIENTS)("$name", ({ name, missing, login }) => {
  test.skipIf(missing).each(["alice", "Developer/carol@example.com"] as const)(
    `clients: ${name} logs %s in as iamgate does, name, uid, groups and extra`,
    async (who) => {
      await anotherSecond();
      const user = await lab.whoami(await login(who));
      expect(user.username).toBe(who === "alice" ? "alice" : "dev:carol-example.com");
      expect(user).toEqual(await lab.whoami(iamgateLogin(who)));
    },
    CLIENT_SECONDS * 1000,
  );
});

async function boto3Login(who: Who): Promise<Login> {
  const { command, env } = boto3TokenCommand(tools, who);
  const { exitCode, stdout, stderr } = await runProgram(command, {
    env: { ...ownEnvironment(`${folder}/boto3`), ...env },
    timeoutSeconds: CLIENT_SECONDS,
  });
  if (exitCode !== 0) throw new Error(`run ${command[1]}: exit code ${exitCode}: ${stderr}`);
  return { token: stdout.trim() };
}

/** Two clients' tokens of one second may be the same bytes, and kube-apiserver would answer the later from its cache. */
async function anotherSecond(): Promise<void> {
  await Bun.sleep(1000 - (Date.now() % 1000));
}
