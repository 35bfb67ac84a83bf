import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ownEnvironment, ROOT } from "./environment.ts";
import { freePort, isListening } from "./ports.ts";
import type { Run } from "./run.ts";
import { type Server, startServer } from "./server.ts";

const FIXTURES = join(ROOT, "e2e/fixtures");
const READY_SECONDS = 10;

/** `iamgate sts` and `iamgate serve`, as a user would start them, both running. */
export interface Iamgate {
  readonly sts: Restartable;
  readonly serve: Restartable;
  /** The mapping file that `serve` reads, the test's to edit. */
  readonly awsAuthPath: string;
  /** What `serve` made for kube-apiserver. */
  readonly webhookKubeconfig: string;
  /** Ends both at once. */
  kill(): Promise<void>;
}

/** A command that an operator stops and starts again with the same flags. */
export interface Restartable {
  stop: Server["stop"];
  start(): Promise<void>;
  /** All that it has written so far, on stdout and stderr. */
  log(): string;
}

/** Starts both, `serve` asking the local STS instead of AWS. */
export async function startIamgate(run: Run, folder: string, clusterId: string): Promise<Iamgate> {
  const awsAuthPath = join(folder, "aws-auth.yaml");
  copyFileSync(join(FIXTURES, "aws-auth.yaml"), awsAuthPath);
  const stsPort = await freePort();
  const stsState = join(folder, "sts");
  const sts = new IamgateCommand(run, folder, {
    name: "sts",
    port: stsPort,
    flags: ["--iam", join(FIXTURES, "iam.yaml"), "--state-dir", stsState],
    made: join(stsState, "ca.pem"),
  });
  const servePort = await freePort();
  const serveState = join(folder, "serve");
  const localSts = ["--sts-dial", `127.0.0.1:${stsPort}`, "--sts-ca", join(stsState, "ca.pem")];
  const webhookKubeconfig = join(serveState, "kubeconfig.yaml");
  const serve = new IamgateCommand(run, folder, {
    name: "serve",
    port: servePort,
    flags: [
      "--cluster-id",
      clusterId,
      "--aws-auth",
      awsAuthPath,
      "--state-dir",
      serveState,
      "--operations",
      "off",
      ...localSts,
    ],
    made: webhookKubeconfig,
  });

  await sts.start();
  try {
    await serve.start();
  } catch (error) {
    await sts.kill();
    throw error;
  }
  const kill = async (): Promise<void> => {
    await serve.kill();
    await sts.kill();
  };
  return { sts, serve, awsAuthPath, webhookKubeconfig, kill };
}

interface CommandLine {
  readonly name: "sts" | "serve";
  readonly port: number;
  readonly flags: readonly string[];
  /** A file that it makes before it is of use. */
  readonly made: string;
}

class IamgateCommand implements Restartable {
  readonly #run: Run;
  readonly #folder: string;
  readonly #line: CommandLine;
  #server: Server | undefined;

  constructor(run: Run, folder: string, line: CommandLine) {
    this.#run = run;
    this.#folder = folder;
    this.#line = line;
  }

  async start(): Promise<void> {
    const { name, port, flags, made } = this.#line;
    this.#server = await startServer(this.#run, {
      name: `iamgate ${name}`,
      command: ["iamgate", name, "--listen", `127.0.0.1:${port}`, ...flags],
      env: ownEnvironment(join(this.#folder, "home")),
      cwd: this.#folder,
      logPath: this.#logPath,
      isReady: async () => existsSync(made) && isListening(port),
      readySeconds: READY_SECONDS,
    });
  }

  async stop(): ReturnType<Server["stop"]> {
    if (this.#server === undefined) throw new Error(`stop iamgate ${this.#line.name}: it is not running`);
    const server = this.#server;
    this.#server = undefined;
    return server.stop();
  }

  async kill(): Promise<void> {
    await this.#server?.kill();
    this.#server = undefined;
  }

  log(): string {
    return readFileSync(this.#logPath, "utf8");
  }

  get #logPath(): string {
    return join(this.#folder, `${this.#line.name}.log`);
  }
}
