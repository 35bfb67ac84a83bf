import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { generatedFiles } from "./generated-files.ts";

const root = join(import.meta.dirname, "../..");

describe("generated files", () => {
  test.each([...generatedFiles()])(
    "%s: says what the sources say (else run tools/configuration/main.ts)",
    (path, made) => {
      const committed = readFileSync(join(root, path), "utf8");
      // Its layout is the formatter's.
      if (path.endsWith(".json")) expect(JSON.parse(committed)).toEqual(JSON.parse(made));
      else expect(committed).toBe(made);
    },
  );
});
