import { toJsonSchema } from "@valibot/to-json-schema";
import { CONFIG_SCHEMA } from "../../packages/cli/src/config/schema.ts";
import { EXAMPLE_AWS_AUTH, exampleConfig } from "../../packages/cli/src/init/example-files.ts";
import { INSTALLED, PLATFORM_NAMES, stepsFor } from "../../packages/cli/src/init/platforms.ts";

/** Files that the sources say in another form, by their paths from the repository's root. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const { config, stateDir } = INSTALLED;
  const awsAuth = "/etc/iamgate/aws-auth.yaml";
  const settings = exampleConfig({ clusterId: "prod", awsAuth: "aws-auth.yaml", listen: "127.0.0.1:21362", stateDir });
  const paths = { config, mappings: [awsAuth], stateDir, kubeconfig: `${stateDir}/kubeconfig.yaml` };
  const assets = [
    { path: config, text: settings },
    { path: awsAuth, text: EXAMPLE_AWS_AUTH },
  ];
  const files = new Map([
    ["docs/iamgate.schema.json", `${JSON.stringify(jsonSchema(), null, 2)}\n`],
    ["deploy/iamgate.yaml", settings],
    ["deploy/aws-auth.yaml", EXAMPLE_AWS_AUTH],
  ]);
  for (const platform of PLATFORM_NAMES) {
    for (const { file } of stepsFor(platform, paths, assets)) {
      if (file === undefined) continue;
      const isUnit = file.path.endsWith(".service");
      const name = file.path.split("/").at(-1) ?? "";
      files.set(`deploy/${isUnit ? "systemd" : platform}/${name}`, file.text);
    }
  }
  return files;
}

function jsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = toJsonSchema(CONFIG_SCHEMA, { typeMode: "input", ignoreActions: ["check"] });
  return {
    $schema,
    title: "iamgate.yaml",
    description: "Settings of `iamgate serve --config`; see docs/configuration.md.",
    ...schema,
  };
}
