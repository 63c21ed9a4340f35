import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import { PLAN_SCHEMA_FILE, planSchema, SCHEMA_FOLDER, schemaFiles } from "./schema-files.ts";

test("docs/cli holds the schema of every command as it is now, and nothing else", async () => {
  const files = schemaFiles();
  assert.deepEqual((await readdir(SCHEMA_FOLDER)).sort(), [...files.keys()].sort());
  for (const [name, content] of files)
    assert.equal(
      await readFile(new URL(name, SCHEMA_FOLDER), "utf8"),
      content,
      `${name} is stale: node test/src/cli/main.ts`,
    );
});

test("docs has the schema of a recovery plan's document as it is now", async () => {
  assert.equal(await readFile(PLAN_SCHEMA_FILE, "utf8"), planSchema(), "it is stale: node test/src/cli/main.ts");
});
