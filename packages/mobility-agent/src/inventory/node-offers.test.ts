import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { readOffers } from "./node-offers.ts";

test("offers that are wrong are named, and the others stay in force", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "leeward-offers-"));
  context.after(() => rm(folder, { recursive: true }));
  await writeFile(`${folder}/good.yaml`, "path: /disks/one\n");
  await writeFile(`${folder}/relative.yaml`, "path: disks/two\n");
  await writeFile(`${folder}/more.yaml`, "path: /disks/three\nsize: 5\n");
  await writeFile(`${folder}/broken.yaml`, "path: [\n");
  await writeFile(`${folder}/large.yaml`, `path: /${"x".repeat(70_000)}\n`);
  await writeFile(`${folder}/ignored.txt`, "path: /disks/four\n");
  const { paths, faults } = await readOffers(folder);
  assert.deepEqual(paths, ["/disks/one"]);
  assert.deepEqual(
    faults.map(({ code, detail }) => `${code} ${String(detail["file"]).slice(folder.length)}`).sort(),
    ["/broken.yaml", "/large.yaml", "/more.yaml", "/relative.yaml"].map((file) => `offer-invalid ${file}`),
  );
  assert.deepEqual(await readOffers(`${folder}/missing`), { paths: [], faults: [] });
});
