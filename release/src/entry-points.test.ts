import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { ENTRY_POINTS, startedBy, startingBundled } from "./entry-points.ts";
import { ROOT, textOf } from "./repository.ts";

/** Of what runs under Node in a release; the console is built before. */
function sources(): string[] {
  const packages = readdirSync(join(ROOT, "packages")).filter((name) => name !== "console");
  return packages.flatMap((name) =>
    readdirSync(join(ROOT, "packages", name, "src"), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && !/\.test\.ts$|(^|\/)(testing|fixtures)\//.test(path))
      .map((path) => `packages/${name}/src/${path}`),
  );
}

test("the entry points are the executable and all that sources start by name", () => {
  const started = sources().flatMap((path) => startedBy(textOf(path)).map((name) => join(dirname(path), `${name}.ts`)));
  assert.deepEqual([...new Set(started), "packages/leeward/src/main.ts"].sort(), [...ENTRY_POINTS].sort());
});

test("sources find what they start, and themselves, in no other way", () => {
  // The executable's own path is what children are started by; a library that was built here is asked for by name; a release has the console elsewhere.
  const known = [
    "packages/leeward/src/console-folder.ts: return fileURLToPath(new URL(CONSOLE_FOLDER, import.meta.url));",
    "packages/leeward/src/main.ts: const program = leewardProgram(state, fileURLToPath(import.meta.url));",
    'packages/world/src/node-compute.ts: const library: unknown = createRequire(import.meta.url)("lz4");',
  ];
  const found = sources().flatMap((path) =>
    textOf(path)
      .split("\n")
      .filter((line) => line.includes("import.meta") && startedBy(line).length === 0)
      .map((line) => `${path}: ${line.trim()}`),
  );
  assert.deepEqual(found.sort(), known.sort());
});

test("what a source starts is asked for by its compiled name", () => {
  const source = 'new Worker(new URL("./node-disk-worker.ts", import.meta.url), { name: "a.ts" })';
  assert.equal(
    startingBundled(source),
    'new Worker(new URL("./node-disk-worker.js", import.meta.url), { name: "a.ts" })',
  );
  assert.deepEqual(startedBy(source), ["node-disk-worker"]);
});
