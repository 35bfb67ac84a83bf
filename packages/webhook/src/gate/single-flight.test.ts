import { describe, expect, test } from "vitest";
import { SingleFlight } from "./single-flight.ts";

describe("SingleFlight", () => {
  test("work under way: shared by whoever asks for it, and forgotten when it is over", async () => {
    const flights = new SingleFlight<string>();
    const { promise, resolve } = Promise.withResolvers<string>();
    const first = flights.begin("a", () => promise);
    const second = flights.underWay("a");
    expect(flights.underWay("b")).toBeUndefined();
    resolve("A");
    expect(await Promise.all([first, second])).toEqual(["A", "A"]);
    expect(flights.underWay("a")).toBeUndefined();
    expect(flights.size).toBe(0);
  });

  test("a failure: reaches all, and is not remembered", async () => {
    const flights = new SingleFlight<string>();
    const { promise, reject } = Promise.withResolvers<string>();
    const first = flights.begin("a", () => promise);
    const second = flights.underWay("a");
    reject(new Error("down"));
    await expect(first).rejects.toThrow("down");
    await expect(second).rejects.toThrow("down");
    expect(flights.underWay("a")).toBeUndefined();
    expect(await flights.begin("a", () => Promise.resolve("A"))).toBe("A");
  });

  test("work that cannot even begin: not left under way", () => {
    const flights = new SingleFlight<string>();
    const begin = (): unknown =>
      flights.begin("a", () => {
        throw new Error("at once");
      });
    expect(begin).toThrow("at once");
    expect(flights.size).toBe(0);
  });
});
