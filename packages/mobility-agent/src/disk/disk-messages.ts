import type { FaultDetail, FaultKind } from "@leeward/base";
import type { Extent } from "@leeward/block";
import type { Mark } from "@leeward/proto";
import type { ComparedExtents, HeldDigests, SettledMark } from "@leeward/splitter";
import type { ChangeTrackerOptions } from "@leeward/tracker";
import type { DiskSnapshotsOptions } from "../hooks/disk-snapshots.ts";
import type { ReplicaAnswer, ReplicaQuestion } from "../reverse/replica-peer.ts";
import type { Discontinuity } from "./branch-file.ts";
import type { DiskFacts, DiskPolicy, DiskSettings, ResyncOptions } from "./disk-host.ts";
import type { RescanPoint } from "./rescan-points.ts";

/** What a disk's worker is started with. */
export interface DiskWorkerStart {
  readonly settings: DiskSettings;
  readonly marks: SharedArrayBuffer;
  readonly tracking: TrackingChoice;
  /** Whether somebody can be asked what the disk's target holds. */
  readonly asksReplica: boolean;
  /** Whether its process server can be asked about a replica machine's disk. */
  readonly asksProcessServer: boolean;
  /** How snapshots of it are made; needed where it is rescanned. */
  readonly snapshots?: SnapshotChoice;
}

/** Where snapshot hooks lie, how long one call of them may take, and what they are told of the machine. */
export type SnapshotChoice = Pick<DiskSnapshotsOptions, "hookFolder" | "limitMs" | "machine">;

/** What a disk that is rescanned asks whoever makes the machine's points. */
export type PointQuestion = { readonly kind: "moment" } | { readonly kind: "make"; readonly point: RescanPoint };

/** The moment, microseconds since 1970; or 1 when the point was made, and 0 when none was. */
export type PointAnswer = number;

/** Which backend notes changes, by name or the best that there is, and how much room it has. */
export type TrackingChoice = Pick<ChangeTrackerOptions, "backend" | "prefer" | "traceBufferKib">;

/** What is asked of a disk and answered. */
export type DiskCall =
  | { readonly kind: "settle-mark"; readonly mark: Mark }
  | { readonly kind: "settle-writes" }
  | { readonly kind: "prepare" }
  | { readonly kind: "pause-upkeep" }
  | { readonly kind: "hold"; readonly unsteady: readonly Extent[] }
  | { readonly kind: "confirm" }
  | { readonly kind: "compare"; readonly held: HeldDigests }
  | { readonly kind: "recopy"; readonly branch: string; readonly extents: readonly Extent[] }
  | { readonly kind: "begin-resync"; readonly how: ResyncOptions | undefined };

export interface DiskAnswer {
  readonly settled?: SettledMark | undefined;
  readonly preparedBytes?: number | undefined;
  readonly compared?: ComparedExtents;
}

/** From the agent's main thread to a disk's worker. */
export type ToDisk =
  | { readonly kind: "call"; readonly call: number; readonly asked: DiskCall }
  | { readonly kind: "drop" }
  | { readonly kind: "resume-upkeep" }
  | { readonly kind: "replica"; readonly ask: number; readonly held: HeldDigests }
  | { readonly kind: "replica-unknown"; readonly ask: number; readonly fault: PlainFault }
  | { readonly kind: "told"; readonly ask: number; readonly answer: ReplicaAnswer }
  | { readonly kind: "not-told"; readonly ask: number; readonly fault: PlainFault }
  | { readonly kind: "point"; readonly ask: number; readonly answer: PointAnswer }
  | { readonly kind: "no-point"; readonly ask: number; readonly fault: PlainFault }
  | { readonly kind: "journaled"; readonly branch: string; readonly sequence: number }
  | { readonly kind: "deposited"; readonly branch: string; readonly sequence: number }
  | { readonly kind: "resync"; readonly branch: string; readonly cause: Discontinuity }
  | { readonly kind: "policy"; readonly policy: DiskPolicy }
  | { readonly kind: "release" }
  | { readonly kind: "close" };

/** From a disk's worker to the agent's main thread. */
export type FromDisk =
  | { readonly kind: "facts"; readonly facts: DiskFacts }
  | { readonly kind: "answer"; readonly call: number; readonly answer: DiskAnswer }
  | { readonly kind: "failed"; readonly call: number; readonly fault: PlainFault }
  | { readonly kind: "ask-replica"; readonly ask: number; readonly extent: Extent }
  | { readonly kind: "ask-process-server"; readonly ask: number; readonly question: ReplicaQuestion }
  | { readonly kind: "ask-point"; readonly ask: number; readonly question: PointQuestion }
  | { readonly kind: "ended"; readonly fault: PlainFault | undefined };

/** A Fault as a plain value: classes do not survive the way between threads. */
export interface PlainFault {
  readonly code: string;
  readonly kind: FaultKind;
  readonly message: string;
  readonly remedy: string;
  readonly detail: FaultDetail;
}
