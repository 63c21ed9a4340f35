// One life of a failover over all four daemons: what people ask for, writers on both sides, and what must hold at any moment and at the end.
import assert from "node:assert/strict";
import { isFault, seededRandom } from "@leeward/base";
import type { FailoverRow, FailoverServer } from "@leeward/config-server/testing";
import { Trace } from "../trace.ts";
import { Workload } from "../workload.ts";
import { type Combination, edgeName } from "./edges.ts";
import { FailoverCluster } from "./failover-cluster.ts";
import { Killer } from "./killer.ts";
import type { FailoverMove } from "./observed-database.ts";
import { leftBehind, pointContents } from "./oracle.ts";

const NEVER = new AbortController().signal;
const WRITERS = 2;
const LOOK_MS = 100;
const LIMIT_MS = 600_000;
const PERSON = { name: "person", address: null };

export interface RunOptions {
  readonly seed: number;
  readonly kills: readonly Combination[];
  readonly onMove?: (move: FailoverMove) => void;
}

export class FailoverRun implements Disposable {
  readonly cluster: FailoverCluster;
  readonly killer: Killer;
  readonly workload: Workload;
  /** The road between config server and master target is closed when a failover comes to this state. */
  heldAt: string | undefined;
  /** Nobody can say what the source does. */
  isSourceIsolated = false;
  #ended = new AbortController();
  #writers: Promise<unknown> = Promise.resolve();
  readonly #afterwards: (() => Promise<void>)[] = [];
  #epoch = 0;
  #acknowledged = 0;
  #wasRunning = false;
  /** Of the newest failover, whether the config server is there or not. */
  #isTest = false;

  constructor({ seed, kills, onMove }: RunOptions) {
    this.killer = new Killer(kills, seed);
    this.cluster = new FailoverCluster(seed, {
      effects: this.killer.effects,
      onGuestWritten: () => this.#guestWrote(),
      watcher: {
        storing: (move) => this.killer.storing(move),
        stored: (move) => {
          onMove?.(move);
          this.#isTest = move.kind === "test";
          if (move.to === this.heldAt && move.from !== move.to)
            this.cluster.ground.network.partition("config-server", "master-target");
          this.killer.stored(move);
        },
        committed: () => this.#lookAtEpoch(),
      },
    });
    this.killer.cluster = this.cluster;
    const { agent, ground } = this.cluster;
    const trace = new Trace({ echo: false });
    this.workload = new Workload({ agent, clock: ground.clock, random: seededRandom(seed + 1), trace });
  }

  async play(life: (run: FailoverRun) => Promise<void>): Promise<void> {
    const { clock } = this.cluster.ground;
    await clock.run(async () => {
      await this.cluster.start();
      this.startWriters();
      const looking = new AbortController();
      const watching = this.#watch(looking.signal);
      await this.protectedAgain();
      await this.createPoint();
      await life(this);
      looking.abort();
      await watching;
      await this.stopWriters();
      for (const daemon of ["agent", "process server", "config server"] as const)
        await this.cluster.nodeOf(daemon).end("kill");
    });
    assert.deepEqual(this.cluster.problems, []);
  }

  [Symbol.dispose](): void {
    this.cluster[Symbol.dispose]();
  }

  startWriters(): void {
    this.#ended = new AbortController();
    this.#writers = Promise.all(Array.from({ length: WRITERS }, () => this.workload.run(this.#ended.signal)));
  }

  async stopWriters(): Promise<void> {
    this.#ended.abort();
    await this.#writers;
  }

  async sleep(durationMs: number): Promise<void> {
    await this.cluster.ground.clock.sleep(durationMs, NEVER);
  }

  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let ms = 0; !(await holds()); ms += LOOK_MS) {
      assert.ifError(this.cluster.failure);
      assert.deepEqual(this.cluster.problems, []);
      assert.ok(ms < LIMIT_MS, `${what}, after ${this.killer.made.join("; ")}: ${this.#told()}`);
      await this.sleep(LOOK_MS);
    }
  }

  /** What a person does until it shows: a call whose answer was lost is made again, and so is one that is refused for now. */
  async person(
    what: string,
    shows: () => boolean,
    call: (server: FailoverServer) => void | Promise<void>,
  ): Promise<void> {
    await this.until(what, async () => {
      if (this.cluster.server === undefined) return false;
      if (shows()) return true;
      const { server } = this.cluster;
      try {
        await call(server);
      } catch (error) {
        if (!isFault(error)) throw error;
      }
      return false;
    });
  }

  /** Begins one; when it is taken back for what a kill did to it, it is asked for again. Settles with the row, in `state`. */
  async begin(kind: FailoverRow["kind"], state: string, how: { at?: string; force?: boolean } = {}): Promise<string> {
    const { at = "latest", force = false } = how;
    const known = this.cluster.newest()?.id;
    await this.person(
      `${kind} ${state}`,
      () => {
        const row = this.cluster.newest();
        return row !== undefined && row.id !== known && row.state === state;
      },
      (server) => {
        const machine = server.store.members.byId(this.cluster.agent.machine.id);
        if (machine === undefined || server.store.failovers.standingOf(machine.id) !== undefined) return;
        if (kind === "test") server.failovers.beginTest(machine, { at }, PERSON);
        else if (kind === "planned") server.failovers.beginPlanned(machine, { force }, PERSON);
        else server.failovers.beginUnplanned(machine, { at, force }, PERSON);
      },
    );
    return this.cluster.newest()?.id ?? "";
  }

  /** Asks something of the newest failover until it is in `state`. */
  async ask(
    what: string,
    state: string,
    call: (server: FailoverServer, row: FailoverRow) => void | Promise<void>,
  ): Promise<void> {
    await this.person(
      `${what}: ${state}`,
      () => this.cluster.newest()?.state === state,
      async (server) => {
        const row = this.cluster.newest();
        if (row !== undefined) await call(server, row);
      },
    );
  }

  commit = (): Promise<void> =>
    this.ask("commit", "committed", ({ failovers }, row) => void failovers.commit(row, PERSON));

  /** Until the source follows. */
  async reprotect(): Promise<void> {
    await this.ask("reprotect", "reversing", beginReprotect);
    await this.until("the job of reprotect", () => this.unfinished()?.length === 0);
  }

  failBack = (): Promise<void> =>
    this.ask("failback", "failed-back", ({ failovers }, row) => {
      if (row.state === "reversing") failovers.beginFailback(row, { graceSeconds: 5 }, PERSON);
    });

  cancel = (): Promise<void> =>
    this.ask("cancel", "cancelled", ({ failovers }, row) => void failovers.beginCancel(row, undefined, PERSON));

  cleanUp = (): Promise<void> =>
    this.ask("cleanup", "cleaned-up", ({ failovers }, row) => void failovers.beginCleanup(row, undefined, PERSON));

  /** Settles when it is stored that another point is wanted. */
  changePoint = (at: string): Promise<void> =>
    this.person(
      "change of point",
      () => this.cluster.newest()?.settings.at === at,
      ({ failovers }) => void failovers.beginPointChange(failovers.find(this.cluster.newest()?.id ?? ""), at, PERSON),
    );

  /** Cancels the job that carries the failover in `state`, until it has left that. */
  async giveUp(state: string): Promise<void> {
    await this.person(
      `given up while ${state}`,
      () => this.cluster.newest()?.state !== state,
      (server) => {
        for (const job of server.store.jobs.unfinished())
          if (job.kind.startsWith("failover-") && job.kind !== "failover-proof") server.jobs.cancel(job.id, PERSON);
      },
    );
  }

  unfinished(): readonly string[] | undefined {
    return this.cluster.server?.store.jobs.unfinished().map(({ kind }) => kind);
  }

  heal(): void {
    this.heldAt = undefined;
    this.cluster.ground.network.heal("config-server", "master-target");
  }

  /** Nothing stands, every disk is protected, and everybody is there. */
  async protectedAgain(): Promise<void> {
    const { cluster } = this;
    await this.until("protected", () => {
      const { server } = cluster;
      const { disks = [], fence } = cluster.agent.agent?.status() ?? {};
      const isProtected = disks.length > 0 && disks.every(({ state }) => state === "protected");
      return isProtected && fence === undefined && server?.store.failovers.standing().length === 0;
    });
  }

  /** What the source's disks hold. */
  contents(): Promise<Buffer[]> {
    return Promise.all(
      this.cluster.agent.disks.map(async (device) => {
        const bytes = Buffer.alloc(device.sizeBytes);
        await device.read(0, bytes);
        return bytes;
      }),
    );
  }

  /** A point that holds all that was written. */
  async createPoint(): Promise<string> {
    const found: { id?: string } = {};
    await this.until("a point", async () => {
      const { agent, machine, life } = this.cluster.agent;
      if (agent === undefined || life === undefined) return false;
      try {
        const asking = agent.answer(
          { kind: "createPoint", value: { machineId: machine.id, consistency: "crash" } },
          NEVER,
        );
        const answer = await Promise.race([asking, life.died.then(() => undefined)]);
        if (answer?.kind === "point" && answer.value.missingDiskIds.length === 0) found.id = answer.value.id;
      } catch (error) {
        if (!isFault(error)) throw error;
      }
      return found.id !== undefined;
    });
    return found.id ?? "";
  }

  /** Looked at in the target's home, once nobody uses it. */
  afterwards(check: () => Promise<void>): void {
    this.#afterwards.push(check);
  }

  /** The life is over: the source goes on, its newest point is what its disks hold, and nothing is left of what there was. */
  async finish(): Promise<void> {
    await this.killer.settled();
    await this.protectedAgain();
    await this.until("all jobs have ended", () => this.unfinished()?.length === 0);
    await this.until("the target has no machine", () => this.cluster.rack.guests.size === 0);
    await this.sleep(3_000);
    await this.stopWriters();
    const point = await this.createPoint();
    const held = await this.contents();
    await this.cluster.masterTarget.end("kill");
    const told = await pointContents(this.cluster, [point]);
    for (const [index, bytes] of held.entries())
      assert.ok(told.get(point)?.[index]?.equals(bytes), `the newest point is what disk ${index} holds`);
    for (const check of this.#afterwards) await check();
    assert.deepEqual(await leftBehind(this.cluster), []);
  }

  /** Whoever takes writes now, it is the replica machine. */
  #guestWrote(): void {
    if (this.isSourceIsolated || this.#isTest) return;
    for (const index of this.cluster.agent.diskIds.keys())
      if (this.cluster.agent.device(index)?.readOnly === false)
        this.cluster.problems.push(`disk ${index} of the source takes writes while the replica machine writes`);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { length } = this.workload.history.operations.filter(({ acknowledged }) => Number.isFinite(acknowledged));
      const isRunning = [...this.cluster.rack.guests.values()].some(({ state }) => state === "running");
      if (length > this.#acknowledged && isRunning && this.#wasRunning && !this.#isTest && !this.isSourceIsolated)
        this.cluster.problems.push("the source has acknowledged a write while the replica machine runs");
      this.#acknowledged = length;
      this.#wasRunning = isRunning;
      await this.sleep(LOOK_MS);
    }
  }

  #lookAtEpoch(): void {
    const epoch = this.cluster.server?.store.members.byId(this.cluster.agent.machine.id)?.epoch ?? this.#epoch;
    if (epoch < this.#epoch) this.cluster.problems.push(`the epoch fell from ${this.#epoch} to ${epoch}`);
    this.#epoch = epoch;
  }

  #told(): string {
    const { cluster } = this;
    const row = cluster.newest();
    return JSON.stringify({
      row: row && { name: edgeName({ kind: row.kind, from: row.state, to: "" }), facts: row.facts, error: row.error },
      jobs: cluster.server?.store.jobs
        .list({}, { limit: 5 })
        .map(({ kind, state, error }) => [kind, state, error?.message]),
      agent: cluster.agent.agent?.status(),
      up: (["config server", "master target", "agent", "process server"] as const).map((each) => cluster.isUp(each)),
      guests: [...cluster.rack.guests.values()].map(({ state, writes }) => [state, writes]),
    });
  }
}

/** The source's own disks are brought back, not new ones. */
export async function beginReprotect({ failovers }: FailoverServer, row: FailoverRow): Promise<void> {
  await failovers.beginReprotect(row, {}, { actor: PERSON, signal: NEVER });
}
