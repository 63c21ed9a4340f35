// That man(1) renders every page, and has nothing to say about it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { manPages } from "./man-pages.ts";
import { manualPages } from "./pages.ts";

const execute = promisify(execFile);
const mayNotSkip = process.env["LEEWARD_REQUIRE_PEERS"] === "1";
const skip = existsSync("/usr/bin/man") || mayNotSkip ? false : "man is not installed";

test("every man page is rendered without a warning", { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "leeward-man-"));
  try {
    for (const [path, text] of manPages(await manualPages(), "1.2.3")) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      const environment = { ...process.env, LC_ALL: "C.UTF-8", MANWIDTH: "100", MANROFFOPT: "", MANPAGER: "cat" };
      const { stdout, stderr } = await execute("man", ["--warnings=w", "-E", "UTF-8", "-l", file], {
        env: environment,
      });
      assert.equal(stderr, "", path);
      assert.match(stdout, /^NAME/m, path);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
