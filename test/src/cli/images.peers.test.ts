// Points taken away as images: each format, made by a server and without one, is the point byte for byte.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { peer, runPeer } from "@leeward/nbd/testing";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { disksOf, fieldOf } from "../harness/shapes.ts";
import { CommandCheck } from "./command-check.ts";

const MiB = 1 << 20;
const QEMU_IMG = peer("qemu-img");
const { skip } = QEMU_IMG;
const DRIVERS = { qcow2: "qcow2", vhd: "vpc", vhdx: "vhdx", vmdk: "vmdk" } as const;
const check = new CommandCheck();
let chain: Chain;
let home: readonly string[];
let image: string;

before(async () => {
  if (skip !== false) return;
  chain = await Chain.start({ machine: "web" });
  home = ["--home", chain.serverHome];
  image = `${chain.sourceFolder}/a.img`;
  await mkdir(`${chain.folder}/out`);
  const content = new Uint8Array(3 * MiB).map((_, index) => (index * 31) ^ (index >> 11));
  await writeFile(image, content);
  await truncate(image, 9 * MiB + 512);
  await check.prints("disk protect", ["web", "--path", image, "--name", "a", "--timeout", "60", ...home]);
  await eventually("the disk is protected", async () =>
    disksOf(await chain.run("disk", "status"))[0]?.state === "protected" ? true : undefined,
  );
  await check.prints("point create", ["web", ...home]);
});

after(async () => {
  if (skip === false) await chain.stop({ keep: false });
});

/** The image's disk, by QEMU's own hand. */
async function contentOf(file: string, driver: string): Promise<Buffer> {
  const raw = `${chain.folder}/back.raw`;
  const { code, stderr } = await runPeer(QEMU_IMG, ["convert", "-f", driver, "-O", "raw", file, raw]);
  assert.equal(code, 0, stderr);
  const content = await readFile(raw);
  await rm(raw);
  return content;
}

test("a server saves a point in each format, and only whole images are seen", { skip }, async () => {
  const content = await readFile(image);
  const sha256 = createHash("sha256").update(content).digest("hex");
  for (const [format, driver] of Object.entries(DRIVERS)) {
    const file = `${chain.folder}/out/web a.${format}`;
    const args = ["web", "a", "--at", "latest", "--to", file, "--format", format, ...home];
    const saved = await check.prints("point save", args);
    assert.deepEqual([fieldOf(saved, "format"), fieldOf(saved, "sha256")], [format, sha256]);
    assert.equal(fieldOf(saved, "bytes"), content.length);
    assert.ok((await contentOf(file, driver)).equals(content), format);
    await check.refuses("point save", args, { exit: 1, code: "job-failed" });
    await check.prints("point save", [...args, "--force"]);
  }
  assert.equal((await readdir(`${chain.folder}/out`)).length, 4);
  const args = ["web", "a", "--at", "latest", "--to", `${chain.folder}/out/x`, "--format", "floppy", ...home];
  await check.refuses("point save", args, { exit: 2 });
});

test("a journal alone gives the same images", { skip }, async () => {
  const key = `${chain.folder}/recovery.pem`;
  await check.prints("key export", ["--to", key, ...home]);
  const content = await readFile(image);
  const journal = `${chain.serverHome}/master-target/journal`;
  for (const [format, driver] of Object.entries(DRIVERS)) {
    const file = `${chain.folder}/out/offline.${format}`;
    const saved = await check.prints("journal save", [journal, "--key", key, "--to", file, "--format", format]);
    assert.equal(fieldOf(saved, "format"), format);
    assert.ok((await contentOf(file, driver)).equals(content), format);
  }
  const gone = `${chain.folder}/out/none/x`;
  await check.refuses("journal save", [journal, "--key", key, "--to", gone, "--format", "vhd"], {
    exit: 3,
    code: "save-folder-missing",
  });
  assert.equal((await readdir(`${chain.folder}/out`)).length, 8);
});
