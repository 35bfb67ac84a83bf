import { mintToken, acceptedHosts, parseToken, type PresignedRequest } from "@iamgate/token";
import { newAuthority, startTlsServer, type TlsServer } from "@iamgate/testkit";
import { afterEach, describe, expect, test } from "vitest";
import { type AskSts, type AskStsOptions, createAskSts } from "./ask-sts.ts";

const STS = "sts.us-west-2.amazonaws.com";
const IDENTITY = { Account: "111122223333", Arn: "arn:aws:iam::111122223333:user/alice", UserId: "AIDAEXAMPLE" };
const CONFIRMED = { GetCallerIdentityResponse: { GetCallerIdentityResult: IDENTITY, ResponseMetadata: {} } };

const OTHER_CA = await newAuthority();

const running: TlsServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

function requestFor(clusterId = "prod", host: string = STS): PresignedRequest {
  const credentials = {
    accessKeyId: "ASIAIOSFODNN7EXAMPLE",
    secretAccessKey: "canary-secret",
    sessionToken: "canary-session",
  };
  const { token } = mintToken({ clusterId, credentials, region: "us-west-2", host, now: Date.now() });
  const parsed = parseToken(token, acceptedHosts({ extraAuthorities: host === STS ? [] : [{ authority: host }] }));
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed;
}

async function startSts(
  handler: (request: Request) => Response | Promise<Response>,
  names?: readonly string[],
): Promise<TlsServer> {
  const server = await startTlsServer(handler, names);
  running.push(server);
  return server;
}

/** Time runs 25 times as fast: 80 ms to connect, 200 ms in all. */
function asking(server: { port: number; ca: string }, options: Partial<AskStsOptions> = {}): AskSts {
  return createAskSts({
    clusterId: "prod",
    fetch: (url, init) => fetch(url, init),
    connect: () => Promise.resolve(),
    timeoutSignal: (milliseconds) => AbortSignal.timeout(milliseconds / 25),
    now: Date.now,
    userAgent: "iamgate/test",
    unsafeStsDial: { host: "127.0.0.1", port: server.port, ca: server.ca },
    ...options,
  });
}

describe("askSts: the request", () => {
  test("headers: exactly host, cluster id, accept, accept-encoding, user agent, and the client's connection", async () => {
    let seen: Record<string, string> = {};
    const server = await startSts((request) => {
      seen = Object.fromEntries(request.headers);
      return Response.json(CONFIRMED);
    });
    await asking(server)(requestFor());
    const { connection: _, ...headers } = seen;
    expect(headers).toEqual({
      host: STS,
      "x-k8s-aws-id": "prod",
      accept: "application/json",
      "accept-encoding": "identity",
      "user-agent": "iamgate/test",
    });
  });

  test("method, path and query: GET / and the rebuilt query, whatever the token's order", async () => {
    let seen = { method: "", url: "" };
    const server = await startSts((request) => {
      seen = { method: request.method, url: request.url };
      return Response.json(CONFIRMED);
    });
    const request = requestFor();
    await asking(server)(request);
    expect(seen).toEqual({ method: "GET", url: `https://${STS}/?${request.query}` });
  });

  test("a cluster id outside ASCII: its UTF-8 bytes", async () => {
    let bytes: number[] = [];
    const server = await startSts((request) => {
      bytes = [...Buffer.from(request.headers.get("x-k8s-aws-id") ?? "", "latin1")];
      return Response.json(CONFIRMED);
    });
    await asking(server, { clusterId: "prüf-東" })(requestFor());
    expect(bytes).toEqual([...new TextEncoder().encode("prüf-東")]);
  });

  test("proxy environment: not asked", async () => {
    const server = await startSts(() => Response.json(CONFIRMED));
    const before = process.env["HTTPS_PROXY"];
    process.env["HTTPS_PROXY"] = "http://127.0.0.1:1";
    try {
      expect((await asking(server)(requestFor())).ok).toBe(true);
    } finally {
      if (before === undefined) delete process.env["HTTPS_PROXY"];
      else process.env["HTTPS_PROXY"] = before;
    }
  });

  test("an authority with a port: that port is dialled where no other address is configured", async () => {
    let dialled = "";
    const fake: AskStsOptions["fetch"] = async (url) => {
      dialled = new URL(url).origin;
      return Response.json(CONFIRMED);
    };
    const options = { clusterId: "prod", fetch: fake, connect: () => Promise.resolve(), now: Date.now, userAgent: "x" };
    const ask = createAskSts({ ...options, timeoutSignal: (ms) => AbortSignal.timeout(ms) });
    await ask(requestFor("prod", "127.0.0.1:8443"));
    expect(dialled).toBe("https://127.0.0.1:8443");
    await ask(requestFor());
    expect(dialled).toBe(`https://${STS}`);
  });
});

describe("askSts: the answer", () => {
  test("an identity: as STS said it", async () => {
    const server = await startSts(() => Response.json(CONFIRMED));
    expect(await asking(server)(requestFor())).toEqual({
      ok: true,
      account: IDENTITY.Account,
      arn: IDENTITY.Arn,
      userId: IDENTITY.UserId,
    });
  });

  test("64 KiB: taken; a byte more: a fault, and no more of it is read", async () => {
    const padded = (bytes: number): Response => {
      const text = JSON.stringify(CONFIRMED);
      return new Response(text + " ".repeat(bytes - text.length), { headers: { "Content-Type": "application/json" } });
    };
    const exact = await startSts(() => padded(65_536));
    expect((await asking(exact)(requestFor())).ok).toBe(true);
    const larger = await startSts(() => padded(65_537));
    await expect(asking(larger)(requestFor())).rejects.toMatchObject({ code: "sts-malformed-answer" });
    const endless = await startSts(
      () => new Response(endlessBody(), { headers: { "Content-Type": "application/json" } }),
    );
    await expect(asking(endless)(requestFor())).rejects.toMatchObject({ code: "sts-malformed-answer" });
  });

  test("redirects: a fault, and their target is never asked", async () => {
    let isAsked = false;
    const target = await startSts(() => {
      isAsked = true;
      return Response.json(CONFIRMED);
    });
    const server = await startSts(() => Response.redirect(`https://127.0.0.1:${target.port}/`, 302));
    await expect(asking(server)(requestFor())).rejects.toMatchObject({ code: "sts-redirected" });
    expect(isAsked).toBe(false);
  });
});

describe("askSts: faults", () => {
  test("refused connection: sts-unreachable", async () => {
    const server = await startSts(() => Response.json(CONFIRMED));
    await server.stop();
    await expect(asking(server)(requestFor())).rejects.toMatchObject({ code: "sts-unreachable" });
  });

  test("a certificate of another authority: sts-untrusted", async () => {
    const server = await startSts(() => Response.json(CONFIRMED));
    const ask = asking(server, { unsafeStsDial: { host: "127.0.0.1", port: server.port, ca: OTHER_CA } });
    await expect(ask(requestFor())).rejects.toMatchObject({ code: "sts-untrusted" });
  });

  test("a certificate of another name than the token's STS: sts-untrusted", async () => {
    const server = await startSts(() => Response.json(CONFIRMED), ["sts.eu-west-1.amazonaws.com"]);
    await expect(asking(server)(requestFor())).rejects.toMatchObject({ code: "sts-untrusted" });
  });

  test("no answer: sts-timeout after the total time", async () => {
    const server = await startSts(() => new Promise(() => {}));
    await expect(asking(server)(requestFor())).rejects.toMatchObject({ code: "sts-timeout" });
  });

  test("an answer that stops half-way: sts-timeout", async () => {
    const body = (): ReadableStream =>
      new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([0x7b])) });
    const server = await startSts(() => new Response(body(), { headers: { "Content-Type": "application/json" } }));
    await expect(asking(server)(requestFor())).rejects.toMatchObject({ code: "sts-timeout" });
  });

  test("a host that cannot be connected to: sts-connect-timeout, before the total time is over", async () => {
    const never: AskStsOptions["connect"] = (_address, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
    const silent: AskStsOptions["fetch"] = (_url, init) =>
      new Promise((_resolve, reject) =>
        init.signal?.addEventListener("abort", () => reject(init.signal?.reason as Error)),
      );
    const ask = asking({ port: 1, ca: "" }, { connect: never, fetch: silent });
    await expect(ask(requestFor())).rejects.toMatchObject({ code: "sts-connect-timeout" });
  });

  test("a server that takes the connection and says nothing: sts-timeout", async () => {
    const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
    try {
      const ask = asking({ port: silent.port, ca: OTHER_CA });
      await expect(ask(requestFor())).rejects.toMatchObject({ code: "sts-timeout" });
    } finally {
      silent.stop(true);
    }
  });

  test("a server that hangs up: sts-unreachable", async () => {
    const rude = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { open: (socket) => void socket.end(), data: () => {} },
    });
    try {
      const ask = asking({ port: rude.port, ca: OTHER_CA });
      await expect(ask(requestFor())).rejects.toMatchObject({ code: "sts-unreachable" });
    } finally {
      rude.stop(true);
    }
  });

  test("errors: neither they nor what they carry hold the signature or the session token", async () => {
    const server = await startSts(() => Response.json(CONFIRMED));
    await server.stop();
    const error: unknown = await asking(server)(requestFor()).catch((thrown: unknown) => thrown);
    const shown = `${Bun.inspect(error, { depth: 10 })} ${JSON.stringify(error)} ${String(error)}`;
    expect(shown).toContain("sts-unreachable");
    expect(shown).not.toContain("canary");
    expect(shown).not.toContain("X-Amz-");
  });
});

describe("askSts: the probe of a host", () => {
  test("runs for the first question, and again when no answer came for 10 s", async () => {
    const server = await startSts(() => Response.json(CONFIRMED));
    let now = 0;
    let probes = 0;
    const connect = (): Promise<void> => {
      probes++;
      return Promise.resolve();
    };
    const ask = asking(server, { now: () => now, connect });
    await ask(requestFor());
    await ask(requestFor());
    expect(probes).toBe(1);
    now = 10_001;
    await ask(requestFor());
    expect(probes).toBe(2);
  });

  test("its own failure changes nothing while the answer comes", async () => {
    const server = await startSts(() => Response.json(CONFIRMED));
    const ask = asking(server, { connect: () => Promise.reject(new Error("no")) });
    expect((await ask(requestFor())).ok).toBe(true);
  });
});

function endlessBody(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(16_384).fill(0x20)) });
}
