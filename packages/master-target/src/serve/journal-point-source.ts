import { openOverlay } from "@leeward/journal";
import type { World } from "@leeward/world";
import type { TargetDisks } from "../keep/target-disks.ts";
import type { OpenedDisk, PointSource } from "./opened-points.ts";
import type { OpenedRecord } from "./opened-store.ts";
import { type OverlayRoom, withinRoom } from "./overlay-room.ts";
import { pointAt } from "./point-answers.ts";

/** Points out of the journals that lie here. A pin's owner is the opened point's id, so that pins of the dead are known. */
export class JournalPointSource implements PointSource {
  readonly #world: World;
  readonly #disks: TargetDisks;
  readonly #room: OverlayRoom;

  constructor(world: World, disks: TargetDisks, room: OverlayRoom) {
    this.#world = world;
    this.#disks = disks;
    this.#room = room;
  }

  resolve(machineId: string, diskId: string, at: string): string {
    return this.#disks.require(machineId, diskId).journal.resolve(pointAt(at)).id;
  }

  async open(record: OpenedRecord, overlayFolder: string | undefined): Promise<OpenedDisk> {
    const { journal } = this.#disks.require(record.machineId, record.diskId);
    // A machine runs on while this daemon does not, or its journal is closed: the point must stay all that time.
    if (record.owner !== "")
      await journal.pinPoint(record.pointId, { owner: record.id, reason: `disk of ${record.owner}` });
    const device = await journal.openPoint(record.pointId, { owner: record.id, reason: "opened as a disk" });
    if (overlayFolder === undefined) return { device, overlay: undefined };
    const { machineId, diskId } = record;
    const overlay = await openOverlay(this.#world, { device, folder: overlayFolder, machineId, diskId });
    return { device: withinRoom(overlay, this.#room), overlay };
  }

  async release({ id, diskId }: Pick<OpenedRecord, "id" | "diskId">): Promise<void> {
    const keeper = this.#disks.all().find(({ plan }) => plan.diskId === diskId);
    await keeper?.journal.sweepPins(({ owner }) => owner === id);
  }
}
