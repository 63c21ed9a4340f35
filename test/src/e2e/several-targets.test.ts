// A disk that goes to two master targets: one is stopped while applications write, points at the main one stay fresh, and when the other is back it
// has them all; a point saved from each is the same disk.
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
  let chain: Chain;
  let far: Daemon | undefined;
  let image: string;

  before(async () => {
    chain = await Chain.start({ machine: MACHINE });
    far = await chain.startTarget("far");
    image = `${chain.sourceFolder}/${DISK}`;
    await writeFile(image, randomBytes(3 * MiB));
    await truncate(image, DISK_BYTES);
    await chain.run("disk", "protect", MACHINE, "--path", image, "--also-to", "far", "--target", await mainName());
  });
  after(async () => {
    await far?.stop();
    await chain.stop({ keep: false });
  });

  test("is recovered from each, at every point alike", async () => {
    await untilStates("following", "following");
    await writeSome(20);
    const { id } = pointOf(await chain.run("point", "create", MACHINE));
    await untilAtFar(id);
    const saved = [await save(id, "near.img"), await save(id, "far.img", "--target", "far")];
    const source = await readFile(image);
    for (const path of saved) assert.ok(source.equals(await readFile(path)), path);
  });

  test("goes on at the main one while the other is away, which has every point once it is back", async () => {
    await far?.stop();
    await untilStates("following", "away");
    const made: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      await writeSome(30);
      made.push(pointOf(await chain.run("point", "create", MACHINE)).id);
    }
    const [target] = await targets();
    assert.ok(Number(fieldOf(target, "rpoSeconds")) < 60, "the main one is as fresh as ever");
    far = await chain.startTarget("far");
    await untilAtFar(made.at(-1) ?? "");
    await untilStates("following", "following");
    const held = pointsOf(await chain.run("point", "list", MACHINE, "--target", "far")).map(({ id }) => id);
    assert.deepEqual(
      made.filter((id) => !held.includes(id)),
      [],
      "no point was left out",
    );
    const [middle = ""] = made.slice(1);
    const [near, there] = [await save(middle, "near-2.img"), await save(middle, "far-2.img", "--target", "far")];
    assert.ok((await readFile(near)).equals(await readFile(there)));
    const last = await save(made.at(-1) ?? "", "far-3.img", "--target", "far");
    assert.ok((await readFile(image)).equals(await readFile(last)));
  });

  test("is let go of by one of them, where its points stay", async () => {
    await chain.run("disk", "remove-target", MACHINE, DISK, "far");
    await untilStates("following", "kept");
    const newest = pointsOf(await chain.run("point", "list", MACHINE, "--target", "far")).at(-1)?.id ?? "";
    await save(newest, "far-4.img", "--target", "far");
    await chain.run("disk", "remove-target", MACHINE, DISK, "far", "--delete-points");
    await untilStates("following");
  });

  /** Of the management server's own master target. */
  async function mainName(): Promise<string> {
    const client = await chain.client();
    return await eventually("both targets are known", async () => {
      const { items } = await client.call("listServers", {});
      const there = items.filter(({ role, address }) => role === "master-target" && address !== null);
      return there.length === 2 ? there.find(({ name }) => name !== "far")?.name : undefined;
    });
  }

  async function targets(): Promise<readonly unknown[]> {
    const [disk] = disksOf(await chain.run("disk", "status", MACHINE));
    return [fieldOf(disk, "targets")].flat();
  }

  async function untilStates(...states: readonly string[]): Promise<void> {
    let seen: unknown[] = [];
    await eventually(
      `the targets are ${states.join(", ")}`,
      async () => {
        seen = (await targets()).map((target) => fieldOf(target, "state"));
        return seen.join() === states.join() ? true : undefined;
      },
      LIMIT_MS,
    );
  }

  async function untilAtFar(id: string): Promise<void> {
    await eventually(
      "the point is at the further target",
      async () => {
        const points = pointsOf(await chain.run("point", "list", MACHINE, "--target", "far"));
        return points.some((point) => point.id === id) ? true : undefined;
      },
      LIMIT_MS,
    );
  }

  async function save(at: string, name: string, ...more: readonly string[]): Promise<string> {
    const path = `${chain.folder}/${name}`;
    await chain.run("point", "save", MACHINE, DISK, "--at", at, "--to", path, ...more);
    return path;
  }

  async function writeSome(count: number): Promise<void> {
    const [disk] = disksOf(await chain.run("disk", "status", MACHINE));
    const { address, exportName } = parseNbdUri(String(disk?.nbdUri));
    await using client = await connectNbd(address, { clock: nodeClock, exportName }, AbortSignal.timeout(LIMIT_MS));
    for (let index = 0; index < count; index += 1) {
      await client.write(Math.floor((Math.random() * DISK_BYTES) / 4_096) * 4_096, randomBytes(4_096), { fua: false });
    }
    await client.flush();
  }
});
