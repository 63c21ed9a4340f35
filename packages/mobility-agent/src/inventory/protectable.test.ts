import assert from "node:assert/strict";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isFault } from "@leeward/base";
import { candidates } from "./node-candidates.ts";
import { refusalOf, requireProtectable } from "./protectable.ts";

const LIMITED = { paths: ["/data/disks", "/dev/vdb"], forbidden: ["/var/lib/leeward"], rootDevices: ["/dev/vda"] };

test("a path inside of what is protectable is allowed, and nothing else", () => {
  assert.equal(refusalOf("/data/disks/web.img", LIMITED, "splitter"), undefined);
  assert.equal(refusalOf("/dev/vdb", LIMITED, "splitter"), undefined);
  assert.match(refusalOf("/data/disks-other/web.img", LIMITED, "splitter") ?? "", /not among/);
  assert.match(refusalOf("/dev/vdc", LIMITED, "splitter") ?? "", /not among/);
  assert.throws(
    () => requireProtectable("/etc/shadow", LIMITED, "splitter"),
    (error) => isFault(error, "disk-not-protectable"),
  );
});

test("with nothing named everything may be protected but the agent's home and the running root", () => {
  const open = { ...LIMITED, paths: [] };
  assert.equal(refusalOf("/anywhere/else.img", open, "splitter"), undefined);
  assert.match(refusalOf("/var/lib/leeward/disks/x", open, "splitter") ?? "", /needs/);
  assert.match(refusalOf("/dev/vda", open, "splitter") ?? "", /needs/);
  assert.equal(refusalOf("/dev/vda", open, "tracker"), undefined);
  assert.match(refusalOf("/var/lib/leeward/disks/x", open, "tracker") ?? "", /needs/);
});

test("image files of a protectable folder are listed, with why one cannot be protected", async () => {
  const folder = await mkdtemp(join(tmpdir(), "leeward-candidates-"));
  try {
    await writeFile(`${folder}/good.img`, "");
    await truncate(`${folder}/good.img`, 1 << 20);
    await writeFile(`${folder}/odd.img`, "x");
    const found = await candidates({ paths: [folder], forbidden: [], rootDevices: [] });
    const images = found.filter((item) => item.kind === "file");
    assert.deepEqual(
      images.map((item) => [item.path, item.sizeBytes, item.refusal === ""]),
      [
        [`${folder}/good.img`, 1 << 20, true],
        [`${folder}/odd.img`, 1, false],
      ],
    );
    for (const disk of found.filter((item) => item.kind === "block-device"))
      assert.notEqual(disk.refusal, "", disk.path);
  } finally {
    await rm(folder, { recursive: true });
  }
});
