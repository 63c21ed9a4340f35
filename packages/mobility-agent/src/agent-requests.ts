import { Fault, unreachable } from "@leeward/base";
import type {
  CompareDigests,
  Comparison,
  DeviceLook,
  LookAtDevice,
  PointItem,
  PointRecord,
  RequestBody,
  ResponseBody,
} from "@leeward/proto";
import type { ResyncOptions } from "./disk/disk-host.ts";
import type { DiskKeeper } from "./disk/disk-keeper.ts";
import type { AgentDisk } from "./disk-set.ts";
import { disksNotReady, diskUnknown, pointsOfRescans } from "./faults.ts";
import type { ConsistencyGroup } from "./groups/consistency-group.ts";
import { candidateListOf, type Inventory } from "./inventory/inventory.ts";
import type { PointCoordinator } from "./marks/point-coordinator.ts";
import type { PointQueue } from "./marks/point-queue.ts";

export interface AgentRequestsOptions {
  readonly inventory: Inventory;
  readonly disks: () => readonly AgentDisk[];
  readonly points: Pick<PointCoordinator, "create">;
  readonly queue: PointQueue;
  /** undefined on a machine that can be in none. */
  readonly group: ConsistencyGroup | undefined;
}

/** What the config server asks an agent, and what is answered: a point only once the target has it. */
export class AgentRequests {
  readonly #options: AgentRequestsOptions;

  constructor(options: AgentRequestsOptions) {
    this.#options = options;
  }

  /** @throws Fault `request-unsupported`, `disks-not-ready`, `disk-unknown`, `group-plan-differs`, `group-part-missing`, `machine-fenced`, `points-of-rescans` */
  async answer(body: RequestBody, signal: AbortSignal): Promise<ResponseBody> {
    const { inventory, group } = this.#options;
    switch (body.kind) {
      case "listCandidates":
        return { kind: "candidateList", value: { items: await candidateListOf(inventory) } };
      case "listMoments": {
        const { moments } = this.#options.queue;
        const { pointId } = body.value;
        return { kind: "momentList", value: { items: moments.itemsOf(pointId), members: moments.membersOf(pointId) } };
      }
      case "createPoint":
        return { kind: "point", value: await this.#createPoint(body.value.consistency, signal) };
      case "compareDigests":
        return { kind: "comparison", value: await this.#compare(body.value) };
      case "recopyExtents": {
        const { diskId, branch, extents } = body.value;
        await this.#disk(diskId).recopy(branch, extents);
        return { kind: "done", value: {} };
      }
      case "resyncDisk":
      case "copyDisk":
        return { kind: "resyncBegun", value: await this.#disk(body.value.diskId).beginResync(howToCopy(body)) };
      case "lookAtDevice":
        return { kind: "deviceLook", value: await this.#look(body.value) };
      case "createGroupPoint": {
        const { revisionId, consistency } = body.value;
        if (group === undefined) throw unsupported(body.kind);
        return { kind: "groupPointMade", value: await group.create(revisionId, consistency, signal) };
      }
      case "awaitPoint":
        if (group === undefined) throw unsupported(body.kind);
        return { kind: "point", value: await this.#stored(await group.part(body.value.pointId), signal) };
      case "replicaDigests":
      case "listPoints":
      case "openPoint":
      case "closePoint":
      case "listOpened":
      case "savePoint":
      case "cancelSave":
      case "lockPoint":
      case "unlockPoint":
      case "deleteHistory":
      case "findPoint":
      case "startReplica":
      case "removeReplica":
      case "readConsole":
      case "raiseEpoch":
      case "haltReplica":
      case "absorbReplica":
      case "replicaChanges":
      case "replicaRead":
      case "checkReplica":
      case "runInReplica":
      case "replicaScreen":
      case "pointDigest":
      case "releasePoint":
      case "renewCertificate":
      case "pushAgent":
      case "wrapKey":
      case "takeTrust":
      case "upgradeAgent":
      case "readRelease":
      case "listReleases":
      case "loadSeed":
      case "listHistory":
        throw unsupported(body.kind);
      default:
        return unreachable(body);
    }
  }

  async #createPoint(consistency: PointRecord["consistency"], signal: AbortSignal): Promise<PointItem> {
    const disks = this.#options.disks().map(({ planned }) => planned);
    const rescanned = disks.filter(({ capture }) => capture === "rescan");
    // They are missing in every point but their own.
    if (rescanned.length > 0 && rescanned.length === disks.length) {
      throw pointsOfRescans(rescanned.map(({ name }) => name));
    }
    const record = await this.#options.points.create(consistency, "mark", signal);
    const missing = record?.missingDiskIds.filter((id) => !rescanned.some(({ diskId }) => diskId === id));
    if (record === undefined || missing?.length !== 0) throw disksNotReady(missing);
    return this.#stored(record, signal);
  }

  /** The point once the target has it. */
  async #stored(record: PointRecord, signal: AbortSignal): Promise<PointItem> {
    const { queue } = this.#options;
    await queue.until(() => !queue.waiting().some(({ number }) => number === record.number), signal);
    const refusal = queue.refusalOf(record.number);
    if (refusal !== undefined) throw refusal;
    return { ...record, locked: false, lockedUntilMicros: 0 };
  }

  async #compare({ diskId, branch, sequence, offset, length, digests }: CompareDigests): Promise<Comparison> {
    const extent = { offset, length };
    const compared = await this.#disk(diskId).compare({ branch, sequence, extent, digests });
    return { ...compared, skipped: [...compared.skipped], differing: [...compared.differing] };
  }

  #look({ diskId, path, capture }: LookAtDevice): Promise<DeviceLook> {
    const { inventory, disks } = this.#options;
    const all = disks();
    const own = all.find(({ planned }) => planned.diskId === diskId)?.keeper;
    return inventory.look({
      path,
      capture,
      otherPaths: all.filter(({ planned }) => planned.diskId !== diskId).map(({ keeper }) => keeper.settings.path),
      // A tracked disk is the agent's alone only while it is written.
      isOwn: (real) => {
        const facts = own?.facts();
        if (own === undefined || facts === undefined || own.settings.path !== real) return false;
        return own.settings.capture === "splitter" || facts.state === "reverse";
      },
    });
  }

  /** @throws Fault `disk-unknown` */
  #disk(diskId: string): DiskKeeper {
    const found = this.#options.disks().find(({ planned }) => planned.diskId === diskId);
    if (found === undefined) throw diskUnknown(diskId);
    return found.keeper;
  }
}

function howToCopy(body: Extract<RequestBody, { kind: "resyncDisk" | "copyDisk" }>): ResyncOptions {
  if (body.kind === "resyncDisk") return { whole: body.value.whole };
  const { branch, afterSequence: sequence } = body.value;
  return { anewBehind: { branch, sequence } };
}

function unsupported(kind: string): Fault {
  return new Fault({
    code: "request-unsupported",
    kind: "operator",
    message: `A mobility agent does not answer ${kind}.`,
    remedy: "Bring both sides to the same release; upgrade the config server first.",
    detail: { kind },
  });
}
