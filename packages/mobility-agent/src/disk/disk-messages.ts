import type { FaultDetail, FaultKind } from "@leeward/base";
import type { Extent } from "@leeward/block";
import type { Mark } from "@leeward/proto";
import type { ComparedExtents, HeldDigests, SettledMark } from "@leeward/splitter";
import type { Discontinuity } from "./branch-file.ts";
import type { DiskFacts, DiskPolicy, DiskSettings } from "./disk-host.ts";

/** What a disk's worker is started with. */
export interface DiskWorkerStart {
  readonly settings: DiskSettings;
  readonly marks: SharedArrayBuffer;
}

/** From the agent's main thread to a disk's worker. */
export type ToDisk =
  | { readonly kind: "settle-mark"; readonly call: number; readonly mark: Mark }
  | { readonly kind: "journaled"; readonly branch: string; readonly sequence: number }
  | { readonly kind: "resync"; readonly branch: string; readonly cause: Discontinuity }
  | { readonly kind: "compare"; readonly call: number; readonly held: HeldDigests }
  | { readonly kind: "recopy"; readonly call: number; readonly branch: string; readonly extents: readonly Extent[] }
  | { readonly kind: "begin-resync"; readonly call: number }
  | { readonly kind: "policy"; readonly policy: DiskPolicy }
  | { readonly kind: "release" }
  | { readonly kind: "close" };

/** From a disk's worker to the agent's main thread. */
export type FromDisk =
  | { readonly kind: "facts"; readonly facts: DiskFacts }
  | { readonly kind: "mark-settled"; readonly call: number; readonly settled: SettledMark | undefined }
  | { readonly kind: "mark-failed"; readonly call: number; readonly fault: PlainFault }
  | { readonly kind: "compared"; readonly call: number; readonly compared: ComparedExtents }
  | { readonly kind: "recopying"; readonly call: number }
  | { readonly kind: "resync-begun"; readonly call: number; readonly place: SettledMark }
  | { readonly kind: "call-failed"; readonly call: number; readonly fault: PlainFault }
  | { readonly kind: "ended"; readonly fault: PlainFault | undefined };

/** A Fault as a plain value: classes do not survive the way between threads. */
export interface PlainFault {
  readonly code: string;
  readonly kind: FaultKind;
  readonly message: string;
  readonly remedy: string;
  readonly detail: FaultDetail;
}
