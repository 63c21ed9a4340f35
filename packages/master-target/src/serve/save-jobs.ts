import { Fault } from "@leeward/base";
import { openFileDevice } from "@leeward/block";
import {
  deviceSink,
  fileSink,
  type ImageFormat,
  imageFormatOf,
  imageSink,
  requireRaw,
  type SaveSink,
  saveDevice,
  savedTotal,
} from "@leeward/journal";
import type { SavedPoint, SavePoint } from "@leeward/proto";
import type { World } from "@leeward/world";
import type { TargetDisks } from "../keep/target-disks.ts";
import { pointAt } from "./point-answers.ts";
import type { JobTurn, RunningJobs } from "./running-jobs.ts";

interface Target {
  readonly path: string;
  readonly force: boolean;
  readonly format: ImageFormat;
}

/** Points that are being written to files and devices. One that ends badly leaves no file behind. */
export class SaveJobs {
  readonly #world: World;
  readonly #disks: TargetDisks;
  readonly #jobs: RunningJobs;

  constructor(world: World, disks: TargetDisks, jobs: RunningJobs) {
    this.#world = world;
    this.#disks = disks;
    this.#jobs = jobs;
  }

  /** @throws Fault `save-cancelled`, `save-target-exists`, `save-format-…`, as `Journal.openPoint`, and what the target throws */
  async save(request: SavePoint, signal: AbortSignal): Promise<SavedPoint> {
    const { jobId } = request;
    return this.#jobs.run({ jobId, cancelled: saveCancelled(jobId), signal }, (turn) => this.#save(request, turn));
  }

  async #save(request: SavePoint, { signal, onProgress }: JobTurn): Promise<SavedPoint> {
    const { machineId, diskId, at, path, force, jobId } = request;
    const format = imageFormatOf(request.format);
    const { journal } = this.#disks.require(machineId, diskId);
    const pin = { owner: `job ${jobId}`, reason: `saved to ${path}` };
    const pointId = journal.resolve(pointAt(at)).id;
    await using device = await journal.openPoint(pointId, pin);
    const sink = await this.#sinkFor({ path, force, format }, device.sizeBytes, signal);
    onProgress({ doneBytes: 0, totalBytes: savedTotal(device, sink) });
    const saved = await saveDevice(device, sink, { signal, onProgress });
    return { pointId, diskId, path, ...saved, format };
  }

  async #sinkFor({ path, force, format }: Target, sizeBytes: number, signal: AbortSignal): Promise<SaveSink> {
    const status = await this.#world.files.status(path);
    if (status?.kind !== "block-device") {
      const separator = path.lastIndexOf("/");
      const file = { folder: path.slice(0, separator) || "/", name: path.slice(separator + 1), force };
      if (format === "raw") return fileSink(this.#world, file);
      return imageSink(this.#world, { ...file, format, sizeBytes }, signal);
    }
    requireRaw(format, path);
    if (!force) {
      throw new Fault({
        code: "save-target-exists",
        kind: "operator",
        message: `${path} is a device; everything on it would be overwritten.`,
        remedy: "Give --force when that is meant.",
        detail: { path },
      });
    }
    const device = await openFileDevice({ path, readOnly: false, io: "thread-pool", direct: false, exclusive: true });
    return deviceSink(device, sizeBytes);
  }
}

function saveCancelled(jobId: string): Fault {
  return new Fault({
    code: "save-cancelled",
    kind: "operator",
    message: "The save was cancelled; what it had written is removed, but on a device.",
    remedy: "Save the point again when it is wanted.",
    detail: { job: jobId },
  });
}
