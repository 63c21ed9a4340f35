import { ErrorItem, Failover, FailoverState } from "@leeward/api";
import { assert } from "@leeward/base";
import { type Static, Type } from "typebox";
import { Check } from "typebox/value";
import { integer, maybeInteger, maybeText, type Row, text, word } from "./column.ts";
import type { Database } from "./database.ts";
import { type NewestQuery, newestPage } from "./newest-page.ts";

/** A network card of the machine. An empty MAC address is one that follows from the failover's id. */
export const ReplicaCard = Type.Object({
  mac: Type.String(),
  network: Type.String(),
  dhcp: Type.Boolean(),
  addresses: Type.Array(Type.String()),
  gateways: Type.Array(Type.String()),
  dns: Type.Array(Type.String()),
});
export type ReplicaCard = Static<typeof ReplicaCard>;

/** What the machine is to be like, settled when the failover was asked for. */
export const FailoverSettings = Type.Object({
  at: Type.String(),
  host: Type.Enum(["qemu", "libvirt", "none"]),
  cpus: Type.Integer(),
  memoryMib: Type.Integer(),
  firmware: Type.Enum(["bios", "uefi"]),
  diskBus: Type.Enum(["virtio", "sata", "scsi", "nvme", "ide"]),
  network: Type.String(),
  /** 0 for no limit. */
  cpuShare: Type.Number(),
  /** Id of the disk that is booted from; empty leaves it to the order in which they were protected. */
  bootDiskId: Type.String(),
  allowMissing: Type.Boolean(),
  /** Ports of the guest that its master target reaches; rows of earlier releases have none. */
  forwards: Type.Optional(Type.Array(Type.Integer())),
  /** Rows of earlier releases have none said, and one card. */
  nics: Type.Optional(Type.Array(ReplicaCard)),
});
export type FailoverSettings = Static<typeof FailoverSettings>;

const PlaceOfDisk = Type.Object({ diskId: Type.String(), branch: Type.String(), sequence: Type.Integer() });
/** Where something stands on a disk's history. */
export type PlaceOfDisk = Static<typeof PlaceOfDisk>;

/** The point that the machine is started from, and which disks that means. */
export const ChosenPoint = Type.Object({
  pointId: Type.String(),
  timeMicros: Type.Integer(),
  /** In the order in which they are booted from. */
  diskIds: Type.Array(Type.String()),
  missingDiskIds: Type.Array(Type.String()),
  /** Where it stands; what was chosen by older releases does not say. */
  members: Type.Optional(Type.Array(PlaceOfDisk)),
});
export type ChosenPoint = Static<typeof ChosenPoint>;

const Brought = Type.Object({
  diskId: Type.String(),
  method: Type.Enum(["set", "compared"]),
  setBytes: Type.Integer(),
  broughtBytes: Type.Integer(),
  complete: Type.Boolean(),
});
/** How far a disk of the source is brought to what the replica machine's is. */
export type Brought = Static<typeof Brought>;

const NewDisk = Type.Object({
  diskId: Type.String(),
  path: Type.String(),
  /** Another one each time that one is named. */
  placeId: Type.String(),
  /** Of the replica machine's disk. */
  diskBytes: Type.Integer(),
  /** As the agent saw it before anything was written to it. */
  seen: Type.String(),
});
/** A device that takes the place of a disk's source. */
export type NewDisk = Static<typeof NewDisk>;

/** What becomes known of a failover on its way. */
export const FailoverFacts = Type.Object({
  /** Begun although nothing says that the source takes no writes any more. */
  forced: Type.Optional(Type.Boolean()),
  /** The source's epoch, and the machine's while it runs at the target. Set before the target is asked to raise it. */
  epoch: Type.Optional(Type.Object({ from: Type.Integer(), to: Type.Integer() })),
  fence: Type.Optional(Type.Enum(["fenced", "open", "unconfirmed"])),
  /** Another point, chosen before the machine is started from it. */
  next: Type.Optional(ChosenPoint),
  proof: Type.Optional(Type.Object({ comparedBytes: Type.Integer(), differingBytes: Type.Integer() })),
  /** Another host has taken the machine: a disk is on it only once it was named. */
  elsewhere: Type.Optional(Type.Boolean()),
  /** Disks that are brought back to another device; each once. */
  newDisks: Type.Optional(Type.Array(NewDisk)),
  /** For the replica machine to shut down. */
  graceSeconds: Type.Optional(Type.Integer()),
  /** Where the overlays of the halted machine ended. */
  overlays: Type.Optional(Type.Array(PlaceOfDisk)),
  /** What was brought back to each disk, once that was complete. */
  brought: Type.Optional(Type.Array(Brought)),
  /** The point that the halted machine's overlays get at their end; drawn before that is asked for. */
  lastPointId: Type.Optional(Type.String()),
});
export type FailoverFacts = Static<typeof FailoverFacts>;

export type FailoverKind = Failover["kind"];

export interface FailoverRow {
  /** Also the replica machine's id. */
  readonly id: string;
  readonly machineId: string;
  readonly kind: FailoverKind;
  readonly state: FailoverState;
  readonly masterTargetId: string;
  readonly settings: FailoverSettings;
  readonly chosen: ChosenPoint | null;
  readonly facts: FailoverFacts;
  readonly notes: string | null;
  readonly actor: string;
  readonly error: ErrorItem | null;
  readonly createdMicros: number;
  readonly startedMicros: number | null;
  /** Null while it stands: a machine has one that stands at most. */
  readonly endedMicros: number | null;
}

export type FailoverDraft = Pick<
  FailoverRow,
  "id" | "machineId" | "kind" | "state" | "masterTargetId" | "settings" | "facts" | "actor" | "createdMicros"
>;

/** What becomes known with a change of state. */
export interface FailoverChange {
  readonly chosen?: ChosenPoint;
  readonly settings?: FailoverSettings;
  readonly facts?: FailoverFacts;
  readonly notes?: string;
  readonly error?: ErrorItem;
  readonly startedMicros?: number;
  readonly endedMicros?: number;
}

const KINDS: readonly FailoverKind[] = Failover.properties.kind.enum;
const STATES: readonly FailoverState[] = FailoverState.enum;

export class FailoverRows {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  insert(draft: FailoverDraft): void {
    this.#database.run(
      `INSERT INTO failovers (id, machine_id, kind, state, master_target_id, settings, facts, actor, created_micros)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      draft.id,
      draft.machineId,
      draft.kind,
      draft.state,
      draft.masterTargetId,
      JSON.stringify(draft.settings),
      JSON.stringify(draft.facts),
      draft.actor,
      draft.createdMicros,
    );
  }

  byId(id: string): FailoverRow | undefined {
    const row = this.#database.get("SELECT * FROM failovers WHERE id = ?", id);
    return row === undefined ? undefined : failoverOf(row);
  }

  /** Newest first, of a machine or all. */
  list(machineId: string | undefined, query: NewestQuery): FailoverRow[] {
    const wanted = { select: "SELECT * FROM failovers", where: { machine_id: machineId } };
    return newestPage(this.#database, wanted, query).map(failoverOf);
  }

  /** Those that have not ended, oldest first. */
  standing(): FailoverRow[] {
    return this.#database
      .all("SELECT * FROM failovers WHERE ended_micros IS NULL ORDER BY created_micros, id")
      .map(failoverOf);
  }

  standingOf(machineId: string): FailoverRow | undefined {
    const row = this.#database.get("SELECT * FROM failovers WHERE machine_id = ? AND ended_micros IS NULL", machineId);
    return row === undefined ? undefined : failoverOf(row);
  }

  /** Moves it on; false when it is not in the state `from` any more. */
  move(
    id: string,
    { from, to }: { readonly from: FailoverState; readonly to: FailoverState },
    change: FailoverChange,
  ): boolean {
    const { chosen, settings, facts, notes, error, startedMicros, endedMicros } = change;
    const sql = `UPDATE failovers SET state = ?, chosen = coalesce(?, chosen), settings = coalesce(?, settings), facts = coalesce(?, facts), notes = coalesce(?, notes), error = coalesce(?, error),
       started_micros = coalesce(?, started_micros), ended_micros = coalesce(?, ended_micros) WHERE id = ? AND state = ?`;
    const values = [
      jsonOf(chosen),
      jsonOf(settings),
      jsonOf(facts),
      notes ?? null,
      jsonOf(error),
      startedMicros ?? null,
      endedMicros ?? null,
    ];
    return this.#database.run(sql, to, ...values, id, from) === 1;
  }
}

function jsonOf(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

function failoverOf(row: Row): FailoverRow {
  const settings: unknown = JSON.parse(text(row, "settings"));
  const chosen: unknown = JSON.parse(maybeText(row, "chosen") ?? "null");
  const facts: unknown = JSON.parse(text(row, "facts"));
  const error: unknown = JSON.parse(maybeText(row, "error") ?? "null");
  assert(Check(FailoverSettings, settings), "a failover's settings were checked before they were stored");
  assert(chosen === null || Check(ChosenPoint, chosen), "a failover's point was checked before it was stored");
  assert(Check(FailoverFacts, facts), "a failover's facts were checked before they were stored");
  assert(error === null || Check(ErrorItem, error), "a failover's error is an error item");
  return {
    id: text(row, "id"),
    machineId: text(row, "machine_id"),
    kind: word(row, "kind", KINDS),
    state: word(row, "state", STATES),
    masterTargetId: text(row, "master_target_id"),
    settings,
    chosen,
    facts,
    notes: maybeText(row, "notes"),
    actor: text(row, "actor"),
    error,
    createdMicros: integer(row, "created_micros"),
    startedMicros: maybeInteger(row, "started_micros"),
    endedMicros: maybeInteger(row, "ended_micros"),
  };
}
