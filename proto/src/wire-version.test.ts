import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { WIRE_VERSION, WIRE_VERSION_MIN } from "./wire-version.ts";

// A changed schema gives another digest. What an older peer takes wrongly (a field with another meaning, a number used again, a stricter
// rule) raises WIRE_VERSION; what it passes over (a new field, a new message that it is never sent) does not. Then write the new pair here.
const PINNED = { wireVersion: 4, digest: "f74d23787705e759111ffc3b204cbd2c6d77039ff7dd4eb3be7e24db88dfcf28" };

test("the messages do not change without the wire version being thought of", async () => {
  const hash = createHash("sha256");
  for (const name of ["session.proto", "control.proto"]) hash.update(meaningOf(await readSource(name)));
  assert.deepEqual({ wireVersion: WIRE_VERSION, digest: hash.digest("hex") }, PINNED);
  assert.ok(WIRE_VERSION_MIN >= 1 && WIRE_VERSION_MIN <= WIRE_VERSION);
});

function readSource(name: string): Promise<string> {
  return readFile(join(import.meta.dirname, "..", name), "utf8");
}

/** The text without what no peer sees: comments that are no rules, and space. */
function meaningOf(text: string): string {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "" && (!line.startsWith("//") || line.startsWith("// @"))).join("\n");
}
