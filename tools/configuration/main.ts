// Writes what the sources say in another form (the JSON schema of iamgate.yaml, the files of deploy/):
// `bun --conditions=source tools/configuration/main.ts && npm run format`. A test holds the files against the sources.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generatedFiles } from "./generated-files.ts";

const root = join(import.meta.dirname, "../..");
for (const [path, text] of generatedFiles()) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  console.log(`wrote ${path}`);
}
