import { type Static, Type } from "typebox";
import { ErrorItem } from "./fault.ts";
import { Id, Name, NameOrId, nullable, STRICT, Time } from "./schema-words.ts";

const RecoveryHostKind = Type.Enum(["qemu", "libvirt", "none"]);
const ReplicaFirmware = Type.Enum(["bios", "uefi"]);
const ReplicaDiskBus = Type.Enum(["virtio", "sata", "scsi", "nvme", "ide"]);
const Cpus = Type.Integer({ minimum: 1, maximum: 255 });
const MemoryMib = Type.Integer({ minimum: 16, maximum: 4 * 1_024 * 1_024, description: "MiB" });
const CpuShare = Type.Number({
  minimum: 0.01,
  maximum: 1,
  description: "of all processors of the master target's machine",
});
/** `isolated`, `user`, or `bridge:NAME` of the master target's machine. */
const Network = Type.String({
  pattern: "^(isolated|user|bridge:[A-Za-z0-9._-]{1,15})$",
  description: "isolated, user, or bridge:NAME",
});

/** How a test failover is to be; what is left out comes from the source's inventory. */
export const TestFailoverOrder = Type.Object(
  {
    at: Type.String({ minLength: 1, maxLength: 64, description: "latest, a point's id, or an RFC 3339 time" }),
    host: Type.Optional(RecoveryHostKind),
    cpus: Type.Optional(Cpus),
    memoryMib: Type.Optional(MemoryMib),
    firmware: Type.Optional(ReplicaFirmware),
    diskBus: Type.Optional(ReplicaDiskBus),
    network: Type.Optional(Network),
    cpuShare: Type.Optional(CpuShare),
    bootDisk: Type.Optional(NameOrId),
    allowMissing: Type.Optional(Type.Boolean()),
  },
  STRICT,
);
export type TestFailoverOrder = Static<typeof TestFailoverOrder>;

export const FailoverState = Type.Enum([
  "preparing",
  "starting",
  "running",
  "undoing",
  "failed",
  "cleaning-up",
  "cleaned-up",
]);
export type FailoverState = Static<typeof FailoverState>;

/** A failover of a machine, from when it was asked for until long after its end. */
export const Failover = Type.Object({
  id: Id,
  kind: Type.Enum(["test"]),
  state: FailoverState,
  machine: Id,
  machineName: Type.String(),
  /** What was asked for. */
  at: Type.String(),
  /** Null until it is chosen. */
  point: nullable(Id),
  pointTime: nullable(Time),
  masterTarget: Id,
  host: RecoveryHostKind,
  cpus: Cpus,
  memoryMib: MemoryMib,
  firmware: ReplicaFirmware,
  diskBus: ReplicaDiskBus,
  network: Network,
  cpuShare: nullable(CpuShare),
  /** In the order in which they are booted from; none until the point is chosen. */
  disks: Type.Array(Type.Object({ disk: Id, name: Name, nbdUri: nullable(Type.String()) })),
  /** Disks of the machine that have no part in it. */
  missingDisks: Type.Array(Type.Object({ disk: Id, name: nullable(Name) })),
  /** As the master target said last; null when it said nothing. */
  replica: nullable(
    Type.Object({
      state: Type.Enum(["starting", "removing", "running", "paused", "ended", "described", "unknown"]),
      why: nullable(Type.String()),
    }),
  ),
  notes: nullable(Type.String()),
  actor: Type.String(),
  error: nullable(ErrorItem),
  createdAt: Time,
  /** When the replica machine's processor began to run. */
  startedAt: nullable(Time),
  endedAt: nullable(Time),
});
export type Failover = Static<typeof Failover>;

/** What a replica machine wrote to its serial console lately. */
export const ReplicaConsole = Type.Object({ failover: Id, text: Type.String() });
export type ReplicaConsole = Static<typeof ReplicaConsole>;
