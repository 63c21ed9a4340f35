import type { ByteBudget, Waiters } from "@leeward/base";
import type { Trace } from "@leeward/daemon";
import type { EventReport } from "@leeward/proto";
import type { World } from "@leeward/world";
import type { Slots } from "../cut/slots.ts";
import type { KnownEpochs } from "../intake/known-epochs.ts";
import type { GroupCommit } from "./group-commit.ts";
import type { SpaceGuard } from "./space-guard.ts";

/** What all disks of the server share. */
export interface DiskServices {
  readonly world: World;
  /** Holds one folder for each disk; exists, and is durable. */
  readonly folder: string;
  readonly epochs: KnownEpochs;
  readonly commits: GroupCommit;
  /** For what was taken in and cut lately. */
  readonly memory: ByteBudget;
  readonly cutSlots: Slots;
  readonly space: SpaceGuard;
  /** Opens a data key that was wrapped to this server. @throws Fault */
  readonly unwrapKey: (jwe: string, keyId: string) => Promise<Uint8Array>;
  /** Notified when something may be there to forward. */
  readonly forwardable: Waiters;
  /** How long what left the plan is kept, in milliseconds. */
  readonly leftCacheKeptMs: number;
  readonly trace: Trace;
  /** What people should hear of. */
  readonly report: (event: EventReport) => void;
}
