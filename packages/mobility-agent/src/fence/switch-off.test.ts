import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { switchOff } from "./node-switch-off.ts";

test("the command that switches a machine off is run with its arguments, and its failure is told by name", async () => {
  const folder = await mkdtemp(join(tmpdir(), "leeward-switch-off-"));
  try {
    const file = join(folder, "a b");
    await switchOff(["/bin/sh", "-c", 'printf %s "$1" > "$1"', "sh", file]);
    assert.equal(await readFile(file, "utf8"), file);
    for (const command of [["/bin/false"], [join(folder, "nothing")], []])
      await assert.rejects(switchOff(command), { code: "switch-off-failed" });
  } finally {
    await rm(folder, { recursive: true });
  }
});
