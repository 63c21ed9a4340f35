/**
 * The journal against a model, with the power cut at any operation: what is listed reads as the disk was, and what was acknowledged is there. Where the journal's files lie
 * is told by whoever runs it.
 */
import assert from "node:assert/strict";
import { isFault, type Random, seededRandom } from "@leeward/base";
import { type Files, fileFault, type World } from "@leeward/world";
import { type SimulatedFiles, type SimulatedWorld, sampledRuns, simulatedWorld } from "@leeward/world/testing";
import fc from "fast-check";
import type { Accepted } from "../intake/staged-segment.ts";
import { Journal } from "../journal.ts";
import type { ThinningTier } from "../retention/thin-plan.ts";
import { HistoryMaker, type MadePoint, type MadeSegment } from "./history-maker.ts";

/** Where the journals' files of one test lie; it outlives every crash. */
export interface JournalPlace {
  /** The files as a new process sees them, ready for the journal in the folder to be opened. */
  open(world: SimulatedWorld, folder: string, process: ModelProcess): Promise<Files>;
  /** Whether another process may have had the journal. */
  readonly isTakenOver: boolean;
}

/** One life of the process that has the journal. */
export interface ModelProcess {
  /** To be called where something that is no operation of the world's files begins or has ended: it may fail, and settles no more once the process has ended. */
  operation(path: string): Promise<void>;
  /** Settles when the process was ended. */
  readonly ended: Promise<unknown>;
  readonly isEnded: () => boolean;
}

const ABOVE = "/home/journal/m";
const FOLDER = `${ABOVE}/d`;
const DISK_BYTES = 48 * 1024;
const limits = { rangeBytes: 8 * 1024, reserveBytes: 0, openFilesMax: 24, cacheBytesMax: 64 * 1024 };

/** What the source and the sender know; it outlives every crash of the target. */
class Model {
  readonly random: Random;
  readonly maker: HistoryMaker;
  readonly segments: MadeSegment[] = [];
  /** Points that were made, in order. */
  readonly points: MadePoint[] = [];
  /** Acknowledged positions by branch, and acknowledged points that no retention may have dropped. */
  readonly acknowledged = new Map<string, number>();
  readonly promised = new Set<string>();
  /** Points that are locked for certain: nothing may take them. */
  readonly locked = new Set<string>();
  /** Points that lie where none can be. */
  readonly impossible = new Set<string>();
  openSpan: string | undefined;
  complete = false;
  /** Looking is not disturbed: the power is cut while something changes. */
  looking = false;
  staged = 0;
  readonly place: JournalPlace;

  constructor(seed: number, place: JournalPlace) {
    this.place = place;
    this.random = seededRandom(seed);
    this.maker = new HistoryMaker(this.random, DISK_BYTES);
    if (this.random.below(4) > 0) this.#copyWhole();
  }

  #copyWhole(): void {
    const span = this.maker.beginSpan("initial");
    for (let count = 0; count < 12; count += 1) this.maker.writeSomewhere();
    this.maker.endSpan(span);
    this.complete = true;
  }
}

class Target {
  readonly world: World;
  readonly journal: Journal;
  readonly #model: Model;

  constructor(world: World, journal: Journal, model: Model) {
    this.world = world;
    this.journal = journal;
    this.#model = model;
  }

  static async open(alive: SimulatedWorld, model: Model, process: ModelProcess): Promise<Target> {
    const { isTakenOver } = model.place;
    const world = { ...alive, files: await model.place.open(alive, FOLDER, process) };
    const options = { folder: FOLDER, dataKey: model.maker.dataKey, limits, isTakenOver };
    const journal = (await Journal.exists(world.files, FOLDER))
      ? await Journal.open(world, options)
      : await Journal.create(world, { ...options, ...model.maker.identity });
    return new Target(world, heardWhile(process, journal, model), model);
  }

  /** Sends what the target lacks, and the points behind it. */
  async deliver(): Promise<void> {
    const model = this.#model;
    for (const made of model.segments) {
      if ((this.journal.position(made.branch) ?? 0) >= made.to) continue;
      model.staged += 1;
      const staged = await model.maker.stage(this.world, this.journal.stagingPath(`s-${model.staged}`), made);
      try {
        const { branch, sequence } = await this.journal.accept(staged);
        model.acknowledged.set(branch, sequence);
      } catch (error) {
        // The branch that it continues, or begins on, was dropped by retention.
        if (!isFault(error, "journal-discontinuous")) throw error;
        await this.world.files.remove(staged.path);
      }
    }
  }

  async addPoints(): Promise<void> {
    const { points, promised, impossible } = this.#model;
    for (const { record } of points.slice(-8)) {
      try {
        await this.journal.addPoint(record);
        assert.ok(!impossible.has(record.id), "a point was taken where none can be");
        promised.add(record.id);
      } catch (error) {
        if (!isFault(error)) throw error;
        if (isPassing(error)) throw error;
        if (promised.has(record.id)) assert.fail(`a promised point is refused: ${error.code}`);
      }
    }
  }

  async retain(): Promise<void> {
    const { points, promised, locked, random } = this.#model;
    const cut = points[Math.max(0, points.length - 3 - random.below(6))];
    if (cut === undefined) return;
    const newest = this.journal.points().at(-1)?.validUntilMicros ?? 0;
    const windowMicros = newest - cut.record.timeMicros;
    const policy = { windowMicros, bytesMax: 0, tiers: tiersOf(random) };
    for (const { record } of points) {
      if (record.timeMicros < cut.record.timeMicros && !locked.has(record.id)) promised.delete(record.id);
    }
    this.#mayThin(policy.tiers, newest);
    const advance = random.below(3) === 0 ? "when-worth-it" : "now";
    const { signal } = new AbortController();
    await this.journal.retain({ ...policy, advance }, signal);
    if (random.below(3) > 0) await this.journal.merge(policy, signal);
  }

  /** Of the points that share a step of a tier only one is promised; it is counted which. */
  #mayThin(tiers: readonly ThinningTier[], newest: number): void {
    const { promised, locked } = this.#model;
    const [youngest] = tiers;
    if (youngest === undefined) return;
    for (const { id, timeMicros } of this.journal.points())
      if (timeMicros < newest - youngest.afterMicros && !locked.has(id)) promised.delete(id);
  }

  /** A person locks a point, or takes a lock away. */
  async #lock(): Promise<void> {
    const { random, locked, promised } = this.#model;
    const [one] = locked;
    if (one !== undefined && random.below(2) === 0) {
      locked.delete(one);
      promised.delete(one);
      await this.journal.unlockPoint(one);
      return;
    }
    const listed = this.journal.points();
    const point = listed[random.below(Math.max(1, listed.length))];
    if (point === undefined) return;
    await this.journal.lockPoint(point.id, { owner: "test", reason: "kept" });
    locked.add(point.id);
    promised.add(point.id);
  }

  /** One thing happens; a disk that refuses something for a while spoils nothing. */
  async step(): Promise<void> {
    try {
      await this.#step();
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
  }

  async #step(): Promise<void> {
    const { random, maker, points } = this.#model;
    const choice = random.below(24);
    if (choice === 0 || choice === 23) await this.retain();
    else if (choice === 1 || choice === 22) await this.journal.buildRuns(new AbortController().signal);
    else if (choice === 2 && points.length > 0 && this.#model.openSpan === undefined) this.#fork();
    else if (choice === 3) this.#span();
    else if (choice === 5 && this.#model.openSpan === undefined && random.below(3) === 0) this.#restart();
    else if (choice === 6) await this.#lock();
    else if (choice === 4 && this.#model.complete) maker.resize(DISK_BYTES - 512 * random.below(40));
    else await this.#write();
  }

  async #write(): Promise<void> {
    const model = this.#model;
    const { random, maker } = model;
    for (let count = random.below(4); count >= 0; count -= 1) maker.writeSomewhere(24);
    if (random.below(4) === 0) model.segments.push(maker.cut());
    if (random.below(5) === 0) maker.writeSomewhere();
    const point = maker.mark();
    model.segments.push(maker.cut());
    model.points.push(point);
    if (model.openSpan !== undefined || !model.complete) model.impossible.add(point.record.id);
    await this.deliver();
    await this.addPoints();
  }

  /** A failover to one of the points that are held. */
  #fork(): void {
    const { random, maker, points } = this.#model;
    const held = points.filter(({ record }) => this.journal.point(record.id) !== undefined);
    const from = held[random.below(Math.max(1, held.length))];
    if (from !== undefined) maker.fork(from);
  }

  /** The source lost its log. */
  #restart(): void {
    this.#model.maker.restart();
    this.#model.complete = true;
  }

  #span(): void {
    const model = this.#model;
    if (model.openSpan === undefined) {
      model.openSpan = model.maker.beginSpan(model.complete ? "catch-up" : "initial");
      return;
    }
    model.maker.endSpan(model.openSpan);
    model.openSpan = undefined;
    model.complete = true;
  }

  async verify(): Promise<void> {
    this.#model.looking = true;
    await this.#verify();
    this.#model.looking = false;
  }

  async #verify(): Promise<void> {
    const { acknowledged, promised, points } = this.#model;
    const images = new Map(points.map(({ record, image }) => [record.id, image]));
    const listed = this.journal.points();
    for (const id of promised)
      assert.ok(
        listed.some((point) => point.id === id),
        `the point ${id} was lost`,
      );
    for (const [branch, sequence] of acknowledged) {
      const position = this.journal.position(branch);
      assert.ok(position === undefined || position >= sequence, "an acknowledged segment was lost");
    }
    for (const point of listed) {
      await using device = await this.journal.openPoint(point.id, { owner: "test", reason: "verify" });
      const image = images.get(point.id);
      assert.ok(image !== undefined);
      assert.equal(device.sizeBytes, image.length);
      const read = new Uint8Array(image.length);
      await device.read(0, read);
      assert.ok(Buffer.compare(read, image) === 0, `the point ${point.number} reads wrong`);
      await this.#verifyAllocation(device, image);
    }
  }

  async #verifyAllocation(device: Awaited<ReturnType<Journal["openPoint"]>>, image: Uint8Array): Promise<void> {
    let end = 0;
    for (const { kind, offset, length } of await device.allocation({ offset: 0, length: image.length })) {
      assert.equal(offset, end);
      end += length;
      if (kind === "zero")
        assert.ok(
          image.subarray(offset, end).every((byte) => byte === 0),
          "data was called zero",
        );
    }
    assert.equal(end, image.length);
  }
}

/** The journal, of whose answers the model hears no more once the process was ended; but what it says it took in then counts as acknowledged too. */
function heardWhile(process: ModelProcess, journal: Journal, { acknowledged }: Model): Journal {
  const heard = async (name: string | symbol, answer: unknown): Promise<unknown> => {
    const [settled] = await Promise.allSettled([answer]);
    if (process.isEnded()) {
      if (name === "accept" && settled?.status === "fulfilled") {
        const { value } = settled;
        if (isAccepted(value))
          acknowledged.set(value.branch, Math.max(value.sequence, acknowledged.get(value.branch) ?? 0));
      }
      await new Promise(() => undefined);
    }
    if (settled?.status === "rejected") throw settled.reason;
    return settled?.value;
  };
  return new Proxy(journal, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...given: unknown[]) => {
        const answer: unknown = Reflect.apply(member, target, given);
        return answer instanceof Promise ? heard(name, answer) : answer;
      };
    },
  });
}

function isAccepted(value: unknown): value is Accepted {
  return typeof value === "object" && value !== null && "branch" in value && "sequence" in value;
}

/** None, one or two tiers; points of the maker lie 2 s apart. */
function tiersOf(random: Random): ThinningTier[] {
  const stepMicros = 4_000_000 * (1 + random.below(3));
  const young = { afterMicros: 2_000_000 * random.below(8), stepMicros };
  const old = { afterMicros: young.afterMicros + 20_000_000, stepMicros: stepMicros * 4 };
  return [[], [young], [young, old]][random.below(3)] ?? [];
}

/** Whether it ends by itself: the disk refused, or had no space. */
function isPassing(error: unknown): boolean {
  return isFault(error, "io-failed", "disk-full", "journal-full", "store-unreachable");
}

/** The world as it is after the power was cut. */
function survivor(world: SimulatedWorld, files: SimulatedFiles): SimulatedWorld {
  return { ...world, files };
}

async function untilOpen(world: SimulatedWorld, model: Model, process: ModelProcess): Promise<Target> {
  for (;;) {
    try {
      return await Target.open(world, model, process);
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
  }
}

/** Does `work` until it ends or the power is cut at the operation; returns the world that is left. */
async function untilCrash(
  world: SimulatedWorld,
  { model, crashAfter, faults }: { model: Model; crashAfter: number; faults: boolean },
  work: (world: SimulatedWorld, process: ModelProcess) => Promise<void>,
): Promise<SimulatedWorld> {
  const cut = Promise.withResolvers<SimulatedWorld>();
  let left = crashAfter;
  const hit = (path: string): void => {
    if (model.looking) return;
    if (faults && model.random.below(150) === 0) throw fileFault(model.random.below(2) === 0 ? "EIO" : "ENOSPC", path);
    left -= 1;
    if (left !== 0) return;
    world.files.onOperation = undefined;
    cut.resolve(survivor(world, world.files.crash()));
  };
  world.files.onOperation = ({ path }) => hit(path);
  const operation = async (path: string): Promise<void> => {
    if (left > 0) hit(path);
    if (left <= 0) await new Promise(() => undefined);
  };
  const done = work(world, { operation, ended: cut.promise, isEnded: () => left <= 0 }).then(() =>
    survivor(world, world.files.crash()),
  );
  return Promise.race([done, cut.promise]);
}

/** Runs the model with many seeds, eight lives each. */
export async function checkJournalModel(
  placeOf: (seed: number) => JournalPlace,
  { count, stride }: { readonly count: number; readonly stride: number },
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const model = new Model(seed, placeOf(seed));
      let world = simulatedWorld({ seed });
      await world.files.makeFolder(ABOVE);
      for (const folder of ["/", "/home", "/home/journal"]) await world.files.syncFolder(folder);
      for (let life = 0; life < 8; life += 1) {
        const crashAfter = 1 + model.random.below(life === 7 ? 100_000 : 900);
        const faults = life % 2 === 1;
        world = await untilCrash(world, { model, crashAfter, faults }, async (alive, process) => {
          try {
            const target = await untilOpen(alive, model, process);
            assert.deepEqual(target.journal.found.missing, []);
            await target.verify();
            for (let step = 0; step < 20; step += 1) await target.step();
            await target.verify();
          } catch (error) {
            // A process that was believed dead was about to take it, and did: this one's life is over.
            if (!isFault(error, "journal-taken")) throw error;
            model.looking = false;
          }
        });
        world.files.onOperation = undefined;
      }
    }),
    { numRuns: sampledRuns(count, stride) },
  );
}
