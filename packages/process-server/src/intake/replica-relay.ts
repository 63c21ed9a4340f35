import type { Throttle } from "@leeward/daemon";
import type { ReplicaContent, RequestBody, ResponseBody } from "@leeward/proto";
import type { PeerIdentity } from "@leeward/world";
import type { ForwardedDiskParts } from "../disk-fleet.ts";
import { diskForeign, diskUnknown, peerForeign, requestUnsupported, targetAway } from "../faults.ts";
import type { TargetLink } from "../forward/target-link.ts";

export interface ReplicaRelayOptions {
  /** The disks of the plan. */
  readonly disks: () => ReadonlyMap<string, Pick<ForwardedDiskParts, "disk">>;
  /** The link to a disk's main target. */
  readonly linkOf: (diskId: string) => TargetLink | undefined;
  /** Content keeps to it. */
  readonly throttle: Throttle;
}

/**
 * What an agent asks of the replica machine that runs in its machine's place: put to the disk's target, and the answer handed back as it is.
 *
 * A machine learns of its own disks alone, and nothing is kept here: what cannot be asked now is a fault that passes, and the agent asks again. How
 * many questions are on their way is bounded by the sessions at both ends.
 */
export class ReplicaRelay {
  readonly #options: ReplicaRelayOptions;

  constructor(options: ReplicaRelayOptions) {
    this.#options = options;
  }

  /** @throws Fault `request-unsupported`, `disk-not-planned`, `disk-foreign`, `target-away`, or what the target answers */
  async answer(peer: PeerIdentity, body: RequestBody, signal: AbortSignal): Promise<ResponseBody> {
    if (peer.role !== "agent") throw peerForeign(peer.id, `is a ${peer.role}, not an agent`);
    switch (body.kind) {
      case "replicaChanges":
        return { kind: "replicaChangeList", value: await this.#link(peer, body.value).ask(body, signal) };
      case "replicaRead": {
        const link = this.#link(peer, body.value);
        const question = {
          ask: () => link.ask(body, signal),
          bytesOf: ({ content }: ReplicaContent) => content.length,
        };
        const value = await this.#options.throttle.asking(body.value.length, question, signal);
        return { kind: "replicaContent", value };
      }
      case "replicaDigests": {
        const { machineId, diskId, replicaId } = body.value;
        // Of points, the config server is asked.
        if (replicaId === "") throw requestUnsupported(body.kind);
        if (machineId !== peer.id) throw diskForeign(diskId, peer.id);
        return { kind: "blockDigests", value: await this.#link(peer, body.value).ask(body, signal) };
      }
      default:
        throw requestUnsupported(body.kind);
    }
  }

  #link(peer: PeerIdentity, { diskId }: { readonly diskId: string }): TargetLink {
    const { disks, linkOf } = this.#options;
    const disk = disks().get(diskId)?.disk;
    if (disk === undefined) throw diskUnknown(diskId);
    if (disk.plan.machineId !== peer.id) throw diskForeign(diskId, peer.id);
    const link = linkOf(diskId);
    if (link === undefined) throw targetAway(disk.plan.targetId);
    return link;
  }
}
