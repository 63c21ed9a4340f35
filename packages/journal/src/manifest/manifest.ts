/**
 * What a journal holds, durably: encrypted entries appended to `manifest-N`, and `CURRENT`, which names the one that holds.
 *
 * Invariant: an entry is part of the state exactly when its frame is durable; whoever waited for `append` may rely on it, and
 * after any crash the state is what a prefix of the appended entries gives, with all that settled. Worst outcome: history that
 * was acknowledged is forgotten, or files are removed that a point needs.
 *
 * A new manifest is written whole under a new number and salt, in this order: frames, datasync, folder, CURRENT (aside, datasync,
 * rename, folder), old ones removed. A crash before CURRENT leaves a manifest that nothing names, one after it an old one: both
 * are stale, and the journal removes them when it opens. When replacing CURRENT fails, either number may be what it names: both
 * files stay until a further number is named durably. Each process begins a new one at its first append, for it cannot know which ordinals the one
 * before it has used; so does whoever failed to append.
 */
import { isFault, Mutex } from "@leeward/base";
import type { DataKey } from "@leeward/change-log";
import type { World } from "@leeward/world";
import { JournalState } from "../history/journal-state.ts";
import { readPointer, writePointer } from "./current-pointer.ts";
import type { Entry, GenesisEntry } from "./entry.ts";
import { manifestName, manifestNumber } from "./file-name.ts";
import { manifestDamaged, manifestForeign, manifestRolledBack } from "./manifest-fault.ts";
import { ManifestReader } from "./manifest-reader.ts";
import { type JournalIdentity, ManifestWriter } from "./manifest-writer.ts";

/** Of a manifest's beginning: so many bytes of it are worth one append. */
const BYTES_PER_APPEND = 16 * 1024;
/** Appended bytes after which a manifest is rewritten, when it has doubled by then. */
const REWRITE_BYTES_MIN = 4 * 1024 * 1024;

/** How far a manifest has come: kept elsewhere, it proves at the next open that nothing was rolled back. */
export interface ManifestAnchor {
  readonly number: number;
  readonly frames: number;
}

export interface ManifestOptions {
  readonly folder: string;
  readonly dataKey: DataKey;
  /** As JournalLimits says; without end unless told. */
  readonly manifestAppendsMax?: number;
}

export class Manifest implements AsyncDisposable {
  readonly identity: JournalIdentity;
  readonly state: JournalState;
  readonly #world: World;
  readonly #options: ManifestOptions;
  readonly #mutex = new Mutex();
  #number: number;
  /** The highest number that CURRENT may name. */
  #numberMax: number;
  /** Frames of the manifest that are durable. */
  #frames: number;
  #writer: ManifestWriter | undefined;
  #bytesAtRewrite = 0;
  #framesAtRewrite = 0;

  private constructor(
    world: World,
    options: ManifestOptions & {
      readonly identity: JournalIdentity;
      readonly state: JournalState;
      readonly number: number;
      readonly frames: number;
    },
  ) {
    this.#world = world;
    this.#options = options;
    this.identity = options.identity;
    this.state = options.state;
    this.#number = options.number;
    this.#numberMax = options.number;
    this.#frames = options.frames;
  }

  /** The first manifest of a journal, durable when it settles. The folder is there and holds no journal. */
  static async create(
    world: World,
    options: ManifestOptions & {
      readonly identity: JournalIdentity;
      readonly genesis: GenesisEntry;
    },
  ): Promise<Manifest> {
    const state = new JournalState();
    state.apply(options.genesis);
    const manifest = new Manifest(world, { ...options, state, number: 0, frames: 0 });
    await removeIfThere(world, `${options.folder}/${manifestName(1)}`);
    await manifest.#rewrite();
    return manifest;
  }

  /**
   * The journal's state as its manifest tells it; undefined when the folder holds no journal. Nothing is written.
   * @throws Fault `manifest-damaged`, `manifest-unreadable`, `manifest-foreign`, `manifest-rolled-back`, `manifest-inconsistent`,
   *   `journal-pointer-damaged`
   */
  static async open(
    world: World,
    options: ManifestOptions & { readonly notBefore?: ManifestAnchor },
  ): Promise<Manifest | undefined> {
    const number = await readPointer(world.files, options.folder);
    if (number === undefined) return undefined;
    const path = `${options.folder}/${manifestName(number)}`;
    await using handle = await world.files.open(path, "read");
    const reader = await ManifestReader.open(path, handle, { compute: world.compute, dataKey: options.dataKey });
    const { machineId, diskId, from } = reader.header;
    if (from !== number) throw manifestForeign(path, `its header has the number ${from}`);
    const { state, frames } = await foldAll(reader);
    if (!state.snapshotEnded || state.genesis === undefined)
      throw manifestDamaged(path, "it ends before its beginning is complete");
    refuseRolledBack(path, { number, frames }, options.notBefore);
    await refuseNewerOnes(world, options, { path, number });
    return new Manifest(world, { ...options, identity: { machineId, diskId }, state, number, frames });
  }

  /** Of what is durable alone: no crash takes the manifest back behind it. */
  get anchor(): ManifestAnchor {
    return { number: this.#number, frames: this.#frames };
  }

  /** Whether `name` is a manifest that the pointer does not name: left by a crash. */
  isStale(name: string): boolean {
    const number = manifestNumber(name);
    return number !== undefined && number !== this.#number;
  }

  /**
   * Makes the entries durable, all or none of them, then part of the state. When it fails, the state is as it was, and whether the
   * entries are on the disk is decided before anything is appended again: then they are not.
   */
  async append(entries: readonly Entry[]): Promise<void> {
    await this.#mutex.hold(async () => {
      const writer = await this.#writableFor(entries);
      try {
        await writer.append(entries);
      } catch (error) {
        await this.#abandonWriter();
        throw error;
      }
      this.#frames = writer.frames;
      for (const entry of entries) this.state.apply(entry);
      if (this.#isLong(writer)) await this.#shorten();
    });
  }

  /**
   * Settles when the disk holds the state, and nothing that failed before can appear on it any more. To be called before a file takes its
   * final name.
   */
  async ready(): Promise<void> {
    await this.#mutex.hold(async () => void (await this.#writable()));
  }

  /** Makes what was read certain without new space: a process that was killed may have written it and not made it durable. */
  async datasync(): Promise<void> {
    const { folder } = this.#options;
    await using handle = await this.#world.files.open(`${folder}/${manifestName(this.#number)}`, "update");
    await handle.datasync();
    await this.#world.files.syncFolder(folder);
  }

  async close(): Promise<void> {
    await this.#mutex.hold(() => this.#abandonWriter());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #writable(): Promise<ManifestWriter> {
    return this.#writer ?? (await this.#rewrite());
  }

  /** The first hole is told of in a manifest whose header says that there may be some. */
  async #writableFor(entries: readonly Entry[]): Promise<ManifestWriter> {
    const writer = await this.#writable();
    const isFirst = !writer.hasHoles && entries.some(({ type }) => type === "skip");
    return isFirst ? await this.#rewrite(true) : writer;
  }

  /** What was appended is durable, whatever becomes of this: the next append tries again, and is the one to fail. */
  async #shorten(): Promise<void> {
    await Promise.allSettled([this.#rewrite()]);
  }

  #isLong({ bytes, frames }: ManifestWriter): boolean {
    const { manifestAppendsMax = Number.POSITIVE_INFINITY } = this.#options;
    const appendsMax = Math.max(manifestAppendsMax, this.#bytesAtRewrite / BYTES_PER_APPEND);
    if (frames - this.#framesAtRewrite > appendsMax) return true;
    return bytes - this.#bytesAtRewrite > Math.max(REWRITE_BYTES_MIN, this.#bytesAtRewrite);
  }

  async #abandonWriter(): Promise<void> {
    await this.#writer?.close();
    this.#writer = undefined;
  }

  async #rewrite(hasHoles = this.state.hasHoles): Promise<ManifestWriter> {
    const { files, clock } = this.#world;
    const { folder } = this.#options;
    const number = this.#numberMax + 1;
    const writer = await this.#writeWhole(number, hasHoles);
    try {
      await files.syncFolder(folder);
      // From here on CURRENT may name the new one, also when that fails: nothing is appended to the old one any more.
      await this.#abandonWriter();
      this.#numberMax = number;
      await writePointer(files, folder, { number, timeMicros: clock.wallMicros() });
    } catch (error) {
      await writer.close();
      throw error;
    }
    const before = this.#number;
    this.#number = number;
    this.#writer = writer;
    this.#frames = writer.frames;
    this.#bytesAtRewrite = writer.bytes;
    this.#framesAtRewrite = writer.frames;
    for (let old = before; old < number; old += 1) await removeIfThere(this.#world, `${folder}/${manifestName(old)}`);
    return writer;
  }

  /** The state as a file that nothing names yet, its content durable. */
  async #writeWhole(number: number, hasHoles: boolean): Promise<ManifestWriter> {
    const { folder, dataKey } = this.#options;
    const path = `${folder}/${manifestName(number)}`;
    await removeIfThere(this.#world, path);
    const writer = await ManifestWriter.create(this.#world, path, {
      ...this.identity,
      number,
      dataKey,
      hasHoles,
    });
    try {
      await writer.writeAll(this.state.entries());
      await writer.writeAll([{ type: "snapshot-end" }]);
      await writer.datasync();
    } catch (error) {
      await writer.close();
      throw error;
    }
    return writer;
  }
}

async function foldAll(reader: ManifestReader): Promise<{ state: JournalState; frames: number }> {
  const state = new JournalState();
  const frames = reader.frames();
  for (;;) {
    const next = await frames.next();
    if (next.done === true) return { state, frames: next.value.frames };
    for (const entry of next.value) state.apply(entry);
  }
}

/** A crash leaves newer manifests that nothing was appended to; one that was in use means that the pointer was set back. */
async function refuseNewerOnes(
  world: World,
  options: ManifestOptions,
  current: { path: string; number: number },
): Promise<void> {
  for (const name of await world.files.list(options.folder)) {
    const number = manifestNumber(name);
    if (number === undefined || number <= current.number) continue;
    if (await wasInUse(world, `${options.folder}/${name}`, options.dataKey)) {
      throw manifestRolledBack(current.path, `${name} was in use after it`, { newest: number });
    }
  }
}

async function wasInUse(world: World, path: string, dataKey: DataKey): Promise<boolean> {
  await using handle = await world.files.open(path, "read");
  try {
    const reader = await ManifestReader.open(path, handle, { compute: world.compute, dataKey });
    let complete = false;
    for await (const entries of reader.frames()) {
      for (const { type } of entries) {
        if (complete) return true;
        complete = type === "snapshot-end";
      }
    }
    return false;
  } catch (error) {
    // One that a crash left half written; or nothing that could hold newer history.
    if (isFault(error, "manifest-damaged", "manifest-unreadable", "segment-unsupported")) return false;
    throw error;
  }
}

function refuseRolledBack(path: string, found: ManifestAnchor, notBefore: ManifestAnchor | undefined): void {
  if (notBefore === undefined || found.number > notBefore.number) return;
  if (found.number === notBefore.number && found.frames >= notBefore.frames) return;
  throw manifestRolledBack(path, `${notBefore.number} with ${notBefore.frames} frames was there`, {
    number: found.number,
    frames: found.frames,
  });
}

async function removeIfThere(world: World, path: string): Promise<void> {
  if ((await world.files.status(path)) !== undefined) await world.files.remove(path);
}
