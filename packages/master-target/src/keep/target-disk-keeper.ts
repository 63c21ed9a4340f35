import { Fault, formatDuration, isFault, MICROS_PER_MS, MICROS_PER_SECOND, Mutex } from "@leeward/base";
import type { DataKey } from "@leeward/change-log";
import type { KeyStore } from "@leeward/identity";
import {
  Journal,
  type JournalMemory,
  type LoadedSeed,
  type LoadSeedOptions,
  loadSeed,
  type RetentionPolicy,
} from "@leeward/journal";
import type { EventReport, TargetDisk, TargetDiskStatus } from "@leeward/proto";
import { makeDurableFolder } from "@leeward/world";
import { DiskIntake } from "../intake/disk-intake.ts";
import type { EpochBook } from "../intake/epoch-book.ts";
import { ANCHOR_EVERY_MS, HOLDS_EVERY_MS, RETENTION_EVERY_MS, SCRUB_EVERY_MS, SCRUB_FIRST_MS } from "../limits.ts";
import type { AnchorStore } from "./anchor-store.ts";
import { HistoryWatch } from "./history-watch.ts";
import { writeDescription } from "./journal-description.ts";
import type { JournalHome } from "./journal-home.ts";
import { Maintenance } from "./maintenance.ts";
import { PointHolds } from "./point-holds.ts";

const MICROS_PER_HOUR = 3_600 * MICROS_PER_SECOND;

export interface TargetDiskOptions {
  readonly journals: JournalHome;
  /** Opens a data key that was wrapped to this master target. */
  readonly unwrap: KeyStore["unwrap"];
  /** This master target's id, as wrapped keys name it. */
  readonly recipient: string;
  readonly epochs: EpochBook;
  readonly anchors: AnchorStore;
  /** Shared by all disks. */
  readonly memory: JournalMemory;
  /** Bytes that stay free where the journals lie. */
  readonly reserveBytes: number;
  /** Told of what people should know. */
  readonly report: (event: EventReport) => void;
}

/** One disk at the target: its journal, its intake, and what is done to the journal in the background. */
export class TargetDiskKeeper {
  readonly journal: Journal;
  readonly intake: DiskIntake;
  readonly #options: TargetDiskOptions;
  readonly #dataKey: DataKey;
  readonly #maintenance: Maintenance;
  readonly #watch: HistoryWatch;
  readonly #holds: PointHolds | undefined;
  readonly #seeding = new Mutex();
  #plan: TargetDisk;

  private constructor(
    options: TargetDiskOptions,
    { journal, dataKey }: { readonly journal: Journal; readonly dataKey: DataKey },
    plan: TargetDisk,
  ) {
    this.#options = options;
    this.#dataKey = dataKey;
    this.#plan = plan;
    this.journal = journal;
    journal.expects = plan.intake;
    const { epochs, memory } = options;
    const { world, hold } = options.journals;
    const holds = hold && new PointHolds(world.clock, journal, hold);
    this.#holds = holds;
    this.intake = new DiskIntake(
      { clock: world.clock, files: world.files, memory: memory.intake, epochs, journal },
      plan,
    );
    this.#watch = new HistoryWatch(world.clock);
    const round = { firstMs: RETENTION_EVERY_MS, everyMs: RETENTION_EVERY_MS };
    const holding = { firstMs: HOLDS_EVERY_MS, everyMs: HOLDS_EVERY_MS };
    this.#maintenance = new Maintenance(world.clock, [
      { name: "runs", ...round, work: async (signal) => void (await journal.buildRuns(signal)) },
      { name: "retention", ...round, work: (signal) => this.#retain(signal) },
      { name: "merge", ...round, work: (signal) => this.#merge(signal) },
      { name: "forecast", ...round, work: async () => this.#look() },
      { name: "scrub", firstMs: this.#firstScrubMs(), everyMs: SCRUB_EVERY_MS, work: (signal) => this.#scrub(signal) },
      { name: "anchor", firstMs: ANCHOR_EVERY_MS, everyMs: ANCHOR_EVERY_MS, work: () => this.#keepAnchor() },
      ...(holds === undefined
        ? []
        : [{ name: "holds", ...holding, work: (signal: AbortSignal) => holds.look(signal) }]),
    ]);
  }

  /**
   * @throws Fault `key-missing`, `key-unwrap-failed`, `anchor-damaged`, `journal-gone`, `manifest-rolled-back`, and what else the journal
   *   throws
   */
  static async open(options: TargetDiskOptions, plan: TargetDisk): Promise<TargetDiskKeeper> {
    const { journals, reserveBytes, memory, anchors } = options;
    const { world, folder, isTakenOver } = journals;
    const machineFolder = `${folder}/${plan.machineId}`;
    const path = `${machineFolder}/${plan.diskId}`;
    const dataKey = { keyId: plan.keyId, bytes: await dataKeyOf(options, plan) };
    await journals.claim(path);
    const exists = await Journal.exists(world.files, path);
    const notBefore = await anchors.of(plan.diskId);
    if (!exists && notBefore !== undefined) throw journalGone(plan, path);
    // A journal is only as durable as every name on the way to it.
    await makeDurableFolder(world.files, folder, machineFolder);
    await makeDurableFolder(world.files, machineFolder, path);
    await writeDescription(journals, { folder: path, dataKey }, plan);
    const identity = { machineId: plan.machineId, diskId: plan.diskId };
    const journalOptions = { folder: path, dataKey, memory, isTakenOver, limits: { reserveBytes, ...journals.limits } };
    const journal = await (exists
      ? Journal.open(world, { ...journalOptions, ...(notBefore === undefined ? {} : { notBefore }) })
      : Journal.create(world, { ...journalOptions, ...identity }));
    const keeper = new TargetDiskKeeper(options, { journal, dataKey }, plan);
    await keeper.#keepAnchor();
    return keeper;
  }

  get plan(): TargetDisk {
    return this.#plan;
  }

  /** Whether it is as the plan says. */
  follows(plan: TargetDisk): boolean {
    return JSON.stringify(plan) === JSON.stringify(this.#plan);
  }

  async setPlan(plan: TargetDisk): Promise<void> {
    const { folder } = this.journal;
    await writeDescription(this.#options.journals, { folder, dataKey: this.#dataKey }, plan);
    this.#holds?.forgetDescription();
    this.#plan = plan;
    this.intake.setPlan(plan);
    this.journal.expects = plan.intake;
  }

  status(): TargetDiskStatus {
    const status = this.journal.status();
    const now = this.#options.journals.world.clock.wallMicros();
    const intake = this.intake.fault === undefined ? [] : [{ fault: this.intake.fault, sinceMicros: now }];
    return {
      diskId: this.#plan.diskId,
      branch: this.journal.head?.branch ?? "",
      journaledSequence: this.journal.head?.sequence ?? 0,
      newestPointMicros: status.newestValidUntilMicros ?? 0,
      newestPointId: status.newestPointId ?? "",
      oldestPointMicros: status.oldestPointMicros ?? 0,
      pointCount: status.points,
      journalBytes: status.bytes,
      history: status.history,
      faults: [...intake, ...this.#maintenance.faults].map(({ fault: { code, kind, message }, sinceMicros }) => ({
        code,
        kind,
        message,
        sinceMicros,
      })),
      epoch: this.#options.epochs.of(this.#plan.machineId),
      copyNeeded: this.#plan.intake && status.copyNeeded,
      stages: [this.intake.stage],
      ...(status.merging === undefined ? {} : { merging: { ...status.merging, etaSeconds: -1 } }),
      ...this.#watch.told,
    };
  }

  /** As PointHolds.counts; undefined where no store can hold anything. */
  get locks(): PointHolds["counts"] | undefined {
    return this.#holds?.counts;
  }

  /** As loadSeed: what `medium` has in the folder becomes what the disk's history begins at. */
  async loadSeed(
    from: Pick<LoadSeedOptions, "medium" | "folder" | "branch" | "onProgress">,
    signal: AbortSignal,
  ): Promise<LoadedSeed> {
    const { files } = this.#options.journals.world;
    // Who was cut off may not have ended yet.
    return this.#seeding.hold(() => loadSeed({ ...from, journal: this.journal, files, key: this.#dataKey }, signal));
  }

  /** Looks after the journal until the signal aborts: index runs, retention, scrub, anchor. A fault is shown, and tried again later. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#maintenance.run(signal);
  }

  async close(): Promise<void> {
    await this.intake.close();
    try {
      await this.#keepAnchor();
    } catch (error) {
      // The older one that is kept is right too; it only tells less.
      if (!isFault(error)) throw error;
    }
    await this.journal.close();
  }

  #keepAnchor(): Promise<void> {
    return this.#options.anchors.keep(this.journal.diskId, this.journal.anchor);
  }

  /** A day after the last one, also when the daemon was restarted since. */
  #firstScrubMs(): number {
    const { lastScrub } = this.journal.status();
    if (lastScrub === undefined) return SCRUB_FIRST_MS;
    const sinceMs = (this.#options.journals.world.clock.wallMicros() - lastScrub.endedMicros) / MICROS_PER_MS;
    return Math.min(SCRUB_EVERY_MS, Math.max(RETENTION_EVERY_MS, SCRUB_EVERY_MS - sinceMs));
  }

  async #retain(signal: AbortSignal): Promise<void> {
    const policy = { ...policyOf(this.#plan), advance: "when-worth-it" } as const;
    const before = this.#reachMicros();
    const { pointsDropped, reason } = await this.journal.retain(policy, signal);
    if (pointsDropped > 0 && reason === "bytes") this.#reportCut(pointsDropped, before);
    this.#look();
  }

  async #merge(signal: AbortSignal): Promise<void> {
    await this.journal.merge(policyOf(this.#plan), signal);
    this.#look();
  }

  /** What the limit in bytes is going to do. */
  #look(): void {
    const policy = policyOf(this.#plan);
    const timeOf = (id: string): number => this.journal.point(id)?.timeMicros ?? 0;
    this.#watch.look({ outlook: this.journal.outlook(policy), bytesMax: policy.bytesMax, timeOf });
  }

  async #scrub(signal: AbortSignal): Promise<void> {
    await this.journal.scrub(({ path, pointsWithdrawn }) => {
      this.#options.report({
        kind: "journal-damaged",
        subject: this.#plan.diskName,
        message: `${path} is damaged; ${pointsWithdrawn.length} recovery points that need it are withdrawn.`,
        detail: { disk: this.#plan.diskId, path },
        severity: "critical",
      });
    }, signal);
  }

  /** How far back history reaches without a gap that retention made: a held point stays behind it. */
  #reachMicros(): number {
    const { oldestFreeMicros, newestValidUntilMicros = 0 } = this.journal.status();
    return Math.max(0, newestValidUntilMicros - (oldestFreeMicros ?? newestValidUntilMicros));
  }

  /** History is never cut silently. */
  #reportCut(points: number, beforeMicros: number): void {
    const { diskId, diskName, thinningTiers, retentionSeconds } = this.#plan;
    const afterMicros = this.#reachMicros();
    const allSeconds = thinningTiers[0]?.afterSeconds ?? retentionSeconds;
    const isBelowAll = afterMicros < allSeconds * MICROS_PER_SECOND;
    const textOf = (micros: number): string => formatDuration(micros / MICROS_PER_SECOND);
    const below = isBelowAll
      ? ` That is less than the ${formatDuration(allSeconds)} for which the policy keeps every point.`
      : "";
    this.#options.report({
      kind: "history-cut",
      subject: diskName,
      message: `The journal of ${diskName} reached its size limit; its ${points} oldest recovery points were dropped before their time, and its history reaches back ${textOf(afterMicros)} where it was ${textOf(beforeMicros)}.${below}`,
      detail: {
        disk: diskId,
        points: String(points),
        hoursBefore: hoursOf(beforeMicros),
        hoursAfter: hoursOf(afterMicros),
        belowAnyPoint: String(isBelowAll),
      },
      severity: "warning",
    });
  }
}

function hoursOf(micros: number): string {
  return (micros / MICROS_PER_HOUR).toFixed(1);
}

function policyOf({ retentionSeconds, retentionBytesMax: bytesMax, thinningTiers }: TargetDisk): RetentionPolicy {
  const tiers = thinningTiers.map(({ afterSeconds, stepSeconds }) => ({
    afterMicros: afterSeconds * MICROS_PER_SECOND,
    stepMicros: stepSeconds * MICROS_PER_SECOND,
  }));
  return { windowMicros: retentionSeconds * MICROS_PER_SECOND, bytesMax, tiers };
}

function journalGone(plan: TargetDisk, folder: string): Fault {
  return new Fault({
    code: "journal-gone",
    kind: "operator",
    message: `The journal of ${plan.diskName} was in ${folder} and is not there any more.`,
    remedy:
      "Put the folder back, or mount what it lay on. To begin anew without its points, remove the disk's file in the home's `anchors` folder.",
    detail: { disk: plan.diskId, folder },
  });
}

async function dataKeyOf({ unwrap, recipient }: TargetDiskOptions, plan: TargetDisk): Promise<Uint8Array> {
  const wrapped = plan.wrappedKeys.find((each) => each.recipient === recipient);
  if (wrapped === undefined) {
    throw new Fault({
      code: "key-missing",
      kind: "operator",
      message: `The plan holds no data key of disk ${plan.diskName} for this master target.`,
      remedy:
        "Offline, give the recovery key with `--key`. At a master target, check its session to the config server, which sends the key.",
      detail: { disk: plan.diskId },
    });
  }
  return unwrap(wrapped.jwe, plan.keyId);
}
