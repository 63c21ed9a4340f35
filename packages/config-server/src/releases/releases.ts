// The files of releases that agents are upgraded to, and pushed from.
//
//   HOME/releases/incoming     the one that is coming in, part by part
//   HOME/releases/FILE         whole
//
// Invariant: what has a row is whole, durable and of its sum. Order: parts → sum → datasync → name, folder → row. A crash before the row leaves a file without
// one, which the next start removes; a row whose file is gone (the state was restored without it) is removed too, and told.
import { createHash, type Hash } from "node:crypto";
import { assert, isFault, Mutex, type NamedRelease, releaseFileOf } from "@leeward/base";
import { type Clock, type Files, makeDurableFolder } from "@leeward/world";
import { type Actor, type EventLog, SELF } from "../events/event-log.ts";
import { RELEASE_FILE_BYTES_MAX, RELEASE_FILES_MAX } from "../limits.ts";
import type { ReleaseRow } from "../store/release-rows.ts";
import type { Store } from "../store/store.ts";
import {
  releaseDamaged,
  releaseFileInvalid,
  releaseFileTaken,
  releaseInUse,
  releasePartLost,
  releasesFull,
  releaseUnknown,
} from "./release-faults.ts";

export interface ReleasesOptions {
  readonly files: Files;
  /** A durable folder. */
  readonly home: string;
  readonly store: Pick<Store, "releases" | "jobs" | "transaction" | "isShared">;
  readonly events: Pick<EventLog, "add">;
  readonly clock: Clock;
}

/** A part of a file, as whoever brings it says. */
export interface ReleasePart {
  readonly file: string;
  readonly offset: number;
  /** Of the whole file. */
  readonly sizeBytes: number;
  /** Of the whole file, hex. */
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

interface Incoming {
  readonly file: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly hash: Hash;
  receivedBytes: number;
}

const INCOMING = "incoming";

export class Releases {
  readonly #options: ReleasesOptions;
  readonly #folder: string;
  readonly #alone = new Mutex();
  #incoming: Incoming | undefined;

  private constructor(options: ReleasesOptions) {
    this.#options = options;
    this.#folder = `${options.home}/releases`;
  }

  /** Files and rows are made to agree. */
  static async open(options: ReleasesOptions): Promise<Releases> {
    const releases = new Releases(options);
    await makeDurableFolder(options.files, options.home, releases.#folder);
    await releases.#sweep();
    return releases;
  }

  list(): ReleaseRow[] {
    return this.#options.store.releases.list();
  }

  /**
   * Takes the next part of a file; the first one, at offset 0, puts away whatever was coming in. Returns how much of the file is there, and the file once it is
   * whole; one that was there before is said to be so at once.
   * @throws Fault `release-file-invalid`, `release-file-exists`, `releases-full`, `release-part-unexpected`, `release-file-damaged`, and of the file system
   */
  take(part: ReleasePart, actor: Actor): Promise<{ receivedBytes: number; release: ReleaseRow | undefined }> {
    return this.#alone.hold(async () => {
      const named = this.#check(part);
      const before = this.#options.store.releases.byFile(part.file);
      if (before !== undefined) {
        if (before.sha256 !== part.sha256) throw releaseFileTaken(part.file);
        return { receivedBytes: before.bytes, release: before };
      }
      try {
        const incoming = await this.#append(part);
        const { receivedBytes } = incoming;
        const isWhole = receivedBytes === incoming.sizeBytes;
        return { receivedBytes, release: isWhole ? await this.#keep(incoming, named, actor) : undefined };
      } catch (error) {
        // What somebody else brings is not touched by a part that has no place.
        if (!isFault(error, "release-part-unexpected")) await this.#putAway();
        throw error;
      }
    });
  }

  /** Removes all files of a version. @throws Fault `release-unknown`, `release-in-use` */
  remove(version: string, actor: Actor): Promise<ReleaseRow[]> {
    return this.#alone.hold(async () => {
      const { store, events, files } = this.#options;
      const rows = this.list().filter((row) => row.version === version);
      if (rows.length === 0) throw releaseUnknown(version);
      const user = store.jobs.unfinished().find(({ kind, subject }) => kind === "agent-upgrade" && subject === version);
      if (user !== undefined) throw releaseInUse(version, user.id);
      store.transaction(() => {
        for (const { file } of rows) store.releases.remove(file);
        const message = `The release ${version} was removed.`;
        events.add(actor, { severity: "info", kind: "release-removed", subject: version, message });
      });
      for (const { file } of rows) await files.remove(`${this.#folder}/${file}`);
      await files.syncFolder(this.#folder);
      return rows;
    });
  }

  /** Bytes of a file that is there; fewer than asked for at its end alone. @throws Fault `release-unknown`, and of the file system */
  async read(file: string, offset: number, length: number): Promise<Uint8Array> {
    const row = this.#options.store.releases.byFile(file);
    if (row === undefined) throw releaseUnknown(file);
    const bytes = new Uint8Array(Math.max(0, Math.min(length, row.bytes - offset)));
    await using handle = await this.#options.files.open(`${this.#folder}/${file}`, "read");
    return bytes.subarray(0, await handle.read(bytes, offset));
  }

  #check({ file, sizeBytes, bytes }: ReleasePart): NamedRelease {
    const named = releaseFileOf(file);
    if (named === undefined) throw releaseFileInvalid(file, "its name is not one of an agent's package or an archive");
    if (sizeBytes < 1) throw releaseFileInvalid(file, "it is empty");
    if (sizeBytes > RELEASE_FILE_BYTES_MAX)
      throw releaseFileInvalid(file, `it has ${sizeBytes} bytes, and ${RELEASE_FILE_BYTES_MAX} are taken at most`);
    if (bytes.length === 0) throw releaseFileInvalid(file, "a part of it is empty");
    return named;
  }

  async #append({ file, offset, sizeBytes, sha256, bytes }: ReleasePart): Promise<Incoming> {
    const { files } = this.#options;
    if (offset === 0) {
      const { length } = this.list();
      if (length >= RELEASE_FILES_MAX) throw releasesFull(length);
      await this.#putAway();
      await using _made = await files.open(this.#at(INCOMING), "create");
      this.#incoming = { file, sizeBytes, sha256, hash: createHash("sha256"), receivedBytes: 0 };
    }
    const incoming = this.#incoming;
    const isNext =
      incoming?.file === file && incoming.sha256 === sha256 && incoming.sizeBytes === sizeBytes
        ? incoming.receivedBytes === offset
        : false;
    if (incoming === undefined || !isNext || offset + bytes.length > sizeBytes) throw releasePartLost(file);
    await using handle = await files.open(this.#at(INCOMING), "update");
    await handle.write([bytes], offset);
    incoming.hash.update(bytes);
    incoming.receivedBytes += bytes.length;
    if (incoming.receivedBytes === sizeBytes) await handle.datasync();
    return incoming;
  }

  async #keep(incoming: Incoming, named: NamedRelease, actor: Actor): Promise<ReleaseRow> {
    const { files, store, events, clock } = this.#options;
    const { file, sha256, sizeBytes: bytes } = incoming;
    if (incoming.hash.digest("hex") !== sha256) throw releaseDamaged(file);
    await files.rename(this.#at(INCOMING), this.#at(file));
    this.#incoming = undefined;
    await files.syncFolder(this.#folder);
    const row = { file, ...named, bytes, sha256, addedMicros: clock.wallMicros(), addedBy: actor.name };
    store.transaction(() => {
      store.releases.insert(row);
      const message = `${file} was added: agents can be upgraded to ${named.version}.`;
      events.add(actor, {
        severity: "info",
        kind: "release-added",
        subject: named.version,
        message,
        detail: { sha256 },
      });
    });
    return row;
  }

  async #putAway(): Promise<void> {
    this.#incoming = undefined;
    await this.#removeIfThere(INCOMING);
  }

  async #sweep(): Promise<void> {
    const { files, store, events } = this.#options;
    // Files are each server's own: what is missing here may be at the next.
    if (store.isShared) return this.#removeIfThere(INCOMING);
    const known = new Map(this.list().map((row) => [row.file, row]));
    for (const name of await files.list(this.#folder)) {
      if (!known.has(name)) await this.#removeIfThere(name);
    }
    for (const [file, { bytes, version }] of known) {
      const status = await files.status(this.#at(file));
      if (status?.kind === "file" && status.sizeBytes === bytes) continue;
      await this.#removeIfThere(file);
      store.transaction(() => {
        store.releases.remove(file);
        const message = `${file} is not there any more: agents cannot be upgraded by it before it is added again.`;
        events.add(SELF, { severity: "warning", kind: "release-lost", subject: version, message });
      });
    }
    await files.syncFolder(this.#folder);
  }

  async #removeIfThere(name: string): Promise<void> {
    const { files } = this.#options;
    if ((await files.status(this.#at(name))) !== undefined) await files.remove(this.#at(name));
  }

  #at(name: string): string {
    assert(!name.includes("/"), `${name} is a name`);
    return `${this.#folder}/${name}`;
  }
}
