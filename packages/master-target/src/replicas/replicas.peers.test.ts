import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { randomId } from "@leeward/base";
import { connectNbd, parseNbdUri } from "@leeward/nbd";
import { peer } from "@leeward/nbd/testing";
import { eventually, ORDER_AT, WRITTEN_AT } from "@leeward/recovery-host/testing";
import { nodeClock, nodeRandom } from "@leeward/world";
import { mortal } from "../testing/node-mortal.ts";
import { GREETING, ReplicaRig, type RunningTarget } from "../testing/node-replica-rig.ts";

const NEVER = new AbortController().signal;
const SECTOR = 512;
const STEPS_MAX = 60;

describe("replica machines at a master target", { skip: peer("qemu-system-x86_64").skip }, () => {
  test("a machine boots from its point and writes into its overlay, and what it was removed from is as it was", async () => {
    await using rig = await ReplicaRig.make();
    const asked = await askedOf(rig);
    {
      await using target = await rig.start();
      const status = await target.begin(asked);
      assert.deepEqual([status.state, status.pointId, status.disks.length], ["running", asked.pointId, 1]);
      await shows(target, asked.replicaId, new RegExp(GREETING));
      await write(status.disks[0]?.nbdUri ?? "", "W");
      await eventually("the guest wrote", async () =>
        (await read(status.disks[0]?.nbdUri ?? "", WRITTEN_AT))[0] === 0x57 ? true : undefined,
      );
      assert.deepEqual(await target.begin(asked), status, "asked again, it is as it is");
      const refused = { ...asked, disks: [...asked.disks, ...asked.disks] };
      await assert.rejects(target.begin(refused), { code: "replica-order-differs" });
      const [opened] = await target.opened();
      assert.ok(opened !== undefined);
      await assert.rejects(target.close(opened.id), { code: "opened-in-use" });
      await assert.rejects(target.deleteHistory(asked.machineId, [opened.diskId]), { code: "history-in-use" });
      assert.deepEqual(
        (await target.told()).map(({ replicaId, state }) => [replicaId, state]),
        [[asked.replicaId, "running"]],
      );

      const other = { ...asked, replicaId: rig.asked("").replicaId };
      const second = await target.begin(other);
      assert.equal((await read(second.disks[0]?.nbdUri ?? "", WRITTEN_AT))[0], 0, "the point is as it was");
      await target.remove(other.replicaId);
      await target.remove(asked.replicaId);
      await target.remove(asked.replicaId);
      assert.deepEqual(await target.told(), []);
    }
    assert.deepEqual(await rig.left(), []);
  });

  test("a machine outlives the daemon: its disk waits, its point stays, and it is found again", async () => {
    await using rig = await ReplicaRig.make();
    const asked = await askedOf(rig);
    assert.equal(await mortal(rig, { action: "start", replicaId: asked.replicaId, steps: STEPS_MAX }), true);
    {
      await using target = await rig.start();
      const status = await eventually("it is found", async () =>
        (await target.told()).find(({ state }) => state === "running"),
      );
      await write(status.disks[0]?.nbdUri ?? "", "+");
      assert.doesNotMatch(await shows(target, asked.replicaId, /\+/), /!/);
    }
    const held = await rig.left();
    assert.ok(
      held.some((each) => each.startsWith("pin of")),
      "the point is kept while no daemon runs",
    );
    await using target = await rig.start();
    await target.remove(asked.replicaId);
  });

  test("a machine that cannot be started says why in its hypervisor's words, and leaves nothing", async () => {
    await using rig = await ReplicaRig.make();
    const asked = await askedOf(rig);
    {
      await using target = await rig.start();
      const [nic] = asked.nics;
      assert.ok(nic !== undefined);
      const nics = [{ ...nic, network: "bridge" as const, bridge: "lw-nowhere" }];
      await assert.rejects(target.begin({ ...asked, nics }), (error: Error) => /lw-nowhere/.test(error.message));
      assert.deepEqual(await target.told(), []);
    }
    assert.deepEqual(await rig.left(), []);
  });

  test("a machine that there is no room for is paused without seeing an error, and goes on once there is", async () => {
    await using rig = await ReplicaRig.make();
    const asked = await askedOf(rig);
    const uri = await (async () => {
      await using target = await rig.start();
      const { disks } = await target.begin(asked);
      await shows(target, asked.replicaId, new RegExp(GREETING));
      await write(disks[0]?.nbdUri ?? "", "W");
      return disks[0]?.nbdUri ?? "";
    })();
    {
      await using target = await rig.start({ reserveBytes: Number.MAX_SAFE_INTEGER / 2 });
      await eventually("it is paused", async () =>
        (await target.told()).some(({ state }) => state === "paused") ? true : undefined,
      );
    }
    await using target = await rig.start();
    await eventually("it goes on", async () =>
      (await target.told()).some(({ state }) => state === "running") ? true : undefined,
    );
    await eventually("it has written", async () => ((await read(uri, WRITTEN_AT))[0] === 0x57 ? true : undefined));
    assert.doesNotMatch(await target.console(asked.replicaId), /!/);
  });

  test("one whose record is damaged is removed all the same", async () => {
    await using rig = await ReplicaRig.make();
    const asked = await askedOf(rig);
    assert.equal(await mortal(rig, { action: "start", replicaId: asked.replicaId, steps: STEPS_MAX }), true);
    const path = `${rig.home}/replicas/${asked.replicaId}.json`;
    const stored = await readFile(path, "utf8");
    await writeFile(path, stored.slice(0, stored.length / 2));
    {
      await using target = await rig.start();
      await target.remove(asked.replicaId);
    }
    assert.deepEqual(await rig.left(), []);
  });

  for (const action of ["start", "remove"] as const) {
    test(`whatever step of ${action} the daemon is killed at, the machine is found or swept, and nothing is left`, async () => {
      await using rig = await ReplicaRig.make();
      for (let steps = 1; ; steps += 1) {
        assert.ok(steps < STEPS_MAX);
        const asked = await askedOf(rig);
        if (action === "remove")
          assert.equal(await mortal(rig, { action: "start", replicaId: asked.replicaId, steps: STEPS_MAX }), true);
        const through = await mortal(rig, { action, replicaId: asked.replicaId, steps });
        await settled(rig, { asked, action, steps });
        assert.deepEqual(await rig.left(), [], `${action}, killed at step ${steps}`);
        if (through) return;
      }
    });
  }
});

/** By turns asked for again, and removed as it was found. */
async function settled(
  rig: ReplicaRig,
  of: {
    readonly asked: Awaited<ReturnType<typeof askedOf>>;
    readonly action: "start" | "remove";
    readonly steps: number;
  },
): Promise<void> {
  const { asked, action, steps } = of;
  await using target = await rig.start();
  if (action === "start" && steps % 2 === 0) {
    assert.equal((await target.begin(asked)).state, "running", `asked again after step ${steps}`);
    await shows(target, asked.replicaId, new RegExp(GREETING));
  }
  if (action === "remove" && steps % 2 === 0) {
    // What had been begun is carried on by itself; what had not stays.
    await eventually("it is gone, or there", async () => {
      const [status] = await target.told();
      return status === undefined || status.state === "running" ? true : undefined;
    });
  }
  await target.remove(asked.replicaId);
}

async function askedOf(rig: ReplicaRig) {
  await using target = await rig.start();
  return rig.asked(await target.newestPoint(rig.identity.machineId), randomId(nodeRandom));
}

function shows(target: RunningTarget, replicaId: string, pattern: RegExp): Promise<string> {
  return eventually(`the console shows ${pattern}`, async () => {
    const said = await target.console(replicaId);
    return pattern.test(said) ? said : undefined;
  });
}

async function write(uri: string, letter: string): Promise<void> {
  const sector = new Uint8Array(SECTOR);
  sector.set(new TextEncoder().encode(letter));
  const { address, exportName } = parseNbdUri(uri);
  await using client = await connectNbd(address, { exportName, clock: nodeClock }, NEVER);
  await client.write(ORDER_AT, sector, { fua: false });
}

async function read(uri: string, offset: number): Promise<Uint8Array> {
  const { address, exportName } = parseNbdUri(uri);
  await using client = await connectNbd(address, { exportName, clock: nodeClock }, NEVER);
  const sector = new Uint8Array(SECTOR);
  await client.read(offset, sector);
  return sector;
}
