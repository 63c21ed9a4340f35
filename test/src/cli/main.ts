// Writes docs/cli and docs/recovery-plan.schema.json anew: node test/src/cli/main.ts
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { PLAN_SCHEMA_FILE, planSchema, SCHEMA_FOLDER, schemaFiles } from "./schema-files.ts";

const files = schemaFiles();
await mkdir(SCHEMA_FOLDER, { recursive: true });
for (const name of await readdir(SCHEMA_FOLDER)) if (!files.has(name)) await rm(new URL(name, SCHEMA_FOLDER));
for (const [name, content] of files) await writeFile(new URL(name, SCHEMA_FOLDER), content);
await writeFile(PLAN_SCHEMA_FILE, planSchema());
