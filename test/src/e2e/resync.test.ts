// What is lost behind a protected disk while its agent is away: the disk is copied again by itself, earlier points stay as they were, and a new
// point is the disk as it is then. The disk is also changed meanwhile, which no log can know.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { KiB, MiB } from "@leeward/base";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { nodeClock } from "@leeward/world";
import { Chain } from "../harness/chain.ts";
import { eventually } from "../harness/eventually.ts";
import { type DiskDocument, disksOf, fieldOf, pointOf } from "../harness/shapes.ts";

const MACHINE = "resync";
const DISK = "disk.img";
const DISK_BYTES = 24 * MiB;
const LIMIT_MS = 120_000;

interface Loss {
  readonly name: string;
  /** What the event names as the cause; undefined where the agent cannot know that there was a history, and tells none. */
  readonly code: string | undefined;
  /** Done to the disk's folder in the agent's home, or to the server's home, while the agent is away. */
  readonly lose: (chain: Chain, diskFolder: string) => Promise<void>;
}

const LOSSES: readonly Loss[] = [
  {
    name: "the change log is gone",
    code: "log-damaged",
    lose: async (_chain, diskFolder) => {
      for (const path of await pathsBelow(diskFolder)) if (path.includes("/log/")) await rm(path);
    },
  },
  {
    name: "the newest log file was overwritten",
    code: "log-damaged",
    lose: async (_chain, diskFolder) => {
      const path = (await pathsBelow(diskFolder)).filter((each) => each.includes("/log/")).at(-1);
      assert.ok(path !== undefined);
      await writeFile(path, randomBytes(8 * KiB));
    },
  },
  {
    name: "all that lies beside the disk is gone",
    code: undefined,
    lose: async (_chain, diskFolder) => rm(diskFolder, { recursive: true }),
  },
];

describe("a disk whose history was lost behind it", () => {
  let chain: Chain;
  let image: string;
  /** Points, and what the disk held at each. */
  const points: { readonly id: string; readonly content: Buffer }[] = [];

  before(async () => {
    chain = await Chain.start({ machine: MACHINE });
    image = `${chain.sourceFolder}/${DISK}`;
    await writeFile(image, randomBytes(DISK_BYTES));
    await chain.run("disk", "protect", MACHINE, "--path", image, "--timeout", "60");
    await untilProtected();
    await writeAndPoint();
  });
  after(() => chain.stop({ keep: false }));

  for (const { name, code, lose } of LOSSES) {
    test(`${name}: it is copied again, and every point is right`, async () => {
      const told = (await resyncCodes()).length;
      await chain.killAgent();
      const [disk] = await disks();
      assert.ok(disk !== undefined);
      await lose(chain, `${chain.agentHome}/disks/${disk.id}`);
      await changeBehind();
      await chain.startAgent();
      if (code !== undefined) {
        const again = await eventually("the disk is copied again", async () => (await resyncCodes())[told], LIMIT_MS);
        assert.equal(again, code);
      }
      await untilProtected();
      await writeAndPoint();
      for (const [index, { id, content }] of points.entries()) {
        const saved = `${chain.folder}/saved-${points.length}-${index}.img`;
        await chain.run("point", "save", MACHINE, DISK, "--at", id, "--to", saved);
        assert.ok(content.equals(await readFile(saved)), `point ${index} of ${points.length}`);
        await rm(saved);
      }
    });
  }

  async function disks(): Promise<DiskDocument[]> {
    return disksOf(await chain.run("disk", "status", MACHINE));
  }

  async function untilProtected(): Promise<void> {
    await eventually(
      "the disk is protected",
      async () => {
        const [disk] = await disks();
        return disk?.state === "protected" && disk.nbdUri !== null ? true : undefined;
      },
      LIMIT_MS,
    );
  }

  /** Writes through the disk's address at some places, and makes a point of it. */
  async function writeAndPoint(): Promise<void> {
    const [disk] = await disks();
    const uri = parseNbdUri(disk?.nbdUri ?? "");
    const signal = AbortSignal.timeout(LIMIT_MS);
    {
      await using client = await connectNbd(uri.address, { clock: nodeClock, exportName: uri.exportName }, signal);
      for (let at = 0; at < DISK_BYTES; at += 3 * MiB) {
        await client.write(at + 4 * KiB * (points.length + 1), randomBytes(16 * KiB), { fua: false });
      }
      await client.flush();
    }
    const content = await readFile(image);
    // What is shown may still be from before the agent was away: while the disk is copied, a point is refused.
    const create = () => chain.run("point", "create", MACHINE, "--timeout", "60").catch(() => undefined);
    const point = pointOf(await eventually("a point is made", create, LIMIT_MS));
    points.push({ id: point.id, content });
  }

  /** Past the agent, which is away. */
  async function changeBehind(): Promise<void> {
    await using file = await open(image, "r+");
    await file.write(randomBytes(64 * KiB), 0, 64 * KiB, (1 + 5 * points.length) * MiB);
    await file.sync();
  }

  /** Why the disk was copied again, each time. */
  async function resyncCodes(): Promise<string[]> {
    const items: unknown = fieldOf(await chain.run("events"), "items");
    assert.ok(Array.isArray(items));
    return items
      .filter((event) => fieldOf(event, "kind") === "disk-resync")
      .map((event) => String(fieldOf(fieldOf(event, "detail"), "code")));
  }
});

async function pathsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
}
