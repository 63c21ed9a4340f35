import { PlanDocument } from "@leeward/api";
import { ERROR_SCHEMA, type JsonSchema, OUTPUT_SCHEMAS } from "./output-schemas.ts";

/** Where the schemas lie. */
export const SCHEMA_FOLDER = new URL("../../../docs/cli/", import.meta.url);

/** Where the schema of a recovery plan's document lies: what people write, not what commands print. */
export const PLAN_SCHEMA_FILE = new URL("../../../docs/recovery-plan.schema.json", import.meta.url);

/** As `leeward plan schema` prints it. */
export function planSchema(): string {
  return render("a recovery plan", PlanDocument);
}

/** Every file of docs/cli by name, as it should be. */
export function schemaFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  files.set("error.schema.json", render("what a command that failed prints on stderr", ERROR_SCHEMA));
  for (const [command, schema] of Object.entries(OUTPUT_SCHEMAS))
    files.set(nameOf(command), render(`leeward ${command} --json`, schema));
  files.set("README.md", index());
  return files;
}

function nameOf(command: string): string {
  return `${command.replace(/[ -]+/g, "-")}.schema.json`;
}

function render(title: string, schema: JsonSchema): string {
  return `${JSON.stringify({ $schema: "https://json-schema.org/draft/2020-12/schema", title, ...schema }, null, 2)}\n`;
}

function index(): string {
  const rows = Object.keys(OUTPUT_SCHEMAS).map(
    (command) => `| \`leeward ${command}\` | [${nameOf(command)}](${nameOf(command)}) |`,
  );
  return `# What commands print

With \`--json\` every command prints one document on stdout, as the schema beside it says (\`--follow\` and \`start\`: one per line), and when it
fails, a document as [error.schema.json](error.schema.json) says on stderr. Fields are only added. Exit codes: 0 done, 1 failed (also a failed
job), 2 usage, 3 not found, 4 refused or conflict, 5 unreachable, 6 timed out, 7 corrupt. These files are written by
\`node test/src/cli/main.ts\`, and a test compares every command's output with them.

| Command | Schema |
| --- | --- |
${rows.join("\n")}
`;
}
