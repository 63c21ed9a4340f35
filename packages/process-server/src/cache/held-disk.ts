/**
 * One disk that this server forwards: its branches, the oldest first, of which all but the last only drain.
 *
 * ```
 *           ┌──────── open fails, a log fails ────────┐
 *           ▼                                         │
 *  ─run─► closed ──open──► open ──────────────────────┤
 *           ▲               │ cutter, committer       │
 *           └── wait: schedule by kind ◄──────────────┘        a branch that is damaged is dropped at the open
 * ```
 *
 * A branch leaves when its targets hold all of it and a newer one is wanted, or when a newer one is wanted and the main target will never take
 * the rest; the latter is reported. Worst outcome of a fault here: data that a target still needs is dropped, which the agent may have
 * dropped too.
 */
import { Fault, Mutex, orAborted, reconnectDelayMs, retryDelayMs, Waiters } from "@leeward/base";
import type { DataKey } from "@leeward/change-log";
import { Passages, together } from "@leeward/daemon";
import type { DiskOffer, ForwardedDisk, FurtherTarget } from "@leeward/proto";
import { type Clock, makeDurableFolder, WorkMeter } from "@leeward/world";
import type { MadeCut } from "../cut/cut-maker.ts";
import { runCutter } from "../cut/cutter.ts";
import { FaultBoard } from "../fault-board.ts";
import { asFault, branchesTooMany } from "../faults.ts";
import { LIMITS } from "../limits.ts";
import { openBranches } from "./branch-folders.ts";
import { DiskKeys } from "./disk-keys.ts";
import type { DiskServices } from "./disk-services.ts";
import { HeldBranch } from "./held-branch.ts";

type State =
  | { readonly kind: "closed" }
  | { readonly kind: "open"; branches: readonly HeldBranch[]; readonly failed: PromiseWithResolvers<never> };

export class HeldDisk {
  readonly id: string;
  readonly faults: FaultBoard;
  /** Making cuts: raw bytes in, sealed ones out. */
  readonly cutting: WorkMeter;
  /** When which records were cached, cut, compressed and sent. */
  readonly passages: Passages<"cached" | "cut" | "compressed" | "sent">;
  #cutBytes = { raw: 0, sealed: 0 };
  readonly #services: DiskServices;
  readonly #changed = new Waiters();
  readonly #order = new Mutex();
  #plan: ForwardedDisk;
  #state: State = { kind: "closed" };
  #wanted: DiskOffer | undefined;
  #pressed = false;
  /** Branches of which something has waited for its mark for too long. */
  readonly #aged = new Set<HeldBranch>();
  readonly #keys: DiskKeys;
  /** Rises whenever the target should be offered the disk anew. */
  #offerVersion = 0;

  constructor(services: DiskServices, plan: ForwardedDisk) {
    this.id = plan.diskId;
    this.#services = services;
    this.#plan = plan;
    this.faults = new FaultBoard(services.world.clock);
    this.cutting = new WorkMeter(services.world.clock);
    this.passages = new Passages(services.world.clock);
    this.#keys = new DiskKeys(services.unwrapKey);
  }

  get clock(): Clock {
    return this.#services.world.clock;
  }

  get plan(): ForwardedDisk {
    return this.#plan;
  }

  /** Beside the main target. */
  get further(): readonly FurtherTarget[] {
    return this.#plan.further.filter(({ targetId }) => targetId !== this.#plan.targetId);
  }

  get offerVersion(): number {
    return this.#offerVersion;
  }

  get isOpen(): boolean {
    return this.#state.kind === "open";
  }

  /** The oldest first; none while the disk is closed. */
  get branches(): readonly HeldBranch[] {
    return this.#state.kind === "open" ? this.#state.branches : [];
  }

  /** The branch that is taken in. */
  get current(): HeldBranch | undefined {
    return this.branches.at(-1);
  }

  /** A branch that the agent offers and that is not held yet: where it begins is asked of the target. */
  get wanted(): DiskOffer | undefined {
    return this.#wanted;
  }

  /** The highest epoch that is known for the disk's machine. */
  get epoch(): number {
    const known = Math.max(this.#plan.epoch, this.#services.epochs.of(this.#plan.machineId));
    return this.branches.reduce((max, { offer }) => Math.max(max, offer.epoch), known);
  }

  /** The data key. @throws Fault `key-unusable` */
  dataKey(): Promise<DataKey> {
    return this.#keys.keyOf(this.#plan);
  }

  /** Somebody has that epoch of the disk's machine. It counts at once; durable when it settles. @throws what the files throw */
  async seeEpoch(epoch: number): Promise<void> {
    await this.#services.epochs.see(this.#plan.machineId, epoch);
  }

  /** Of the cuts made since the start: records that went into them, and what they became. */
  get cutBytes(): { readonly raw: number; readonly sealed: number } {
    return this.#cutBytes;
  }

  /** Of cache and cuts. */
  get storedBytes(): number {
    return this.branches.reduce((sum, branch) => sum + branch.storedBytes, 0);
  }

  /** What counts against the quota: all but the acknowledged cut that stays for its end. */
  get waitingBytes(): number {
    return this.branches.reduce((sum, branch) => sum + branch.waitingBytes, 0);
  }

  changed(): Promise<void> {
    return this.#changed.next();
  }

  /** Something about the disk is different; whoever waits for it looks again, links to targets too. */
  notify(): void {
    this.#changed.notify();
    this.#services.forwardable.notify();
  }

  /** Something came in or became durable: nothing that a target could be sent yet. */
  stir(): void {
    this.#changed.notify();
  }

  /** Takes a changed plan for the same disk. */
  replan(plan: ForwardedDisk): void {
    const before = this.#plan;
    this.#plan = plan;
    if (plan.term !== before.term || plan.epoch !== before.epoch) this.#offerVersion += 1;
    const known = new Set(before.further.map(({ targetId }) => targetId));
    for (const { targetId } of this.further) if (!known.has(targetId)) this.#holdFor(targetId, this.branches);
    this.notify();
  }

  /** While the cache is short of room, what is there is cut without waiting for a mark. */
  set pressed(pressed: boolean) {
    if (this.#pressed === pressed) return;
    this.#pressed = pressed;
    this.notify();
  }

  /** Opens the disk, and keeps it open, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#live(signal, () => (attempt = 1));
      } catch (error) {
        signal.throwIfAborted();
        const fault = asFault(error);
        this.faults.raise("cache", fault);
        this.#services.trace.error("The cache of a disk is closed.", { disk: this.id, fault });
        await this.#waitAfter(fault, attempt, signal);
      }
    }
  }

  /** Closes the disk for what was met in its log; it is opened anew on the schedule. */
  fail(fault: Fault): void {
    if (this.#state.kind === "open") this.#state.failed.reject(fault);
  }

  /** The agent offers a branch that is not held. */
  want(offer: DiskOffer | undefined): void {
    this.#wanted = offer;
    this.notify();
  }

  /** The agent offers the held branch anew. */
  async adopt(offer: DiskOffer): Promise<void> {
    const branch = this.current;
    if (branch?.id !== offer.branch) return;
    if (await this.#order.hold(() => branch.adopt(offer))) this.#offerVersion += 1;
    this.notify();
  }

  /**
   * Begins to hold the wanted branch, of which the target holds everything up to `after`.
   * @throws Fault `branches-too-many`, and what the files throw
   */
  async begin(offer: DiskOffer, after: number): Promise<void> {
    await this.#order.hold(async () => {
      const state = this.#state;
      if (state.kind !== "open" || this.#wanted?.branch !== offer.branch) return;
      if (state.branches.length >= LIMITS.branchesPerDiskMax) throw branchesTooMany(this.id, LIMITS.branchesPerDiskMax);
      const number = Number(state.branches.at(-1)?.name.split("-")[0] ?? "0") + 1;
      const name = `${String(number).padStart(8, "0")}-${offer.branch}`;
      const { world, memory } = this.#services;
      const branch = await HeldBranch.create(world, { above: this.#folder, name, memory }, { offer, after });
      if (this.#state !== state) return branch.close();
      for (const { targetId } of this.further) this.#holdFor(targetId, [branch]);
      state.branches = [...state.branches, branch];
      this.#wanted = undefined;
    });
    this.notify();
  }

  /** Lets go of a branch and all that is held of it. */
  async retire(branch: HeldBranch, because?: Fault): Promise<void> {
    await this.#order.hold(async () => {
      const state = this.#state;
      if (state.kind !== "open" || !state.branches.includes(branch)) return;
      if (because !== undefined) this.#reportLoss(branch, because);
      state.branches = state.branches.filter((each) => each !== branch);
      await branch.order.hold(() => branch.remove());
    });
    this.notify();
  }

  get #folder(): string {
    return `${this.#services.folder}/${this.id}`;
  }

  #holdFor(targetId: string, branches: readonly HeldBranch[]): void {
    for (const branch of branches) branch.follow(targetId);
  }

  async #live(signal: AbortSignal, onOpen: () => void): Promise<void> {
    const { world, folder, memory } = this.#services;
    await makeDurableFolder(world.files, folder, this.#folder);
    const branches = await openBranches(world, { folder: this.#folder, memory }, (name, fault) =>
      this.#reportDamage(name, fault),
    );
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => undefined);
    for (const { targetId } of this.further) this.#holdFor(targetId, branches);
    const state: State = { kind: "open", branches, failed };
    this.#state = state;
    this.faults.clear("cache");
    onOpen();
    this.notify();
    try {
      await together(signal, [
        (inner) => this.#cut(inner),
        (inner) => this.#commit(inner),
        (inner) => this.#noteAge(inner),
        (inner) => orAborted(failed.promise, inner),
      ]);
    } finally {
      this.#state = { kind: "closed" };
      await this.#order.hold(() => Promise.all(state.branches.map((branch) => branch.close())));
      this.notify();
    }
  }

  async #cut(signal: AbortSignal): Promise<void> {
    const { world, cutSlots, space, trace } = this.#services;
    const source = {
      nextToCut: () => this.#nextToCut(),
      changed: () => this.changed(),
      settings: async () => ({ codec: this.#plan.codec, key: await this.dataKey() }),
      work: this.cutting,
      onCut: (cut: MadeCut, branch: HeldBranch) => {
        const { rawBytes, sizeBytes } = cut;
        this.#noteCut(cut, branch);
        this.cutting.pass(rawBytes, sizeBytes);
        this.#cutBytes = { raw: this.#cutBytes.raw + rawBytes, sealed: this.#cutBytes.sealed + sizeBytes };
        this.#aged.clear();
        this.faults.clear("cut");
        this.notify();
      },
      onFault: (fault: Fault) => {
        this.faults.raise("cut", fault);
        trace.warn("A cut could not be made.", { disk: this.id, fault });
        if (fault.code === "disk-full") space.ask();
      },
    };
    await runCutter({ world, slots: cutSlots, source }, signal);
  }

  #noteCut({ from, to, gatherMicros, sealMicros }: MadeCut, { id: branch }: HeldBranch): void {
    const now = this.clock.wallMicros();
    this.passages.note("cut", { branch, from, to }, { atMicros: now - sealMicros, tookMicros: gatherMicros });
    this.passages.note("compressed", { branch, from, to }, { atMicros: now, tookMicros: sealMicros });
  }

  #nextToCut(): { branch: HeldBranch; tail: boolean } | undefined {
    for (const branch of this.branches) {
      if (branch.damage !== undefined) continue;
      const tail = this.#pressed || this.#wanted !== undefined || branch !== this.current || this.#aged.has(branch);
      if (branch.cutDue || (tail && branch.cached > branch.cutThrough)) return { branch, tail };
    }
    return undefined;
  }

  /**
   * What no mark ends is cut when it has waited for long: an agent whose log is full makes no marks until the target holds what it sent.
   */
  async #noteAge(signal: AbortSignal): Promise<void> {
    const before = new WeakMap<HeldBranch, number>();
    for (;;) {
      await this.#services.world.clock.sleep(LIMITS.cutAgeMsMax, signal);
      for (const branch of this.branches) {
        const waits = branch.cached > branch.cutThrough && before.get(branch) === branch.cutThrough;
        if (waits) this.#aged.add(branch);
        before.set(branch, branch.cutThrough);
      }
      if (this.#aged.size > 0) this.notify();
    }
  }

  async #commit(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const changed = this.changed();
      const branch = this.branches.find((each) => each.log.lastSequence > each.cached);
      if (branch === undefined) await orAborted(changed, signal);
      else {
        await this.#commitBranch(branch);
        this.stir();
      }
    }
  }

  async #commitBranch(branch: HeldBranch): Promise<void> {
    const { clock } = this;
    const [after, began] = [branch.cached, clock.monotonicMicros()];
    try {
      await this.#services.commits.commit(branch);
      const passage = { branch: branch.id, from: after + 1, to: branch.cached };
      this.passages.note("cached", passage, { tookMicros: clock.monotonicMicros() - began });
    } catch (error) {
      // A branch that was retired meanwhile needs no commit.
      if (!branch.isClosed) throw error;
    }
  }

  /** The target will not take what is held as things are: somebody has to look. */
  reportBroken(fault: Fault): void {
    const message = `Disk ${this.id} does not go on: ${fault.message}`;
    this.#services.report({
      kind: "disk-broken",
      subject: this.id,
      message,
      detail: { code: fault.code },
      severity: "critical",
    });
  }

  /** What is here of a branch cannot be used; whatever the target lacks comes from the agent once more. */
  #reportDamage(name: string, fault: Fault): void {
    const { trace, report } = this.#services;
    trace.warn("A damaged branch of the cache is dropped.", { disk: this.id, branch: name, fault });
    const message = `The cache of disk ${this.id} is damaged and dropped; its agent sends again what the target lacks: ${fault.message}`;
    report({ kind: "cache-dropped", subject: this.id, message, detail: { code: fault.code }, severity: "warning" });
  }

  #reportLoss(branch: HeldBranch, because: Fault): void {
    const { trace, report } = this.#services;
    const detail = {
      branch: branch.id,
      journaled: String(branch.journaled),
      cached: String(branch.cached),
      code: because.code,
    };
    trace.warn("A branch that the target will not take is dropped.", { disk: this.id, ...detail, fault: because });
    const message = `Of disk ${this.id}, records ${branch.journaled + 1} to ${branch.cached} of branch ${branch.id} are dropped: ${because.message}`;
    report({ kind: "branch-dropped", subject: this.id, message, detail, severity: "warning" });
  }

  async #waitAfter(fault: Fault, attempt: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#services.world;
    await clock.sleep(fault.kind === "transient" ? reconnectDelayMs(attempt) : retryDelayMs(attempt), signal);
  }
}
