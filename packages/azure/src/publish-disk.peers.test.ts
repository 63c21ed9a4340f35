// Disks published to Azurite over TLS, downloaded and compared by QEMU: a fixed VHD that is the point, and each snapshot the one of its own point.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { KiB, MiB, seededRandom } from "@leeward/base";
import { type BlockDevice, openFileDevice } from "@leeward/block";
import { openPageBlob, openStore, type PublishedPlace, sourceOfBytes } from "@leeward/object-store";
import { downloadFromAzurite, PeerStore, peerStoreSkip } from "@leeward/object-store/testing";
import { nodeClock, nodeRandom } from "@leeward/world";
import { publishDisk } from "./publish-disk.ts";

const world = { clock: nodeClock, random: nodeRandom };
const signal = new AbortController().signal;
const DISK_BYTES = 41 * MiB + 3 * 512;
const run = promisify(execFile);

describe("page blobs of Azurite", { skip: peerStoreSkip }, () => {
  let azurite: PeerStore;
  let folder: string;

  before(async () => {
    azurite = await PeerStore.azurite();
    folder = await mkdtemp(join(tmpdir(), "leeward-azure-"));
  });
  after(async () => {
    await azurite[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** A sparse file with data here and there, of which `seed` says what. */
  async function disk(name: string, seed: number): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, "");
    await truncate(path, DISK_BYTES);
    await using device = await opened(path);
    const random = seededRandom(seed);
    for (const offset of [0, 5 * MiB + 512, 20 * MiB, 40 * MiB]) {
      await device.write(offset, random.bytes(300 * KiB), { fua: false });
    }
    await device.write(DISK_BYTES - 512, random.bytes(512), { fua: false });
    return path;
  }

  function opened(path: string): Promise<BlockDevice> {
    return openFileDevice({ path, readOnly: false, io: "thread-pool", direct: false });
  }

  async function publish(place: PublishedPlace, path: string, point: string) {
    await using device = await opened(path);
    const of = { machine: "m", disk: "d", point, timeMicros: nodeClock.wallMicros() };
    return await publishDisk({ device, of, place, keep: undefined, world, signal });
  }

  /** What lies at the address, as QEMU sees it: first as any client downloads it. */
  async function isTheDisk(path: string, blobPath: string, snapshot?: string): Promise<void> {
    const file = join(folder, "downloaded.vhd");
    await downloadFromAzurite(azurite, { path: blobPath, snapshot }, file);
    const { stdout } = await run("qemu-img", ["info", "--output=json", "-f", "vpc", file]);
    const info: unknown = JSON.parse(stdout);
    assert.ok(typeof info === "object" && info !== null);
    assert.equal(Reflect.get(info, "virtual-size"), 42 * MiB);
    // Where the sizes differ, QEMU wants zeroes behind the shorter one.
    const compared = await run("qemu-img", ["compare", "-f", "vpc", "-F", "raw", file, path]);
    assert.match(compared.stdout, /Images are identical/);
  }

  test("a published disk is a fixed VHD of the point, and so is each snapshot", async () => {
    await using place = await openPageBlob(azurite.place("web/root.vhd"), world);
    const first = await disk("first", 1);
    const one = await publish(place, first, "p1");
    await isTheDisk(first, "web/root.vhd");
    const status = await place.blob.status(signal);
    assert.equal(status?.sizeBytes, 42 * MiB + 512);
    assert.equal(status.metadata["leeward_state"], "whole");
    assert.equal(status.metadata["leeward_point"], "p1");

    const second = await disk("second", 1);
    {
      await using device = await opened(second);
      await device.write(30 * MiB, new Uint8Array(512).fill(5), { fua: false });
      await device.zero({ offset: 20 * MiB, length: MiB }, { fua: false, mayDiscard: true });
    }
    const two = await publish(place, second, "p2");
    assert.deepEqual([two.writtenBytes, two.clearedBytes], [512 * KiB, 512 * KiB]);
    await isTheDisk(second, "web/root.vhd");
    await isTheDisk(first, "web/root.vhd", one.snapshot);
    await isTheDisk(second, "web/root.vhd", two.snapshot);
    const points = (await place.blob.snapshots(signal)).map(({ metadata }) => metadata["leeward_point"]);
    assert.deepEqual(points, ["p1", "p2"]);
    const again = await publish(place, second, "p2");
    assert.deepEqual([again.writtenBytes, again.snapshot, again.snapshots], [0, two.snapshot, 2]);
  });

  test("a blob that is leased by another, or is of another kind, is refused", async () => {
    const path = await disk("leased", 2);
    await using place = await openPageBlob(azurite.place("leased.vhd"), world);
    await publish(place, path, "p1");
    await using other = await openPageBlob(azurite.place("leased.vhd"), world);
    await other.blob.lease(signal);
    await assert.rejects(publish(place, path, "p2"), { code: "page-blob-busy", kind: "transient" });
    await other.blob.releaseLease(signal);
    await using store = await openStore(azurite.place("kinds"), world);
    await store.put("object.vhd", sourceOfBytes(new Uint8Array(512)));
    await using kind = await openPageBlob(azurite.place("kinds/object.vhd"), world);
    await assert.rejects(publish(kind, path, "p1"), { code: "page-blob-unsuitable", kind: "operator" });
  });

  test("a container that is not there is told, and so is an address without a name", async () => {
    const { url, ...rest } = azurite.place("x.vhd");
    await assert.rejects(openPageBlob({ ...rest, url: url.replace("/journals/", "/nobodys/") }, world), {
      code: "store-missing",
    });
    await assert.rejects(openPageBlob({ ...rest, url: url.replace("/x.vhd", "") }, world), {
      code: "store-url-invalid",
    });
  });
});
