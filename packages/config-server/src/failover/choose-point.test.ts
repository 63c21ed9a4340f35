import assert from "node:assert/strict";
import { test } from "node:test";
import type { PointItem } from "@leeward/proto";
import type { DiskRow } from "../store/disk-rows.ts";
import { RECOVERY_UNSETTLED } from "../store/member-rows.ts";
import { chosenPoint, startableDisks, targetIdOf } from "./choose-point.ts";
import { settingsOf } from "./failover-settings.ts";

function diskOf(id: string, more: Partial<DiskRow> = {}): DiskRow {
  return {
    id,
    machineId: "m",
    name: `name of ${id}`,
    path: `/dev/${id}`,
    capture: "splitter",
    policy: "default",
    processServerId: "p",
    masterTargetId: "t1",
    keyId: "k",
    term: 1,
    state: "protected",
    createdMicros: 1,
    ...more,
  };
}

function pointOf(diskIds: readonly string[], missingDiskIds: readonly string[] = []): PointItem {
  const members = diskIds.map((diskId) => ({ diskId, branch: "b", sequence: 1 }));
  const times = { timeMicros: 7, validUntilMicros: 7 };
  const kinds = { kind: "auto", consistency: "crash" } as const;
  return {
    id: "p1",
    machineId: "m",
    ...times,
    ...kinds,
    epoch: 1,
    members,
    missingDiskIds: [...missingDiskIds],
    locked: false,
    lockedUntilMicros: 0,
  };
}

function choose(
  point: PointItem,
  disks: readonly DiskRow[],
  more: { bootDiskId?: string; allowMissing?: boolean } = {},
) {
  const { bootDiskId = "", allowMissing = false } = more;
  const settings = settingsOf(
    { at: "latest", allowMissing },
    { status: undefined, bootDiskId, recovery: RECOVERY_UNSETTLED, isTest: true },
  );
  return chosenPoint(point, { machine: "web", disks, settings });
}

test("a machine is started on its protected disks, else on those whose points were kept, all at one master target", () => {
  const [one, kept] = [diskOf("d1"), diskOf("d2", { state: "kept", masterTargetId: "t2" })];
  assert.deepEqual(startableDisks("web", [one, kept]), [one]);
  assert.deepEqual(startableDisks("web", [kept]), [kept]);
  assert.throws(() => startableDisks("web", [diskOf("d3", { state: "deleting" })]), { code: "machine-not-protected" });
  assert.equal(targetIdOf("web", [one, diskOf("d4")]), "t1");
  assert.throws(() => targetIdOf("web", [one, kept]), { code: "failover-targets-several" });
});

test("a disk that was protected since, or that the point names as missing, is missing; one that was unprotected since is not", () => {
  const disks = [diskOf("d1"), diskOf("d2", { state: "kept" }), diskOf("d3")];
  assert.deepEqual(choose(pointOf(["d1", "d2", "d3"]), disks).diskIds, ["d1", "d2", "d3"]);
  assert.throws(() => choose(pointOf(["d1", "d2"]), disks), /missing: name of d3/);
  assert.throws(() => choose(pointOf(["d1", "d3"], ["d9"]), disks), /missing: d9/);
  assert.deepEqual(choose(pointOf(["d1"], ["d9"]), disks, { allowMissing: true }).missingDiskIds, ["d9", "d3"]);
});

test("what is booted from comes first, and is never left out", () => {
  const disks = [diskOf("d1"), diskOf("d2")];
  assert.deepEqual(choose(pointOf(["d1", "d2"]), disks, { bootDiskId: "d2" }).diskIds, ["d2", "d1"]);
  const without = { bootDiskId: "d2", allowMissing: true };
  assert.throws(() => choose(pointOf(["d1"]), disks, without), { code: "failover-incomplete" });
});
