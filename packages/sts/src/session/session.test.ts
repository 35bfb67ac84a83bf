import type { Credentials } from "@iamgate/token/sigv4";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createSts } from "../index.ts";
import { NOW, HOST, TEXT, iamOf, counting, World, assume, DEVELOPER } from "../../test/sessions-world.ts";

describe("session tokens", () => {
  const ARN = "arn:aws:sts::111122223333:assumed-role/Developer/s1";
  const issued = (world: World): Promise<Credentials> =>
    world.session("AssumeRole", assume(DEVELOPER), world.as("alice"));

  test("another process with the same key: knows the session; with another key: does not", async () => {
    const session = await issued(new World());
    const later = new World();
    expect(await later.arnOf(session)).toBe(ARN);
    later.key = new Uint8Array(32).fill(8);
    expect(await later.arnOf(session)).toBe("InvalidClientTokenId");
  });

  test.each<readonly [what: string, from: string, to: string]>([
    ["deleted", "- name: Developer\n", "- name: Gone\n"],
    ["switched off", "path: /team/", "path: /team/\n        active: false"],
    ["made anew", "path: /team/", "path: /team/\n        created: 2026-01-02T00:00:00Z"],
    ["moved to another path", "path: /team/", "path: /other/"],
  ])("the role is %s: its sessions end", async (_, from, to) => {
    const world = new World();
    const session = await issued(world);
    expect(await world.arnOf(session)).toBe(ARN);
    world.text = TEXT.replace(from, to);
    expect(world.text).not.toBe(TEXT);
    expect(await world.arnOf(session)).toBe("InvalidClientTokenId");
  });

  test("a user that is switched off: neither keys nor sessions work", async () => {
    const world = new World();
    const session = await world.session("GetSessionToken", {}, world.as("bob"));
    world.text = TEXT.replace("- name: bob", "- name: bob\n        active: false");
    expect([await world.arnOf(session), await world.arnOf(world.as("bob"))]).toEqual([
      "InvalidClientTokenId",
      "InvalidClientTokenId",
    ]);
  });

  test("one session's token with another's key id, and without a token: not believed", async () => {
    const world = new World();
    const [one, another] = [await issued(world), await issued(world)];
    expect(await world.arnOf({ ...one, sessionToken: another.sessionToken ?? "" })).toBe("InvalidClientTokenId");
    expect(await world.arnOf({ ...one, accessKeyId: another.accessKeyId })).toBe("InvalidClientTokenId");
    const { accessKeyId, secretAccessKey } = one;
    expect(await world.arnOf({ accessKeyId, secretAccessKey })).toBe("InvalidClientTokenId");
    expect(await world.arnOf({ ...one, secretAccessKey: another.secretAccessKey })).toBe("SignatureDoesNotMatch");
  });

  test("any one character changed: not believed", async () => {
    const world = new World();
    const session = await issued(world);
    const text = session.sessionToken ?? "";
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom(..."AZaz09+/=".split("")), async (at, character) => {
        if (text[at] === character) return;
        const altered = text.slice(0, at) + character + text.slice(at + 1);
        expect(await world.arnOf({ ...session, sessionToken: altered })).toBe("InvalidClientTokenId");
      }),
      { numRuns: 100 },
    );
  });

  test("MinimumSessionTokenSize: a token at least that long, that works", async () => {
    const world = new World();
    const session = await world.session(
      "AssumeRole",
      assume(DEVELOPER, { MinimumSessionTokenSize: "4096" }),
      world.as("alice"),
    );
    expect(session.sessionToken?.length).toBeGreaterThanOrEqual(4096);
    expect(session.sessionToken?.length).toBeLessThan(4104);
    expect(await world.arnOf(session)).toBe(ARN);
  });

  test("without a sealing key: actions that give credentials do not exist, and a wrong key is refused at once", async () => {
    const iam = iamOf(TEXT);
    const sts = createSts({ iam: () => iam, now: () => NOW, requestId: () => "r" });
    const response = await sts(
      new Request(`https://${HOST}/?Action=AssumeRoleWithWebIdentity&Version=2011-06-15`, {
        headers: { accept: "application/json" },
      }),
    );
    expect(await response.json()).toMatchObject({ Error: { Code: "InvalidAction" } });
    const sealing = { key: new Uint8Array(16), randomBytes: counting() };
    expect(() => createSts({ iam: () => iam, now: () => NOW, requestId: () => "r", sealing })).toThrow(RangeError);
  });
});
