import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "node:test";
import { ROOT } from "./repository.ts";

interface Ran {
  readonly told: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

/** Runs test files with these bodies in a process of its own: the runner does not run inside of itself. */
function ran(files: Readonly<Record<string, string>>): Ran {
  const folder = mkdtempSync(join(tmpdir(), "leeward-suite-"));
  try {
    for (const [name, body] of Object.entries(files)) {
      writeFileSync(
        join(folder, name),
        `import { suite, test } from "node:test";\nimport assert from "node:assert";\n${body}`,
      );
    }
    const suite = {
      name: "fixture",
      files: Object.keys(files).map((name) => relative(ROOT, join(folder, name))),
      concurrency: 6,
      minutesMax: 0.05,
    };
    const script = `
      import { runSuite } from ${JSON.stringify(join(import.meta.dirname, "suite-run.ts"))};
      let told = "";
      const result = await runSuite(${JSON.stringify(suite)}, (text) => { told += text + "\\n"; });
      console.log(JSON.stringify({ ...result, told }));`;
    const env = { ...process.env };
    delete env.NODE_TEST_CONTEXT;
    writeFileSync(join(folder, "run.mjs"), script);
    const stdout = execFileSync(process.execPath, [join(folder, "run.mjs")], { env, encoding: "utf8" });
    return resultOf(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function resultOf(parsed: unknown): Ran {
  assert(typeof parsed === "object" && parsed !== null);
  assert("told" in parsed && "passed" in parsed && "failed" in parsed && "skipped" in parsed);
  assert(Array.isArray(parsed.skipped));
  return {
    told: String(parsed.told),
    passed: Number(parsed.passed),
    failed: Number(parsed.failed),
    skipped: parsed.skipped.map(String),
  };
}

test("what passes is counted, what fails is told, what is skipped is named", () => {
  const { told, passed, failed, skipped } = ran({
    "a.test.mjs": `
      test("one", () => {});
      test("two", async () => { assert.equal(1, 2, "they differ"); });
      test("three", { skip: "no peer" }, () => {});
      test("four", (t) => t.skip());
      suite("five", () => { test("inside", () => {}); test("failing inside", () => { throw new Error("deep"); }); });`,
    "b.test.mjs": `test("six", () => {});`,
  });
  assert.deepEqual([passed, failed], [3, 2]);
  assert.match(told, /two\n.*they differ/s);
  assert.match(told, /failing inside\n.*deep/s);
  assert.equal(skipped.length, 2);
  assert.match(skipped[0] ?? "", /three \(no peer\)$/);
});

test("a group that is skipped is named, too", () => {
  const { passed, failed, skipped } = ran({
    "group.test.mjs": `suite("group", { skip: "no peer" }, () => { test("inside", () => {}); }); test("beside", () => {});`,
  });
  assert.deepEqual([passed, failed], [1, 0]);
  assert.equal(skipped.length, 1);
  assert.match(skipped[0] ?? "", /group \(no peer\)/);
});

test("a file that cannot be loaded, ends early, or never ends is a failure", () => {
  const files = {
    "unloadable.test.mjs": `import "./nothing.mjs";`,
    "early.test.mjs": `test("one", () => {}); process.exit(3);`,
    "late.test.mjs": `test("one", async () => { await new Promise((r) => setTimeout(r, 60_000)); });`,
    "stuck.test.mjs": `test("one", async () => { await new Promise(() => {}); });`,
    "busy.test.mjs": `test("the busy one", async () => { await new Promise((r) => setTimeout(r, 10)); for (;;); });`,
    "lingering.test.mjs": `test("one", () => {}); setInterval(() => {}, 1_000);`,
  };
  const { told } = ran(files);
  for (const name of Object.keys(files)) assert.match(told, new RegExp(`✖ .*${name}`));
  assert.match(told, /busy.test.mjs: it did not end .*still running: the busy one/);
});

test("what is thrown after a test has ended is a failure", () => {
  const late = `test("one", () => { void Promise.reject(new Error("floating")); });`;
  assert.equal(ran({ "a.test.mjs": late }).failed, 1);
});
