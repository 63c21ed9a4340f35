// A disk that goes to two master targets: one is stopped while applications write, points at the main one stay fresh, and when the other is back it
// has them all; a point saved from each is the same disk. One that goes to a further target later, while applications write, and a target that was away for so long
// that what it lacks is not held for it any more: its points until then stay, and those behind the hole are the disk's, too.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile, truncate, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { MiB } from "@leeward/base";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import type { Daemon } from "../harness/leeward-process.ts";
import { disksOf, fieldOf, pointOf, pointsOf } from "../harness/shapes.ts";

const MACHINE = "web";
const DISK = "disk.img";
const DISK_BYTES = 16 * MiB;
const LIMIT_MS = 120_000;

describe("a disk that goes to two targets", () => {
  let site: Site;

  before(async () => {
    site = await Site.start();
    const { chain, image } = site;
    await chain.run("disk", "protect", MACHINE, "--path", image, "--also-to", "far", "--target", await site.mainName());
  });
  after(() => site.stop());

  test("is recovered from each, at every point alike", async () => {
    await site.untilStates("following", "following");
    await site.writeSome(20);
    const { id } = pointOf(await site.chain.run("point", "create", MACHINE));
    await site.untilAtFar(id);
    const saved = [await site.save(id, "near.img"), await site.save(id, "far.img", "--target", "far")];
    const source = await readFile(site.image);
    for (const path of saved) assert.ok(source.equals(await readFile(path)), path);
  });

  test("goes on at the main one while the other is away, which has every point once it is back", async () => {
    await site.far?.stop();
    await site.untilStates("following", "away");
    const made: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      await site.writeSome(30);
      made.push(pointOf(await site.chain.run("point", "create", MACHINE)).id);
    }
    const [target] = await site.targets();
    assert.ok(Number(fieldOf(target, "rpoSeconds")) < 60, "the main one is as fresh as ever");
    site.far = await site.chain.startTarget("far");
    await site.untilAtFar(made.at(-1) ?? "");
    await site.untilStates("following", "following");
    const held = pointsOf(await site.chain.run("point", "list", MACHINE, "--target", "far")).map(({ id }) => id);
    assert.deepEqual(
      made.filter((id) => !held.includes(id)),
      [],
      "no point was left out",
    );
    const [middle = ""] = made.slice(1);
    const [near, there] = [
      await site.save(middle, "near-2.img"),
      await site.save(middle, "far-2.img", "--target", "far"),
    ];
    assert.ok((await readFile(near)).equals(await readFile(there)));
    const last = await site.save(made.at(-1) ?? "", "far-3.img", "--target", "far");
    assert.ok((await readFile(site.image)).equals(await readFile(last)));
  });

  test("is let go of by one of them, where its points stay", async () => {
    await site.chain.run("disk", "remove-target", MACHINE, DISK, "far");
    await site.untilStates("following", "kept");
    const newest = pointsOf(await site.chain.run("point", "list", MACHINE, "--target", "far")).at(-1)?.id ?? "";
    await site.save(newest, "far-4.img", "--target", "far");
    await site.chain.run("disk", "remove-target", MACHINE, DISK, "far", "--delete-points");
    await site.untilStates("following");
  });
});

describe("a disk that is protected goes to one more target", () => {
  let site: Site;

  before(async () => {
    site = await Site.start();
    const { chain, image } = site;
    const client = await chain.client();
    // Its share of the cache is used up soon, and the copy takes some time.
    const policy = { cacheBytesMax: 32 * MiB, copyBytesPerSecondMax: 4 * MiB, pointIntervalSeconds: 1 };
    await client.call("setPolicy", { params: { name: "default" }, body: policy });
    await chain.run("disk", "protect", MACHINE, "--path", image, "--target", await site.mainName());
  });
  after(() => site.stop());

  test("while applications write: points at the main one go on, and those at the new one are the same disk", async () => {
    await site.writeSome(50);
    const { id: early } = pointOf(await site.chain.run("point", "create", MACHINE));
    await site.underLoad(async () => {
      await site.chain.run("disk", "add-target", MACHINE, DISK, "--target", "far");
      await site.untilStates("following", "following");
    });
    const [near, far] = [await site.pointsAt(await site.mainName()), await site.pointsAt("far")];
    assert.ok(!far.includes(early), "nothing is told to be there that is not");
    const [first] = far;
    assert.ok(first !== undefined && near.includes(first));
    const between = near.slice(near.indexOf(early) + 1, near.indexOf(first));
    assert.ok(between.length > 1, "the main one had points while the disk was copied");
    for (const id of [first, far[Math.floor(far.length / 2)] ?? first, far.at(-1) ?? first]) await site.assertSame(id);
    await site.assertPresent();
  });

  test("and goes on behind a hole, when it was away for so long that nobody holds what it lacks", async () => {
    const before = await site.pointsAt("far");
    const kept = before.at(-1) ?? "";
    const image = await site.assertSame(kept);
    let behind = "";
    await site.far?.stop();
    await site.untilStates("following", "away");
    await site.underLoad(async () => {
      await eventually(
        "it is left behind",
        async () => {
          await site.writeLarge(4 * MiB);
          const { items } = await (await site.chain.client()).call("listEvents", {});
          return items.some(({ kind }) => kind === "target-left-behind") ? true : undefined;
        },
        LIMIT_MS,
      );
      const missed = new Set(await site.pointsAt(await site.mainName()));
      site.far = await site.chain.startTarget("far");
      const isNew = async () => (await site.pointsAt("far")).find((id) => !before.includes(id) && !missed.has(id));
      behind = await eventually("it has points behind the hole", isNew, LIMIT_MS);
    });
    const after = await site.pointsAt("far");
    assert.ok(after.includes(kept), "its points until then stay");
    assert.ok(image.equals(await readFile(await site.save(kept, "kept.img", "--target", "far"))));
    await site.assertSame(behind);
    await site.assertPresent();
  });
});

/** A management server, a target beside it, and a machine with one disk that is not protected yet. */
class Site {
  readonly chain: Chain;
  readonly image: string;
  far: Daemon | undefined;

  private constructor(chain: Chain) {
    this.chain = chain;
    this.image = `${chain.sourceFolder}/${DISK}`;
  }

  static async start(): Promise<Site> {
    const site = new Site(await Chain.start({ machine: MACHINE }));
    site.far = await site.chain.startTarget("far");
    await writeFile(site.image, randomBytes(3 * MiB));
    await truncate(site.image, DISK_BYTES);
    return site;
  }

  async stop(): Promise<void> {
    await this.far?.stop();
    await this.chain.stop({ keep: false });
  }

  /** Of the management server's own master target. */
  async mainName(): Promise<string> {
    const client = await this.chain.client();
    return await eventually("both targets are known", async () => {
      const { items } = await client.call("listServers", {});
      const there = items.filter(({ role, address }) => role === "master-target" && address !== null);
      return there.length === 2 ? there.find(({ name }) => name !== "far")?.name : undefined;
    });
  }

  async targets(): Promise<readonly unknown[]> {
    const [disk] = disksOf(await this.chain.run("disk", "status", MACHINE));
    return [fieldOf(disk, "targets")].flat();
  }

  async untilStates(...states: readonly string[]): Promise<void> {
    let seen: unknown[] = [];
    await eventually(
      `the targets are ${states.join(", ")}`,
      async () => {
        seen = (await this.targets()).map((target) => fieldOf(target, "state"));
        return seen.join() === states.join() ? true : undefined;
      },
      LIMIT_MS,
    );
  }

  async untilAtFar(id: string): Promise<void> {
    await eventually(
      "the point is at the further target",
      async () => {
        const points = pointsOf(await this.chain.run("point", "list", MACHINE, "--target", "far"));
        return points.some((point) => point.id === id) ? true : undefined;
      },
      LIMIT_MS,
    );
  }

  async save(at: string, name: string, ...more: readonly string[]): Promise<string> {
    const path = `${this.chain.folder}/${name}`;
    await this.chain.run("point", "save", MACHINE, DISK, "--at", at, "--to", path, ...more);
    return path;
  }

  async writeSome(count: number): Promise<void> {
    const [disk] = disksOf(await this.chain.run("disk", "status", MACHINE));
    const { address, exportName } = parseNbdUri(String(disk?.nbdUri));
    await using client = await connectNbd(address, { clock: nodeClock, exportName }, AbortSignal.timeout(LIMIT_MS));
    for (let index = 0; index < count; index += 1) {
      await client.write(Math.floor((Math.random() * DISK_BYTES) / 4_096) * 4_096, randomBytes(4_096), { fua: false });
    }
    await client.flush();
  }

  /** Of random bytes, which do not become less when they are compressed. */
  async writeLarge(bytes: number): Promise<void> {
    const [disk] = disksOf(await this.chain.run("disk", "status", MACHINE));
    const { address, exportName } = parseNbdUri(String(disk?.nbdUri));
    await using client = await connectNbd(address, { clock: nodeClock, exportName }, AbortSignal.timeout(LIMIT_MS));
    for (let at = 0; at < bytes; at += MiB) await client.write(at, randomBytes(MiB), { fua: false });
    await client.flush();
  }

  /** Applications write for as long as the work takes. */
  async underLoad(work: () => Promise<void>): Promise<void> {
    let working = true;
    const load = (async () => {
      while (working) await this.writeSome(20);
    })();
    try {
      await work();
    } finally {
      working = false;
      await load;
    }
  }

  /** What both targets give back of the point is one and the same disk. */
  async assertSame(id: string): Promise<Buffer> {
    const [near, there] = [
      await this.save(id, "near.img", "--force"),
      await this.save(id, "far.img", "--target", "far", "--force"),
    ];
    const held = await readFile(near);
    assert.ok(held.equals(await readFile(there)), id);
    return held;
  }

  /** A point that nobody writes around is the source's disk, at both. */
  async assertPresent(): Promise<void> {
    const { id } = pointOf(await this.chain.run("point", "create", MACHINE));
    await this.untilAtFar(id);
    assert.ok((await readFile(this.image)).equals(await this.assertSame(id)));
  }

  async pointsAt(target: string): Promise<readonly string[]> {
    return pointsOf(await this.chain.run("point", "list", MACHINE, "--target", target)).map(({ id }) => id);
  }
}
