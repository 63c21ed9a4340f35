// A machine whose new devices are protected by themselves, through the whole chain: what appears is copied, what is excluded is left alone.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { MiB } from "@leeward/base";
import { Chain } from "../harness/chain.ts";
import { differenceOf } from "../harness/disk-difference.ts";
import { eventually } from "../harness/eventually.ts";
import { createPoint, detachLive, savePoint } from "../harness/live-chain.ts";
import { LoopDisk, withoutLoopDisks } from "../harness/loop-disk.ts";
import { disksOf } from "../harness/shapes.ts";

const MACHINE = "grows";
const SIZE = 16 * MiB;

describe("a machine with autoProtect", { skip: withoutLoopDisks() }, () => {
  let folder: string;
  let chain: Chain | undefined;
  let wanted: LoopDisk | undefined;
  let excluded: LoopDisk | undefined;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "leeward-live-"));
  });
  after(async () => {
    await chain?.stop({ keep: true });
    for (const disk of [wanted, excluded]) {
      if (chain === undefined) await disk?.detach();
      else if (disk !== undefined) await detachLive(chain, disk);
    }
    await chain?.stop({ keep: false });
    await rm(folder, { recursive: true, force: true });
  });

  test("protects a device that appears by the tracker, byte for byte, and leaves one alone that is excluded", async () => {
    // A device without a size is none yet, and nobody else can take it: so it is known before which ones will appear.
    wanted = await LoopDisk.attach(`${folder}/wanted.img`, { sizeBytes: 0 });
    excluded = await LoopDisk.attach(`${folder}/excluded.img`, { sizeBytes: 0 });
    const own = await Chain.start({ machine: MACHINE, protectable: [wanted.device, excluded.device] });
    chain = own;
    await own.run("machine", "set", MACHINE, "autoProtect=default", `exclude=${excluded.device}`);
    // What is there at the agent's first look is not new.
    await eventually("the agent has looked", async () => existsSync(`${own.agentHome}/devices`) || undefined);
    await excluded.grow(SIZE);
    await wanted.grow(SIZE);
    const client = await own.client();
    const appeared = async (): Promise<readonly (string | null)[]> => {
      const { items } = await client.call("listEvents", { query: { limit: 1_000 } });
      return items.filter(({ kind }) => kind === "device-appeared").map(({ subject }) => subject);
    };
    const { device: known } = excluded;
    await eventually("both devices are told of", async () => (await appeared()).includes(known) || undefined);
    const disk = await eventually("the new disk is protected", async () => {
      const [first] = disksOf(await own.run("disk", "status", MACHINE));
      return first?.state === "protected" ? first : undefined;
    });
    await wanted.makeFileSystem("ext4");
    const image = await savePoint(own, { disk: disk.name, at: await createPoint(own) });
    assert.equal(await differenceOf(wanted.device, image), undefined);
    const { items } = await client.call("listDisks", {});
    assert.deepEqual(
      items.map(({ path, capture, policy }) => ({ path, capture, policy })),
      [{ path: wanted.device, capture: "tracker", policy: "default" }],
    );
    client.close();
  });
});
