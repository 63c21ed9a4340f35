// One disk's history: the branch that it goes on, the splitter that writes it, and the copies that its targets still need.
//
// Invariant: applications always find a splitter behind the door, and what they write is in the history of the branch that the disk's folder
// names. Worst outcome if broken: a write that is in no history.
//
// A resync begins another branch, without a parent: whatever the target holds, or lost, a whole copy on nothing is right, and the points on
// the branch before it stay. Order:
//
//   splitter of the new branch opened ─► the folder names it, durably ─► door exchanged ─► its copy begins ─► old splitter closed, removed
//
// A crash before the name leaves the old branch in force and a folder that the next open removes; one after it, a branch whose copy begins
// from its start. Until the exchange the old splitter takes every write; since the copy reads the disk after it, none is missed.
//
// A disk that was made what its replica machine's is goes on with a branch that begins there (`branch-after-reverse.ts`).
//
// A log that is found damaged while it is served (`log-damaged`) is left in the same way: it is never appended to again.
//
// Resyncs do not go round in a circle: after a few, none of which a target took and went on taking for a while, a person is waited for.
import { anySignal, Fault, isFault, orAborted, randomId, reconnectDelayMs, retryDelayMs, Waiters } from "@leeward/base";
import type { Extent } from "@leeward/block";
import { type TimeZone, UTC } from "@leeward/daemon";
import { copyUnderWay, type SettledMark, type Splitter } from "@leeward/splitter";
import type { ShownFault } from "../inventory/machine-faults.ts";
import { RESYNC_SETTLED_AFTER_MS, RESYNCS_IN_A_ROW_MAX } from "../limits.ts";
import {
  BranchFile,
  type BranchPosition,
  type Discontinuity,
  type DiskBranch,
  type ResyncCause,
} from "./branch-file.ts";
import {
  type DiskBranchesOptions,
  type HeldBranch,
  openNewBranch,
  openPresentBranch,
  removeBranch,
} from "./disk-branches.ts";
import { DiskDoor, lent, type WriteFence } from "./disk-door.ts";
import type { DiskPolicy, DiskSettings, ResyncOptions } from "./disk-host.ts";
import { type AskReplica, ReplicaAsker } from "./replica-asker.ts";
import { RescanWindow } from "./rescan-window.ts";
import { copyOf, WindowedCopies } from "./windowed-copies.ts";

/** The disk's `source` belongs to the history from `open` on. */
export interface DiskHistoryOptions extends Omit<DiskBranchesOptions, "askTarget"> {
  /** In which the hours of its policy are read; UTC unless told. */
  readonly zone?: TimeZone;
  /** Keeps writes out of the door while the machine is fenced. */
  readonly fence?: WriteFence;
  /** Asks what the target holds, in a resync; without it, and where digests are kept, nobody is asked. */
  readonly askReplica?: AskReplica;
}

interface HistoryParts {
  readonly held: HeldBranch;
  readonly rescans: RescanWindow;
  readonly replica: ReplicaAsker | undefined;
  readonly changed: Waiters;
}

export class DiskHistory implements AsyncDisposable {
  /** What applications use. */
  readonly door: DiskDoor;
  readonly rescans: RescanWindow;
  readonly #options: DiskHistoryOptions & DiskBranchesOptions;
  readonly #replica: ReplicaAsker | undefined;
  readonly #changed: Waiters;
  readonly #copies: WindowedCopies;
  #held: HeldBranch;
  #policy: DiskPolicy;
  #wanted: ResyncCause | undefined;
  #fault: ShownFault | undefined;
  #repeated: ShownFault | undefined;
  #journaled = 0;
  /** The copy that was begun last for a further target, and the sequence behind which it begins. */
  #begunAnew: { readonly spanId: string; readonly after: number } | undefined;
  /** What the target had journaled when it refused last. */
  #refusedAt = -1;

  private constructor(
    options: DiskHistoryOptions & DiskBranchesOptions,
    { held, rescans, replica, changed }: HistoryParts,
  ) {
    this.#options = options;
    this.#replica = replica;
    this.#changed = changed;
    this.#held = held;
    this.rescans = rescans;
    this.#policy = options.settings.policy;
    this.door = new DiskDoor(held.splitter, options.fence);
    this.#copies = new WindowedCopies({
      clock: options.world.clock,
      rescans,
      onFault: (fault) => {
        if (fault === undefined) this.#fault = undefined;
        else this.#show(fault);
      },
      onChange: () => this.#changed.notify(),
    });
  }

  /** Opens the disk's present branch, or begins one; what is there and damaged is left for a new one. @throws as `Splitter.open` */
  static async open(options: DiskHistoryOptions): Promise<DiskHistory> {
    const { world, settings, zone = UTC, askReplica: ask } = options;
    const changed = new Waiters();
    const replica = ask && new ReplicaAsker({ clock: world.clock, settings, ask, changed });
    const asking = replica && { askTarget: (extent: Extent, signal: AbortSignal) => replica.held(extent, signal) };
    const opening = { ...options, ...asking };
    try {
      const held = await openPresentBranch(opening);
      const rescans = await RescanWindow.open({ world, settings, zone });
      return new DiskHistory(opening, { held, rescans, replica, changed });
    } catch (error) {
      await options.source.device[Symbol.asyncDispose]();
      throw error;
    }
  }

  get splitter(): Splitter {
    return this.#held.splitter;
  }

  /** Where the branch in force begins, when that is in the history of a replica machine. */
  get parent(): BranchPosition | undefined {
    return this.#held.branch.parent;
  }

  /** Why the disk is being copied again on a branch of its own; undefined when it is not. */
  get resync(): ResyncCause | undefined {
    const { branch, splitter } = this.#held;
    return "copy" in splitter.state && splitter.state.copy !== undefined ? branch.resync : undefined;
  }

  /** What is wrong now beside what the splitter says. */
  get faults(): readonly ShownFault[] {
    const unknown = copyOf(this.splitter) === undefined ? undefined : this.#replica?.unknown;
    return [this.#fault, this.#repeated, this.#copies.waiting, unknown].filter((shown) => shown !== undefined);
  }

  changed(): Promise<void> {
    return this.#changed.next();
  }

  setPolicy(policy: DiskPolicy): void {
    this.#policy = policy;
    this.rescans.set(policy.resyncWindow);
    this.splitter.setPolicy(policy);
  }

  /** A target that claims to hold what was never sent is not believed: the log keeps its records, and the fault is shown. */
  journaled(branch: string, sequence: number): void {
    if (!this.deposited(branch, sequence)) return;
    this.#journaled = Math.max(this.#journaled, sequence);
    this.#changed.notify();
  }

  /** The log lets go of what waits in a container: the target has not taken it by that. Whether it does. */
  deposited(branch: string, sequence: number): boolean {
    if (this.splitter.branch !== branch) return false;
    try {
      this.splitter.journaled(sequence);
      return true;
    } catch (error) {
      if (!isFault(error)) throw error;
      this.#show(error);
      return false;
    }
  }

  /** As DiskHost.beginResync. */
  async beginResync({ time = "now", whole = false, anewBehind }: ResyncOptions = {}): Promise<SettledMark> {
    const { splitter } = this;
    if (anewBehind !== undefined) return this.#copyAnew(anewBehind);
    await splitter.beginCopy("resync", { whole });
    const copy = copyOf(splitter);
    if (time === "now" && copy !== undefined) await this.rescans.allow(copy);
    const { state, branch, writtenSequence } = splitter.facts();
    this.#changed.notify();
    // While changes are not logged, the copy's beginning is still to come.
    const isLogged = state.kind !== "gap" && state.kind !== "stopped";
    return { branch, sequence: isLogged ? writtenSequence : writtenSequence + 1 };
  }

  /** No other copy is open, also after a stop, before this one has ended: then the next one is asked for. */
  async #copyAnew({ branch, sequence }: BranchPosition): Promise<SettledMark> {
    const { splitter } = this;
    if (splitter.branch !== branch) throw branchLeft(this.#options.settings, branch);
    const open = copyOf(splitter);
    const begun = this.#begunAnew;
    if (open !== undefined && open.spanId === begun?.spanId && begun.after >= sequence) {
      return { branch, sequence: begun.after + 1 };
    }
    if (open !== undefined) throw copyUnderWay(open.reason);
    const { writtenSequence: after } = splitter.facts();
    await splitter.beginCopy("initial");
    const copy = copyOf(splitter);
    this.#begunAnew = copy && { spanId: copy.spanId, after };
    this.#changed.notify();
    return { branch, sequence: after + 1 };
  }

  /** The target cannot go on with the branch: the disk is to be copied again, unless that was just done to no avail. */
  resyncFrom(branch: string, cause: Discontinuity): void {
    if (branch !== this.splitter.branch || this.#wanted !== undefined) return;
    const sinceMicros = this.#options.world.clock.wallMicros();
    const count = 1 + (this.#held.branch.resync?.count ?? 0);
    if (count <= RESYNCS_IN_A_ROW_MAX) this.#wanted = { ...cause, sinceMicros, count };
    else {
      this.#repeated = { fault: resyncRepeated(this.#options.settings, cause), sinceMicros };
      this.#refusedAt = this.#journaled;
    }
    this.#changed.notify();
  }

  /** Works off copies, and begins another branch when it must, until the signal aborts. */
  async run(signal: AbortSignal): Promise<never> {
    for (;;) {
      const over = new AbortController();
      const inner = anySignal([signal, over.signal]);
      const old = this.#held;
      const loops = [
        this.#copies.run(old.splitter, inner),
        this.#forwardChanges(inner),
        this.#settle(inner),
        this.#leaveDamage(inner),
      ];
      const all = [...loops, this.#nextBranch(inner)];
      try {
        await Promise.race(all);
      } finally {
        over.abort();
        await Promise.allSettled(all);
      }
      if (this.#held !== old) await removeBranch(this.#options, old);
    }
  }

  /**
   * The disk is not protected any more: applications go on with the disk itself, and nothing that was kept of it stays. `run` has ended.
   * @throws what the files throw; applications have the disk by then
   */
  async release(): Promise<void> {
    const { world, settings, source } = this.#options;
    await this.door.exchange(lent(source.device));
    await this.splitter.close();
    await world.files.removeFolder(settings.folder);
    await world.files.syncFolder(settings.folder.slice(0, settings.folder.lastIndexOf("/")));
  }

  /** Closes cleanly. `run` has ended, and no application uses the door any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.splitter.close();
    await this.#options.source.device[Symbol.asyncDispose]();
  }

  /** Settles once another branch is in force. While there is no room, or the disk fails, all stays as it was, and it is tried again. */
  async #nextBranch(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      await this.#changed.until(() => this.#wanted !== undefined, signal);
      const resync = this.#wanted;
      if (resync === undefined) continue;
      try {
        await this.#begin(resync);
        this.#wanted = undefined;
        return;
      } catch (error) {
        if (!isFault(error)) throw error;
        this.#show(error);
        const delayMs = error.kind === "transient" ? reconnectDelayMs(attempt) : retryDelayMs(attempt);
        await this.#options.world.clock.sleep(delayMs, signal);
      }
    }
  }

  async #begin(resync: ResyncCause): Promise<void> {
    const { world } = this.#options;
    const { origin } = this.#held.branch;
    const branch: DiskBranch = { id: randomId(world.random), resync, ...(origin === undefined ? {} : { origin }) };
    const splitter = await openNewBranch(this.#options, branch);
    splitter.setPolicy(this.#policy);
    await this.door.exchange(splitter);
    this.#held = { branch, splitter };
    this.#journaled = 0;
    this.#refusedAt = -1;
    this.#fault = undefined;
    this.#changed.notify();
  }

  /** Once a target takes what the resync began, and goes on doing so, a further discontinuity is a new one. */
  async #settle(signal: AbortSignal): Promise<never> {
    const { world, settings } = this.#options;
    const { splitter, branch } = this.#held;
    while (branch.resync !== undefined) {
      await this.#changed.until(() => splitter.state.kind === "protected", signal);
      const copied = splitter.facts().writtenSequence;
      await this.#changed.until(() => this.#journaled >= copied && this.#journaled > this.#refusedAt, signal);
      const repeated = this.#repeated;
      await world.clock.sleep(RESYNC_SETTLED_AFTER_MS, signal);
      if (this.#repeated !== repeated) continue;
      try {
        const { resync: _over, ...settled } = branch;
        await BranchFile.write(world, settings.folder, settled);
        this.#held = { splitter, branch: settled };
        this.#repeated = undefined;
        this.#changed.notify();
        break;
      } catch (error) {
        if (!isFault(error)) throw error;
        this.#show(error);
      }
    }
    return orAborted(new Promise<never>(() => undefined), signal);
  }

  /** A log that is damaged takes nothing more: history goes on on another branch, and until then changes are in the bitmap. */
  async #leaveDamage(signal: AbortSignal): Promise<never> {
    const { splitter } = this;
    const damage = (): Fault | undefined =>
      splitter.state.kind === "gap" ? splitter.facts().faults.find(({ code }) => code === "log-damaged") : undefined;
    for (let attempt = 1; ; attempt += 1) {
      await this.#changed.until(() => damage() !== undefined, signal);
      const fault = damage();
      if (fault !== undefined) this.resyncFrom(splitter.branch, { code: fault.code, message: fault.message });
      await this.#options.world.clock.sleep(retryDelayMs(attempt), signal);
    }
  }

  /** Passes changes on, so that whoever waits for the disk waits for one thing: a race between two would leave a trace in the slower one each time. */
  async #forwardChanges(signal: AbortSignal): Promise<never> {
    const { splitter } = this;
    for (;;) {
      await orAborted(splitter.changed(), signal);
      this.#changed.notify();
    }
  }

  #show(fault: Fault): void {
    this.#fault = { fault, sinceMicros: this.#options.world.clock.wallMicros() };
    this.#changed.notify();
  }
}

function branchLeft({ name, diskId }: DiskSettings, branch: string): Fault {
  return new Fault({
    code: "branch-left",
    kind: "transient",
    message: `${name} goes on on another branch than ${branch}.`,
    detail: { disk: diskId, branch },
  });
}

function resyncRepeated({ name, diskId }: DiskSettings, { code, message }: Discontinuity): Fault {
  return new Fault({
    code: "resync-repeated",
    kind: "operator",
    message: `${name} was copied again ${RESYNCS_IN_A_ROW_MAX} times, and still it cannot go on (${code}): ${message}`,
    remedy:
      "Find out what keeps happening to the home of the master target or the process server. Then unprotect the disk (its points are kept) and protect it again.",
    detail: { disk: diskId, code },
  });
}
