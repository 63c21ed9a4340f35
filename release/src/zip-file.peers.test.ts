import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { makeZip } from "./zip-file.ts";

const READ =
  "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; [print(i.filename, i.date_time, z.read(i).decode()) for i in z.infolist()]";

test("another program reads what was put in, and the same content makes the same bytes whenever it was written", () => {
  const folder = mkdtempSync(join(tmpdir(), "leeward-zip-"));
  try {
    const tree = join(folder, "größe");
    mkdirSync(join(tree, "a b"), { recursive: true });
    writeFileSync(join(tree, "z.txt"), "last");
    writeFileSync(join(tree, "a b", "empty"), "");
    const zips = [1, 2].map((time) => {
      utimesSync(join(tree, "z.txt"), time, time);
      const file = join(folder, `${time}.zip`);
      makeZip(tree, file, { seconds: 1_700_000_001, level: 9 });
      return file;
    });
    const [first = "", second = ""] = zips;
    assert.deepEqual(readFileSync(first), readFileSync(second));
    const said = execFileSync("python3", ["-c", READ, first], {
      encoding: "utf8",
      env: { ...process.env, PYTHONUTF8: "1" },
    });
    assert.deepEqual(said.trim().split("\n"), [
      "größe/a b/empty (2023, 11, 14, 22, 13, 20) ",
      "größe/z.txt (2023, 11, 14, 22, 13, 20) last",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
