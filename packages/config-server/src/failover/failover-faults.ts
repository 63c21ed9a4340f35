import type { Fault } from "@leeward/base";
import { operator } from "../operator-fault.ts";

export const failoverUnknown = (nameOrId: string): Fault =>
  operator(
    "failover-unknown",
    `There is no failover ${JSON.stringify(nameOrId)}, and none stands for a machine of that name.`,
    "See `leeward failover list`.",
  );

export const failoverStanding = (machine: string, id: string): Fault =>
  operator(
    "failover-standing",
    `A failover of ${machine} stands: ${id}.`,
    `End it first: \`leeward failover cleanup ${id}\`.`,
  );

export const failoverBusy = (id: string, state: string): Fault =>
  operator(
    "failover-busy",
    `The failover ${id} is ${state}.`,
    "Wait until its job has ended, or cancel that: `leeward job list`, `leeward job cancel`.",
  );

export const failoverNotPossible = (row: { id: string; kind: string; state: string }, what: string): Fault =>
  operator(
    "failover-not-possible",
    `The ${row.kind} failover ${row.id} is ${row.state}; ${what} is not what can follow.`,
    "What follows on each state stands in the guide: commit, cancel and change-point while a commit is pending, then reprotect, then failback; cleanup for a test.",
  );

export const diskNotInFailover = (disk: string, failover: string): Fault =>
  operator(
    "disk-not-in-failover",
    `The disk ${disk} has no part in the failover ${failover}, or is not protected any more.`,
    "See `leeward failover show` for the disks that its replica machine runs on.",
  );

export const disksNotNamed = (machine: string, disks: readonly string[]): Fault =>
  operator(
    "disks-not-named",
    `${machine} is on another host now, and it is not known on which of its devices these disks are: ${disks.join(", ")}.`,
    "Name each of them: `leeward reprotect MACHINE --disk DISK=PATH --disk …`; see `leeward disk list MACHINE` for what the host has.",
  );

export const machineNotTakeable = (machine: string): Fault =>
  operator(
    "machine-not-takeable",
    `${machine} cannot be given to another host: it does not run at its master target for good, and no copy of it has come.`,
    "Fail it over and commit that first; what is not failed over is where its source is. Where a copy is to have its place, start the copy's agent once, and stop it.",
  );

export const deviceRefused = (path: string, why: string): Fault =>
  operator(
    "device-refused",
    `${path} cannot take the place of the disk: ${why}`,
    "Name a device of the machine that is at least as large as the disk, that nobody uses, and that is no part of another protected disk.",
  );

export const deviceHoldsData = (path: string, content: string): Fault =>
  operator(
    "device-holds-data",
    `${path} holds ${content}, and that is not what the replica machine has: it would be overwritten.`,
    "Make sure that it is the device that you mean. When what it holds may go for good, repeat the command with --overwrite.",
  );

export const failoverNotFenced = (machine: string, fence: "open" | "unconfirmed"): Fault =>
  operator(
    "failover-not-fenced",
    fence === "open"
      ? `The disks of ${machine} can be written past its agent, which cannot keep that from being done.`
      : `The agent of ${machine} does not say that its disks take no writes any more.`,
    "Make sure that nothing runs there any more (power it off), then repeat the command with --force. Nothing that it writes reaches the replica in any case.",
  );

export const lastPointImpossible = (machine: string, disk: string): Fault =>
  operator(
    "last-point-impossible",
    `${machine} has no part in a planned failover: ${disk} is rescanned, and has a part in no point but its own, so the machine's last point cannot have all disks.`,
    "Stop what writes to the machine, wait for a point of each disk (`leeward disk resync MACHINE DISK --now` makes one), power the machine off, and take an unplanned failover.",
  );

export const lastPointMissing = (machine: string, why: string | undefined): Fault =>
  operator(
    "last-point-missing",
    `${machine} has stopped without a last point${why === undefined ? "" : `: ${why}`}`,
    "Its source goes on. See to what is in the way, or take an unplanned failover from an earlier point.",
  );

export const failoverMachineGone = (machineId: string): Fault =>
  operator("failover-machine-gone", `The machine ${machineId} is not known any more.`, "See `leeward machine list`.");

export const pointMissing = (machine: string, at: string): Fault =>
  operator(
    "point-missing",
    `No recovery point of ${machine} is meant by ${at}.`,
    "See `leeward point list MACHINE`; older points may have gone by the policy's retention.",
  );

export const failoverEnded = (id: string, state: string): Fault =>
  operator("failover-ended", `The failover ${id} is over: ${state}.`, "There is nothing of it any more.");

export const machineNotProtected = (machine: string): Fault =>
  operator(
    "machine-not-protected",
    `${machine} has no disk with recovery points.`,
    "Protect its disks: `leeward disk protect`.",
  );

export const failoverTargetsSeveral = (machine: string, count: number): Fault =>
  operator(
    "failover-targets-several",
    `The disks of ${machine} are at ${count} master targets; a machine is started at one.`,
    "Protect all of them to one master target. Until then, open the disks one by one: `leeward point open --writable`.",
  );

export const failoverIncomplete = (of: { machine: string; pointId: string; missing: readonly string[] }): Fault =>
  operator(
    "failover-incomplete",
    `The point ${of.pointId} of ${of.machine} does not have ${of.missing.length === 0 ? "the disk that is booted from" : `all of its disks; missing: ${of.missing.join(", ")}`}.`,
    "Take another point (`leeward point list`), or start without them: `--allow-missing`.",
  );
