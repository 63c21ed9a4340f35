import assert from "node:assert/strict";
import { test } from "node:test";
import { MiB, seededRandom } from "@leeward/base";
import { memoryDevice } from "@leeward/block";
import { simulatedClock, simulatedFiles } from "@leeward/world/testing";
import { OverlayRoom, withinRoom } from "./overlay-room.ts";

const DISK_BYTES = 64 * MiB;
const USUAL = { fua: false };

test("overlays are refused writes before they take what must stay free, reads go on, and writes too once there is room", async () => {
  const clock = simulatedClock();
  const files = simulatedFiles({ clock, random: seededRandom(1), capacityBytes: 100 * MiB });
  await using device = withinRoom(
    memoryDevice(DISK_BYTES),
    new OverlayRoom(files, { folder: "/", floorBytes: 80 * MiB }),
  );
  const data = new Uint8Array(MiB).fill(7);
  // What is written takes no room here: the look at it is what counts.
  for (let count = 0; count < 40; count += 1) await device.write(count * MiB, data, USUAL);
  files.capacityBytes = 80 * MiB;
  let written = 0;
  await assert.rejects(
    async () => {
      for (; written < 64; written += 1) await device.write(written * MiB, data, USUAL);
    },
    { code: "disk-full" },
  );
  assert.ok(written <= 16, `${written} MiB more were taken before it was looked again`);
  await assert.rejects(device.zero({ offset: 0, length: 512 }, { ...USUAL, mayDiscard: true }), { code: "disk-full" });
  await assert.rejects(device.discard({ offset: 0, length: 512 }, USUAL), { code: "disk-full" });
  const read = new Uint8Array(512);
  await device.read(0, read);
  assert.equal(read[0], 7);
  files.capacityBytes = 100 * MiB;
  await device.write(0, data, USUAL);
});
