import { expect, test } from "vitest";
import { allStsHosts, stsHostFor, stsHostOf } from "./hosts.ts";

test("allStsHosts: each host once, at least 140 of them, in all eight partitions", () => {
  const hosts = allStsHosts();
  expect(new Set(hosts.map((sts) => sts.host)).size).toBe(hosts.length);
  expect(hosts.length).toBeGreaterThan(140);
  expect([...new Set(hosts.map((sts) => sts.partition))].toSorted()).toEqual([
    "aws",
    "aws-cn",
    "aws-eusc",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-us-gov",
  ]);
});

// The table of token.md: partition by partition, regional, FIPS, dual-stack.
const TABLE: readonly (readonly [string, { fips?: boolean; dualStack?: boolean }, string])[] = [
  ["us-west-2", {}, "sts.us-west-2.amazonaws.com"],
  ["us-west-2", { fips: true }, "sts-fips.us-west-2.amazonaws.com"],
  ["us-west-2", { dualStack: true }, "sts.us-west-2.api.aws"],
  ["us-west-2", { fips: true, dualStack: true }, "sts-fips.us-west-2.api.aws"],
  ["aws-global", {}, "sts.amazonaws.com"],
  ["cn-north-1", {}, "sts.cn-north-1.amazonaws.com.cn"],
  ["cn-north-1", { dualStack: true }, "sts.cn-north-1.api.amazonwebservices.com.cn"],
  ["us-gov-west-1", {}, "sts.us-gov-west-1.amazonaws.com"],
  ["us-gov-west-1", { fips: true }, "sts.us-gov-west-1.amazonaws.com"],
  ["us-gov-west-1", { dualStack: true }, "sts.us-gov-west-1.api.aws"],
  ["us-iso-east-1", {}, "sts.us-iso-east-1.c2s.ic.gov"],
  ["us-isob-east-1", {}, "sts.us-isob-east-1.sc2s.sgov.gov"],
  ["eu-isoe-west-1", {}, "sts.eu-isoe-west-1.cloud.adc-e.uk"],
  ["us-isof-south-1", {}, "sts.us-isof-south-1.csp.hci.ic.gov"],
  ["eusc-de-east-1", {}, "sts.eusc-de-east-1.amazonaws.eu"],
  ["eusc-de-east-1", { dualStack: true }, "sts.eusc-de-east-1.api.amazonwebservices.eu"],
  ["eu-west-9", {}, "sts.eu-west-9.amazonaws.com"],
];

for (const [region, options, host] of TABLE) {
  test(`stsHostFor: ${region} ${JSON.stringify(options)} is ${host}`, () => {
    expect(stsHostFor(region, options).host).toBe(host);
  });
}

test("stsHostFor: endpoints that a partition lacks are a RangeError", () => {
  for (const region of ["cn-north-1", "us-iso-east-1", "eusc-de-east-1"]) {
    expect(() => stsHostFor(region, { fips: true })).toThrow(RangeError);
  }
  expect(() => stsHostFor("us-iso-east-1", { dualStack: true })).toThrow(RangeError);
  expect(() => stsHostFor("aws-global", { fips: true })).toThrow(RangeError);
});

test("stsHostOf: the global host belongs to us-east-1, and keys of Object are no hosts", () => {
  expect(stsHostOf("sts.amazonaws.com")).toMatchObject({ region: "us-east-1", kind: "global" });
  for (const host of ["constructor", "__proto__", "toString", "STS.amazonaws.com", "sts.amazonaws.com."]) {
    expect(stsHostOf(host)).toBeUndefined();
  }
});
