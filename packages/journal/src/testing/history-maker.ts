import { assert, type Random, randomId } from "@leeward/base";
import type { DataKey } from "@leeward/change-log";
import type { LogRecord, SpanReason } from "@leeward/proto";
import type { World } from "@leeward/world";
import type { StagedSegment } from "../intake/staged-segment.ts";
import type { JournalIdentity } from "../manifest/manifest-writer.ts";
import type { BranchPosition, PointRecord } from "../recovery-point.ts";
import { type SegmentContent, stageSegment } from "./staged-content.ts";

/** A point, and the disk as it was there. */
export interface MadePoint {
  readonly record: PointRecord;
  readonly image: Uint8Array;
}

/** A segment that was made, ready to be staged again and again with the same content. */
export interface MadeSegment {
  readonly branch: string;
  readonly parent: BranchPosition | undefined;
  readonly from: number;
  readonly to: number;
  readonly records: readonly LogRecord[];
  readonly diskBytes: number;
}

/** As MadeSegment, and what its file is to be like. */
type StagedShape = MadeSegment & Pick<SegmentContent, "framePayloadBytes">;

const BLOCK_BYTES = 512;

/**
 * A disk that is written to, for tests: it makes the segments that its writes give, and remembers what it looked like at each point.
 * All that is random in it follows from `random`.
 */
export class HistoryMaker {
  readonly identity: JournalIdentity;
  readonly dataKey: DataKey;
  readonly #random: Random;
  #branch: string;
  #parent: BranchPosition | undefined;
  #image: Uint8Array;
  #from = 1;
  #records: LogRecord[] = [];
  #pointNumber = 0;
  #lastCut: MadeSegment | undefined;
  #micros = 1_000_000;

  constructor(random: Random, diskBytes: number, machineId?: string) {
    this.#random = random;
    this.identity = { machineId: machineId ?? randomId(random), diskId: randomId(random) };
    this.dataKey = { keyId: randomId(random), bytes: random.bytes(32) };
    this.#branch = randomId(random);
    this.#image = new Uint8Array(diskBytes);
  }

  get branch(): string {
    return this.#branch;
  }

  /** Sequence of the last record. */
  get sequence(): number {
    return this.#from + this.#records.length - 1;
  }

  get image(): Uint8Array {
    return this.#image.slice();
  }

  get nowMicros(): number {
    return this.#micros;
  }

  /** Some time passes. */
  pass(micros: number): void {
    this.#micros += micros;
  }

  /** Writes random bytes to a random extent, or makes it zeroes. */
  writeSomewhere(blocksMax = 8): void {
    const blocks = this.#image.length / BLOCK_BYTES;
    const start = this.#random.below(blocks);
    const count = Math.min(blocks - start, 1 + this.#random.below(blocksMax));
    const choice = this.#random.below(8);
    const kind = choice === 0 ? "zero" : choice === 1 ? "discard" : "write";
    this.write(start * BLOCK_BYTES, { kind, length: count * BLOCK_BYTES });
  }

  write(offset: number, { kind, length }: { kind: "write" | "zero" | "discard"; length: number }): void {
    if (kind === "write") this.writeBytes(offset, this.#random.bytes(length));
    else {
      this.#image.fill(0, offset, offset + length);
      this.#add({ kind, offset, length });
    }
  }

  writeBytes(offset: number, data: Uint8Array): void {
    this.#image.set(data, offset);
    this.#add({ kind: "write", offset, length: data.length, data });
  }

  beginSpan(reason: SpanReason): string {
    const spanId = randomId(this.#random);
    this.#add({ kind: "span-begin", span: { spanId, reason, totalBytes: 0 } });
    return spanId;
  }

  endSpan(spanId: string): void {
    this.#add({ kind: "span-end", spanId });
  }

  /** Cuts or grows the disk; what is new reads as zeroes. */
  resize(diskBytes: number): void {
    const image = new Uint8Array(diskBytes);
    image.set(this.#image.subarray(0, Math.min(diskBytes, this.#image.length)));
    this.#image = image;
    this.#add({ kind: "resize", sizeBytes: diskBytes });
  }

  /** Goes on, on a new branch, from where a point was. */
  fork(from: MadePoint): void {
    const [member] = from.record.members;
    if (member === undefined) return;
    this.#parent = { branch: member.branch, sequence: member.sequence };
    this.#branch = randomId(this.#random);
    this.#from = 1;
    this.#records = [];
    this.#image = from.image.slice();
  }

  /** Begins anew: the log was lost, so the disk is copied whole on a branch that comes from nowhere. Zeroes are left out. */
  restart(): void {
    this.#parent = undefined;
    this.#branch = randomId(this.#random);
    this.#from = 1;
    this.#records = [];
    this.copyWhole();
  }

  /** The whole disk is read, as an initial span. Zeroes are left out. */
  copyWhole(): void {
    const span = this.beginSpan("initial");
    for (let offset = 0; offset < this.#image.length; offset += BLOCK_BYTES) {
      const data = this.#image.slice(offset, offset + BLOCK_BYTES);
      if (data.some((byte) => byte !== 0)) this.#add({ kind: "write", offset, length: data.length, data });
    }
    this.endSpan(span);
  }

  /** A point here: puts its mark, which the next segment ends with. */
  mark(): MadePoint {
    this.#pointNumber += 1;
    this.#micros += 2_000_000;
    const id = randomId(this.#random);
    const [number, timeMicros] = [this.#pointNumber, this.#micros];
    this.#add({ kind: "mark", mark: { pointId: id, number, timeMicros, kind: "auto", consistency: "crash" } });
    const record: PointRecord = {
      id,
      machineId: this.identity.machineId,
      number,
      timeMicros,
      validUntilMicros: timeMicros,
      kind: "auto",
      consistency: "crash",
      epoch: 1,
      members: [{ diskId: this.identity.diskId, branch: this.#branch, sequence: this.sequence }],
      missingDiskIds: [],
    };
    return { record, image: this.image };
  }

  /** What was recorded since the last cut as a segment; there is at least one record. */
  cut(): MadeSegment {
    const records = this.#records;
    const to = this.sequence;
    const made = {
      branch: this.#branch,
      parent: this.#parent,
      from: this.#from,
      to,
      records,
      diskBytes: this.#image.length,
    };
    this.#from = to + 1;
    this.#records = [];
    this.#lastCut = made;
    return made;
  }

  /** What `cut` gave last. */
  get lastCut(): MadeSegment {
    assert(this.#lastCut !== undefined, "something was cut");
    return this.#lastCut;
  }

  /** The segment as a file at `path`. */
  async stage(world: World, path: string, made: StagedShape): Promise<StagedSegment> {
    const { parent, ...rest } = made;
    return stageSegment(world, path, {
      ...rest,
      ...(parent === undefined ? {} : { parent }),
      ...this.identity,
      dataKey: this.dataKey,
    });
  }

  #add(draft: Drafted): void {
    this.#micros += 10;
    this.#records.push({ ...draft, sequence: this.sequence + 1, timeMicros: this.#micros });
  }
}

type Unstamped<Record> = Record extends LogRecord ? Omit<Record, "sequence" | "timeMicros"> : never;
type Drafted = Unstamped<LogRecord>;
