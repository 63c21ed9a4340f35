import assert from "node:assert/strict";
import { test } from "node:test";
import { KiB, MICROS_PER_SECOND, MiB, seededRandom } from "@leeward/base";
import { type BlockDevice, memoryDevice } from "@leeward/block";
import { type PageBlob, sourceOfBytes } from "@leeward/object-store";
import { MemoryPageBlob, MemoryStore, type PageBlobHook } from "@leeward/object-store/testing";
import { nodeRandom } from "@leeward/world";
import { simulatedClock } from "@leeward/world/testing";
import { vhdFooter } from "./fixed-vhd.ts";
import { type PublishedPoint, publishDisk } from "./publish-disk.ts";

const DISK_BYTES = 9 * MiB + 512;
const VIRTUAL_BYTES = 10 * MiB;
const NAME = "web.vhd";
const POINT: PublishedPoint = { machine: "m", disk: "d", point: "p1", timeMicros: 1_700_000_000 * MICROS_PER_SECOND };
const signal = new AbortController().signal;

/** A disk with data at both ends of it and in the middle. */
async function disk(seed: number): Promise<BlockDevice> {
  const device = memoryDevice(DISK_BYTES);
  const random = seededRandom(seed);
  for (const offset of [0, 3 * MiB + 512, DISK_BYTES - 4_096]) {
    await device.write(offset, random.bytes(4_096), { fua: false });
  }
  return device;
}

async function contentOf(device: BlockDevice, virtualBytes = VIRTUAL_BYTES): Promise<Uint8Array> {
  const content = new Uint8Array(virtualBytes);
  await device.read(0, content.subarray(0, device.sizeBytes));
  return content;
}

class Scene {
  readonly clock = simulatedClock();
  readonly beside = new MemoryStore({ clock: this.clock });
  readonly blob = new MemoryPageBlob();

  publish(device: BlockDevice, given: { of?: Partial<PublishedPoint>; blob?: PageBlob; keep?: number } = {}) {
    const { blob = this.blob, keep } = given;
    const place = { blob, beside: this.beside, name: NAME };
    const world = { clock: this.clock, random: nodeRandom };
    return publishDisk({ device, of: { ...POINT, ...given.of }, place, keep, world, signal });
  }

  async holds(device: BlockDevice, snapshot?: string): Promise<void> {
    const bytes = this.blob.content(snapshot);
    const virtualBytes = bytes.length - 512;
    assert.equal(Buffer.compare(bytes.subarray(0, virtualBytes), await contentOf(device, virtualBytes)), 0);
    const id = bytes.subarray(virtualBytes + 68, virtualBytes + 84);
    const seconds = new DataView(bytes.buffer, bytes.byteOffset + virtualBytes).getUint32(24);
    const wallMicros = Date.UTC(2000, 0, 1) * 1_000 + seconds * MICROS_PER_SECOND;
    assert.deepEqual(bytes.subarray(virtualBytes), vhdFooter({ virtualBytes, id, wallMicros }));
  }

  async state(): Promise<string | undefined> {
    return (await this.blob.status())?.metadata["leeward_state"];
  }
}

/** The extents that were written or cleared, in order. */
function recorded(): { readonly hook: PageBlobHook; readonly changes: string[] } {
  const changes: string[] = [];
  const hook: PageBlobHook = (change, extent) => {
    if (extent !== undefined) changes.push(`${change} ${extent.offset / KiB}+${extent.length / KiB}`);
  };
  return { hook, changes };
}

test("a fresh blob is the disk and its footer, and zeroes are not written", async () => {
  const scene = new Scene();
  const device = await disk(1);
  const { hook, changes } = recorded();
  const published = await scene.publish(device, { blob: scene.blob.again(hook) });
  await scene.holds(device);
  await scene.holds(device, published.snapshot);
  assert.deepEqual([published.virtualBytes, published.writtenBytes], [VIRTUAL_BYTES, 3 * 512 * KiB + 512 * KiB]);
  assert.deepEqual(
    changes.filter((change) => change.startsWith("write")),
    ["write 0+512", "write 3072+512", "write 8704+1024", "write 10240+0.5"],
  );
  assert.equal(await scene.state(), "whole");
});

test("a second publish writes what differs, clears what is zero now, and keeps a snapshot of each point", async () => {
  const scene = new Scene();
  const first = await disk(1);
  const { snapshot: one } = await scene.publish(first);
  const second = await disk(1);
  await second.write(5 * MiB, new Uint8Array(512).fill(7), { fua: false });
  await second.zero({ offset: 3 * MiB, length: MiB }, { fua: false, mayDiscard: true });
  const { hook, changes } = recorded();
  const published = await scene.publish(second, { of: { point: "p2" }, blob: scene.blob.again(hook) });
  assert.deepEqual(changes, ["clear 10240+0.5", "clear 3072+512", "write 5120+512", "write 10240+0.5"]);
  await scene.holds(second);
  await scene.holds(first, one);
  await scene.holds(second, published.snapshot);
  assert.deepEqual([published.snapshots, published.writtenBytes, published.clearedBytes], [2, 512 * KiB, 512 * KiB]);
});

test("the same point again changes nothing", async () => {
  const scene = new Scene();
  const device = await disk(1);
  const { snapshot } = await scene.publish(device);
  const { hook, changes } = recorded();
  const again = await scene.publish(device, { blob: scene.blob.again(hook) });
  assert.deepEqual([changes, again.snapshot, again.snapshots, again.writtenBytes], [[], snapshot, 1, 0]);
});

test("of more snapshots than are kept the oldest go", async () => {
  const scene = new Scene();
  for (const [index, point] of ["a", "b", "c"].entries()) {
    await scene.publish(await disk(index + 1), { of: { point }, keep: 2 });
  }
  const points = (await scene.blob.snapshots()).map(({ metadata }) => metadata["leeward_point"]);
  assert.deepEqual(points, ["b", "c"]);
});

test("a disk that grew, and one that shrank, is whole at its new size", async () => {
  const scene = new Scene();
  await scene.publish(await disk(1));
  for (const [point, bytes] of [
    ["grown", 21 * MiB],
    ["shrunk", 2 * MiB],
  ] as const) {
    const other = memoryDevice(bytes);
    await other.write(MiB, new Uint8Array(512).fill(3), { fua: false });
    await scene.publish(other, { of: { point } });
    assert.equal(scene.blob.content().length, bytes + 512);
    await scene.holds(other);
  }
});

test("behind a disk that is no whole MiB there are zeroes, whatever was before in the memory that is used again", async () => {
  const scene = new Scene();
  const device = memoryDevice(24 * MiB + 512);
  for (let at = 0; at < 24 * MiB; at += MiB) {
    await device.write(at, new Uint8Array(MiB).fill(0xff), { fua: false });
  }
  await device.write(24 * MiB, new Uint8Array(512).fill(0xee), { fua: false });
  await scene.publish(device);
  await scene.holds(device);
});

test("digests of a blob that somebody else wrote to are not believed", async () => {
  const scene = new Scene();
  await scene.publish(await disk(1));
  await scene.blob.write(MiB, new Uint8Array(512).fill(9));
  const device = await disk(2);
  await scene.publish(device, { of: { point: "p2" } });
  await scene.holds(device);
});

test("damaged digests are not believed", async () => {
  const scene = new Scene();
  await scene.publish(await disk(1));
  const key = `${NAME}.digests`;
  const bytes = new Uint8Array((await scene.beside.status(key))?.sizeBytes ?? 0);
  await scene.beside.read(key, bytes, 0);
  bytes[bytes.length - 40] = 0xff;
  await scene.beside.put(key, sourceOfBytes(bytes));
  const device = await disk(2);
  const { hook, changes } = recorded();
  await scene.publish(device, { of: { point: "p2" }, blob: scene.blob.again(hook) });
  assert.equal(changes[0], "clear 0+10240.5", "all of it begins anew");
  await scene.holds(device);
});

test("a blob of another disk, or of somebody else, is left as it is", async () => {
  const scene = new Scene();
  await scene.publish(await disk(1));
  const refused = { code: "page-blob-unsuitable", kind: "operator" };
  await assert.rejects(scene.publish(await disk(2), { of: { disk: "other" } }), refused);
  await scene.holds(await disk(1));
  const foreign = new MemoryPageBlob();
  await foreign.create(MiB, {});
  await assert.rejects(scene.publish(await disk(2), { blob: foreign }), refused);
});

test("a blob that appears while it is made is taken if it is the disk's, and left as it is if not", async () => {
  const meanwhile = (scene: Scene, disk: string): PageBlob => {
    const other = scene.blob.again();
    return scene.blob.again((change) => {
      if (change === "create") void other.create(VIRTUAL_BYTES + 512, { leeward_disk: disk, leeward_state: "writing" });
    });
  };
  const device = await disk(1);
  const own = new Scene();
  await own.publish(device, { blob: meanwhile(own, "d") });
  await own.holds(device);
  const foreign = new Scene();
  const publish = foreign.publish(device, { blob: meanwhile(foreign, "other") });
  await assert.rejects(publish, { code: "page-blob-unsuitable" });
  assert.ok(foreign.blob.content().every((byte) => byte === 0));
});

test("two publish to one blob: the second is refused, and the first comes out whole", async () => {
  const scene = new Scene();
  const second: { outcome?: Promise<unknown> } = {};
  const device = await disk(1);
  const publishSecond = async (): Promise<void> => {
    await assert.rejects(scene.publish(await disk(2), { blob: scene.blob.again() }), { code: "page-blob-busy" });
  };
  const hook: PageBlobHook = (change) => {
    if (change === "write") second.outcome ??= publishSecond();
  };
  await scene.publish(device, { blob: scene.blob.again(hook) });
  assert.ok(second.outcome !== undefined, "the second was begun");
  await second.outcome;
  await scene.holds(device);
});

test("whichever change fails, the blob says writing or is whole, and the next publish brings it to the point", async () => {
  const first = await disk(1);
  const second = await disk(2);
  await second.zero({ offset: 0, length: MiB }, { fua: false, mayDiscard: true });
  let failures = 0;
  for (let nth = 1; ; nth += 1) {
    const scene = new Scene();
    await scene.publish(first);
    let count = 0;
    const failing = scene.blob.again(() => {
      count += 1;
      if (count >= nth) throw new Error("the connection broke");
    });
    const outcome = await scene.publish(second, { of: { point: "p2" }, blob: failing }).then(
      () => "published",
      () => "failed",
    );
    if (outcome === "published" && count < nth) break;
    failures += 1;
    const metadata = (await scene.blob.status())?.metadata;
    if (metadata?.["leeward_state"] === "whole") {
      await scene.holds(metadata["leeward_point"] === "p1" ? first : second);
    } else {
      const bytes = scene.blob.content();
      const footer = Buffer.from(bytes.subarray(bytes.length - 512)).toString("latin1");
      const isWritten = footer.startsWith("conectix");
      if (isWritten) await scene.holds(nth <= 3 ? first : second);
    }
    scene.blob.leaseEnds();
    const published = await scene.publish(second, { of: { point: "p2" } });
    await scene.holds(second);
    await scene.holds(second, published.snapshot);
    for (const { id, metadata: of } of await scene.blob.snapshots()) {
      await scene.holds(of["leeward_point"] === "p1" ? first : second, id);
    }
  }
  assert.ok(failures > 8, `${failures} failures were tried`);
});
