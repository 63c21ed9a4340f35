import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { KiB } from "@leeward/base";
import type { TrackedDevice } from "../kernel/tracked-device.ts";
import { TracedChanges } from "./traced-changes.ts";

const DISK: TrackedDevice = {
  path: "/dev/vdb",
  disk: "vdb",
  major: 254,
  minor: 16,
  firstSector: 0,
  sectors: 8_192,
  diskSequence: 1,
  byBios: 0,
};
const REGION = 64 * KiB;
const lineOf = (detail: string): string =>
  `   kworker/0:1H-30      [000] d..1.    12.345678: block_rq_complete: ${detail}`;

function traced(lines: readonly string[], device = DISK, discardsAreWhole = true): TracedChanges {
  const changes = new TracedChanges(device, { discardsAreWhole });
  for (const line of lines) changes.take(line);
  return changes;
}

describe("the lines of a trace", () => {
  test("writes, zeroes and discards are changes; reads, flushes and other disks are not", () => {
    const changes = traced(
      [
        "# tracer: nop",
        "",
        lineOf("254,16 WS () 0 + 8 none,0,0 [0]"),
        lineOf("254,16 FWFS () 128 + 1 none,0,0 [0]"),
        lineOf("254,16 NS () 384 + 128 none,0,0 [0]"),
        lineOf("254,16 DS () 1024 + 256 [0]"),
        lineOf("254,16 RA () 2048 + 8 none,0,0 [0]"),
        lineOf("254,16 FF () 18446744073709551615 + 0 none,0,0 [0]"),
        lineOf("254,16 N () 18446744073709551615 + 0 [0]"),
        lineOf("254,1 W () 4096 + 8 none,0,0 [0]"),
        lineOf("254,160 W () 4096 + 8 none,0,0 [0]"),
      ].map((line) => line),
    );
    assert.equal(changes.doubt, undefined);
    assert.deepEqual(changes.sectors, { written: 8 + 1 + 128, discarded: 256 });
    assert.deepEqual(
      [...changes.extents()],
      [
        { offset: 0, length: 2 * REGION },
        { offset: 3 * REGION, length: REGION },
        { offset: 8 * REGION, length: 2 * REGION },
      ],
    );
  });

  test("of a partition, what lies on it is told from its beginning, and all of the disk is counted", () => {
    const partition = { ...DISK, firstSector: 2_048, sectors: 1_024 };
    const lines = ["254,16 W () 2040 + 16 [0]", "254,16 W () 3068 + 128 [0]", "254,16 W () 0 + 8 [0]"].map(lineOf);
    const changes = traced(lines, partition);
    assert.deepEqual(changes.sectors, { written: 152, discarded: 0 });
    assert.deepEqual(
      [...changes.extents()],
      [
        { offset: 0, length: REGION },
        { offset: 7 * REGION, length: REGION },
      ],
    );
  });

  test("what may have changed more than is told is doubted", () => {
    for (const line of [
      "CPU:1 [LOST 17 EVENTS]",
      lineOf("254,16 N () 18446744073709551615 + 8 [0]"),
      lineOf("254,16 W 2040 + 16"),
      lineOf("254,16 "),
    ]) {
      assert.notEqual(traced([line]).doubt, undefined, line);
    }
    const discard = lineOf("254,16 DS () 0 + 256 [0]");
    assert.equal(traced([discard]).doubt, undefined);
    assert.notEqual(traced([discard], DISK, false).doubt, undefined);
  });
});
