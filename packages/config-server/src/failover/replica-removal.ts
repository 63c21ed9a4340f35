import { isFault } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { REPLICA_REMOVE_MS_MAX, REPLICA_RETRY_MS } from "../limits.ts";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import type { Store } from "../store/store.ts";

export interface ReplicaRemovalOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly requests: MemberRequests;
}

/** Asks once. Nothing of the machine is left when it settles; a target that was removed has nothing that could be asked for. */
export async function removeReplica(
  { store, requests }: ReplicaRemovalOptions,
  { id, masterTargetId }: FailoverRow,
  signal: AbortSignal,
): Promise<void> {
  const target = store.members.byId(masterTargetId);
  if (target === undefined || target.removedMicros !== null) return;
  const wait = { signal, timeoutMs: REPLICA_REMOVE_MS_MAX };
  await requests.ask(target, { kind: "removeReplica", value: { replicaId: id } }, wait);
}

/** Asks until that is answered. @throws Fault what a person must do something about */
export async function removeReplicaSurely(
  options: ReplicaRemovalOptions,
  row: FailoverRow,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      return await removeReplica(options, row, signal);
    } catch (error) {
      if (!isFault(error) || error.kind !== "transient" || signal.aborted) throw error;
      await options.clock.sleep(REPLICA_RETRY_MS, signal);
    }
  }
}
