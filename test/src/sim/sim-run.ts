import { isFault, KiB, MICROS_PER_SECOND, MiB, type Random, seededRandom } from "@leeward/base";
import { Journal, type JournalPoint } from "@leeward/journal";
import { type Base, type RecoveredDisk, unexplained } from "../oracle/explain.ts";
import type { MarkInterval } from "../oracle/history.ts";
import { isThinnedAlike } from "../oracle/kept-points.ts";
import type { Capture } from "./agent-node.ts";
import {
  FAULT_KINDS,
  type FaultKind,
  FORKED_FAULT_KINDS,
  LOSSLESS_FAULT_KINDS,
  strike,
  TRACKER_FAULT_KINDS,
} from "./fault-plan.ts";
import { DATA_KEY, type MasterTargetNode } from "./server-nodes.ts";
import { SimCluster } from "./sim-cluster.ts";
import { Trace } from "./trace.ts";
import { Workload } from "./workload.ts";

const WRITERS = 4;
const DURATION_MS = 15_000;
const FAULT_EVERY_MS_MAX = 3_000;
/** What failed is tried again after 1, 2, 4, 8, 10 minutes: the last try before a run ends may just have been made. */
const SETTLE_MS_MAX = 1_800_000;
const LAST_POINT_EVERY_MS = 1_000;
const COPIES_EVERY_MS = 500;
const YEAR_MICROS = 366 * 86_400 * MICROS_PER_SECOND;
const KEY_ID = "0f".repeat(16);

export interface SimOutcome {
  readonly seed: number;
  readonly digest: string;
  readonly counts: ReadonlyMap<string, number>;
  /** Empty when every point was explained. */
  readonly problems: readonly string[];
  readonly pointsChecked: number;
  /** By the thinning at the end, on all disks. */
  readonly pointsThinned: number;
  readonly merges: number;
  readonly operations: number;
}

interface Asked {
  readonly id: string;
  readonly interval: MarkInterval;
  readonly base: Base | undefined;
}

export interface SimOptions {
  readonly echo: boolean;
  /** The faults that the run may meet; all of them when left out. */
  readonly faults?: readonly FaultKind[];
  /** How the disks' changes are seen: by the splitter unless told. Of tracked machines one in three has a served disk beside the tracked one. */
  readonly capture?: Capture;
  /** Whether the disks go to two targets. */
  readonly isForked?: boolean;
}

/** One run from one seed: writers, faults, points; at the end every asked-for point is read from the journals and must be explained. */
export async function simulate(seed: number, options: SimOptions = { echo: false }): Promise<SimOutcome> {
  const random = seededRandom(seed);
  const trace = new Trace(options);
  const { capture = "splitter", isForked = false } = options;
  const usual = isForked ? FORKED_FAULT_KINDS : FAULT_KINDS;
  const { faults = capture === "tracker" ? TRACKER_FAULT_KINDS : usual } = options;
  const cluster = new SimCluster(seed, {
    pointIntervalSeconds: 1 + random.below(3),
    // A small one is often full. Less than that, and what is written until a tail is cut fills it beside a resync, which never comes to its end then.
    logBytesMax: random.below(3) === 0 ? 384 * KiB : 8 * MiB,
    captures: [capture, seed % 3 === 0 ? "splitter" : capture],
    isForked,
  });
  const run = new SimRun(cluster, { random, trace, faults });
  return cluster.ground.clock.run(() => run.whole(seed));
}

class SimRun {
  readonly #cluster: SimCluster;
  readonly #faults: readonly FaultKind[];
  readonly #random: Random;
  readonly #trace: Trace;
  readonly #workload: Workload;
  readonly #asked: Asked[] = [];
  readonly #stop = new AbortController();
  #base: Base | undefined;
  #setBacks = 0;
  #thinned = 0;
  #merges = 0;
  #last: { readonly id: string; readonly disks: readonly RecoveredDisk[] } | undefined;

  constructor(cluster: SimCluster, options: { random: Random; trace: Trace; faults: readonly FaultKind[] }) {
    const { random, trace } = options;
    this.#faults = options.faults;
    this.#cluster = cluster;
    this.#random = random;
    this.#trace = trace;
    const { agent, ground } = cluster;
    this.#workload = new Workload({ agent, clock: ground.clock, random: seededRandom(random.below(2 ** 32)), trace });
  }

  async whole(seed: number): Promise<SimOutcome> {
    const { clock } = this.#cluster.ground;
    const problems: string[] = [];
    await this.#cluster.start();
    const writers = Array.from({ length: WRITERS }, () => this.#workload.run(this.#stop.signal));
    const asking = Promise.all([this.#askForPoints(), this.#askForCopies()]);
    const until = clock.monotonicMicros() + DURATION_MS * 1_000;
    while (clock.monotonicMicros() < until && this.#cluster.failure === undefined) await this.#disturb();
    // A few writes go on, so that points go on; a full load would only make the wait longer.
    this.#workload.slow();
    const settled = await this.#settle();
    if (!settled) problems.push(`the chain did not settle: ${this.#statusText()}`);
    this.#stop.abort();
    await Promise.all([...writers, asking]);
    if (settled) problems.push(...(await this.#compareLast()));
    if (this.#cluster.failure !== undefined) problems.push(`a node failed: ${errorText(this.#cluster.failure)}`);
    else
      problems.push(
        ...(await this.#check().catch((error: unknown) => [`a point cannot be read: ${errorText(error)}`])),
      );
    return {
      seed,
      digest: this.#trace.digest(),
      counts: this.#trace.counts(),
      problems,
      pointsChecked: this.#asked.length,
      pointsThinned: this.#thinned,
      merges: this.#merges,
      operations: this.#workload.history.operations.length,
    };
  }

  async #disturb(): Promise<void> {
    const { clock } = this.#cluster.ground;
    const { signal } = this.#stop;
    await clock.sleep(this.#random.below(FAULT_EVERY_MS_MAX), signal);
    const kind = this.#faults[this.#random.below(this.#faults.length)] ?? "sever";
    await strike(kind, {
      cluster: this.#cluster,
      trace: this.#trace,
      random: this.#random,
      onDisksChanged: () => this.#takeBase(),
      onCopied: () => {
        const held = this.#asked.length;
        return () => {
          this.#setBacks += 1;
          this.#asked.splice(held);
        };
      },
      signal,
    });
  }

  /** A loss of power may undo what was not flushed: from here on, what survived is what the disks held. */
  async #takeBase(): Promise<void> {
    const disks = await this.#contents();
    this.#base = { firstOperation: this.#workload.history.operations.length, disks };
  }

  #contents(): Promise<RecoveredDisk[]> {
    return Promise.all(
      this.#cluster.agent.disks.map(async (device, disk) => {
        const bytes = Buffer.alloc(device.sizeBytes);
        await device.read(0, bytes);
        return { disk, bytes };
      }),
    );
  }

  async #askForPoints(): Promise<void> {
    const { clock } = this.#cluster.ground;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await clock.sleep(this.#random.below(2_500), signal).catch(() => undefined);
      if (!signal.aborted) await this.#askForPoint(signal);
    }
  }

  async #askForCopies(): Promise<void> {
    const { ground, further } = this.#cluster;
    const { signal } = this.#stop;
    while (further !== undefined && !signal.aborted) {
      await ground.clock.sleep(COPIES_EVERY_MS, signal).catch(() => undefined);
      if (!signal.aborted) await this.#cluster.askForCopies(signal);
    }
  }

  async #askForPoint(signal: AbortSignal): Promise<void> {
    const { agent, machine, life } = this.#cluster.agent;
    if (agent === undefined || life === undefined) return;
    const base = this.#base;
    const setBacks = this.#setBacks;
    const requested = this.#workload.history.tick();
    try {
      const asking = agent.answer(
        { kind: "createPoint", value: { machineId: machine.id, consistency: "crash" } },
        signal,
      );
      const answer = await Promise.race([asking, life.died.then(() => undefined)]);
      if (answer?.kind !== "point" || base !== this.#base) return;
      // It may have been stored before the target was set back.
      if (setBacks !== this.#setBacks) return;
      this.#asked.push({ id: answer.value.id, interval: { requested, returned: this.#workload.history.tick() }, base });
      this.#trace.add("point", answer.value.id);
    } catch (error) {
      if (!isFault(error) && !signal.aborted) throw error;
      this.#trace.add("point-refused", isFault(error) ? error.code : "stopped");
    }
  }

  /** With the faults over, everything must come to rest: each disk protected, and a further point recoverable. */
  async #settle(): Promise<boolean> {
    const { clock } = this.#cluster.ground;
    const until = clock.monotonicMicros() + SETTLE_MS_MAX * 1_000;
    const before = this.#asked.length;
    while (clock.monotonicMicros() < until && this.#cluster.failure === undefined) {
      await clock.sleep(500, this.#stop.signal);
      const disks = this.#cluster.agent.agent?.status().disks ?? [];
      if (disks.length > 0 && disks.every(({ state }) => state === "protected") && this.#asked.length > before)
        return true;
    }
    return false;
  }

  /** Nobody writes any more: a further point is what the disks hold. */
  async #compareLast(): Promise<string[]> {
    const { clock } = this.#cluster.ground;
    const before = this.#asked.length;
    const signal = new AbortController().signal;
    for (let ms = 0; this.#asked.length === before && ms < SETTLE_MS_MAX; ms += LAST_POINT_EVERY_MS) {
      await this.#askForPoint(signal);
      await clock.sleep(LAST_POINT_EVERY_MS, signal);
    }
    const last = this.#asked[before];
    if (last === undefined) return [`no last point could be made: ${this.#statusText()}`];
    this.#last = { id: last.id, disks: await this.#contents() };
    return this.#isFollowedInTheEnd ? this.#followed() : [];
  }

  /** The newest point is at the further target, too, some time later; where that needs a copy first, a point that is made behind it. */
  async #followed(): Promise<string[]> {
    const { further, agent, ground } = this.#cluster;
    const { signal } = new AbortController();
    for (let ms = 0; further !== undefined && ms < SETTLE_MS_MAX; ms += LAST_POINT_EVERY_MS) {
      const id = this.#asked.at(-1)?.id ?? "";
      await this.#cluster.askForCopies(signal);
      if (ms > 0 && !this.#isLossless) await this.#askForPoint(signal);
      const asking = further.target?.answer(
        { kind: "findPoint", value: { machineId: agent.machine.id, at: id } },
        signal,
      );
      try {
        if ((await asking) !== undefined) return [];
      } catch (error) {
        if (!isFault(error)) throw error;
      }
      await ground.clock.sleep(LAST_POINT_EVERY_MS, signal);
    }
    return further === undefined ? [] : [`the further target never got the last point: ${this.#statusText()}`];
  }

  get #isFollowedInTheEnd(): boolean {
    return this.#faults.every((kind) => kind === "leave-further" || LOSSLESS_FAULT_KINDS.some((each) => each === kind));
  }

  get #isLossless(): boolean {
    return this.#faults.every((kind) => LOSSLESS_FAULT_KINDS.some((each) => each === kind));
  }

  #statusText(): string {
    const { disks } = this.#cluster.agent.agent?.status() ?? { disks: [] };
    return JSON.stringify({
      agent: disks.map(({ state, writtenSequence, cachedSequence, journaledSequence, faults, logBytes }) => ({
        state,
        writtenSequence,
        cachedSequence,
        journaledSequence,
        logBytes,
        faults: faults.map(({ code, message }) => `${code}: ${message}`),
      })),
      processServer: this.#cluster.processServer.server?.status().disks,
      failure: this.#cluster.failure === undefined ? null : errorText(this.#cluster.failure),
    });
  }

  async #check(): Promise<string[]> {
    const { masterTarget } = this.#cluster;
    await masterTarget.end("kill");
    const problems: string[] = [];
    const journals = await this.#openJournals(masterTarget);
    for (const journal of journals) problems.push(...misplaced(journal.points()));
    problems.push(...(await this.#checkPoints(journals, () => true)));
    if (problems.length === 0) {
      const kept = await this.#thin(journals);
      problems.push(...(await this.#checkPoints(journals, kept)).map((problem) => `after thinning: ${problem}`));
    }
    for (const journal of journals) await journal.close();
    return [...problems, ...(await this.#checkFurther())];
  }

  /** What the further target lists is what was there, and all of it is there where nothing was lost on the way. */
  async #checkFurther(): Promise<string[]> {
    const { further } = this.#cluster;
    if (further === undefined) return [];
    await further.end("kill");
    const journals = await this.#openJournals(further);
    const problems = journals.flatMap((journal) => misplaced(journal.points()));
    problems.push(...(await this.#checkPoints(journals, () => this.#isLossless)));
    for (const journal of journals) await journal.close();
    return problems.map((problem) => `at the further target: ${problem}`);
  }

  async #openJournals(target: MasterTargetNode): Promise<Journal[]> {
    const { agent } = this.#cluster;
    const { world } = target.machine.begin();
    const journals: Journal[] = [];
    for (const diskId of agent.diskIds) {
      const folder = `/mt/journal/${agent.machine.id}/${diskId}`;
      journals.push(await Journal.open(world, { folder, dataKey: { keyId: KEY_ID, bytes: DATA_KEY } }));
    }
    return journals;
  }

  /** Thins each journal by itself, one at once and another by small steps first; which of the points asked for have to be there afterwards. */
  async #thin(journals: readonly Journal[]): Promise<(id: string) => boolean> {
    const { signal } = new AbortController();
    const locked = this.#asked.filter(() => this.#random.below(3) === 0).map(({ id }) => id);
    const step = 1 + this.#random.below(4);
    const wallMicros = this.#cluster.ground.clock.wallMicros();
    for (const [disk, journal] of journals.entries()) {
      for (const id of locked) await journal.lockPoint(id, { owner: "simulation", reason: "kept" });
      for (const stepSeconds of disk % 2 === 0 ? [step * 4] : [step, step * 4]) {
        const tiers = [{ afterMicros: 0, stepMicros: stepSeconds * MICROS_PER_SECOND }];
        const policy = { windowMicros: YEAR_MICROS, bytesMax: 0, tiers };
        const { pointsThinned } = await journal.retain({ ...policy, advance: "now" }, signal);
        const { merges } = await journal.merge(policy, signal);
        this.#thinned += pointsThinned;
        this.#merges += merges;
      }
      await journal.buildRuns(signal);
    }
    const heldUntilMicros = journals.map((journal) => journal.resolve({ kind: "latest" }).validUntilMicros);
    const thinned = { stepMicros: step * 4 * MICROS_PER_SECOND, wallMicros, heldUntilMicros };
    return (id) => {
      const points = journals.flatMap((journal) => journal.point(id) ?? []);
      const isPassed = points.every(({ timeMicros }) => isThinnedAlike(timeMicros, thinned));
      return locked.includes(id) || (isPassed && points.length > 0);
    };
  }

  /** Every point that was asked for, and has to be there, reads as something that its writers know. */
  async #checkPoints(journals: readonly Journal[], isExpected: (id: string) => boolean): Promise<string[]> {
    const problems: string[] = [];
    for (const { id, interval, base } of this.#asked) {
      const disks = await Promise.all(
        journals.map((journal, disk) => contentOf(journal, id).then((bytes) => ({ disk, bytes }))),
      );
      const missing = disks.filter(({ bytes }) => bytes === undefined);
      if (missing.length > 0 && isExpected(id)) problems.push(`point ${id} was acknowledged and is not there`);
      // Without all of its disks it is no point of the machine.
      if (missing.length > 0) continue;
      const whole = disks.flatMap(({ disk, bytes }) => (bytes === undefined ? [] : [{ disk, bytes }]));
      const scene = { operations: this.#workload.history.operations, interval, disks: whole };
      const found = unexplained(base === undefined ? scene : { ...scene, base });
      problems.push(...found.slice(0, 3).map((problem) => `point ${id}: ${problem}`));
      for (const { disk, bytes } of id === this.#last?.id ? this.#last.disks : [])
        if (whole.find((each) => each.disk === disk)?.bytes.equals(bytes) === false)
          problems.push(`disk ${disk} is not as the last point has it`);
      if (problems.length > 10) break;
    }
    return problems;
  }
}

/** Points are ordered by time, and `latest` is the last of them: so it has to be the one that was made last, whatever clocks did. */
function misplaced(points: readonly JournalPoint[]): string[] {
  return points.flatMap(({ id, number }, index) => {
    const before = points[index - 1];
    return before !== undefined && before.number > number ? [`point ${id} is older than ${before.id} before it`] : [];
  });
}

async function contentOf(journal: Journal, id: string): Promise<Buffer | undefined> {
  const point: JournalPoint | undefined = journal.point(id);
  if (point === undefined) return undefined;
  await using device = await journal.openPoint(id, { owner: "simulation", reason: "checked" });
  const bytes = Buffer.alloc(device.sizeBytes);
  await device.read(0, bytes);
  return bytes;
}

function errorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
