// choosing: which point, and what of it. digesting: what its disks hold, before anything is started.
import { createHash } from "node:crypto";
import { assert, MICROS_PER_SECOND } from "@leeward/base";
import type { PointItem } from "@leeward/proto";
import { chosenPoint } from "../failover/choose-point.ts";
import { settingsOf } from "../failover/failover-settings.ts";
import { DRILL_WINDOW_BYTES, DRILL_WINDOW_MS_MAX } from "../limits.ts";
import type { DiskDigest, DrillEvidence } from "../store/drill-rows.ts";
import { RECOVERY_UNSETTLED } from "../store/member-rows.ts";
import { testOrderOf } from "./drill-checks.ts";
import { type Carried, machineNameOf, targetOf, trying } from "./drill-context.ts";
import { digestNotWhole } from "./drill-faults.ts";
import { advance } from "./transitions.ts";

export async function choose(carried: Carried): Promise<void> {
  const { store, clock, requests, row, signal } = carried;
  const { machineId, order } = row;
  const value = { machineId, at: order.at };
  const point = await trying(carried, () => requests.ask(targetOf(carried), { kind: "findPoint", value }, { signal }));
  const disks = store.disks.ofMachine(machineId);
  const recovery = store.members.byId(machineId)?.recovery ?? RECOVERY_UNSETTLED;
  const bootDisk = order.bootDisk ?? recovery.bootDisk;
  const bootDiskId = bootDisk === null ? "" : (store.disks.find(machineId, bootDisk)?.id ?? "");
  const of = { status: undefined, bootDiskId, recovery, isTest: true };
  const settings = settingsOf(testOrderOf(order, point.id), of);
  const { diskIds, missingDiskIds } = chosenPoint(point, { machine: machineNameOf(carried), disks, settings });
  const missing = missingDiskIds.map((id) => store.disks.byId(id)?.name ?? id);
  const chosen = { ...pointFacts(carried, point), diskIds: [...diskIds], missing };
  advance(store, row, { to: "digesting", nowMicros: clock.wallMicros(), point: chosen });
}

export async function digest(carried: Carried): Promise<void> {
  const { store, clock, row } = carried;
  const before = row.order.proof === "none" ? {} : { before: await digestsOf(carried) };
  advance(store, row, { to: "starting", nowMicros: clock.wallMicros(), ...before });
}

/** Of each disk of the point, read as a recovery reads it. The point is held at the target until it is released. */
export async function digestsOf(carried: Carried): Promise<DiskDigest[]> {
  const { point } = carried.row.evidence;
  assert(point !== undefined, "the point is chosen before its disks are digested");
  const found: DiskDigest[] = [];
  for (const diskId of point.diskIds) found.push(await digestOf(carried, point.id, diskId));
  return found;
}

/** The SHA-256 of the SHA-256s of its windows, one after another: so that a disk of any size is asked for in parts. */
async function digestOf(carried: Carried, pointId: string, diskId: string): Promise<DiskDigest> {
  const { requests, store, row, signal, onRead } = carried;
  const name = store.disks.byId(diskId)?.name ?? diskId;
  const hash = createHash("sha256");
  for (let offset = 0; ; ) {
    const value = { machineId: row.machineId, diskId, pointId, holder: row.id, offset, length: DRILL_WINDOW_BYTES };
    const wait = { signal, timeoutMs: DRILL_WINDOW_MS_MAX };
    const part = await trying(carried, () => requests.ask(targetOf(carried), { kind: "pointDigest", value }, wait));
    const { diskBytes: sizeBytes, length, sha256 } = part;
    if (length !== Math.min(DRILL_WINDOW_BYTES, sizeBytes - offset) || sha256.length !== 32) throw digestNotWhole(name);
    hash.update(sha256);
    offset += length;
    onRead(offset, sizeBytes);
    if (offset === sizeBytes) return { diskId, name, sizeBytes, sha256: hash.digest("hex") };
  }
}

/** Its times are of the machine's clock, and so is its age. While a machine is idle its point holds on, and grows no older. */
function pointFacts(
  { clockOffsetOf, row }: Carried,
  { id, timeMicros, validUntilMicros, consistency }: PointItem,
): Omit<NonNullable<DrillEvidence["point"]>, "diskIds" | "missing"> {
  const askedMicros = row.createdMicros + (clockOffsetOf(row.machineId) ?? 0);
  const heldMicros = Math.max(timeMicros, Math.min(validUntilMicros, askedMicros));
  const ageSeconds = Math.max(0, (askedMicros - heldMicros) / MICROS_PER_SECOND);
  return { id, timeMicros, validUntilMicros, consistency, ageSeconds };
}
