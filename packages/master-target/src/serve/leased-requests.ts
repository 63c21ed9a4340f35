// What a process server may ask of a master target: of a replica machine's disks, in the name of the source that it forwards. It may ask of those alone
// whose forwarding lease it holds; so a process server that was taken over, or replaced, reads nothing of a machine.
import type { RequestBody, ResponseBody } from "@leeward/proto";
import type { DiskIntake } from "../intake/disk-intake.ts";
import { diskNotPlanned } from "../intake/intake-session.ts";
import type { ReplicaContent } from "./replica-content.ts";
import { requestUnrelayed } from "./replica-content-faults.ts";
import type { ReplicaDigests } from "./replica-digests.ts";

export interface LeasedRequestsOptions {
  readonly content: ReplicaContent;
  readonly digests: ReplicaDigests;
  readonly intake: (diskId: string) => DiskIntake | undefined;
}

/** Answers a process server. @throws Fault `lease-elsewhere`, `disk-not-planned`, `request-unsupported`, and as what answers */
export async function answerLeased(
  { content, digests, intake }: LeasedRequestsOptions,
  { body, peerId }: { readonly body: RequestBody; readonly peerId: string },
  signal: AbortSignal,
): Promise<ResponseBody> {
  const refuseOthers = (diskId: string): void => {
    const disk = intake(diskId);
    if (disk === undefined) throw diskNotPlanned(diskId);
    disk.refuseOthers(peerId);
  };
  switch (body.kind) {
    case "replicaChanges":
      refuseOthers(body.value.diskId);
      return { kind: "replicaChangeList", value: await content.changes(body.value, signal) };
    case "replicaRead":
      refuseOthers(body.value.diskId);
      return { kind: "replicaContent", value: await content.read(body.value, signal) };
    case "replicaDigests":
      refuseOthers(body.value.diskId);
      // What the history holds is asked for by the config server, which knows who may.
      if (body.value.replicaId === "") throw requestUnrelayed(body.kind);
      return { kind: "blockDigests", value: await digests.of(body.value, signal) };
    default:
      throw requestUnrelayed(body.kind);
  }
}
