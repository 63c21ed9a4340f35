import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { GiB, KiB, MiB, seededRandom, TiB } from "@leeward/base";
import { type BlockDevice, memoryDevice } from "@leeward/block";
import { peer, runPeer } from "@leeward/nbd/testing";
import { nodeClock, nodeCompute, nodeFiles, type World } from "@leeward/world";
import { factsOf, type ToolFormat } from "./image-format.ts";
import { imageSink } from "./image-sink.ts";
import { saveDevice } from "./save-device.ts";

const QEMU_IMG = peer("qemu-img");
const QEMU_NBD = peer("qemu-nbd");
const skip = QEMU_IMG.skip === false ? QEMU_NBD.skip : QEMU_IMG.skip;
const NEVER = new AbortController().signal;
const FORMATS: readonly ToolFormat[] = ["qcow2", "vhd", "vhdx", "vmdk"];

const random = seededRandom(7);
const world: World = { clock: nodeClock, random, files: nodeFiles({ io: "thread-pool" }), compute: nodeCompute() };
const folder = await mkdtemp(join(tmpdir(), "leeward-image-sink-"));
after(() => rm(folder, { recursive: true }));

/** Content at both ends, in ragged places, beside zeroes that are stored as data. */
async function disk(sizeBytes: number): Promise<{ device: BlockDevice; content: Uint8Array }> {
  const device = memoryDevice(sizeBytes);
  const content = new Uint8Array(sizeBytes);
  const put = async (offset: number, data: Uint8Array): Promise<void> => {
    content.set(data, offset);
    await device.write(offset, data, { fua: false });
  };
  const noise = (length: number): Uint8Array => random.bytes(length);
  await put(0, noise(512));
  await put(sizeBytes - 512, noise(512));
  await put(MiB, new Uint8Array(5 * MiB));
  for (let at = 2 * MiB; at < sizeBytes - MiB; at += 3 * MiB + 512 * 77) await put(at, noise(512 + 512 * (at % 301)));
  await put(10 * MiB, noise(9 * MiB + 1536));
  return { device, content };
}

for (const format of FORMATS) {
  for (const [name, sizeBytes] of [
    ["of whole mebibytes", 40 * MiB],
    ["whose size is no multiple of anything", 33 * MiB + 512 * 7],
  ] as const) {
    test(`a disk ${name} is the same after ${format}, and takes no room for its zeroes`, { skip }, async () => {
      const { device, content } = await disk(sizeBytes);
      const file = `a disk, "${name}".${format}`;
      const steps: number[] = [];
      const target = { folder, name: file, force: false, format, sizeBytes };
      const saved = await saveDevice(device, await imageSink(world, target, NEVER), {
        signal: NEVER,
        onProgress: ({ doneBytes, totalBytes }) => {
          assert.equal(totalBytes, 2 * sizeBytes);
          steps.push(doneBytes);
        },
      });
      assert.deepEqual(saved, { bytes: sizeBytes, sha256: createHash("sha256").update(content).digest("hex") });
      assert.equal(steps.at(-1), 2 * sizeBytes);
      assert.deepEqual(
        steps,
        steps.toSorted((one, other) => one - other),
      );
      const raw = join(folder, "back.raw");
      const path = join(folder, file);
      const args = ["convert", "-f", factsOf(format).driver, "-O", "raw", path, raw];
      const converted = await runPeer(QEMU_IMG, args);
      assert.equal(converted.code, 0, converted.stderr);
      assert.equal(Buffer.compare(await readFile(raw), content), 0);
      if (format === "qcow2" || format === "vmdk")
        assert.ok((await stat(path)).blocks * 512 < 24 * MiB, "sparse as the disk is");
      await rm(path);
      await rm(raw);
      assert.deepEqual(await readdir(folder), []);
    });
  }
}

test("an image that is there is replaced only with force, and only by a whole one", { skip }, async () => {
  const { device } = await disk(33 * MiB);
  const target = { folder, name: "kept", force: false, format: "qcow2", sizeBytes: 33 * MiB } as const;
  await writeFile(join(folder, "kept"), "before");
  await assert.rejects(imageSink(world, target, NEVER), { code: "save-target-exists" });
  const stopped = new AbortController();
  const sink = await imageSink(world, { ...target, force: true }, stopped.signal);
  const reason = new Error("enough");
  const saving = saveDevice(device, sink, { signal: stopped.signal, onProgress: () => stopped.abort(reason) });
  await assert.rejects(saving, reason);
  assert.equal(await readFile(join(folder, "kept"), "utf8"), "before");
  assert.deepEqual(await readdir(folder), ["kept"]);
  await saveDevice(device, await imageSink(world, { ...target, force: true }, NEVER), { signal: NEVER });
  assert.equal((await readFile(join(folder, "kept"))).subarray(0, 3).toString(), "QFI");
  await rm(join(folder, "kept"));
});

test("a save that is given up while the image is read back leaves nothing", { skip }, async () => {
  const { device } = await disk(33 * MiB);
  const stopped = new AbortController();
  const target = { folder, name: "gone", force: false, format: "vhdx", sizeBytes: 33 * MiB } as const;
  const sink = await imageSink(world, target, stopped.signal);
  const saving = saveDevice(device, sink, {
    signal: stopped.signal,
    onProgress: ({ doneBytes }) => {
      if (doneBytes > 33 * MiB) stopped.abort(new Error("enough"));
    },
  });
  await assert.rejects(saving, { message: "enough" });
  assert.deepEqual(await readdir(folder), []);
});

test("what a format cannot hold is refused before anything is written", { skip }, async () => {
  const target = { folder, name: "large", force: false } as const;
  const sized = (format: ToolFormat, sizeBytes: number) => imageSink(world, { ...target, format, sizeBytes }, NEVER);
  await assert.rejects(sized("vhd", 2040 * GiB + 512), { code: "save-format-unsuitable" });
  await assert.rejects(sized("vhdx", 64 * TiB + 512), { code: "save-format-unsuitable" });
  await (await sized("vhd", 2040 * GiB)).abandon();
  assert.deepEqual(await readdir(folder), []);
});

test("without QEMU's tools it is said what is missing", async () => {
  const target = { folder, name: "x", force: false, format: "qcow2", sizeBytes: MiB } as const;
  await withPath("/nowhere", () =>
    assert.rejects(imageSink(world, target, NEVER), { code: "image-tool-missing", message: /qemu-img is not inst/ }),
  );
  assert.deepEqual(await readdir(folder), []);
});

test("a folder that is not there is not made, and a tool that fails is told in its own words", async () => {
  const target = { folder, name: "x", force: false, format: "qcow2", sizeBytes: MiB } as const;
  await assert.rejects(imageSink(world, { ...target, folder: join(folder, "none") }, NEVER), {
    code: "save-folder-missing",
  });
  await withTool("qemu-img", "echo there is no room >&2; exit 1", () =>
    assert.rejects(imageSink(world, target, NEVER), { code: "image-tool-failed", message: /1: there is no room$/ }),
  );
  assert.deepEqual(await readdir(folder), []);
});

test("an image that changed before it was read back is removed, and said to be none", { skip }, async () => {
  // Of the image as it is read back, one byte of the content is another.
  const script = `case "$*" in *--read-only*) for last; do :; done
  printf X | dd of="$last" bs=1 seek=$(($(stat -c %s "$last") - ${70 * KiB})) conv=notrunc status=none;;
esac
exec ${QEMU_NBD.path} "$@"`;
  const { device } = await disk(33 * MiB);
  const target = { folder, name: "rotten", force: false, format: "vmdk", sizeBytes: 33 * MiB } as const;
  await withTool("qemu-nbd", script, async () => {
    const sink = await imageSink(world, target, NEVER);
    await assert.rejects(saveDevice(device, sink, { signal: NEVER }), { code: "image-differs", kind: "corruption" });
  });
  assert.deepEqual(await readdir(folder), []);
});

/** Runs `work` while a program of that name is found before all others. */
async function withTool(name: string, script: string, work: () => Promise<void>): Promise<void> {
  const tools = await mkdtemp(join(tmpdir(), "leeward-tools-"));
  await writeFile(join(tools, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(tools, name), 0o755);
  await withPath(`${tools}:${process.env["PATH"]}`, work);
  await rm(tools, { recursive: true });
}

async function withPath(path: string, work: () => Promise<void>): Promise<void> {
  const before = process.env["PATH"];
  process.env["PATH"] = path;
  try {
    await work();
  } finally {
    process.env["PATH"] = before;
  }
}
