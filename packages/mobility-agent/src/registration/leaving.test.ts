import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault, seededRandom } from "@leeward/base";
import { fileFault } from "@leeward/world";
import { type SimulatedFiles, simulatedClock, simulatedFiles } from "@leeward/world/testing";
import { leaveInstallation } from "./leaving.ts";

const HOME = "/agent";
const DISKS = ["a", "b", "c"];
const HOUR_MICROS = 3_600_000_000;

/** A machine that may leave, and the config server that knows it until it has. */
class Rig {
  readonly clock = simulatedClock();
  files: SimulatedFiles;
  /** Disks of which a snapshot cannot be removed. */
  stuck: readonly string[] = [];
  readonly forgotten: string[] = [];
  isKnown = true;
  hasAnswers = true;
  notAfterMicros = this.clock.wallMicros() + HOUR_MICROS;

  constructor() {
    this.files = simulatedFiles({ random: seededRandom(3), clock: this.clock });
  }

  async register(): Promise<void> {
    for (const folder of [HOME, `${HOME}/identity`, `${HOME}/disks`, ...DISKS.map((disk) => `${HOME}/disks/${disk}`)]) {
      await this.files.makeFolder(folder);
      await this.files.syncFolder(folder.slice(0, folder.lastIndexOf("/")) || "/");
    }
  }

  leave(): Promise<void> {
    return leaveInstallation({
      world: { files: this.files, clock: this.clock },
      home: HOME,
      notAfterMicros: this.notAfterMicros,
      forgetDisk: async (diskId) => {
        assert.ok(this.isKnown || !this.stuck.includes(diskId), "nothing of a machine that has left is left");
        if (this.stuck.includes(diskId)) throw faultOf("snapshot-left", `The snapshot of ${diskId} is left.`);
        this.forgotten.push(diskId);
      },
      tell: async () => {
        if (!this.isKnown) throw faultOf("certificate-required", "not known");
        this.isKnown = false;
        if (!this.hasAnswers) throw faultOf("server-unreachable", "gone");
      },
    });
  }

  async isRegistered(): Promise<boolean> {
    return (await this.files.status(`${HOME}/identity`)) !== undefined;
  }
}

function faultOf(code: string, message: string): Fault {
  return new Fault({ code, kind: "operator", message, remedy: "none" });
}

async function play(scenario: (rig: Rig) => Promise<void>): Promise<void> {
  const rig = new Rig();
  await rig.clock.run(async () => {
    await rig.register();
    await scenario(rig);
  });
}

test("a machine of whose disks something is left has not left, says what that is, and leaves once nothing is", () =>
  play(async (rig) => {
    rig.stuck = ["a", "c"];
    const message = /has not left yet.*snapshot of a is left.*snapshot of c is left/;
    await assert.rejects(rig.leave(), { code: "machine-not-left", message });
    assert.deepEqual([rig.isKnown, await rig.isRegistered()], [true, true]);
    assert.deepEqual(rig.forgotten, ["b"], "one that is left keeps no other");
    rig.stuck = [];
    await rig.leave();
    assert.deepEqual([rig.isKnown, await rig.isRegistered()], [false, false]);
  }));

test("an answer that is lost, and a stop before the identity is removed, leave a machine that leaves again", () =>
  play(async (rig) => {
    rig.hasAnswers = false;
    await assert.rejects(rig.leave(), { code: "server-unreachable" });
    assert.ok(!rig.isKnown && (await rig.isRegistered()));
    rig.files.onOperation = ({ path }) => {
      if (path === `${HOME}/identity`) throw fileFault("EIO", path);
    };
    await assert.rejects(rig.leave(), { code: "io-failed" });
    rig.files.onOperation = undefined;
    rig.files = rig.files.crash();
    assert.ok(await rig.isRegistered());
    await rig.leave();
    assert.ok(!(await rig.isRegistered()));
  }));

test("a certificate that has ended says nothing of the machine: it has not left", () =>
  play(async (rig) => {
    rig.isKnown = false;
    rig.notAfterMicros = rig.clock.wallMicros() - 1;
    await assert.rejects(rig.leave(), { code: "certificate-required" });
    assert.ok(await rig.isRegistered());
  }));
