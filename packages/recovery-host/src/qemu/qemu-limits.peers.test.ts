import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { peer } from "@leeward/nbd/testing";
import { consoleShows, eventually, groupsOf, HostRig, order, processesOf } from "../testing/index.ts";
import { heldCpus, limitedCommand, planLimits } from "./node-control-group.ts";
import { machineProcesses } from "./node-machine-process.ts";

const { skip } = peer("qemu-system-x86_64");

function makeRig(): Promise<HostRig> {
  return HostRig.make({ kind: "qemu", outside: async (ids) => [...(await processesOf(ids)), ...groupsOf(ids)] });
}

test("a machine that keeps its processors busy is held to its share, by whatever it says", { skip }, async () => {
  await using rig = await makeRig();
  const host = await rig.open();
  const { spec, disk } = await rig.spec({ cpus: 2, limits: { cpuShare: 0.1, memoryMibMax: 512 } });
  const { limits } = await host.start(spec);
  await consoleShows(host, spec.id, /leeward replica/);
  await order(disk, "B");
  const [pid = 0] = await machineProcesses({ id: spec.id, folder: `${rig.folder}/${spec.id}` });
  if (limits.cpu === "cgroup1" || limits.cpu === "cgroup2") {
    await eventually("the kernel has held it back", async () => {
      const counts = groupsOf([spec.id]).map((folder) => textOf(`${folder}/cpu.stat`));
      return counts.some((text) => Number(/nr_throttled (\d+)/.exec(text)?.[1] ?? 0) > 5) ? true : undefined;
    });
    const group = new RegExp(`cpu.*leeward-${spec.id}|^0::.*leeward-${spec.id}`, "m");
    assert.match(readFileSync(`/proc/${pid}/cgroup`, "utf8"), group);
  }
  // Field 19 of stat: the niceness.
  if (limits.cpu === "nice")
    assert.equal(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[16], "10");
  if (limits.memory === "cgroup1") {
    const caps = groupsOf([spec.id]).map((folder) => textOf(`${folder}/memory.limit_in_bytes`).trim());
    assert.ok(caps.includes(String(512 << 20)), caps.join());
  }
  await host.remove(spec.id);
  assert.deepEqual(await rig.left(), []);
});

test("where no group can be made, less priority and fewer processors hold a machine", async () => {
  const held = { cpu: "nice", memory: "none", groups: [] } as const;
  const share = { held, processors: 8 };
  assert.deepEqual(
    [0.1, 0.5, 1].map((cpuShare) => heldCpus(6, { cpuShare }, share)),
    [1, 4, 6],
  );
  const [first] = limitedCommand("0".repeat(32), { cpuShare: 0.5 }, share);
  assert.ok(first === "nice" || first === "systemd-run");
  assert.deepEqual(await planLimits("0".repeat(32), undefined), { cpu: "none", memory: "none", groups: [] });
});

test("a machine boots from an NVMe disk, with a card of each model beside it", { skip }, async () => {
  await using rig = await makeRig();
  const host = await rig.open();
  const models = ["virtio", "e1000", "e1000e", "rtl8139", "vmxnet3"] as const;
  const { spec } = await rig.spec({ nics: models.map((model) => ({ model, network: "isolated" })) });
  await host.start({ ...spec, disks: spec.disks.map((disk) => ({ ...disk, bus: "nvme" })) });
  await consoleShows(host, spec.id, /leeward replica/);
});

test("a bridge that is not there is told, and nothing is left", { skip }, async () => {
  await using rig = await makeRig();
  const host = await rig.open();
  const { spec } = await rig.spec({ nics: [{ model: "virtio", network: { bridge: "lw-nowhere" } }] });
  await assert.rejects(host.start(spec), { code: "replica-not-started" });
  assert.deepEqual(await rig.left(), []);
});

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // A group has the files of its own controllers alone.
    return "";
  }
}
