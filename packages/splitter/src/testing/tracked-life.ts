import assert from "node:assert/strict";
import { anySignal, isFault, Mutex, type Random, seededRandom } from "@leeward/base";
import { type Extent, ExtentSet } from "@leeward/block";
import { KeptDigests } from "../kept-digests.ts";
import { isKnown, isSame, PAGE_BYTES, pagesIn } from "../page-digests.ts";
import type { Splitter } from "../splitter.ts";
import type { SplitterOptions } from "../splitter-options.ts";
import { decodeSlot } from "../state-file.ts";
import type { StoredState } from "../stored-state.ts";
import { firstDifference, readLogAfter, replay } from "./replay.ts";
import { RIG_FOLDER, type RigOptions, SplitterRig } from "./splitter-rig.ts";
import { TestTarget } from "./test-target.ts";

const NEVER = new AbortController().signal;
const BLOCK = 512;
/** Content comes again, so that a digest that should have gone is one that is believed. */
const CONTENTS = 3;
const HELD_BYTES_MAX = 32 << 10;

/** A disk that is written past the splitter, which keeps digests and is told of changes; and a target. */
export class TrackedLife {
  readonly rig: SplitterRig;
  readonly target = new TestTarget();
  readonly diskBytes: number;
  readonly random: Random;
  /** Changed, and not known to be in the log. */
  readonly told = new ExtentSet();
  /** Of this life of the machine: what it left waiting never ends. */
  #taking = new Mutex();

  constructor(options: RigOptions & { readonly diskBytes: number }) {
    this.rig = new SplitterRig(options);
    this.diskBytes = options.diskBytes;
    this.random = seededRandom(options.seed);
  }

  open(more: Partial<SplitterOptions> = {}): Promise<Splitter> {
    this.#taking = new Mutex();
    return this.rig.open({ keepDigests: true, ...more });
  }

  /** Someone writes to the disk; a write begins and ends anywhere. */
  async change(times: number): Promise<Extent[]> {
    const extents: Extent[] = [];
    for (let time = 0; time < times; time += 1) {
      const blocks = 1 + this.random.below(this.random.below(3) === 0 ? 40 : 10);
      const offset = this.random.below(this.diskBytes / BLOCK - blocks + 1) * BLOCK;
      const extent = { offset, length: blocks * BLOCK };
      await this.rig.disk.write(offset, Buffer.alloc(extent.length, this.random.below(CONTENTS)), { fua: false });
      extents.push(extent);
      this.told.add(extent);
    }
    return extents;
  }

  /** Has logged what changed, as a tracker does: what did not get into the log is told again. */
  async logChanges(splitter: Splitter, held: boolean, signal: AbortSignal): Promise<boolean> {
    const extents = [...this.told];
    this.told.clear();
    let isLogged = false;
    try {
      if (held) isLogged = (await splitter.logHeld(await this.#read(extents))) !== undefined;
      else isLogged = (await splitter.logFound(extents, signal)) !== undefined;
    } catch (error) {
      if (!isFault(error)) throw error;
    }
    if (!isLogged) this.told.addAll(extents);
    return isLogged;
  }

  /** Has logged all that changed, the target taking things beside it, until the signal aborts. */
  async logAll(splitter: Splitter, held: boolean, signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const pulls = this.pulls(splitter, anySignal([ended.signal, signal]));
    while (this.told.count > 0 && !signal.aborted) {
      await this.rig.clock.sleep(7, NEVER);
      // What does not fit into the log at once is read again.
      await this.logChanges(splitter, held && this.told.totalBytes < HELD_BYTES_MAX, signal);
    }
    ended.abort();
    await pulls;
    if (!signal.aborted) await this.take(splitter);
  }

  /** Copies the whole disk, comparing: whatever was changed and not told. */
  async rescan(splitter: Splitter): Promise<void> {
    const { state } = splitter;
    const isFirst = "copy" in state && state.copy?.reason === "initial";
    await splitter.beginCopy(isFirst ? "initial" : "resync");
    this.told.clear();
    await this.copy(splitter);
  }

  /** Works off the copy that is open, the target taking things beside it, until nothing is missing. */
  async copy(splitter: Splitter): Promise<void> {
    const copying = { underWay: true };
    const copied = splitter.copy(NEVER).finally(() => (copying.underWay = false));
    while (copying.underWay || splitter.state.kind !== "protected") {
      await this.take(splitter);
      await this.rig.clock.sleep(11, NEVER);
    }
    await copied;
    await splitter.flush();
    await this.take(splitter);
  }

  /** One at a time: the target goes on from what it has. */
  take(splitter: Splitter): Promise<void> {
    return this.#taking.hold(() => this.target.take(splitter));
  }

  async pulls(splitter: Splitter, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.take(splitter);
      await this.rig.clock.sleep(11, NEVER);
    }
  }

  /** Fails unless disk and replica are the same. */
  async checkSame(): Promise<void> {
    const at = firstDifference(this.target.content(this.diskBytes), await this.rig.content());
    assert.equal(at, undefined, `the replica differs at ${at}`);
  }

  async #read(extents: readonly Extent[]): Promise<{ readonly extent: Extent; readonly bytes: Uint8Array }[]> {
    const content = await this.rig.content();
    return extents.map((extent) => ({
      extent,
      bytes: content.subarray(extent.offset, extent.offset + extent.length),
    }));
  }
}

/**
 * Fails unless every digest that is known is of what a target will hold that gets all that is relied on.
 * @returns how many are known
 */
export async function checkDigests({ rig, target, diskBytes }: TrackedLife): Promise<number> {
  const { digestKey, reliedThrough } = await storedState(rig);
  if (digestKey === null) return 0;
  const at = { files: rig.files, folder: RIG_FOLDER };
  await using digests = await KeptDigests.open(at, { key: digestKey, fresh: false });
  // The log may have let go of what the target holds.
  const later =
    reliedThrough > target.last ? await readLogAfter(at, { after: target.last, through: reliedThrough }) : [];
  const held = replay([...target.records, ...later], diskBytes);
  const pages = pagesIn(diskBytes);
  const known = await digests.read(0, pages);
  const right = digests.digester.of(held);
  let count = 0;
  for (let page = 0; page < pages; page += 1) {
    if (!isKnown(known, page)) continue;
    count += 1;
    assert.ok(
      isSame(known, right, page),
      `the digest of the page at ${page * PAGE_BYTES} is not of what the target holds`,
    );
  }
  return count;
}

/** The newest of the two slots. */
async function storedState(rig: SplitterRig): Promise<StoredState> {
  await using handle = await rig.files.open(`${RIG_FOLDER}/state.json`, "read");
  const bytes = Buffer.alloc(8_192);
  await handle.read(bytes, 0);
  const slots = [bytes.subarray(0, 4_096), bytes.subarray(4_096)].map((slot) => decodeSlot(slot));
  const [newest] = slots.filter((slot) => slot !== undefined).sort((a, b) => b.number - a.number);
  assert.ok(newest !== undefined, "a state is stored");
  return newest.state;
}
