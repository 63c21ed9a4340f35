// A day of a busy disk, written through the journal's own intake: a segment and a point every two seconds, and the index runs over
// them. Nothing goes over the wire and nothing is synced, so that making it takes minutes and not a day.
import { type Random, randomId, seededRandom, TiB } from "@leeward/base";
import type { DataKey } from "@leeward/change-log";
import { Journal, type JournalIdentity } from "@leeward/journal";
import { stageSegment } from "@leeward/journal/testing";
import type { LogRecord } from "@leeward/proto";
import { nodeClock, nodeCompute, nodeFiles, nodeRandom } from "@leeward/world";
import { unsyncedFiles } from "./unsynced-files.ts";

export const DISK_BYTES = TiB;
const POINT_MICROS = 2_000_000;
export const EXTENT_BYTES = 512;
const BLOCK_BYTES = 4096;
const EXTENTS_PER_POINT = 232;
const SEED = 20_261_121;
const STAMP_BYTES = 16;

const world = {
  clock: nodeClock,
  random: nodeRandom,
  files: unsyncedFiles(nodeFiles({ io: "inline" })),
  compute: nodeCompute(),
};

export interface DayOptions extends JournalIdentity {
  readonly folder: string;
  readonly dataKey: DataKey;
  readonly points: number;
  /** Of the newest point. */
  readonly endMicros: number;
  readonly say: (text: string) => void;
}

/** What was made, and what is known of one of its points. */
export interface DayHistory {
  readonly points: number;
  readonly extents: number;
  /** The point that the most files answer for, and an extent that was last written long before it. */
  readonly pointId: string;
  readonly offset: number;
  readonly content: Uint8Array;
}

/** Makes the journal in `folder`, which must not hold one. */
export async function makeDay(options: DayOptions): Promise<DayHistory> {
  await using journal = await Journal.create(world, options);
  const maker = new DayMaker(journal, options);
  for (let number = 1; number <= options.points; number += 1) {
    await maker.makePoint(number);
    if (number % SAY_EVERY === 0) options.say(`${number} of ${options.points} points`);
  }
  await journal.buildRuns(new AbortController().signal);
  return maker.history();
}

const SAY_EVERY = 5_400;

class DayMaker {
  readonly #journal: Journal;
  readonly #options: DayOptions;
  readonly #random: Random = seededRandom(SEED);
  readonly #branch: string;
  readonly #chosen: number;
  #next = 1;
  #chosenId = "";
  #watched: { readonly offset: number; content: Uint8Array } | undefined;

  constructor(journal: Journal, options: DayOptions) {
    this.#journal = journal;
    this.#options = options;
    this.#branch = randomId(this.#random);
    this.#chosen = mostParts(options.points);
  }

  /** What happens between two points, as one segment; then the point. The first one ends the copy of an empty disk. */
  async makePoint(number: number): Promise<void> {
    const timeMicros = this.#options.endMicros - (this.#options.points - number) * POINT_MICROS;
    const pointId = randomId(this.#random);
    const from = this.#next;
    const records: LogRecord[] = number === 1 ? this.#emptyCopy(timeMicros) : [];
    for (let count = 0; count < EXTENTS_PER_POINT; count += 1) records.push(this.#write(number, timeMicros));
    const mark = { pointId, number, timeMicros, kind: "auto", consistency: "crash" } as const;
    records.push({ kind: "mark", sequence: this.#take(), timeMicros, mark });
    await this.#store(from, records);
    await this.#addPoint(pointId, number, timeMicros);
    if (number === this.#chosen) this.#chosenId = pointId;
  }

  history(): DayHistory {
    const { points } = this.#options;
    const { offset, content } = this.#watched ?? { offset: 0, content: new Uint8Array(EXTENT_BYTES) };
    return { points, extents: points * EXTENTS_PER_POINT, pointId: this.#chosenId, offset, content };
  }

  async #store(from: number, records: readonly LogRecord[]): Promise<void> {
    const { machineId, diskId, dataKey } = this.#options;
    const place = { machineId, diskId, branch: this.#branch, from, to: this.#next - 1, diskBytes: DISK_BYTES, dataKey };
    const path = this.#journal.stagingPath(`${from}`);
    await this.#journal.accept(await stageSegment(world, path, { ...place, records }));
  }

  async #addPoint(id: string, number: number, timeMicros: number): Promise<void> {
    const { machineId, diskId } = this.#options;
    await this.#journal.addPoint({
      id,
      machineId,
      number,
      timeMicros,
      validUntilMicros: timeMicros,
      kind: "auto",
      consistency: "crash",
      epoch: 1,
      members: [{ diskId, branch: this.#branch, sequence: this.#next - 1 }],
      missingDiskIds: [],
    });
  }

  #emptyCopy(timeMicros: number): LogRecord[] {
    const spanId = randomId(this.#random);
    const span = { spanId, reason: "initial", totalBytes: 0 } as const;
    return [
      { kind: "span-begin", sequence: this.#take(), timeMicros, span },
      { kind: "span-end", sequence: this.#take(), timeMicros, spanId },
    ];
  }

  #write(number: number, timeMicros: number): LogRecord {
    const offset = this.#random.below(DISK_BYTES / BLOCK_BYTES) * BLOCK_BYTES;
    const data = stampOf(offset, number);
    this.#watched ??= { offset, content: data };
    if (offset === this.#watched.offset && number <= this.#chosen) this.#watched.content = data;
    return { kind: "write", sequence: this.#take(), timeMicros, offset, length: EXTENT_BYTES, data };
  }

  #take(): number {
    this.#next += 1;
    return this.#next - 1;
  }
}

/** What the extent at `offset` holds after it was written before point `number`. */
function stampOf(offset: number, number: number): Uint8Array {
  const bytes = new Uint8Array(EXTENT_BYTES).fill(number & 0xff);
  new DataView(bytes.buffer).setFloat64(0, offset);
  new DataView(bytes.buffer).setFloat64(STAMP_BYTES / 2, number);
  return bytes;
}

/** Runs cover groups of 16: the most files answer for a count whose digits by 16 are all 15 but the first. */
function mostParts(points: number): number {
  let number = Math.min(points, 15);
  for (let unit = 16; unit <= points; unit *= 16) {
    const leading = Math.floor((points + 1) / unit);
    if (leading > 0) number = Math.min(leading, 16) * unit - 1;
  }
  return number;
}
