import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { isFault } from "@leeward/base";
import { peer } from "@leeward/nbd/testing";
import { BOOT_DISK_BYTES, eventually, HostRig } from "../testing/index.ts";

function makeRig(): Promise<HostRig> {
  return HostRig.make({ kind: "none", outside: async () => [] });
}

test("a described machine is found again, and has no console, screen or ports here", async () => {
  await using rig = await makeRig();
  const host = await rig.open();
  const { spec, disk } = await rig.spec();
  const machine = await host.start(spec);
  assert.deepEqual([machine.state, machine.host], [{ kind: "described" }, "none"]);
  await assert.rejects(host.start(spec), (error) => isFault(error, "replica-exists"));
  const { disks, libvirtXml } = await host.describe(spec.id);
  assert.deepEqual(
    disks.map(({ sizeBytes, readOnly }) => [sizeBytes, readOnly]),
    [[BOOT_DISK_BYTES, false]],
  );
  assert.match(disks[0]?.uri ?? "", /^nbd\+unix:\/\/\/.*\?socket=/);
  assert.match(libvirtXml ?? "", /<source protocol="nbd"/);
  for (const look of [host.console(spec.id), host.screen(spec.id), host.endpoint(spec.id, 22)]) {
    await assert.rejects(look, (error) => isFault(error, "replica-only-described"));
  }
  assert.deepEqual((await (await rig.open()).recover()).machines, [machine]);
  const patient = { graceSeconds: 3_600, signal: new AbortController().signal };
  assert.equal((await host.halt(spec.id, patient)).state.kind, "ended", "nothing runs here that could be waited for");
  assert.equal((await host.start(spec)).state.kind, "described");
  assert.equal((await host.stop(spec.id, "shut-down")).state.kind, "ended");
  await host.remove(spec.id);
  assert.deepEqual(await rig.left(), []);
  await disk.withdraw();
  await assert.rejects(host.start(spec), (error) => isFault(error));
  assert.deepEqual(await rig.left(), []);
});

test("whatever step of start and remove the daemon is killed at, it is found or swept away", async () => {
  await using rig = await makeRig();
  for (const action of ["start", "remove"] as const) {
    for (let steps = 1, through = false; !through; steps += 1) {
      const { spec } = await rig.spec();
      const host = await rig.open();
      if (action === "remove") await host.start(spec);
      through = await rig.mortal(action, spec, steps);
      const { faults } = await host.recover();
      assert.deepEqual(faults, []);
      await host.remove(spec.id);
      assert.deepEqual(await rig.left(), [], `${action} ${steps}`);
    }
  }
});

test("the command that it tells boots the machine", { skip: peer("qemu-system-x86_64").skip }, async () => {
  await using rig = await makeRig();
  const host = await rig.open();
  const { spec } = await rig.spec();
  await host.start(spec);
  const { qemuCommand } = await host.describe(spec.id);
  const shell = spawn("sh", ["-c", `exec ${qemuCommand}`], { stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise((resolve) => shell.once("exit", resolve));
  let said = "";
  for (const stream of [shell.stdout, shell.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  try {
    await eventually("the machine greets", async () => {
      assert.equal(shell.exitCode, null, said);
      return said.includes("leeward replica") ? true : undefined;
    });
  } finally {
    shell.kill("SIGKILL");
    await ended;
  }
});
