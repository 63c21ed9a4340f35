import { Fault } from "@leeward/base";

const operator = (code: string, message: string, remedy: string): Fault =>
  new Fault({ code, kind: "operator", message, remedy });

export const machineUnknown = (nameOrId: string): Fault =>
  operator("machine-unknown", `There is no machine ${JSON.stringify(nameOrId)}.`, "See `leeward machine list`.");

export const diskUnknown = (machine: string, nameOrId: string): Fault =>
  operator("disk-unknown", `${machine} has no disk ${JSON.stringify(nameOrId)}.`, "See `leeward disk status`.");

export const serverUnknown = (nameOrId: string): Fault =>
  operator(
    "server-unknown",
    `There is no such server as ${JSON.stringify(nameOrId)}.`,
    "Check the name: the message of a disk that is protected names its servers.",
  );

export const serverForwardsNothing = (name: string): Fault =>
  operator(
    "server-forwards-nothing",
    `${name} is a master target, which sends nothing on.`,
    "Name the process server that forwards to it; see `leeward process-server list`.",
  );

export const policyUnknown = (name: string): Fault =>
  operator("policy-unknown", `There is no policy ${JSON.stringify(name)}.`, "See `leeward policy list`.");

export const groupUnknown = (name: string): Fault =>
  operator("group-unknown", `There is no consistency group ${JSON.stringify(name)}.`, "See `leeward group list`.");

export const machineInGroup = (machine: string, group: string): Fault =>
  operator(
    "machine-in-group",
    `${machine} is in the consistency group ${group} already.`,
    "A machine is in one group at most: set that group without it first, or remove it.",
  );

export const resyncUnderWay = (subject: string, job: string): Fault =>
  operator(
    "resync-under-way",
    `The job ${job} resyncs ${subject} already, and leaves out what its target is found to hold.`,
    "Wait for it, or end it with `leeward job cancel`; then ask again for the whole disk.",
  );

export const jobUnknown = (id: string): Fault =>
  operator("job-unknown", `There is no job ${JSON.stringify(id)}.`, "See `leeward job list`; old ones are forgotten.");

export const tokenUnknown = (id: string): Fault =>
  operator("token-unknown", `There is no token ${JSON.stringify(id)}.`, "See `leeward token list`.");

export const openedUnknown = (id: string): Fault =>
  operator("opened-unknown", `No opened point has the id ${JSON.stringify(id)}.`, "See `leeward point opened`.");

export const routeUnknown = (method: string, path: string): Fault =>
  operator(
    "route-unknown",
    `There is nothing at ${method} ${path}.`,
    "Correct the address; CLI and server may be of different releases.",
  );

export const requestInvalid = (what: string): Fault =>
  operator(
    "request-invalid",
    `The request does not fit: ${what}.`,
    "Correct what the message names; /v1/openapi.json and `--help` say what is taken.",
  );

export const bodyTooLarge = (): Fault =>
  operator("body-too-large", "The request's body is longer than any that is taken.", "Send less at once.");

export const mediaTypeInvalid = (): Fault =>
  operator(
    "media-type-invalid",
    "A request's body is application/json.",
    "Send the header `Content-Type: application/json`.",
  );

export const tooManyRequests = (): Fault =>
  new Fault({
    code: "too-many-requests",
    kind: "transient",
    message: "Too many requests came from this address.",
    remedy: "Wait a minute.",
  });

export const tokenRequired = (): Fault =>
  operator("token-required", "This needs a token of the API.", "Send `Authorization: Bearer TOKEN`.");

export const tokenRefused = (why: string): Fault =>
  operator(
    "token-refused",
    `The token is not taken: ${why}.`,
    "Ask an administrator for a new one: `leeward token create`.",
  );

export const roleInsufficient = (role: string, needed: string): Fault =>
  operator(
    "role-insufficient",
    `A token of the role ${role} may not do this; it needs ${needed}.`,
    `Use a token of that role; an administrator makes one with \`leeward token create --role ${needed}\`.`,
  );

export const certificateRequired = (): Fault =>
  operator(
    "certificate-required",
    "Only an enrolled machine or server may do this, with its certificate.",
    "Run the command with the home of an enrolled daemon; a token of the API is no certificate.",
  );

export const nameTaken = (name: string): Fault =>
  operator(
    "name-taken",
    `${JSON.stringify(name)} is in use already.`,
    "Choose another name, or remove the old one first.",
  );

export const memberUnknown = (id: string): Fault =>
  operator(
    "member-unknown",
    `${id} does not belong to this installation, or not any more.`,
    "Enrol it again with a new token.",
  );

export const renewalKeyChanged = (id: string): Fault =>
  operator(
    "renewal-key-changed",
    `${id} asks for a certificate on another key than the one that it enrolled with.`,
    "Find out whether its home was copied or exchanged. If it is genuine, enrol it again with a new token.",
  );

export const requestNotAnswered = (kind: string): Fault =>
  operator(
    "request-unsupported",
    `The config server does not answer ${kind}.`,
    "Bring both sides to the same release; upgrade the config server first.",
  );

const offline = (code: string, message: string, remedy: string): Fault =>
  new Fault({ code, kind: "transient", message, remedy });

export const machineOffline = (name: string): Fault =>
  offline(
    "machine-offline",
    `${name} has no session to the config server.`,
    "Start its agent, and see that it reaches this server.",
  );

export const masterTargetOffline = (name: string): Fault =>
  offline("master-target-offline", `The master target ${name} has no session to the config server.`, "Start it.");

export const noProcessServer = (): Fault =>
  operator(
    "process-server-none",
    "There is no process server to send the disk to.",
    "Enrol one: `leeward token create --role process-server`.",
  );

export const noMasterTarget = (): Fault =>
  operator(
    "master-target-none",
    "There is no master target to keep the disk.",
    "Enrol one: `leeward token create --role master-target`.",
  );

export const diskProtected = (path: string): Fault =>
  operator("disk-protected-already", `${path} is protected already.`, "See `leeward disk status`.");

export const diskNotProtectable = (path: string, why: string): Fault =>
  operator("disk-not-protectable", `${path} cannot be protected: ${why}.`, "See `leeward disk list`.");

export const diskNotProtected = (name: string): Fault =>
  operator(
    "disk-not-protected",
    `${name} is not protected.`,
    "See `leeward disk status` for those that are; `leeward disk protect` takes it under protection.",
  );

export const serverInUse = (name: string, disks: number): Fault =>
  operator("server-in-use", `${name} serves ${disks} disks.`, "Unprotect them first.");

export const recoveryKeyLost = (): Fault =>
  operator(
    "recovery-key-not-held",
    "The private half of the recovery key is not here: it was exported, or never in the backup.",
    "It is only where it was exported to: use that file, with `leeward journal … --key FILE`.",
  );

export const recoveryKeyMismatch = (): Fault =>
  operator(
    "recovery-key-mismatch",
    "The digest is not that of the recovery key, so nothing was erased.",
    "Export the key again, and keep the file.",
  );

export const jobCancelled = (): Fault =>
  operator(
    "job-cancelled",
    "The job was cancelled.",
    "Start it again if it is still wanted; `leeward events` says who cancelled it.",
  );

export const jobInterrupted = (): Fault =>
  new Fault({
    code: "job-interrupted",
    kind: "transient",
    message: "The config server stopped while the job ran; what it had begun elsewhere may be unfinished.",
    remedy: "Start it again.",
  });

export const jobEnded = (state: string): Fault =>
  operator(
    "job-ended",
    `The job has ended: it ${state}.`,
    "There is nothing to cancel; `leeward job show` says how it ended.",
  );

export const pointTimedOut = (seconds: number): Fault =>
  new Fault({
    code: "point-timed-out",
    kind: "transient",
    message: `No recovery point became recoverable within ${seconds} s.`,
    remedy: "See `leeward disk status` for how far the disks are; give it more time with --timeout.",
  });

export const tooManyPoints = (most: number): Fault =>
  operator(
    "point-range-invalid",
    `There are more than ${most} points in that time.`,
    "Narrow it with --from and --to.",
  );

export const pointLocked = (point: string, until: string | null, count: number): Fault =>
  operator(
    "point-locked",
    `The recovery point ${point} is locked ${until === null ? "without end" : `until ${until}`}${count > 1 ? `, and ${count - 1} more` : ""}; nothing is deleted.`,
    "Wait until the lock ends, or have an administrator unlock it: `leeward point unlock MACHINE POINT`.",
  );

export const pointNotLocked = (point: string): Fault =>
  operator(
    "point-not-locked",
    `The machine has no locked recovery point ${point}.`,
    "See which are locked, and until when: `leeward point list MACHINE`.",
  );

export const lockEndInvalid = (until: string): Fault =>
  operator(
    "lock-end-invalid",
    `A lock cannot end at ${until}: that is past, or more than 200 years away.`,
    "Give a time to come, or `--forever`.",
  );

export const retentionContradicts = (): Fault =>
  operator(
    "retention-invalid",
    "`retention` and `retentionSeconds` say how long points are kept in two ways.",
    "Set one of them: `retention=2h:all,24h:5m,30d:1h`, or `retentionSeconds=86400`, which keeps all points for so long.",
  );

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
    `${machine} cannot be given to another host: it does not run at its master target for good.`,
    "Fail it over and commit that first; what is not failed over is where its source is.",
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

export const drillUnknown = (id: string): Fault =>
  operator(
    "drill-unknown",
    `There is no drill ${JSON.stringify(id)}.`,
    "See `leeward drill list`; the oldest of a machine are forgotten.",
  );

export const drillScheduleUnknown = (machine: string): Fault =>
  operator(
    "drill-schedule-unknown",
    `Drills of ${machine} are not made by schedule.`,
    "See `leeward drill schedules`; `leeward drill schedule MACHINE --every 7d …` has them made.",
  );

export const drillUnderWay = (machine: string, id: string): Fault =>
  operator(
    "drill-under-way",
    `The drill ${id} of ${machine} is under way.`,
    "Wait until it has ended, or cancel its job: `leeward job list`, `leeward job cancel`.",
  );

export const drillsTooMany = (target: string, count: number): Fault =>
  operator(
    "drills-too-many",
    `${count} drills are under way at ${target}, as many as there may be.`,
    "Wait until one has ended: `leeward drill list`.",
  );

export const drillSettingsInvalid = (why: string): Fault =>
  operator(
    "drill-settings-invalid",
    `No drill can be made so: ${why}.`,
    "Correct what the message names; see `leeward drill run --help`.",
  );

export const drillNotReported = (id: string, state: string): Fault =>
  operator(
    "drill-not-reported",
    `The drill ${id} has no report yet: it is ${state}.`,
    "Wait until it has ended: `leeward drill list`.",
  );

export const drillFailed = (id: string, why: string): Fault =>
  operator("drill-failed", `The drill ${id} failed: ${why}`, `See what it found: \`leeward drill report ${id}\`.`);

export const drillChecksFailed = (checks: readonly string[]): Fault =>
  operator(
    "drill-checks-failed",
    `The machine did not show what it was looked at for: ${checks.join(", ")}.`,
    "The report says what each check saw last; `leeward failover test` starts the machine to look at it by hand.",
  );

export const drillMachineGone = (state: string): Fault =>
  operator(
    "drill-machine-gone",
    `Somebody else ended the drill's test failover before it was checked: it is ${state}.`,
    "`leeward events` says who; make the drill again.",
  );

export const drillLeftovers = (failover: string): Fault =>
  operator(
    "drill-leftovers",
    `It could not be confirmed that nothing is left of the test failover ${failover}.`,
    "See `leeward failover show` and the master target's machine.",
  );

export const drillReplicaChanged = (disks: readonly string[]): Fault =>
  new Fault({
    code: "drill-replica-changed",
    kind: "corruption",
    message: `After the drill its recovery point does not hold what it held before: ${disks.join(", ")}.`,
    remedy:
      "Do not rely on that point. Keep the journal as it is, and report it; `leeward disk verify` compares the present with its source.",
  });

export const digestNotWhole = (disk: string): Fault =>
  new Fault({
    code: "drill-digest-short",
    kind: "protocol",
    message: `The master target's digest of a part of ${disk} is not of the part that was asked for.`,
  });

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
