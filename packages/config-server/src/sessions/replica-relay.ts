import type { BlockDigests, ReplicaDigests } from "@leeward/proto";
import { diskNotProtected, masterTargetOffline, requestNotAnswered } from "../faults.ts";
import { VERIFY_REQUEST_MS_MAX } from "../limits.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import type { MemberRequests } from "./member-requests.ts";

/**
 * What the target holds now of a disk of the agent that asks, for a resync that the agent is in. Of other machines' disks it is told nothing, and of points
 * neither. @throws Fault `request-not-answered`, `disk-not-protected`, and what the target says
 */
export async function replicaDigestsFor(
  asking: MemberRow,
  request: ReplicaDigests,
  {
    store,
    requests,
    signal,
  }: { readonly store: Store; readonly requests: MemberRequests; readonly signal: AbortSignal },
): Promise<BlockDigests> {
  const { machineId, diskId, present } = request;
  const disk = store.disks.byId(diskId);
  const isOwn =
    asking.role === "agent" && machineId === asking.id && (disk === undefined || disk.machineId === asking.id);
  if (!isOwn || !present) throw requestNotAnswered("replicaDigests");
  if (disk?.state !== "protected") throw diskNotProtected(disk?.name ?? diskId);
  const target = store.members.byId(disk.masterTargetId);
  if (target === undefined) throw masterTargetOffline(disk.masterTargetId);
  const body = { kind: "replicaDigests", value: request } as const;
  return requests.ask(target, body, { signal, timeoutMs: VERIFY_REQUEST_MS_MAX });
}
