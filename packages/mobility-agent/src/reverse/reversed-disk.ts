// A protected disk that is made what its replica machine's disk is, in the place of being served: nobody reaches it through the agent meanwhile, and it has
// no part in points.
//
// Order of opening: tracker, where there is one (what others write is noted from here on) ─► disk, for the agent alone ─► its record ─► rounds. The source's
// own history is opened once, for what it changed, and closed before the first byte is written (`failback-set.ts`). What the disk goes on with afterwards is
// decided when it is next opened to be served (`branch-after-reverse.ts`).
import { anySignal, Fault, Waiters } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";
import type { ComparedExtents, SettledMark } from "@leeward/splitter";
import type { ChangeTracker } from "@leeward/tracker";
import type { World } from "@leeward/world";
import { CopyRate } from "../disk/copy-rate.ts";
import { lent } from "../disk/disk-door.ts";
import type { CopyProgress, DiskFacts, DiskFault, DiskHost, DiskPolicy, DiskSettings } from "../disk/disk-host.ts";
import type { SourceDisk } from "../disk/source-disk.ts";
import { endedBy } from "../disk/tracked-disk.ts";
import { diskNotServed } from "../faults.ts";
import { seenOf } from "./device-content.ts";
import { changedSince } from "./failback-set.ts";
import { NotedChanges } from "./noted-changes.ts";
import { type AskProcessServer, ReplicaPeer } from "./replica-peer.ts";
import { replicaSized } from "./replica-sized.ts";
import { ReverseRun } from "./reverse-run.ts";

export interface ReversedDiskOptions {
  readonly world: World;
  readonly settings: DiskSettings & Required<Pick<DiskSettings, "reverse">>;
  /** Opens the disk to be written, when nobody else has it. @throws Fault `disk-in-use`, and as `openFileDevice` */
  readonly openSource: (settings: DiskSettings) => Promise<SourceDisk>;
  /** Of a disk that others write to when it is served; it is the one that follows it then, too. */
  readonly openTracker?: (settings: DiskSettings) => Promise<ChangeTracker>;
  readonly ask: AskProcessServer;
  /** As ReverseRunOptions has it. */
  readonly stepBytes?: number;
}

interface Open {
  readonly source: SourceDisk;
  readonly run: ReverseRun;
  readonly peer: ReplicaPeer;
}

export class ReversedDisk implements DiskHost {
  readonly live = undefined;
  readonly #options: ReversedDiskOptions;
  readonly #changed = new Waiters();
  readonly #released = new AbortController();
  readonly #rate: CopyRate;
  #settings: DiskSettings;
  #open: Open | undefined;

  constructor(options: ReversedDiskOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#rate = new CopyRate(options.world.clock);
  }

  get settings(): DiskSettings {
    return this.#settings;
  }

  facts(): DiskFacts | undefined {
    if (this.#open === undefined) return undefined;
    const { source, run, peer } = this.#open;
    return {
      state: "reverse",
      branch: "",
      sizeBytes: source.device.sizeBytes,
      blockBytes: source.device.blockBytes,
      physicalBlockBytes: source.physicalBlockBytes,
      nbdUri: "",
      writtenSequence: 0,
      sendableSequence: 0,
      firstSequence: 1,
      logBytes: 0,
      writtenBytes: 0,
      progress: this.#progressOf(run),
      faults: faultsOf(peer),
      resync: undefined,
      reverse: run.status(),
    };
  }

  changed(): Promise<void> {
    return this.#changed.next();
  }

  async settleMark(): Promise<SettledMark | undefined> {
    return undefined;
  }

  async settleWrites(): Promise<void> {
    // Applications do not reach it.
  }

  journaled(): void {
    // Nothing of the disk is being sent.
  }

  deposited(): void {
    // Nor put anywhere.
  }

  resync(): void {
    // Nothing of the disk is being sent.
  }

  async compare(): Promise<ComparedExtents> {
    throw diskNotServed(this.#settings);
  }

  async recopy(): Promise<void> {
    throw diskNotServed(this.#settings);
  }

  async beginResync(): Promise<SettledMark> {
    throw diskNotServed(this.#settings);
  }

  setPolicy(policy: DiskPolicy): void {
    this.#settings = { ...this.#settings, policy };
  }

  release(): void {
    this.#released.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { settings, openTracker, openSource } = this.#options;
    const released = this.#released.signal;
    await this.#makeFolder();
    await using tracker = await openTracker?.(settings);
    await using opening = new AsyncDisposableStack();
    const opened = await openSource(settings);
    opening.use(opened.device);
    const followed = tracker === undefined ? "" : ` tracking ${tracker.trackingId}`;
    const source = { ...opened, identity: `${opened.identity}${followed}`, keepDigests: tracker !== undefined };
    try {
      await this.#work(source, tracker, anySignal([signal, released]));
    } catch (error) {
      if (!signal.aborted && !released.aborted) throw tracker === undefined ? error : await endedBy(error, tracker);
    } finally {
      this.#open = undefined;
      this.#changed.notify();
    }
    if (signal.aborted || !released.aborted) return;
    await this.#forget();
    await tracker?.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // `run` owns everything and has ended by then.
  }

  async #work(source: SourceDisk, tracker: ChangeTracker | undefined, signal: AbortSignal): Promise<void> {
    const { world, settings, ask, stepBytes } = this.#options;
    const device = sizedFor(settings, source.device);
    const changed = this.#changed;
    const replicaId = settings.reverse.failoverId;
    const peer = new ReplicaPeer({ ...world, ask, settings, replicaId, disk: device, changed });
    const history = { ...source, device: lent(source.device) };
    const { identity, witness, lasting = "" } = source;
    const run = new ReverseRun({
      world,
      folder: settings.folder,
      plan: settings.reverse,
      target: { device, identity, witness, lasting, seen: () => seenOf(source.device) },
      peer,
      changedSince: (place) => changedSince({ world, settings, source: history }, place),
      noted: new NotedChanges(tracker, device.sizeBytes),
      changed,
      ...(stepBytes === undefined ? {} : { stepBytes }),
    });
    this.#open = { source, run, peer };
    changed.notify();
    try {
      await run.run(signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      await run.close();
    }
  }

  #progressOf(run: ReverseRun): CopyProgress | undefined {
    const { record } = run;
    if (record === undefined || record.complete) return undefined;
    const { id, comparedBytes, diskBytes, broughtBytes, left } = record;
    if (comparedBytes < diskBytes)
      return this.#rate.progressOf({ spanId: `${id} compared`, doneBytes: comparedBytes, totalBytes: diskBytes });
    return this.#rate.progressOf({ spanId: id, doneBytes: broughtBytes, totalBytes: broughtBytes + left.totalBytes });
  }

  /** The folder may be new, where the agent's home was lost; the one above it is durable. */
  async #makeFolder(): Promise<void> {
    const { world, settings } = this.#options;
    await world.files.makeFolder(settings.folder);
    await world.files.syncFolder(aboveOf(settings.folder));
  }

  /** The disk is not protected any more. */
  async #forget(): Promise<void> {
    const { world, settings } = this.#options;
    await world.files.removeFolder(settings.folder);
    await world.files.syncFolder(aboveOf(settings.folder));
  }
}

/** What of the device is made what the replica machine's disk is. @throws Fault `device-refused` */
function sizedFor(
  { reverse: { place }, name, path }: ReversedDiskOptions["settings"],
  device: BlockDevice,
): BlockDevice {
  if (place === undefined || place.diskBytes >= device.sizeBytes) return device;
  if (place.diskBytes % device.blockBytes === 0) return replicaSized(device, place.diskBytes);
  throw new Fault({
    code: "device-refused",
    kind: "operator",
    message: `${name} (${path}) has blocks of ${device.blockBytes} bytes, which the disk's ${place.diskBytes} bytes do not fill.`,
    remedy: "Take a device with smaller blocks: `leeward reprotect MACHINE --disk DISK=PATH`.",
    detail: { path },
  });
}

function aboveOf(folder: string): string {
  return folder.slice(0, folder.lastIndexOf("/"));
}

function faultsOf({ fault: shown }: ReplicaPeer): DiskFault[] {
  if (shown === undefined) return [];
  const { code, kind, message } = shown.fault;
  return [{ code, kind, message, sinceMicros: shown.sinceMicros }];
}

/** As another program has the disk: what the replica machine wrote would be put under its feet. */
export function diskInUse(fault: Fault, { name, path, diskId }: DiskSettings): Fault {
  return new Fault({
    code: "disk-in-use",
    kind: "operator",
    message: `${name} (${path}) is mounted or in other use: what its replica machine wrote is not put under that.`,
    remedy: "Unmount it or end the other use on this machine; reverse replication is tried again by itself.",
    detail: { disk: diskId, path },
    cause: fault,
  });
}
