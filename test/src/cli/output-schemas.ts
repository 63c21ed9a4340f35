// What every command prints with --json, as JSON Schemas: the API's own where a command prints what the API answered.
import {
  Candidate,
  Disk,
  Drill,
  DrillSchedule,
  ErrorBody,
  Event,
  Failover,
  Group,
  GroupPoint,
  Installation,
  Job,
  listOf,
  Machine,
  Opened,
  PlanDryRun,
  PlanRun,
  PlanRunSummary,
  PlanStored,
  PlanSummary,
  PlanText,
  Point,
  Policy,
  Push,
  Ready,
  RecoveryPlan,
  ReleaseFile,
  ReplicaConsole,
  Rotation,
  Saved,
  Server,
  SignedDrillReport,
  StatusItem,
  Token,
  TokenCreated,
  Upgrade,
} from "@leeward/api";

export type JsonSchema = object;

const text = { type: "string" } as const;
const count = { type: "integer", minimum: 0 } as const;
const flag = { type: "boolean" } as const;
const sha256 = { type: "string", pattern: "^[0-9a-f]{64}$" } as const;
const time = { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{6}Z$" } as const;

/** Every property is required: unknown is null, never absent. */
function object(properties: JsonSchema): JsonSchema {
  return { type: "object", required: Object.keys(properties), properties };
}

function list(items: JsonSchema): JsonSchema {
  return object({ items: { type: "array", items } });
}

function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: "null" }] };
}

function oneOf(...values: readonly string[]): JsonSchema {
  return { enum: values };
}

const readyFields = {
  role: text,
  pid: { type: "integer", minimum: 1 },
  apiUrl: orNull(text),
  dataUrl: orNull(text),
  targetUrl: orNull(text),
  caFingerprint: orNull(text),
  processes: { type: "object", additionalProperties: { type: "integer", minimum: 1 } },
};
const stopped = object({ role: text, pid: { type: "integer", minimum: 1 }, state: { const: "stopped" } });
const fileFault = object({ code: text, kind: text, message: text });
const verified = {
  file: text,
  ok: flag,
  sealed: flag,
  records: orNull(count),
  from: orNull(count),
  to: orNull(count),
  faults: { type: "array", items: fileFault },
  format: orNull(oneOf("leeward", "hyper-v")),
  encrypted: orNull(flag),
  checked: orNull(oneOf("contents", "checksums")),
};
const inspected = {
  ...verified,
  kind: orNull(oneOf("log", "cut", "merged", "base", "index-run", "manifest")),
  fileId: orNull(text),
  machine: orNull(text),
  disk: orNull(text),
  branch: orNull(text),
  parent: orNull(object({ branch: text, sequence: count })),
  range: orNull(object({ offset: count, length: count })),
  diskBytes: orNull(count),
  blockBytes: orNull(count),
  codec: orNull(text),
  keyId: orNull(text),
  begunAt: orNull(time),
  rawBytes: orNull(count),
  extents: orNull(count),
  counts: orNull({ type: "object", additionalProperties: count }),
  marks: orNull({ type: "array", items: object({ sequence: count, time, point: text }) }),
  spans: orNull({ type: "array", items: object({ sequence: count, step: oneOf("begin", "end"), span: text }) }),
};

const ofPoint = { point: text, disk: text };
const fromFileSystem = {
  ...ofPoint,
  partition: count,
  volume: orNull(text),
  fileSystem: text,
  replayedBlocks: orNull(count),
  path: text,
};
const partition = object({
  ...{
    number: count,
    table: oneOf("gpt", "mbr", "none"),
    type: text,
    name: text,
    volume: orNull(text),
    offsetBytes: count,
    sizeBytes: count,
  },
  content: text,
  readable: flag,
});
const entry = object({
  name: text,
  nameHex: orNull(text),
  kind: oneOf("file", "folder", "symlink", "other"),
  sizeBytes: count,
  mode: orNull({ type: "string", pattern: "^[0-7]{4}$" }),
  user: orNull(count),
  group: orNull(count),
  modifiedAt: time,
  target: orNull(text),
});
/** Of `partitions`, `ls` and `get`. */
const files = {
  anyOf: [
    object({ ...ofPoint, items: { type: "array", items: partition } }),
    object({ ...fromFileSystem, label: text, items: { type: "array", items: entry } }),
    object({
      ...{
        ...fromFileSystem,
        to: text,
        files: count,
        folders: count,
        links: count,
        bytes: count,
        sha256: orNull(sha256),
      },
      left: { type: "array", items: object({ path: text, why: text }) },
    }),
  ],
};

const offlinePoints = list({
  allOf: [Point, object({ machineName: text, diskNames: { type: "object", additionalProperties: text } })],
});
const served = object({
  event: { const: "ready" },
  pid: { type: "integer", minimum: 1 },
  id: text,
  point: text,
  machine: text,
  disk: text,
  nbdUri: text,
  readOnly: flag,
  sizeBytes: count,
});

/** Of a disk as a page blob. */
const published = object({
  ...ofPoint,
  to: text,
  virtualBytes: count,
  writtenBytes: count,
  clearedBytes: count,
  snapshot: text,
  snapshots: count,
});

/** What `error.schema.json` says: every command that fails prints it on stderr. */
export const ERROR_SCHEMA: JsonSchema = ErrorBody;

/** By command; `events --follow` prints one event per line. */
export const OUTPUT_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  "machine list": listOf(Machine),
  "machine show": Machine,
  "machine set": Machine,
  "machine push": listOf(Push),
  "machine upgrade": listOf(Push),
  "machine uninstall": listOf(Push),
  "machine pushes": listOf(Push),
  "machine show-push": Push,
  "machine recovery": Machine,
  "machine remove": Machine,
  "release add": listOf(ReleaseFile),
  "release list": listOf(ReleaseFile),
  "release remove": listOf(ReleaseFile),
  "agent upgrade": Upgrade,
  "agent show-upgrade": Upgrade,
  "agent finish-upgrade": object({ home: text, state: orNull(oneOf("done", "returned", "failed")) }),
  "disk list": listOf(Candidate),
  "disk status": listOf(Disk),
  "disk protect": object({ disk: Disk, job: Job }),
  "disk verify": object({
    job: Job,
    comparedBytes: count,
    skippedBytes: count,
    differingBytes: count,
    repairedBytes: count,
  }),
  "disk add-target": Disk,
  "disk remove-target": Disk,
  "disk resync": object({ disk: Disk, job: Job }),
  "seed save": object({ disk: text, name: text, folder: text, sizeBytes: count, files: count, bytes: count }),
  "seed load": Job,
  "seed cancel": Disk,
  "disk unprotect": Disk,
  "point list": listOf(Point),
  "point create": Point,
  "point create --group": GroupPoint,
  "point open": Opened,
  "point opened": listOf(Opened),
  "point close": object({ id: text }),
  "point save": Saved,
  "point files": files,
  "point publish": published,
  "point template": object({
    machine: text,
    point: text,
    files: { type: "array", items: text },
    disks: { type: "array", items: object({ disk: text, blob: text }) },
  }),
  "point lock": Point,
  "point unlock": Point,
  "failover test": object({ failover: Failover, job: Job }),
  "failover planned": listOf(object({ failover: Failover, job: Job })),
  "failover unplanned": listOf(object({ failover: Failover, job: Job })),
  "failover commit": Failover,
  "failover cancel": object({ failover: Failover, job: Job }),
  "failover change-point": object({ failover: Failover, job: Job }),
  reprotect: object({ failover: Failover, job: Job }),
  failback: object({ failover: Failover, job: Job }),
  "failover list": listOf(Failover),
  "failover show": Failover,
  "failover console": ReplicaConsole,
  "failover cleanup": object({ failover: Failover, job: Job }),
  "drill run": object({ drill: Drill, job: Job }),
  "drill schedule": DrillSchedule,
  "drill schedules": listOf(DrillSchedule),
  "drill list": listOf(Drill),
  "drill report": SignedDrillReport,
  "drill report --html": object({ drill: text, outcome: text, file: text }),
  "drill verify": object({
    file: text,
    valid: flag,
    drill: text,
    machine: text,
    outcome: text,
    endedAt: text,
    signer: object({ server: text, fingerprint: text, caFingerprint: text }),
  }),
  "failover test --plan": object({ run: PlanRun, job: Job }),
  "plan create": PlanStored,
  "plan edit": PlanStored,
  "plan import": PlanStored,
  "plan list": listOf(PlanSummary),
  "plan show": RecoveryPlan,
  "plan export": PlanText,
  "plan remove": RecoveryPlan,
  "plan schema": object({ $schema: text, title: text, properties: object({ steps: { type: "object" } }) }),
  "plan dry-run": PlanDryRun,
  "plan run": object({ run: PlanRun, job: Job }),
  "plan runs": listOf(PlanRunSummary),
  "plan show-run": PlanRun,
  "plan continue": PlanRun,
  "plan cancel": PlanRun,
  "plan cleanup": object({ run: PlanRun, job: Job }),
  "group set": Group,
  "group list": listOf(Group),
  "group show": Group,
  "group remove": Group,
  "group points": listOf(GroupPoint),
  "policy list": listOf(Policy),
  "policy show": Policy,
  "policy set": Policy,
  "installation show": Installation,
  "installation set": Installation,
  "process-server list": listOf(Server),
  "master-target list": listOf(Server),
  "process-server set": Server,
  "job list": listOf(Job),
  "job show": Job,
  "job wait": Job,
  "job cancel": Job,
  "token create": TokenCreated,
  "token list": listOf(Token),
  "token revoke": Token,
  "ca show": Rotation,
  "ca rotate": Rotation,
  "ca retire": Rotation,
  "ca trust": object({ home: text, authorities: { type: "array", items: text } }),
  "key print": object({ fingerprint: text, lines: { type: "array", items: text }, svg: orNull(text) }),
  "key read": object({ fingerprint: text, file: text }),
  "key split": object({
    fingerprint: text,
    split: text,
    shares: count,
    threshold: count,
    items: { type: "array", items: object({ name: text, number: count, file: text }) },
  }),
  "key join": object({ fingerprint: text, file: text, shares: count }),
  "key export": object({ keyId: text, file: text, sha256, erasedAt: time }),
  status: listOf(StatusItem),
  events: listOf(Event),
  "events --follow": Event,
  "config-server backup": object({ file: text, bytes: count, sha256 }),
  "config-server restore": object({ from: text, home: text }),
  "config-server join": object({ from: text, home: text }),
  "config-server start": Ready,
  "process-server start": Ready,
  "master-target start": Ready,
  "server start": Ready,
  "server stop": stopped,
  "server status": object({ state: { const: "running" }, ...readyFields }),
  "agent register": object({ machine: text, name: text, home: text, server: text }),
  "agent start": Ready,
  "agent start --check": object({ role: text, home: text, state: { const: "valid" }, homeFormat: orNull(count) }),
  "agent stop": stopped,
  "agent install-service": object({ home: text, program: text, state: { const: "running" } }),
  "agent remove-service": object({ folder: text, state: { const: "removed" } }),
  "agent service-definition": object({ home: text, program: text, definition: text }),
  "agent status": object({
    machine: text,
    state: oneOf("running", "stopped"),
    pid: orNull({ type: "integer", minimum: 1 }),
    bootTrace: orNull(oneOf("absent", "recording", "released")),
    fault: orNull(object({ message: text, remedy: text })),
  }),
  "agent prepare-image": object({ home: text, machine: orNull(text), state: { const: "prepared" } }),
  "agent prepare-boot": object({
    home: text,
    loader: text,
    arguments: { type: "array", items: text },
    memoryBytes: count,
    changed: { type: "array", items: text },
    running: oneOf("absent", "recording", "released"),
  }),
  "agent last-look": listOf(object({ disk: text, closed: flag, reason: orNull(text) })),
  "agent unregister": object({ machine: text, state: { const: "unregistered" } }),
  "journal list": offlinePoints,
  "journal save": Saved,
  "journal files": files,
  "journal publish": published,
  "journal open": served,
  "restore list": offlinePoints,
  "restore save": Saved,
  "restore files": files,
  "restore open": served,
  "restore publish": published,
  "hrl verify": list(object(verified)),
  "hrl inspect": list(object(inspected)),
  doctor: list(object({ check: text, state: oneOf("ok", "warning", "failed"), message: text, remedy: orNull(text) })),
  "support bundle": object({
    file: text,
    bytes: count,
    sha256,
    parts: { type: "array", items: text },
    missing: { type: "array", items: object({ part: text, code: text, message: text }) },
  }),
};
