/**
 * What is on disk changes only together with its version: the pins hold, for each version, a digest of what defines its bytes. Who
 * changes bytes raises SEGMENT_VERSION and adds a pin; the pin of a version that was released is never edited.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as limits from "./limits.ts";

const PINS: Readonly<Record<number, string>> = {
  1: "7e5c80d6b5a601bd4a50e962cd6729b1fec8c24e2931ebbbbf6890803763ea61",
};

const TEXT = readFileSync(new URL("../../segment.md", import.meta.url), "utf8");

test("the segment format changes only with its version", () => {
  // The tables of the document, but for its history, and the limits as the code has them.
  const tables = TEXT.slice(0, TEXT.indexOf("## 10. History")).split("\n");
  const parts = [...tables.filter((line) => line.startsWith("|")), JSON.stringify(Object.entries(limits).toSorted())];
  assert.equal(createHash("sha256").update(parts.join("\n")).digest("hex"), PINS[limits.SEGMENT_VERSION]);
});

test("the document's header table names the version that the code writes", () => {
  assert.match(TEXT, new RegExp(`\\| 12 \\| 2 \\| version \\| ${limits.SEGMENT_VERSION} \\|`));
});
