import assert from "node:assert/strict";
import { promises as fs } from "node:fs";
import { describe, test } from "node:test";
import { isFault } from "@leeward/base";
import { nodeClock } from "@leeward/world";
import type { RecoveryHost } from "../recovery-host.ts";
import type { ReplicaSpec } from "../replica-spec.ts";
import { isPng } from "../screen/png.ts";
import { bootDisk, emptyDisk } from "./boot-disk.ts";
import { eventually } from "./eventually.ts";
import { consoleShows, HostRig, type HostRigOptions, type MortalAction, order } from "./node-host-rig.ts";

export interface SuiteOptions {
  /** Why it cannot run here, or false. */
  readonly skip: string | false;
  /** Starts what the hypervisor needs. */
  readonly prepare: () => Promise<HostRigOptions & AsyncDisposable>;
}

const GREETED = /leeward replica\r\n\.+/;
const KILLS_MAX = 30;

/** What every RecoveryHost that runs machines must do. */
export function recoveryHostSuite(name: string, { skip, prepare }: SuiteOptions): void {
  const within = (run: (rig: HostRig, host: RecoveryHost) => Promise<void>) => async (): Promise<void> => {
    await using surroundings = await prepare();
    await using rig = await HostRig.make(surroundings);
    const host = await rig.open();
    await host.recover();
    await run(rig, host);
  };
  describe(name, { skip }, () => {
    test("a machine boots from its disk, says so on its console, and shows its screen", within(boots));
    test("a machine that is there is not started twice, and two run side by side", within(runsSeveral));
    test("a machine outlives its daemon and the server of its disk, and is found again", within(outlives));
    test("a machine that ended is started anew, and a removed one leaves nothing", within(endsAndLeavesNothing));
    test("a guest that heeds the power button ends, one that does not runs on", within(shutsDown));
    test("a guest that is halted is asked first, and has its current cut when it does not heed", within(halts));
    test("a guest that switches itself off is told from one that was lost", within(endsByItself));
    test("a machine boots from a disk on any bus, with others beside it", within(hasDisks));
    test("a machine that cannot be started says why, and leaves nothing", within(saysWhy));
    test("UEFI starts, and keeps its variables over a start", within(startsUefi));
    test(
      "forwarded ports are told, others not, and no guest agent is reported where there is none",
      within(tellsPorts),
    );
    for (const action of ["start", "stop", "shut-down", "remove"] as const) {
      test(
        `whatever step of ${action} the daemon is killed at, the machine is found or swept away`,
        within((rig, host) => killed(rig, host, action)),
      );
    }
  });
}

async function boots(rig: HostRig, host: RecoveryHost): Promise<void> {
  const { spec } = await rig.spec();
  const before = nodeClock.wallMicros();
  const machine = await host.start(spec);
  assert.deepEqual(
    [machine.id, machine.name, machine.host, machine.state],
    [spec.id, spec.name, host.kind, { kind: "running" }],
  );
  assert.ok(machine.resumedMicros !== undefined && machine.resumedMicros >= before - 1_000);
  await consoleShows(host, spec.id, GREETED);
  const screen = await host.screen(spec.id);
  assert.ok(isPng(screen));
  assert.ok(Buffer.from(screen).readUInt32BE(16) >= 320 && Buffer.from(screen).readUInt32BE(20) >= 200);
  assert.deepEqual(await host.find(spec.id), machine);
  assert.deepEqual(await host.list(), [machine]);
}

async function runsSeveral(rig: HostRig, host: RecoveryHost): Promise<void> {
  const [one, other] = [await rig.spec(), await rig.spec({}, await rig.disk(bootDisk("the other one")))];
  await Promise.all([host.start(one.spec), host.start(other.spec)]);
  await assert.rejects(host.start(one.spec), (error) => isFault(error, "replica-exists"));
  await consoleShows(host, one.spec.id, GREETED);
  await consoleShows(host, other.spec.id, /the other one\r\n\.+/);
  await host.remove(one.spec.id);
  assert.equal(await host.find(one.spec.id), undefined);
  assert.deepEqual(
    (await host.list()).map(({ id, state }) => [id, state.kind]),
    [[other.spec.id, "running"]],
  );
  await assert.rejects(host.console(one.spec.id), (error) => isFault(error, "replica-unknown"));
  await assert.rejects(host.stop("../..", "power-off"), (error) => isFault(error, "replica-unknown"));
}

async function outlives(rig: HostRig, host: RecoveryHost): Promise<void> {
  const { spec, disk } = await rig.spec();
  await host.start(spec);
  await consoleShows(host, spec.id, GREETED);
  await disk.withdraw();
  const next = await rig.open();
  const { machines, swept, faults } = await next.recover();
  assert.deepEqual([machines.map(({ id }) => id), swept, faults], [[spec.id], [], []]);
  await order(disk, "+");
  await disk.offer();
  const text = await eventually("the guest reads its disk again", async () => {
    // QEMU waits for a disk that is away; an older libvirt does not let it, and the machine is paused instead.
    const state = (await next.find(spec.id))?.state;
    if (host.kind === "libvirt" && state?.kind === "paused") await next.resume(spec.id);
    else assert.deepEqual(state, { kind: "running" });
    const said = await next.console(spec.id);
    return /\.\++/.test(said) ? said : undefined;
  });
  // Not one read failed while nobody served the disk.
  assert.doesNotMatch(text, /!/);
}

async function endsAndLeavesNothing(rig: HostRig, host: RecoveryHost): Promise<void> {
  const { spec } = await rig.spec();
  await host.start(spec);
  await consoleShows(host, spec.id, GREETED);
  const ended = await host.stop(spec.id, "power-off");
  assert.deepEqual(ended.state, { kind: "ended", how: "powered-off", said: "" });
  assert.deepEqual(await host.stop(spec.id, "shut-down"), ended);
  assert.match(await host.console(spec.id), GREETED);
  await assert.rejects(host.screen(spec.id), (error) => isFault(error, "replica-ended"));
  assert.deepEqual((await (await rig.open()).recover()).machines, [ended]);
  assert.deepEqual(await rig.left(), [spec.id]);
  assert.equal((await host.start(spec)).state.kind, "running");
  await consoleShows(host, spec.id, GREETED);
  await host.remove(spec.id);
  await host.remove(spec.id);
  assert.deepEqual(await rig.left(), []);
}

async function shutsDown(rig: HostRig, host: RecoveryHost): Promise<void> {
  const { spec, disk } = await rig.spec();
  await host.start(spec);
  await consoleShows(host, spec.id, GREETED);
  await assert.rejects(host.stop(spec.id, "shut-down", 1), (error) => isFault(error, "replica-not-shut-down"));
  assert.equal((await host.find(spec.id))?.state.kind, "running");
  await host.remove(spec.id);
  await order(disk, "P");
  await host.start(spec);
  await consoleShows(host, spec.id, /P/);
  const { state } = await host.stop(spec.id, "shut-down");
  assert.equal(state.kind === "ended" && state.how, "shut-down");
}

async function halts(rig: HostRig, host: RecoveryHost): Promise<void> {
  const patient = { graceSeconds: 120, signal: new AbortController().signal };
  const { spec, disk } = await rig.spec();
  await host.start(spec);
  await consoleShows(host, spec.id, GREETED);
  const refused = await host.halt(spec.id, { ...patient, graceSeconds: 1 });
  assert.deepEqual(refused.state, { kind: "ended", how: "powered-off", said: "" });
  assert.deepEqual(await host.halt(spec.id, patient), refused);
  await order(disk, "P");
  await host.start(spec);
  await consoleShows(host, spec.id, /P/);
  const heeded = await host.halt(spec.id, patient);
  assert.deepEqual(heeded.state, { kind: "ended", how: "shut-down", said: "" });
  assert.deepEqual((await (await rig.open()).recover()).machines, [heeded]);

  await order(disk, ".");
  await host.start(spec);
  await consoleShows(host, spec.id, GREETED);
  const stop = new AbortController();
  const halting = host.halt(spec.id, { ...patient, signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(halting, { message: "enough" });
  assert.deepEqual((await host.find(spec.id))?.state, { kind: "running" });
  await host.halt(spec.id, { ...patient, graceSeconds: 0 });
  await assert.rejects(host.halt("../..", patient), (error) => isFault(error, "replica-unknown"));
}

async function endsByItself(rig: HostRig, host: RecoveryHost): Promise<void> {
  const { spec, disk } = await rig.spec();
  await host.start(spec);
  await order(disk, "X");
  const state = await eventually("the machine has ended", async () => {
    const machine = await host.find(spec.id);
    return machine?.state.kind === "ended" ? machine.state : undefined;
  });
  assert.equal(state.how, "by-itself");
  assert.match(await host.console(spec.id), /X$/);
}

async function hasDisks(rig: HostRig, host: RecoveryHost): Promise<void> {
  const buses = ["scsi", "sata", "ide", "virtio"] as const;
  for (const bus of buses) {
    const { spec, disk } = await rig.spec();
    const { socket: nbdSocket, exportName } = disk;
    const more = buses.map((each) => ({ name: each, nbdSocket, exportName, bus: each, readOnly: each === "virtio" }));
    const disks = [
      { name: "boot", nbdSocket, exportName, bus, readOnly: false },
      ...(bus === "ide" ? more : more.slice(0, 2)),
    ];
    await host.start({ ...spec, disks });
    await consoleShows(host, spec.id, GREETED);
    await host.remove(spec.id);
  }
}

async function saysWhy(rig: HostRig, host: RecoveryHost): Promise<void> {
  const { spec } = await rig.spec();
  const disks = spec.disks.map((disk) => ({ ...disk, nbdSocket: `${rig.above}/nobody` }));
  await assert.rejects(host.start({ ...spec, disks }), (error) => {
    return isFault(error, "replica-not-started") && /No such file or directory/.test(error.message);
  });
  assert.deepEqual(await rig.left(), []);
  await assert.rejects(host.start({ ...spec, memoryMib: -1 }), (error) => isFault(error, "replica-spec-invalid"));
}

async function startsUefi(rig: HostRig, host: RecoveryHost): Promise<void> {
  const { spec } = await rig.spec({ firmware: "uefi", memoryMib: 128 }, await rig.disk(emptyDisk()));
  const variables = `${rig.folder}/${spec.id}/uefi-variables`;
  await host.start(spec);
  await consoleShows(host, spec.id, /BdsDxe|UEFI/);
  const first = await fs.stat(variables);
  await host.stop(spec.id, "power-off");
  await host.start(spec);
  await consoleShows(host, spec.id, /BdsDxe|UEFI/);
  // The same file, neither copied anew nor removed between.
  const second = await fs.stat(variables);
  assert.deepEqual([second.ino, second.birthtimeMs], [first.ino, first.birthtimeMs]);
  await host.remove(spec.id);
  assert.deepEqual(await rig.left(), []);
}

async function tellsPorts(rig: HostRig, host: RecoveryHost): Promise<void> {
  const { spec } = await rig.spec({ nics: [{ model: "virtio", network: "isolated", forwards: [22, 80] }] });
  await host.start(spec);
  const [one, other] = [await host.endpoint(spec.id, 22), await host.endpoint(spec.id, 80)];
  assert.equal(one.host, "127.0.0.1");
  assert.notEqual(one.port, other.port);
  await assert.rejects(host.endpoint(spec.id, 443), (error) => isFault(error, "replica-port-unknown"));
  assert.equal(await host.pingAgent(spec.id, 500), false);
}

async function killed(rig: HostRig, host: RecoveryHost, action: MortalAction): Promise<void> {
  const limits = { cpuShare: 0.9 };
  for (let steps = 1; ; steps += 1) {
    assert.ok(steps < KILLS_MAX);
    const { spec, disk } = await rig.spec(host.kind === "qemu" ? { limits } : {});
    if (action !== "start") await host.start(spec);
    if (action === "shut-down") await order(disk, "P");
    const through = await rig.mortal(action, spec, steps);
    const where = `${action}, killed at step ${steps}`;
    await foundOrSwept(rig, await rig.open(), { spec, action, through, where });
    await host.remove(spec.id);
    assert.deepEqual(await rig.left(), [], where);
    if (through) return;
  }
}

interface Killed {
  readonly spec: ReplicaSpec;
  readonly action: MortalAction;
  readonly through: boolean;
  readonly where: string;
}

async function foundOrSwept(rig: HostRig, host: RecoveryHost, { spec, action, through, where }: Killed): Promise<void> {
  const { machines, swept, faults } = await host.recover();
  assert.deepEqual(faults, [], where);
  const found = machines.find(({ id }) => id === spec.id);
  if (found === undefined) {
    assert.notEqual(action, "stop", where);
    assert.deepEqual(await rig.left(), [], where);
    assert.ok(swept.includes(spec.id) || (action === "remove" && through) || action === "remove", where);
    return;
  }
  assert.notEqual(action, "remove", where);
  assert.deepEqual(await host.find(spec.id), found, where);
  if (through) assert.equal(found.state.kind, action === "start" ? "running" : "ended", where);
  if (found.state.kind === "running") await consoleShows(host, spec.id, /leeward replica/);
  else
    assert.deepEqual(
      found.state,
      { kind: "ended", how: action === "stop" ? "powered-off" : "shut-down", said: "" },
      where,
    );
}
