import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acceptedHosts } from "./accepted-hosts.ts";
import { allStsHosts } from "./hosts.ts";
import { mintToken } from "./mint.ts";
import { decodeToken, readToken } from "./read.ts";

const now = Date.parse("2026-01-02T03:04:05.678Z");
const LONG_TERM = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" };
const TEMPORARY = { ...LONG_TERM, accessKeyId: "ASIAIOSFODNN7EXAMPLE", sessionToken: "IQoJb3JpZ2lu/+==" };
const FOR_PROD = { clusterId: "prod", region: "us-west-2", now } as const;

function urlOf(token: string): URL {
  const decoded = decodeToken(token);
  if (!decoded.ok) throw new Error(decoded.detail);
  return new URL(decoded.url);
}

describe("mintToken: shape", () => {
  test("parameters: named and ordered as the AWS CLI and boto3 send them", () => {
    const url = urlOf(mintToken({ ...FOR_PROD, credentials: TEMPORARY }).token);
    expect(url.origin + url.pathname).toBe("https://sts.us-west-2.amazonaws.com/");
    const { "X-Amz-Signature": signature, ...rest } = Object.fromEntries(url.searchParams);
    expect(signature).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.entries(rest)).toEqual([
      ["Action", "GetCallerIdentity"],
      ["Version", "2011-06-15"],
      ["X-Amz-Algorithm", "AWS4-HMAC-SHA256"],
      ["X-Amz-Credential", "ASIAIOSFODNN7EXAMPLE/20260102/us-west-2/sts/aws4_request"],
      ["X-Amz-Date", "20260102T030405Z"],
      ["X-Amz-Expires", "60"],
      ["X-Amz-SignedHeaders", "host;x-k8s-aws-id"],
      ["X-Amz-Security-Token", "IQoJb3JpZ2lu/+=="],
    ]);
  });

  test("cluster id: not in the token, and yet another one gives another signature", () => {
    const one = mintToken({ ...FOR_PROD, clusterId: "one-cluster", credentials: LONG_TERM }).token;
    const two = mintToken({ ...FOR_PROD, clusterId: "two-cluster", credentials: LONG_TERM }).token;
    expect(urlOf(one).href).not.toContain("one-cluster");
    expect(urlOf(one).searchParams.get("X-Amz-Signature")).not.toBe(urlOf(two).searchParams.get("X-Amz-Signature"));
  });

  test("size: a session token of 2,500 base64 characters gives 4,045 to 4,101", () => {
    const bytes = Uint8Array.from({ length: 1875 }, (_, index) => (index * 197 + (index >> 3)) & 255);
    const credentials = { ...TEMPORARY, sessionToken: btoa(String.fromCharCode(...bytes)) };
    expect(credentials.sessionToken).toHaveLength(2500);
    const { length } = mintToken({ ...FOR_PROD, credentials }).token;
    expect(length).toBeGreaterThanOrEqual(4045);
    expect(length).toBeLessThanOrEqual(4101);
  });
});

describe("mintToken: expiry", () => {
  const expiresAt = (credentials: Parameters<typeof mintToken>[0]["credentials"]): string =>
    mintToken({ ...FOR_PROD, credentials }).expiresAt.toISOString();

  test("long-term keys: 14 minutes after the whole second of signing", () => {
    expect(expiresAt(LONG_TERM)).toBe("2026-01-02T03:18:05.000Z");
  });

  test("credentials that end sooner: their end", () => {
    expect(expiresAt({ ...TEMPORARY, expiration: new Date("2026-01-02T03:05:00Z") })).toBe("2026-01-02T03:05:00.000Z");
  });

  test("credentials that end later: 14 minutes", () => {
    expect(expiresAt({ ...TEMPORARY, expiration: new Date("2026-01-02T04:05:00Z") })).toBe("2026-01-02T03:18:05.000Z");
  });

  test("credentials that have ended: TokenError credentials-expired", () => {
    expect(() => expiresAt({ ...TEMPORARY, expiration: new Date(now) })).toThrow(
      expect.objectContaining({ code: "credentials-expired" }),
    );
  });
});

describe("mintToken: what cannot work is told before STS does", () => {
  const mint = (options: Partial<Parameters<typeof mintToken>[0]>) => () =>
    mintToken({ ...FOR_PROD, credentials: LONG_TERM, ...options });

  test("temporary keys without a session token: session-token-missing", () => {
    const { sessionToken: _, ...credentials } = TEMPORARY;
    expect(mint({ credentials })).toThrow(expect.objectContaining({ code: "session-token-missing" }));
  });

  test("long-term keys with a session token: session-token-unexpected", () => {
    const credentials = { ...LONG_TERM, sessionToken: "left-over" };
    expect(mint({ credentials })).toThrow(expect.objectContaining({ code: "session-token-unexpected" }));
  });

  test("cluster ids that SigV4 would alter, or that no header can carry: TypeError", () => {
    for (const clusterId of ["", " a", "a ", "a\t", "a  b", "a\nb", "a\u0000b", "a\u007f", "\ud800"]) {
      expect(mint({ clusterId })).toThrow(TypeError);
    }
  });

  test("regions and hosts that fit no partition: RangeError", () => {
    for (const region of ["", "mars-1", "us-west", "US-WEST-2", "us-west-2 "]) {
      expect(mint({ region })).toThrow(RangeError);
    }
    expect(mint({ host: "sts.cn-north-1.amazonaws.com.cn" })).toThrow(RangeError);
    expect(() => mintToken({ clusterId: "c", credentials: LONG_TERM, host: "sts.example.com", now })).toThrow(
      RangeError,
    );
  });

  test("X-Amz-Expires outside 0 to 900: RangeError", () => {
    for (const expiresSeconds of [-1, 901, 1.5, Number.NaN]) expect(mint({ expiresSeconds })).toThrow(RangeError);
  });

  test("errors: none quotes the secret key or the session token", () => {
    const credentials = { ...LONG_TERM, sessionToken: "canary-session", secretAccessKey: "canary-secret" };
    for (const options of [{ credentials }, { credentials, clusterId: "" }, { credentials, region: "mars-1" }]) {
      expect(mint(options)).toThrow(expect.not.objectContaining({ message: expect.stringContaining("canary") }));
    }
  });
});

describe("mintToken and readToken", () => {
  const hosts = acceptedHosts();

  test("every STS host of every partition: minted by its name alone, read back with its region", () => {
    for (const { host, region, partition } of allStsHosts()) {
      const { token } = mintToken({ clusterId: "prod", credentials: LONG_TERM, host, now });
      expect(readToken(token, { hosts, now })).toMatchObject({ ok: true, authority: host, region, partition });
    }
  });

  test("whatever is minted is read back", () => {
    const clusterId = fc.string({ minLength: 1 }).filter((id) => !/^\s|\s$|\s\s|[\u0000-\u001f\u007f]/.test(id));
    const sessionToken = fc.stringMatching(/^[A-Za-z0-9/+=]{1,3000}$/);
    fc.assert(
      fc.property(clusterId, fc.option(sessionToken, { nil: undefined }), (id, session) => {
        const credentials = session === undefined ? LONG_TERM : { ...TEMPORARY, sessionToken: session };
        const { token } = mintToken({ ...FOR_PROD, clusterId: id, credentials });
        expect(readToken(token, { hosts, now })).toMatchObject({ ok: true, accessKeyId: credentials.accessKeyId });
      }),
    );
  });
});
