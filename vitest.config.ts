import { defineConfig } from "vitest/config";

// The suites of the runtime-neutral packages, on Node; `bun test` runs the same files.
export default defineConfig({
  ssr: { resolve: { conditions: ["source"] } },
  resolve: { conditions: ["source"] },
  test: { include: ["packages/{token,access}/{src,test}/**/*.test.ts"], testTimeout: 30_000 },
});
