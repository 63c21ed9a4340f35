// Everything that is tested on a file of SQLite, on PostgreSQL: the same files, in a run of their own.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmod, glob, mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { PostgresServer, postgres } from "../../testing/node-postgres-server.ts";

const SOURCES = fileURLToPath(new URL("../../", import.meta.url));
/** How the schema of a file of SQLite grew, and one that takes minutes, which only the long form repeats. */
const LEFT_OUT = [
  "store/migrations.test.ts",
  ...(process.env["LEEWARD_FULL"] === "1" ? [] : ["failover/way-back.test.ts"]),
];

test("what holds with a file of SQLite holds with PostgreSQL", { skip: postgres.skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "leeward-postgres-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o711);
  await using server = await PostgresServer.create(join(folder, "cluster"), { fsync: false });
  const all = await Array.fromAsync(glob("**/*.test.ts", { cwd: SOURCES }));
  const files = all.filter((name) => !name.endsWith(".peers.test.ts") && !LEFT_OUT.includes(name)).sort();
  const { NODE_TEST_CONTEXT: _ours, ...environment } = process.env;
  const child = spawn(
    process.execPath,
    ["--test", "--test-reporter=tap", `--test-concurrency=${availableParallelism() + 1}`, ...files],
    {
      cwd: SOURCES,
      env: { ...environment, LEEWARD_TEST_POSTGRES: server.folder },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  const code = await new Promise((resolve) => child.once("close", resolve));
  const passed = Number(/^# pass (\d+)$/m.exec(said)?.[1] ?? 0);
  t.diagnostic(`${files.length} files, ${passed} tests passed`);
  assert.equal(
    code,
    0,
    said
      .split("\n")
      .filter((line) => /^\s*(not ok|error:|code:|stack:)/.test(line))
      .join("\n"),
  );
  // As many databases as there are homes say that it was PostgreSQL that they ran on.
  const databases = Number(
    await server.ask("SELECT count(*) FROM pg_database WHERE datname LIKE 't%' AND length(datname) = 25"),
  );
  assert.ok(passed > files.length && databases > files.length, `${passed} passed, on ${databases} databases`);
});
