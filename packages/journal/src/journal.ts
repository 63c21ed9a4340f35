/**
 * One disk's history at the target: base files, sealed segments, recovery points, and the manifest that says what they are.
 *
 * Invariant: a point that is listed reads byte for byte as the disk was at its mark, for as long as it is listed; a point that
 * cannot is not listed, and says why when it is asked for by name. What was acknowledged is not lost by any crash. Worst outcome: a
 * person starts a machine from bytes that it never had.
 *
 * One process owns the folder. The parts say their orders: intake.ts, manifest.ts, retention.ts, run-keeper.ts, scrub.ts.
 */
import { Fault, isFault } from "@leeward/base";
import { type DataKey, segmentCache } from "@leeward/change-log";
import { type Files, makeDurableFolder, type World } from "@leeward/world";
import { type HistoryInterval, historyOf } from "./history/interval.ts";
import { choosePoint } from "./history/point-choice.ts";
import { type BeginningSegment, Intake } from "./intake/intake.ts";
import { type Found, settleOrphans } from "./intake/orphans.ts";
import type { Accepted, StagedSegment } from "./intake/staged-segment.ts";
import type { JournalMemory } from "./journal-memory.ts";
import { type JournalParts, orFull, partsOf, stateOf } from "./journal-parts.ts";
import { type JournalStatus, statusOf } from "./journal-status.ts";
import { DEFAULT_LIMITS, type JournalLimits } from "./limits.ts";
import { Manifest, type ManifestAnchor } from "./manifest/manifest.ts";
import type { JournalIdentity } from "./manifest/manifest-writer.ts";
import { absorbOverlay } from "./overlay/overlay-absorber.ts";
import type { OverlayDevice } from "./overlay/overlay-device.ts";
import { type LockEnd, type PinReason, Pins, type ShownPin } from "./points/pins.ts";
import { PointIntake } from "./points/point-intake.ts";
import { isCovered, untilCovered } from "./points/point-wait.ts";
import { listPoints, shownPoint } from "./points/shown-point.ts";
import type { BranchPosition, JournalPoint, PointAt, PointRecord, TimeRange } from "./recovery-point.ts";
import type { RetentionPolicy } from "./retention/drop-plan.ts";
import { type HistoryOutlook, outlookOf } from "./retention/outlook.ts";
import { Retention, type RetentionOptions, type RetentionReport } from "./retention/retention.ts";
import { type MergeReport, SegmentMerger } from "./retention/segment-merger.ts";
import { RunKeeper } from "./runs/run-keeper.ts";
import { type DamageFound, Scrub, type ScrubReport } from "./scrub/scrub.ts";
import { FileLibrary } from "./view/file-library.ts";
import { LaterChanges } from "./view/later-changes.ts";
import { neededFiles } from "./view/needed-files.ts";
import { openView } from "./view/opened-point.ts";
import type { PointDevice } from "./view/point-device.ts";

export interface JournalOptions {
  /** Absolute. */
  readonly folder: string;
  readonly dataKey: DataKey;
  readonly limits?: Partial<JournalLimits>;
  /** Whether another process may have written to it until now, as to one in a store: then a segment that no manifest names is not taken in, for another may remove it. */
  readonly isTakenOver?: boolean;
  /** Shared with other journals; of its own, with a cache of `limits.cacheBytesMax`, unless told. */
  readonly memory?: JournalMemory;
}

export interface OpenOptions extends JournalOptions {
  /** How far the journal had come when it was seen last: an older manifest is refused. */
  readonly notBefore?: ManifestAnchor;
}

export class Journal implements AsyncDisposable {
  readonly folder: string;
  readonly machineId: string;
  readonly diskId: string;
  /** What the open found and did about it. */
  readonly found: Found;
  readonly #parts: JournalParts;
  readonly #intake: Intake;
  readonly #points: PointIntake;
  readonly #pins: Pins;
  readonly #runs: RunKeeper;
  readonly #retention: Retention;
  readonly #merger: SegmentMerger;
  readonly #scrub: Scrub;
  #expects = true;

  private constructor(parts: JournalParts, intake: Intake, found: Found) {
    this.#parts = parts;
    this.folder = parts.folder;
    this.machineId = parts.manifest.identity.machineId;
    this.diskId = parts.manifest.identity.diskId;
    this.found = found;
    this.#intake = intake;
    this.#points = new PointIntake(parts);
    this.#pins = new Pins(parts);
    this.#runs = new RunKeeper(parts);
    this.#retention = new Retention(parts);
    this.#merger = new SegmentMerger(parts);
    this.#scrub = new Scrub(parts);
  }

  /** Whether there is a journal in the folder. */
  static async exists(files: Files, folder: string): Promise<boolean> {
    return (await files.status(`${folder}/CURRENT`)) !== undefined;
  }

  /**
   * Makes an empty journal; the folder above it exists and is durable. Durable when it settles.
   * @throws Fault `journal-exists`, `journal-full`, and what the files throw
   */
  static async create(world: World, options: JournalOptions & JournalIdentity): Promise<Journal> {
    const { folder, dataKey, machineId, diskId } = options;
    if (await Journal.exists(world.files, folder)) throw alreadyThere(folder);
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const above = folder.slice(0, folder.lastIndexOf("/"));
    await makeFolders(world.files, above, folder);
    const genesis = { type: "genesis", rangeBytes: limits.rangeBytes } as const;
    const identity = { machineId, diskId };
    const { manifestAppendsMax } = limits;
    const manifest = await orFull(folder, () =>
      Manifest.create(world, { folder, dataKey, identity, genesis, manifestAppendsMax }),
    );
    return Journal.#settled(partsOf(world, { ...options, limits, manifest }));
  }

  /**
   * Opens the journal in the folder, and settles what a crash left behind.
   * @throws Fault `journal-missing`, `journal-orphans`, those of `Manifest.open`, `key-mismatch`, and what the files throw
   */
  static async open(world: World, options: OpenOptions): Promise<Journal> {
    const { folder } = options;
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const { manifestAppendsMax } = limits;
    const manifest = await Manifest.open(world, { ...options, manifestAppendsMax });
    if (manifest === undefined) throw missing(folder);
    await makeFolders(world.files, folder.slice(0, folder.lastIndexOf("/")), folder);
    return Journal.#settled(partsOf(world, { ...options, limits, manifest }));
  }

  static async #settled(parts: JournalParts): Promise<Journal> {
    const intake = new Intake(parts);
    // Until a manifest of this process is named, an append of the one before may still come in, and name what would be removed here as an orphan.
    if (parts.isTakenOver) await orFull(parts.folder, () => parts.manifest.ready());
    const found = await settleOrphans(parts, intake);
    await makeCertain(parts);
    return new Journal(parts, intake, found);
  }

  /** How far the manifest has come. Kept elsewhere and given to `open`, it proves that nothing was set back. */
  get anchor(): ManifestAnchor {
    return this.#parts.manifest.anchor;
  }

  /** The last sequence that is held of the branch; undefined when nothing is. */
  position(branch: string): number | undefined {
    return stateOf(this.#parts).newest(branch)?.sequence;
  }

  /** Where the branch that began last stands; undefined while nothing is held. */
  get head(): BranchPosition | undefined {
    const { current } = stateOf(this.#parts);
    return current === undefined ? undefined : { branch: current.name, sequence: current.sequence };
  }

  /** As Intake.follows: whether what its sender has of a branch can go on here without a hole. */
  follows(beginning: BeginningSegment): boolean {
    return this.#intake.follows(beginning);
  }

  /** Where a segment is put before `accept`; `name` has no slash. What lies there at an open is removed. */
  stagingPath(name: string): string {
    return `${this.folder}/staging/${name}`;
  }

  /** As Intake.accept. */
  async accept(staged: StagedSegment): Promise<Accepted> {
    return this.#parts.traffic.during(() => this.#intake.accept(staged));
  }

  /** As absorbOverlay: what was written over a point becomes history, on the overlay's branch. */
  async absorb(overlay: OverlayDevice, signal: AbortSignal): Promise<BranchPosition> {
    const accept = (staged: StagedSegment): Promise<Accepted> => this.accept(staged);
    return absorbOverlay({ parts: this.#parts, accept }, overlay, signal);
  }

  /** As LaterChanges: what the history holds that came after `place`, where a pinned point stands, but for the branch `except`. */
  changesAfter(place: BranchPosition, except: string): LaterChanges {
    return new LaterChanges(this.#parts, place, except);
  }

  /** Whether all up to the position has arrived. */
  covers(position: BranchPosition): boolean {
    return isCovered(this.#parts, position);
  }

  /** Whether more of what the journal does not hold yet may come. A disk that is not protected any more brings nothing. */
  set expects(expects: boolean) {
    this.#expects = expects;
    this.#parts.changed.notify();
  }

  /** As the function of the same name. @throws Fault `point-lost` */
  async untilCovered(
    position: BranchPosition,
    { isBrought }: { readonly isBrought: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    await untilCovered(this.#parts, { position, expects: () => this.#expects && !isBrought }, signal);
  }

  /** As PointIntake.check: whether the point could be added now. */
  checkPoint(point: PointRecord): void {
    this.#points.check(point);
  }

  /** As PointIntake.add: listed and durable when it settles. */
  async addPoint(point: PointRecord): Promise<void> {
    await this.#points.add(point);
  }

  /** Lets a point hold until a later time. @throws Fault `point-missing`, `journal-full` */
  async extendPoint(id: string, validUntilMicros: number): Promise<void> {
    await this.#points.extend(id, validUntilMicros);
  }

  /** Points that can be opened, oldest first. */
  points(range: TimeRange = {}): JournalPoint[] {
    return listPoints(stateOf(this.#parts), { ...range, nowMicros: this.#nowMicros });
  }

  /** The point when it is listed. */
  point(id: string): JournalPoint | undefined {
    const state = stateOf(this.#parts);
    const held = state.points.byId(id);
    return held === undefined || held.withdrawn ? undefined : shownPoint(state, held, this.#nowMicros);
  }

  /** As choosePoint: the point that `at` means. */
  resolve(at: PointAt): JournalPoint {
    const state = stateOf(this.#parts);
    return shownPoint(state, choosePoint(state, at), this.#nowMicros);
  }

  /** How well each stretch of time can be recovered. */
  history(range: TimeRange = {}): HistoryInterval[] {
    const { continuousMicrosMax } = this.#parts.limits;
    return historyOf(stateOf(this.#parts), { ...range, continuousMicrosMax });
  }

  status(): JournalStatus {
    return statusOf(this.#parts, this.#merger.progress);
  }

  /**
   * The disk as it was at the point, read-only. The point is pinned, durably, until the device is disposed.
   * @throws Fault `point-missing`, `point-withdrawn`, `pins-full`, `journal-full`; reads throw `disk-read-failed`
   */
  async openPoint(id: string, pin: PinReason): Promise<PointDevice> {
    const point = choosePoint(stateOf(this.#parts), { kind: "id", id });
    const pinId = await this.#pins.pin(point.id, pin);
    return openView(this.#parts, point, () => this.#pins.remove(pinId));
  }

  /**
   * As `openPoint`, with no byte of what was read before: files are opened and read anew, so that what it reads is what lies there now.
   */
  async openPointAnew(id: string, pin: PinReason): Promise<PointDevice> {
    const point = choosePoint(stateOf(this.#parts), { kind: "id", id });
    const pinId = await this.#pins.pin(point.id, pin);
    const { world, folder, dataKey, limits } = this.#parts;
    const cache = segmentCache({ frameBytesMax: limits.anewBytesMax, pageBytesMax: limits.anewBytesMax });
    const library = new FileLibrary(world, { folder, dataKey, openFilesMax: limits.openFilesMax, cache, anew: true });
    return openView({ ...this.#parts, library }, point, async () => {
      await library.close();
      await this.#pins.remove(pinId);
    });
  }

  /**
   * The disk as all that is held makes it, at `head`, read-only. Also inside of a span, where it is of no single moment: something to compare with,
   * never to recover. The newest point, if there is one, is pinned until the device is disposed, so that the base stays behind.
   * @throws Fault `point-missing` when nothing is held, `pins-full`, `journal-full`; reads throw `disk-read-failed`
   */
  async openHead(pin: PinReason): Promise<PointDevice> {
    const { points } = stateOf(this.#parts);
    const newest = points.at(points.count - 1);
    const pinId = newest === undefined ? undefined : await this.#pins.pin(newest.id, pin);
    const letGo = async (): Promise<void> => (pinId === undefined ? undefined : this.#pins.remove(pinId));
    const { head } = this;
    if (head !== undefined) return openView(this.#parts, head, letGo);
    await letGo();
    throw nothingHeld(this.#parts.folder);
  }

  /**
   * Pins the point, durably, until `sweepPins` takes the pin away: also while the journal is closed, and after a crash.
   * @throws Fault `point-missing`, `pins-full`, `journal-full`
   */
  async pinPoint(id: string, pin: PinReason): Promise<void> {
    await this.#pins.addOnce(id, pin);
  }

  pins(): readonly ShownPin[] {
    return this.#pins.list();
  }

  /** Removes the pins (never locks) for which `isStale` holds: their owners are dead. Returns how many. */
  async sweepPins(isStale: (pin: ShownPin) => boolean): Promise<number> {
    return this.#pins.sweep((pin) => pin.kind === "pin" && isStale(pin));
  }

  /**
   * Keeps the point from everything that drops points, until the wall clock has come to `untilMicros` or `unlockPoint` is called; a lock that it
   * has is replaced. @throws Fault `point-missing`, `pins-full`, `journal-full`
   */
  async lockPoint(id: string, lock: PinReason & Partial<LockEnd>): Promise<void> {
    await this.#pins.lock(id, lock);
  }

  /** Whether it was locked. */
  async unlockPoint(id: string): Promise<boolean> {
    return this.#pins.unlock(id);
  }

  /**
   * Paths of the files that the point is read from; none of a point that is not listed. Others only when `layout` has risen: when points between were merged, index runs
   * built, or the base brought forward.
   */
  neededFiles(pointId: string): string[] {
    const state = stateOf(this.#parts);
    const point = state.points.byId(pointId);
    if (point === undefined || point.withdrawn) return [];
    return Array.from(neededFiles(state, point), (placed) => this.#parts.library.pathOf(placed));
  }

  /** Rises whenever points may be read from other files than before. */
  get layout(): number {
    return stateOf(this.#parts).layout;
  }

  /** Locks that hold now. */
  locks(): readonly ShownPin[] {
    return this.#pins.locks();
  }

  /** As Retention.run: drops what the policy says and brings the base forward. */
  async retain(options: RetentionOptions, signal: AbortSignal): Promise<RetentionReport> {
    return this.#retention.run(options, signal);
  }

  /** As SegmentMerger.mergeAll: brings back the room of points that `retain` took out between others. */
  async merge(policy: RetentionPolicy, signal: AbortSignal): Promise<MergeReport> {
    return this.#merger.mergeAll(policy, signal);
  }

  /** As outlookOf: when the policy's limit in bytes cuts history, and what keeps it from being kept. */
  outlook(policy: RetentionPolicy): HistoryOutlook | undefined {
    const isMerged = this.#merger.isDone(policy);
    return outlookOf(stateOf(this.#parts), policy, { wallMicros: this.#nowMicros, isMerged });
  }

  /** As Scrub.run: verifies every file, and withdraws the points that need what is damaged. */
  async scrub(onDamage: (found: DamageFound) => void, signal: AbortSignal): Promise<ScrubReport> {
    return this.#scrub.run(onDamage, signal);
  }

  /** Builds all index runs that can be built now; returns how many. As RunKeeper.buildAll. */
  async buildRuns(signal: AbortSignal): Promise<number> {
    return this.#runs.buildAll(signal);
  }

  get #nowMicros(): number {
    return this.#parts.world.clock.wallMicros();
  }

  /** Lets the files go; what was acknowledged stays. Opened points are disposed first. */
  async close(): Promise<void> {
    await this.#parts.library.close();
    await this.#parts.manifest.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/**
 * What was read may be what a killed process had only written. It is held, and so it is said to be journaled: it has to be durable. A new
 * manifest does that whatever became of earlier datasyncs; a full disk has no room for one, and must not keep points from being opened.
 */
async function makeCertain({ manifest, folder }: JournalParts): Promise<void> {
  try {
    await orFull(folder, () => manifest.ready());
  } catch (error) {
    if (!isFault(error, "journal-full")) throw error;
    await manifest.datasync();
  }
}

async function makeFolders(files: Files, above: string, folder: string): Promise<void> {
  for (const name of ["segments", "runs", "base", "staging"])
    await makeDurableFolder(files, above, `${folder}/${name}`);
}

function alreadyThere(folder: string): Fault {
  return new Fault({
    code: "journal-exists",
    kind: "operator",
    message: `${folder} holds a journal already.`,
    remedy:
      "Find out whose it is (`leeward journal list`); move it away if it is not needed, never delete the only copy.",
    detail: { folder },
  });
}

function nothingHeld(folder: string): Fault {
  return new Fault({
    code: "point-missing",
    kind: "operator",
    message: `${folder} holds nothing of the disk yet.`,
    remedy: "Wait until the disk has been copied: `leeward disk status`.",
    detail: { folder },
  });
}

function missing(folder: string): Fault {
  return new Fault({
    code: "journal-missing",
    kind: "operator",
    message: `${folder} holds no journal.`,
    remedy: "Name the folder `HOME/journal` of a master target, one machine's folder in it, or one disk's.",
    detail: { folder },
  });
}
