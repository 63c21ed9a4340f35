import { type Static, Type } from "typebox";
import { ErrorItem } from "./fault.ts";
import { AbsolutePath, Id, Name, NameOrId, nullable, STRICT, Time } from "./schema-words.ts";

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

/** Not on a bridge, where the guest has an address of its own. */
const ForwardedPorts = Type.Array(Type.Integer({ minimum: 1, maximum: 65_535 }), {
  maxItems: 16,
  description: "TCP ports of the guest that are reached at the loopback of its master target's machine",
});

/** Of a card: its network's part has a length. */
const CardAddress = Type.String({
  pattern: "^[0-9A-Fa-f:.]{2,45}/[0-9]{1,3}$",
  description: "as 10.0.0.5/24 or fd00::5/64",
});
const HostAddress = Type.String({ pattern: "^[0-9A-Fa-f:.]{2,45}$", description: "of IPv4 or IPv6" });

/** One network card of a replica machine. What says nothing is as the source has it, and the guest's own settings stay. */
export const CardSettings = Type.Object(
  {
    mac: nullable(
      Type.String({
        pattern: "^(source|[0-9A-Fa-f][02468ACEace](:[0-9A-Fa-f]{2}){5})$",
        description: "the card's address, or `source` for the one of the source's card",
      }),
    ),
    network: nullable(Network),
    /** The guest is to ask a DHCP server. */
    dhcp: Type.Boolean(),
    addresses: Type.Array(CardAddress, { maxItems: 8 }),
    gateways: Type.Array(HostAddress, { maxItems: 2 }),
    dns: Type.Array(HostAddress, { maxItems: 8 }),
  },
  STRICT,
);
export type CardSettings = Static<typeof CardSettings>;

/** In the order of the source's cards; those beyond them are cards more. */
const Cards = Type.Array(CardSettings, { maxItems: 8 });

/** How a machine is to be made at its master target; null: as the order says, else as the source is. */
export const RecoverySettings = Type.Object({
  host: nullable(RecoveryHostKind),
  cpus: nullable(Cpus),
  memoryMib: nullable(MemoryMib),
  firmware: nullable(ReplicaFirmware),
  diskBus: nullable(ReplicaDiskBus),
  /** The disk that is booted from. */
  bootDisk: nullable(NameOrId),
  /** Of the master target's side, for planned and unplanned failovers. */
  network: nullable(Network),
  testNetwork: nullable(Network),
  nics: nullable(Cards),
  testNics: nullable(Cards),
});
export type RecoverySettings = Static<typeof RecoverySettings>;

/** What is left out stays as it is; null goes back to what the source is. */
export const RecoveryChange = Type.Partial(RecoverySettings, STRICT);
export type RecoveryChange = Static<typeof RecoveryChange>;

/** How the machine is to be; what is left out is as its recovery settings say, else as the source's inventory. */
export const MACHINE_ORDER = {
  host: Type.Optional(RecoveryHostKind),
  cpus: Type.Optional(Cpus),
  memoryMib: Type.Optional(MemoryMib),
  firmware: Type.Optional(ReplicaFirmware),
  diskBus: Type.Optional(ReplicaDiskBus),
  network: Type.Optional(Network),
  cpuShare: Type.Optional(CpuShare),
  bootDisk: Type.Optional(NameOrId),
  allowMissing: Type.Optional(Type.Boolean()),
  forwards: Type.Optional(ForwardedPorts),
};

/**
 * `latest`: what the process server still has of the source is waited for. `latest-processed`: what the master target has now. `latest-application`: the newest
 * for which applications were brought to rest. `latest-group`: the newest in which every member of the machine's consistency group has its part.
 */
export const At = Type.String({
  minLength: 1,
  maxLength: 64,
  description: "latest, latest-processed, latest-application, latest-group, a point's id, or an RFC 3339 time",
});

export const TestFailoverOrder = Type.Object({ at: At, ...MACHINE_ORDER }, STRICT);
export type TestFailoverOrder = Static<typeof TestFailoverOrder>;

/** Begun although nothing says that the source takes no writes any more. */
const Force = Type.Optional(Type.Boolean());

export const UnplannedFailoverOrder = Type.Object({ at: At, ...MACHINE_ORDER, force: Force }, STRICT);
export type UnplannedFailoverOrder = Static<typeof UnplannedFailoverOrder>;

/** The point is the last one, which the stop of the source makes. */
export const PlannedFailoverOrder = Type.Object({ ...MACHINE_ORDER, force: Force }, STRICT);
export type PlannedFailoverOrder = Static<typeof PlannedFailoverOrder>;

export const PointChange = Type.Object({ at: At }, STRICT);

export const FailbackOrder = Type.Object(
  {
    graceSeconds: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 3_600,
        description: "for the replica machine to shut down; then its power is cut",
      }),
    ),
  },
  STRICT,
);
export type FailbackOrder = Static<typeof FailbackOrder>;

/** Which devices of the source are its disks from now on, where those that they were on are lost. */
export const ReprotectOrder = Type.Object(
  {
    disks: Type.Optional(
      Type.Array(
        Type.Object(
          {
            disk: NameOrId,
            path: AbsolutePath,
          },
          STRICT,
        ),
        { maxItems: 64 },
      ),
    ),
    overwrite: Type.Optional(Type.Boolean({ description: "also what is found on those devices" })),
  },
  STRICT,
);
export type ReprotectOrder = Static<typeof ReprotectOrder>;

export const FailoverState = Type.Enum([
  "preparing",
  "fencing",
  "starting",
  "running",
  "commit-pending",
  "changing",
  "committed",
  "reversing",
  "halting",
  "resuming",
  "handing-back",
  "undoing",
  "cancelling",
  "cleaning-up",
  "failed",
  "cancelled",
  "cleaned-up",
  "failed-back",
]);
export type FailoverState = Static<typeof FailoverState>;

/** Whether the source takes writes: not any more; past its agent, which cannot keep that from being done; or nobody knows, because it did not say. */
const FenceState = Type.Enum(["fenced", "open", "unconfirmed"]);

/** How far a disk of the source is brought to what the replica machine's is. */
export const ReverseProgress = Type.Object({
  disk: Id,
  name: Name,
  /** Whether what is to be brought could be named, or the whole disk is compared. */
  method: Type.Enum(["set", "compared"]),
  setBytes: Type.Integer(),
  broughtBytes: Type.Integer(),
  /** It equals the replica machine's, which is halted. */
  complete: Type.Boolean(),
});

/** A failover of a machine, from when it was asked for until long after its end. */
export const Failover = Type.Object({
  id: Id,
  kind: Type.Enum(["test", "planned", "unplanned"]),
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
  /** It was begun although the source could not be told to take no more writes. */
  forced: Type.Boolean(),
  /** Null for a test, and until it is known. */
  fence: nullable(FenceState),
  /** The machine's epoch while it runs at the master target; null for a test, and until it is raised. */
  epoch: nullable(Type.Integer()),
  /** Planned: how the source, stopped, and the point compare; null until that is done. */
  proof: nullable(Type.Object({ comparedBytes: Type.Integer(), differingBytes: Type.Integer() })),
  /** None before reverse replication. */
  reverse: Type.Array(ReverseProgress),
  /** Disks that are brought back to another device than they were on. */
  newDisks: Type.Array(Type.Object({ disk: Id, name: Name, path: Type.String() })),
  /** The point at which what the replica machine wrote ends; null until it was failed back. */
  lastPoint: nullable(Id),
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
