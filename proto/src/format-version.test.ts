/**
 * What is on disk and on the wire changes only together with its version: the pins below hold, for each version, a digest of what
 * defines its bytes. Who changes bytes raises the version and adds a pin; a pin of a version that was released is never edited.
 * (Before the first release there is one version of each, and its pin moves.)
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as limits from "./segment/limits.ts";
import { SEGMENT_VERSION } from "./segment/limits.ts";
import { WIRE_VERSION } from "./wire-version.ts";

const SEGMENT_PINS: Readonly<Record<number, string>> = {
  1: "7e5c80d6b5a601bd4a50e962cd6729b1fec8c24e2931ebbbbf6890803763ea61",
};
const WIRE_PINS: Readonly<Record<number, string>> = {
  1: "4da0237fe80c27a3a8b2d76af4c8b16ce2b6877f59a595a247cf893b49046af4",
};

function digestOf(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\n")).digest("hex");
}

function textOf(name: string): string {
  return readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
}

/** The tables of the document, but for its history, and the limits as the code has them. */
function segmentFormat(): string[] {
  const text = textOf("segment.md");
  const tables = text.slice(0, text.indexOf("## 10. History")).split("\n");
  return [...tables.filter((line) => line.startsWith("|")), JSON.stringify(Object.entries(limits).toSorted())];
}

/** The messages without comments and layout. */
function messages(): string[] {
  return ["session.proto", "control.proto"].map((name) =>
    textOf(name)
      .replaceAll(/\/\/.*$/gm, "")
      .replaceAll(/\s+/g, " "),
  );
}

test("the segment format changes only with its version", () => {
  assert.equal(digestOf(segmentFormat()), SEGMENT_PINS[SEGMENT_VERSION]);
  assert.match(textOf("segment.md"), new RegExp(`\\| 12 \\| 2 \\| version \\| ${SEGMENT_VERSION} \\|`));
});

test("the messages change only with their version", () => {
  assert.equal(digestOf(messages()), WIRE_PINS[WIRE_VERSION]);
});
