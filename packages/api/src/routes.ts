import { Type } from "typebox";
import { POINT_TIMEOUT_SECONDS_MAX, WAIT_SECONDS_MAX } from "./api-limits.ts";
import type { Route } from "./route.ts";
import { itemsBy, NO_ITEMS, OF_FAILOVER, OF_MACHINE, of } from "./route-scope.ts";
import { ACCESS_ROUTES } from "./routes/access-routes.ts";
import { ALERT_ROUTES } from "./routes/alert-routes.ts";
import { HISTORY_ROUTES } from "./routes/history-routes.ts";
import { ScopeOrder } from "./shapes/access.ts";
import { Installation, InstallationChange, SenderChange } from "./shapes/bandwidth.ts";
import { Drill, DrillOrder, DrillSchedule, DrillScheduleChange, SignedDrillReport } from "./shapes/drill.ts";
import {
  FailbackOrder,
  Failover,
  PlannedFailoverOrder,
  PointChange,
  RecoveryChange,
  ReplicaConsole,
  ReprotectOrder,
  TestFailoverOrder,
  UnplannedFailoverOrder,
} from "./shapes/failover.ts";
import { Group, GroupChange, GroupPoint } from "./shapes/group.ts";
import { Job, JobState } from "./shapes/job.ts";
import { Candidate, Disk, Machine, MachineChange } from "./shapes/machine.ts";
import { pageOf, pageQuery } from "./shapes/page.ts";
import { Consistency, ImageFormat, Opened, Point } from "./shapes/point.ts";
import { Policy, PolicyChange } from "./shapes/policy.ts";
import { Push, PushBegun, PushOrder } from "./shapes/push.ts";
import {
  PlanAnswer,
  PlanChange,
  PlanDryRun,
  PlanOrder,
  PlanRun,
  PlanRunOrder,
  PlanRunSummary,
  PlanStored,
  PlanSummary,
  PlanText,
  RecoveryPlan,
} from "./shapes/recovery-plan.ts";
import { ReleaseFile, ReleasePart, Upgrade, UpgradeOrder, Version } from "./shapes/release.ts";
import {
  Bytes,
  Empty,
  Id,
  listOf,
  Name,
  NameOrId,
  nullable,
  AbsolutePath as path,
  STRICT,
} from "./shapes/schema-words.ts";
import { SeedOrder } from "./shapes/seed.ts";
import { Event, Health, Server, Severity, StatusItem } from "./shapes/server.ts";
import {
  Authorities,
  BackupWritten,
  Enrolled,
  RecoveryKey,
  RecoveryKeyErased,
  Rotation,
  Token,
  TokenCreated,
  TokenRole,
} from "./shapes/token.ts";

const machine = Type.Object({ machine: NameOrId });
const machineAndDisk = Type.Object({ machine: NameOrId, disk: NameOrId });
const machineAndPoint = Type.Object({
  machine: NameOrId,
  point: Type.String({ pattern: "^[0-9a-f]{32}$", description: "a point's id" }),
});
const oneId = Type.Object({ id: Id });
const oneFailover = Type.Object({ failover: NameOrId });
const failoverBegun = Type.Object({ failover: Failover, job: Job });
const onePlan = Type.Object({ plan: NameOrId });
const oneRun = Type.Object({ run: Id });
const runBegun = Type.Object({ run: PlanRun, job: Job });
const Notes = Type.Optional(Type.String({ maxLength: 4_096 }));
const deletePoints = Type.Object({ deletePoints: Type.Optional(Type.Boolean()) }, STRICT);
const waitSeconds = Type.Optional(Type.Number({ minimum: 0, maximum: WAIT_SECONDS_MAX }));
const timeText = Type.Optional(Type.String({ maxLength: 40, description: "RFC 3339" }));
/** Where the master target runs, which is Linux. */
const targetPath = Type.String({ minLength: 1, maxLength: 4096, pattern: "^/", description: "absolute path" });
const at = Type.String({ minLength: 1, maxLength: 64, description: "latest, a point's id, or an RFC 3339 time" });
const pem = Type.String({ minLength: 1, maxLength: 16_384 });

/** Every route of the public API. Names are the client's; paths are from the server's root on. */
// biome-ignore format: one line per route reads as the table that it is.
export const ROUTES = {
  // Machines and their disks.
  listMachines: { method: "GET", path: "/v1/machines", role: "viewer", scope: itemsBy("id"), summary: "List machines", query: pageQuery({ removed: Type.Optional(Type.Boolean()), state: Type.Optional(Machine.properties.state), name: Type.Optional(Name) }), status: 200, response: pageOf(Machine) },
  showMachine: { method: "GET", path: "/v1/machines/:machine", role: "viewer", scope: OF_MACHINE, summary: "Show a machine", params: machine, status: 200, response: Machine },
  setRecovery: { method: "PUT", path: "/v1/machines/:machine/recovery", role: "operator", scope: OF_MACHINE, edits: true, summary: "Change how a machine is made at its master target", params: machine, body: RecoveryChange, status: 200, response: Machine },
  setMachine: { method: "PUT", path: "/v1/machines/:machine", role: "administrator", scope: OF_MACHINE, edits: true, summary: "Change what is set for a machine", params: machine, body: MachineChange, status: 200, response: Machine },
  removeMachine: { method: "DELETE", path: "/v1/machines/:machine", role: "administrator", scope: OF_MACHINE, edits: true, summary: "Remove a machine and revoke its certificate; its points stay unless asked", params: machine, query: deletePoints, status: 200, response: Machine },
  listCandidates: { method: "GET", path: "/v1/machines/:machine/candidates", role: "viewer", scope: OF_MACHINE, summary: "List what could be protected on a machine", params: machine, query: pageQuery({}), status: 200, response: pageOf(Candidate) },
  listDisks: { method: "GET", path: "/v1/disks", role: "viewer", scope: itemsBy("machine"), summary: "List protected disks, of one machine or all", query: pageQuery({ machine: Type.Optional(NameOrId) }), status: 200, response: pageOf(Disk) },
  protectDisk: { method: "POST", path: "/v1/machines/:machine/disks", role: "operator", scope: OF_MACHINE, summary: "Protect a disk", params: machine, body: Type.Object({ path, name: Type.Optional(Name), capture: Type.Optional(Type.Enum(["splitter", "tracker", "rescan"])), policy: Type.Optional(Name), processServer: Type.Optional(NameOrId), masterTarget: Type.Optional(NameOrId), alsoTo: Type.Optional(Type.Array(NameOrId, { maxItems: 8 })), seed: Type.Optional(Type.Boolean()) }, STRICT), status: 202, response: Type.Object({ disk: Disk, job: Job }) },
  addTarget: { method: "POST", path: "/v1/machines/:machine/disks/:disk/targets", role: "operator", scope: OF_MACHINE, summary: "Have a protected disk go to one more target; its points there begin when the source has been read for it", params: machineAndDisk, body: Type.Object({ target: NameOrId }, STRICT), status: 200, response: Disk },
  removeTarget: { method: "DELETE", path: "/v1/machines/:machine/disks/:disk/targets/:target", role: "operator", scope: OF_MACHINE, summary: "Have a disk go to one of its further targets no more; its points there stay unless an administrator asks", params: Type.Object({ machine: NameOrId, disk: NameOrId, target: NameOrId }), query: deletePoints, status: 200, response: Disk },
  unprotectDisk: { method: "DELETE", path: "/v1/machines/:machine/disks/:disk", role: "operator", scope: OF_MACHINE, summary: "Stop protecting a disk; its points stay unless an administrator asks", params: machineAndDisk, query: deletePoints, status: 200, response: Disk },
  verifyDisk: { method: "POST", path: "/v1/machines/:machine/disks/:disk/verifications", role: "operator", scope: OF_MACHINE, summary: "Compare a disk with its replica as a whole, and repair what differs", params: machineAndDisk, status: 202, response: Job },
  resyncDisk: { method: "POST", path: "/v1/machines/:machine/disks/:disk/resyncs", role: "operator", scope: OF_MACHINE, summary: "Read a disk anew and copy what differs, or all of it, over its replica; the points until now stay", params: machineAndDisk, body: Type.Object({ now: Type.Optional(Type.Boolean()), whole: Type.Optional(Type.Boolean()) }, STRICT), status: 202, response: Job },
  listSeedOrders: { method: "GET", path: "/v1/seed-orders", role: "member", scope: "open", summary: "List which disks of the asking machine wait for a seed", query: pageQuery({}), status: 200, response: pageOf(SeedOrder) },
  loadSeed: { method: "POST", path: "/v1/machines/:machine/disks/:disk/seed", role: "operator", scope: "installation", summary: "Load a disk's seed from a folder of the master target's machine", params: machineAndDisk, body: Type.Object({ path: targetPath }, STRICT), status: 202, response: Job },
  giveUpSeed: { method: "DELETE", path: "/v1/machines/:machine/disks/:disk/seed", role: "operator", scope: OF_MACHINE, summary: "Wait for a disk's seed no longer, and have all of it sent", params: machineAndDisk, status: 200, response: Disk },

  // Agents of other machines, over SSH.
  pushAgents: { method: "POST", path: "/v1/pushes", role: "administrator", scope: "installation", summary: "Install, upgrade or uninstall the agents of machines over SSH, from a process server", body: PushOrder, status: 202, response: listOf(PushBegun) },
  listPushes: { method: "GET", path: "/v1/pushes", role: "viewer", scope: itemsBy("machine"), summary: "List pushes, newest first", query: pageQuery({}), status: 200, response: pageOf(Push) },
  showPush: { method: "GET", path: "/v1/pushes/:id", role: "viewer", scope: of("push", "id"), summary: "Show a push", params: oneId, status: 200, response: Push },

  // Files of releases, for agents that upgrade themselves.
  listReleases: { method: "GET", path: "/v1/releases", role: "viewer", scope: "open", summary: "List the files of releases that agents are upgraded to", query: pageQuery({}), status: 200, response: pageOf(ReleaseFile) },
  addReleasePart: { method: "PUT", path: "/v1/releases/:file/parts", role: "administrator", scope: "installation", summary: "Add a file of a release, part by part from offset 0 on; it is there once its last part has come and its sum is right", params: Type.Object({ file: Type.String({ minLength: 1, maxLength: 128 }) }), query: Type.Object({ offset: Bytes, sizeBytes: Bytes, sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }) }, STRICT), takes: "bytes", status: 200, response: ReleasePart },
  removeRelease: { method: "DELETE", path: "/v1/releases/:version", role: "administrator", scope: "installation", summary: "Remove the files of a release", params: Type.Object({ version: Version }), status: 200, response: listOf(ReleaseFile) },
  upgradeAgents: { method: "POST", path: "/v1/upgrades", role: "administrator", scope: "installation", summary: "Have agents upgrade themselves, in waves", body: UpgradeOrder, status: 202, response: Upgrade },
  showUpgrade: { method: "GET", path: "/v1/upgrades/:id", role: "viewer", scope: "installation", summary: "Show an upgrade of agents by its job, machine by machine", params: oneId, status: 200, response: Upgrade },

  // Recovery points.
  listPoints: { method: "GET", path: "/v1/machines/:machine/points", role: "viewer", scope: OF_MACHINE, summary: "List recovery points, oldest first", params: machine, query: pageQuery({ from: timeText, to: timeText, target: Type.Optional(NameOrId) }), status: 200, response: pageOf(Point) },
  createPoint: { method: "POST", path: "/v1/machines/:machine/points", role: "operator", scope: OF_MACHINE, summary: "Make a recovery point; answers when it is recoverable", params: machine, body: Type.Object({ consistency: Type.Optional(Consistency), timeoutSeconds: Type.Optional(Type.Number({ minimum: 1, maximum: POINT_TIMEOUT_SECONDS_MAX })) }, STRICT), status: 201, response: Point },
  lockPoint: { method: "PUT", path: "/v1/machines/:machine/points/:point/lock", role: "operator", scope: OF_MACHINE, summary: "Lock a recovery point until a time or (null) without end; nothing deletes it before, and a lock is never made shorter", params: machineAndPoint, body: Type.Object({ until: nullable(Type.String({ maxLength: 40, description: "RFC 3339" })), reason: Type.Optional(Type.String({ maxLength: 256 })) }, STRICT), status: 200, response: Point },
  unlockPoint: { method: "DELETE", path: "/v1/machines/:machine/points/:point/lock", role: "administrator", scope: OF_MACHINE, summary: "Take a recovery point's lock away", params: machineAndPoint, status: 200, response: Point },
  openPoint: { method: "POST", path: "/v1/machines/:machine/disks/:disk/opened", role: "operator", scope: OF_MACHINE, summary: "Serve a recovery point as a disk", params: machineAndDisk, body: Type.Object({ at, socketPath: Type.Optional(path), writable: Type.Optional(Type.Boolean()), target: Type.Optional(NameOrId) }, STRICT), status: 201, response: Opened },
  listOpened: { method: "GET", path: "/v1/opened", role: "viewer", scope: itemsBy("machine"), summary: "List opened points", query: pageQuery({}), status: 200, response: pageOf(Opened) },
  closePoint: { method: "DELETE", path: "/v1/opened/:id", role: "operator", scope: of("opened", "id"), summary: "Close an opened point", params: oneId, status: 200, response: Empty },
  savePoint: { method: "POST", path: "/v1/machines/:machine/disks/:disk/saves", role: "operator", scope: "installation", summary: "Write a recovery point to a file or device of the master target's machine", params: machineAndDisk, body: Type.Object({ at, path: targetPath, force: Type.Optional(Type.Boolean()), format: Type.Optional(ImageFormat), target: Type.Optional(NameOrId) }, STRICT), status: 202, response: Job },

  // Failovers.
  testFailover: { method: "POST", path: "/v1/machines/:machine/failovers/test", role: "operator", scope: OF_MACHINE, summary: "Start a machine from a recovery point beside the running one, on overlays", params: machine, body: TestFailoverOrder, status: 202, response: failoverBegun },
  listFailovers: { method: "GET", path: "/v1/failovers", role: "viewer", scope: itemsBy("machine"), summary: "List failovers, newest first, of one machine or all", query: pageQuery({ machine: Type.Optional(NameOrId) }), status: 200, response: pageOf(Failover) },
  showFailover: { method: "GET", path: "/v1/failovers/:failover", role: "viewer", scope: OF_FAILOVER, summary: "Show a failover, by its id or by the machine that it stands for", params: oneFailover, status: 200, response: Failover },
  readReplicaConsole: { method: "GET", path: "/v1/failovers/:failover/console", role: "operator", scope: OF_FAILOVER, summary: "Read what a replica machine wrote to its serial console", params: oneFailover, status: 200, response: ReplicaConsole },
  planFailover: { method: "POST", path: "/v1/machines/:machine/failovers/planned", role: "operator", scope: OF_MACHINE, summary: "Stop a machine and start it at its master target, without loss", params: machine, body: PlannedFailoverOrder, status: 202, response: failoverBegun },
  unplannedFailover: { method: "POST", path: "/v1/machines/:machine/failovers/unplanned", role: "operator", scope: OF_MACHINE, summary: "Start a machine at its master target from a recovery point, in the place of its source", params: machine, body: UnplannedFailoverOrder, status: 202, response: failoverBegun },
  commitFailover: { method: "POST", path: "/v1/failovers/:failover/commit", role: "operator", scope: OF_FAILOVER, summary: "Settle a failover's point for good", params: oneFailover, status: 200, response: Failover },
  cancelFailover: { method: "POST", path: "/v1/failovers/:failover/cancel", role: "operator", scope: OF_FAILOVER, summary: "Take a failover back that was not committed: the source goes on", params: oneFailover, body: Type.Object({ notes: Notes }, STRICT), status: 202, response: failoverBegun },
  changeFailoverPoint: { method: "POST", path: "/v1/failovers/:failover/point", role: "operator", scope: OF_FAILOVER, summary: "Start the machine of a failover that was not committed from another point", params: oneFailover, body: PointChange, status: 202, response: failoverBegun },
  reprotect: { method: "POST", path: "/v1/failovers/:failover/reprotect", role: "operator", scope: OF_FAILOVER, summary: "Bring the source's disks to what the replica machine's are, and keep them so", params: oneFailover, body: ReprotectOrder, status: 202, response: failoverBegun },
  failBack: { method: "POST", path: "/v1/failovers/:failover/failback", role: "operator", scope: OF_FAILOVER, summary: "Halt the replica machine and have the source go on from there", params: oneFailover, body: FailbackOrder, status: 202, response: failoverBegun },
  cleanupFailover: { method: "POST", path: "/v1/failovers/:failover/cleanup", role: "operator", scope: OF_FAILOVER, summary: "End a test failover and remove all that there is of it", params: oneFailover, body: Type.Object({ notes: Notes }, STRICT), status: 202, response: failoverBegun },

  // Drills.
  runDrill: { method: "POST", path: "/v1/machines/:machine/drills", role: "operator", scope: OF_MACHINE, summary: "Begin a drill: a test failover that is checked, cleaned up and reported", params: machine, body: DrillOrder, status: 202, response: Type.Object({ drill: Drill, job: Job }) },
  listDrills: { method: "GET", path: "/v1/drills", role: "viewer", scope: itemsBy("machine"), summary: "List drills, newest first, of one machine or all", query: pageQuery({ machine: Type.Optional(NameOrId) }), status: 200, response: pageOf(Drill) },
  showDrillReport: { method: "GET", path: "/v1/drills/:id/report", role: "viewer", scope: of("drill", "id"), summary: "Show the signed report of a drill that has ended", params: oneId, status: 200, response: SignedDrillReport },
  listDrillSchedules: { method: "GET", path: "/v1/drill-schedules", role: "viewer", scope: itemsBy("machine"), summary: "List which machines have drills by schedule", query: pageQuery({}), status: 200, response: pageOf(DrillSchedule) },
  showDrillSchedule: { method: "GET", path: "/v1/machines/:machine/drill-schedule", role: "viewer", scope: OF_MACHINE, summary: "Show when drills of a machine are made by schedule", params: machine, status: 200, response: DrillSchedule },
  setDrillSchedule: { method: "PUT", path: "/v1/machines/:machine/drill-schedule", role: "operator", scope: OF_MACHINE, edits: true, summary: "Have drills of a machine made by schedule", params: machine, body: DrillScheduleChange, status: 200, response: DrillSchedule },
  removeDrillSchedule: { method: "DELETE", path: "/v1/machines/:machine/drill-schedule", role: "operator", scope: OF_MACHINE, summary: "End the schedule of a machine's drills; their reports stay", params: machine, status: 200, response: DrillSchedule },
  // Recovery plans.
  listRecoveryPlans: { method: "GET", path: "/v1/recovery-plans", role: "viewer", scope: NO_ITEMS, summary: "List recovery plans", query: pageQuery({}), status: 200, response: pageOf(PlanSummary) },
  createRecoveryPlan: { method: "POST", path: "/v1/recovery-plans", role: "operator", scope: "installation", summary: "Store a recovery plan", body: PlanOrder, status: 201, response: PlanStored },
  showRecoveryPlan: { method: "GET", path: "/v1/recovery-plans/:plan", role: "viewer", scope: "installation", summary: "Show a recovery plan", params: onePlan, status: 200, response: RecoveryPlan },
  readRecoveryPlan: { method: "GET", path: "/v1/recovery-plans/:plan/text", role: "viewer", scope: "installation", summary: "Read a recovery plan's document as it was written", params: onePlan, status: 200, response: PlanText },
  editRecoveryPlan: { method: "PUT", path: "/v1/recovery-plans/:plan", role: "operator", scope: "installation", edits: true, summary: "Replace a recovery plan's document", params: onePlan, body: PlanChange, status: 200, response: PlanStored },
  removeRecoveryPlan: { method: "DELETE", path: "/v1/recovery-plans/:plan", role: "operator", scope: "installation", edits: true, summary: "Remove a recovery plan; its runs stay", params: onePlan, status: 200, response: RecoveryPlan },
  dryRunRecoveryPlan: { method: "GET", path: "/v1/recovery-plans/:plan/dry-run", role: "operator", scope: "installation", summary: "Say what a run would do, and what of it would not work", params: onePlan, query: PlanRunOrder, status: 200, response: PlanDryRun },
  runRecoveryPlan: { method: "POST", path: "/v1/recovery-plans/:plan/runs", role: "operator", scope: "installation", summary: "Run a recovery plan", params: onePlan, body: PlanRunOrder, status: 202, response: runBegun },
  listPlanRuns: { method: "GET", path: "/v1/recovery-plan-runs", role: "viewer", scope: NO_ITEMS, summary: "List runs of recovery plans, newest first, of one plan or all", query: pageQuery({ plan: Type.Optional(NameOrId) }), status: 200, response: pageOf(PlanRunSummary) },
  showPlanRun: { method: "GET", path: "/v1/recovery-plan-runs/:run", role: "viewer", scope: "installation", summary: "Show a run of a recovery plan", params: oneRun, status: 200, response: PlanRun },
  continuePlanRun: { method: "POST", path: "/v1/recovery-plan-runs/:run/steps/:step", role: "operator", scope: "installation", summary: "Say how a step went that a person was asked to do", params: Type.Object({ run: Id, step: Name }), body: PlanAnswer, status: 200, response: PlanRun },
  cancelPlanRun: { method: "POST", path: "/v1/recovery-plan-runs/:run/cancel", role: "operator", scope: "installation", summary: "Begin nothing more of a run; what runs is left as it is", params: oneRun, status: 200, response: PlanRun },
  cleanUpPlanRun: { method: "POST", path: "/v1/recovery-plan-runs/:run/cleanup", role: "operator", scope: "installation", summary: "End the test failovers of a run", params: oneRun, body: Type.Object({ notes: Notes }, STRICT), status: 202, response: runBegun },

  // Consistency groups.
  listGroups: { method: "GET", path: "/v1/groups", role: "viewer", scope: itemsBy("members"), summary: "List consistency groups", query: pageQuery({}), status: 200, response: pageOf(Group) },
  showGroup: { method: "GET", path: "/v1/groups/:name", role: "viewer", scope: of("group", "name"), summary: "Show a consistency group", params: Type.Object({ name: Name }), status: 200, response: Group },
  setGroup: { method: "PUT", path: "/v1/groups/:name", role: "administrator", scope: "installation", edits: true, summary: "Make or change a consistency group", params: Type.Object({ name: Name }), body: GroupChange, status: 200, response: Group },
  removeGroup: { method: "DELETE", path: "/v1/groups/:name", role: "administrator", scope: "installation", edits: true, summary: "Remove a consistency group; its machines and all points stay", params: Type.Object({ name: Name }), status: 200, response: Group },
  listGroupPoints: { method: "GET", path: "/v1/groups/:name/points", role: "viewer", scope: of("group", "name"), summary: "List the points of a consistency group, oldest first", params: Type.Object({ name: Name }), query: pageQuery({ from: timeText, to: timeText }), status: 200, response: pageOf(GroupPoint) },
  createGroupPoint: { method: "POST", path: "/v1/groups/:name/points", role: "operator", scope: of("group", "name"), summary: "Make a point of a consistency group; answers when it is recoverable", params: Type.Object({ name: Name }), body: Type.Object({ consistency: Type.Optional(Consistency), timeoutSeconds: Type.Optional(Type.Number({ minimum: 1, maximum: POINT_TIMEOUT_SECONDS_MAX })) }, STRICT), status: 201, response: GroupPoint },

  // Policies.
  listPolicies: { method: "GET", path: "/v1/policies", role: "viewer", scope: "open", summary: "List policies", query: pageQuery({}), status: 200, response: pageOf(Policy) },
  showPolicy: { method: "GET", path: "/v1/policies/:name", role: "viewer", scope: "open", summary: "Show a policy", params: Type.Object({ name: Name }), status: 200, response: Policy },
  setPolicy: { method: "PUT", path: "/v1/policies/:name", role: "administrator", scope: "installation", edits: true, summary: "Change or make a policy", params: Type.Object({ name: Name }), body: PolicyChange, status: 200, response: Policy },

  // Jobs, events, what needs a person.
  listJobs: { method: "GET", path: "/v1/jobs", role: "viewer", scope: itemsBy("machine"), summary: "List jobs, newest first; with since, those that had not ended before then", query: pageQuery({ state: Type.Optional(JobState), kind: Type.Optional(Job.properties.kind), subject: Type.Optional(Type.String({ maxLength: 512 })), machine: Type.Optional(NameOrId), since: timeText }), status: 200, response: pageOf(Job) },
  showJob: { method: "GET", path: "/v1/jobs/:id", role: "viewer", scope: of("job", "id"), summary: "Show a job; with waitSeconds, as soon as it has ended or the time is over", params: oneId, query: Type.Object({ waitSeconds }, STRICT), status: 200, response: Job },
  cancelJob: { method: "POST", path: "/v1/jobs/:id/cancel", role: "operator", scope: of("job", "id"), summary: "Cancel a job", params: oneId, status: 200, response: Job },
  listEvents: { method: "GET", path: "/v1/events", role: "viewer", scope: itemsBy("subject"), summary: "List events, oldest first: the newest ones, or with since or after those from there on; with waitSeconds, as soon as there is one; with order newest, newest first", query: pageQuery({ since: timeText, until: timeText, severity: Type.Optional(Severity), kind: Type.Optional(Type.String({ maxLength: 64 })), actor: Type.Optional(Type.String({ maxLength: 256 })), subject: Type.Optional(Type.String({ maxLength: 512 })), order: Type.Optional(Type.Enum(["oldest", "newest"])), waitSeconds }), status: 200, response: pageOf(Event) },
  status: { method: "GET", path: "/v1/status", role: "viewer", scope: itemsBy("subject"), summary: "Everything that needs a person", query: pageQuery({}), status: 200, response: pageOf(StatusItem) },

  ...ALERT_ROUTES,

  // Servers.
  listServers: { method: "GET", path: "/v1/servers", role: "viewer", scope: "open", summary: "List process servers and master targets", query: pageQuery({ removed: Type.Optional(Type.Boolean()) }), status: 200, response: pageOf(Server) },
  setServer: { method: "PUT", path: "/v1/servers/:server", role: "administrator", scope: "installation", summary: "Change what is set for a process server", params: Type.Object({ server: NameOrId }), body: SenderChange, status: 200, response: Server },
  removeServer: { method: "DELETE", path: "/v1/servers/:server", role: "administrator", scope: "installation", summary: "Remove a server that serves no protected disk, and revoke its certificate", params: Type.Object({ server: NameOrId }), status: 200, response: Server },

  // People.
  ...ACCESS_ROUTES,

  // Trust.
  createToken: { method: "POST", path: "/v1/tokens", role: "administrator", scope: "installation", summary: "Create a token, to enrol once or to use the API", body: Type.Object({ role: TokenRole, ttlSeconds: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: 10 * 366 * 86_400 }))), note: Type.Optional(Type.String({ maxLength: 200 })), machine: Type.Optional(NameOrId), scope: Type.Optional(nullable(ScopeOrder)) }, STRICT), status: 201, response: TokenCreated },
  listTokens: { method: "GET", path: "/v1/tokens", role: "administrator", scope: "installation", summary: "List tokens, never their secrets", query: pageQuery({}), status: 200, response: pageOf(Token) },
  revokeToken: { method: "DELETE", path: "/v1/tokens/:id", role: "administrator", scope: "installation", summary: "Revoke a token, and the certificate of whoever enrolled with it", params: oneId, status: 200, response: Token },
  enrol: { method: "POST", path: "/v1/enrol", role: "none", scope: "open", summary: "Enrol a machine or server with a one-time token", body: Type.Object({ secret: Type.String({ minLength: 1, maxLength: 512 }), csrPem: pem, name: Type.Optional(Name) }, STRICT), status: 201, response: Enrolled },
  renew: { method: "POST", path: "/v1/renew", role: "none", scope: "open", summary: "Renew the certificate of a machine or server that proves its key, also when it has ended", body: Type.Object({ id: Id, csrPem: pem }, STRICT), status: 201, response: Enrolled },
  showAuthorities: { method: "GET", path: "/v1/authorities", role: "none", scope: "open", summary: "The certificates of the authorities that are trusted", status: 200, response: Authorities },
  showRotation: { method: "GET", path: "/v1/authorities/rotation", role: "viewer", scope: "installation", summary: "Show where a change of authority stands", status: 200, response: Rotation },
  rotateAuthority: { method: "POST", path: "/v1/authorities/rotation", role: "administrator", scope: "installation", summary: "Bring in another authority, or go on without who was not reached", body: Type.Object({ force: Type.Boolean() }, STRICT), status: 200, response: Rotation },
  retireAuthority: { method: "POST", path: "/v1/authorities/rotation/retire", role: "administrator", scope: "installation", summary: "End the old authority now", body: Type.Object({ force: Type.Boolean() }, STRICT), status: 200, response: Rotation },
  exportRecoveryKey: { method: "POST", path: "/v1/recovery-key/export", role: "administrator", scope: "installation", once: false, summary: "Read the private half of the recovery key; erase it once it is safe elsewhere", status: 200, response: RecoveryKey },
  eraseRecoveryKey: { method: "POST", path: "/v1/recovery-key/erase", role: "administrator", scope: "installation", summary: "Erase the private half of the recovery key, proving by its digest that it was kept", body: Type.Object({ sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }) }, STRICT), status: 200, response: RecoveryKeyErased },
  backup: { method: "POST", path: "/v1/backup", role: "administrator", scope: "installation", summary: "A consistent copy of the config server, without the recovery key", status: 200, response: BackupWritten, answer: "stream" },

  unregister: { method: "POST", path: "/v1/unregister", role: "member", scope: "open", summary: "Leave: a machine or server removes itself, known by its certificate", status: 200, response: Empty },

  // The server itself.
  showInstallation: { method: "GET", path: "/v1/installation", role: "viewer", scope: "open", summary: "Show what holds for the whole installation", status: 200, response: Installation },
  setInstallation: { method: "PUT", path: "/v1/installation", role: "administrator", scope: "installation", edits: true, summary: "Change what holds for the whole installation", body: InstallationChange, status: 200, response: Installation },
  live: { method: "GET", path: "/v1/health/live", role: "none", scope: "open", summary: "Whether the server answers", status: 200, response: Health },
  openapi: { method: "GET", path: "/v1/openapi.json", role: "none", scope: "open", summary: "This API as OpenAPI 3.1", status: 200, response: Type.Object({}) },

  ...HISTORY_ROUTES,
} as const satisfies Record<string, Route>;

export type Routes = typeof ROUTES;
export type RouteName = keyof Routes;
