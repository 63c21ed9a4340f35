import { Mutex } from "@leeward/base";
import { type FileHandle, type Files, replaceFile } from "@leeward/world";
import {
  bytesOf,
  DIGEST_BYTES,
  isKnown,
  isUntouched,
  makeUnknown,
  noDigests,
  PageDigester,
  type PageDigests,
} from "./page-digests.ts";
import { asFault } from "./splitter-fault.ts";

/**
 * Digests of what the target holds of a disk, page by page, in a file beside the log: a rescan reads the disk alone, and sends what differs.
 *
 * Invariant: a page's digest is known only if the target holds exactly that content, or will hold it by records that are relied on. Worst outcome if
 * broken: a page that differs is taken for equal, and the replica is wrong without anyone knowing.
 *
 *   digests    8 bytes for each page of 4 KiB, at 8 × its number
 *              0             nothing was ever known here      where the file ends, and in its holes
 *              all ones      made unknown
 *              other         the first 8 bytes of the digest, see PageDigester
 *
 * Order, under the page's range lock up to the append:
 *
 * ```
 *   page read ─► made unknown, datasync (one for all pages of a batch) ─► record appended ─► durable and relied on ─► digest noted, no sync
 *       1                        2                                 3                    4                       5
 * ```
 *
 * A stop at 1 leaves what was; at 2 the page is unknown, or still has the digest of what the target holds; at 3 and 4 it is unknown, whether the
 * record survives or not; at 5 it is unknown or right, since 8 bytes inside of a sector do not tear. A place that reads as never written needs no
 * second step: the file has held nothing else, and so the disk does not either. All ones are written again each time, since those that are read may be
 * of a process that was killed before its datasync.
 *
 * What was appended is expected (`expect`) until it is relied on. Another record of the page drops that (`invalidate`), and so does a log that was
 * left since (`generation`): the page stays unknown, which costs sending it again. So do a place that cannot be read and a digest that cannot be written.
 *
 * The key of the digests stands in the state file. Where it is missing or new nothing of the file is believed, so who opens the folder without keeping
 * digests takes the key away first.
 */
export class KeptDigests implements AsyncDisposable {
  readonly digester: PageDigester;
  readonly #handle: FileHandle;
  /** Writes of the file, in the order in which pages became unknown and known. */
  readonly #alone = new Mutex();
  #expected: ExpectedDigests[] = [];
  #expectedBytes = 0;

  private constructor(handle: FileHandle, key: string) {
    this.#handle = handle;
    this.digester = new PageDigester(key);
  }

  /** Opens the file of a folder. `fresh`: what is there belongs to another key, and nothing of it stays. */
  static async open(
    { files, folder }: { readonly files: Files; readonly folder: string },
    { key, fresh }: { readonly key: string; readonly fresh: boolean },
  ): Promise<KeptDigests> {
    const path = `${folder}/${FILE}`;
    if (fresh || (await files.status(path)) === undefined) await replaceFile(files, folder, FILE, new Uint8Array(0));
    return new KeptDigests(await files.open(path, "update"), key);
  }

  /** Memory of what is expected, in bytes. */
  get expectedBytes(): number {
    return this.#expectedBytes;
  }

  /** What is known of `count` pages from `first` on. A place that cannot be read is unknown. */
  async read(first: number, count: number): Promise<PageDigests> {
    const digests = noDigests(count);
    try {
      await this.#handle.read(bytesOf(digests), first * DIGEST_BYTES);
    } catch (error) {
      asFault(error);
      for (let page = 0; page < count; page += 1) makeUnknown(digests, page);
    }
    return digests;
  }

  /** The pages that change are unknown, durably, when it settles. @throws what the file throws; then nothing of them may be logged */
  async invalidate(runs: readonly ChangedPages[]): Promise<void> {
    await this.#alone.hold(async () => {
      this.#dropExpected(runs);
      let written = false;
      for (const run of runs) if (await this.#makeUnknown(run)) written = true;
      if (written) await this.#handle.datasync();
    });
  }

  /** These were appended, up to `sequence`; whoever calls holds the lock on their pages since before they were made unknown. */
  expect(expected: ExpectedDigests): void {
    this.#expected.push(expected);
    this.#expectedBytes += expected.digests.byteLength;
  }

  /** Notes what is relied on now. What the log may have lost is dropped. */
  async note({ sequence, generation }: { readonly sequence: number; readonly generation: number }): Promise<void> {
    if (this.#expected.length === 0) return;
    await this.#alone.hold(async () => {
      const current = this.#expected.filter((expected) => expected.generation >= generation);
      const isCertain = (each: ExpectedDigests): boolean => each.generation === generation && each.sequence <= sequence;
      this.#expected = current.filter((each) => !isCertain(each));
      this.#expectedBytes = this.#expected.reduce((sum, { digests }) => sum + digests.byteLength, 0);
      for (const each of current) if (isCertain(each)) await this.#put(each);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#alone.hold(() => this.#handle.close());
  }

  #dropExpected(runs: readonly ChangedPages[]): void {
    for (const { first, digests } of this.#expected) {
      for (const run of runs) {
        const from = Math.max(first, run.first);
        const to = Math.min(first + digests.length / 2, run.first + run.changed.length);
        for (let page = from; page < to; page += 1) {
          if (run.changed[page - run.first] !== 0) digests.fill(0, 2 * (page - first), 2 * (page - first) + 2);
        }
      }
    }
  }

  /** Whether anything had to be written. */
  async #makeUnknown({ first, changed }: ChangedPages): Promise<boolean> {
    if (!changed.includes(1)) return false;
    const digests = await this.read(first, changed.length);
    let written = false;
    for (const [page, changes] of changed.entries()) {
      if (changes === 0 || isUntouched(digests, page)) continue;
      makeUnknown(digests, page);
      written = true;
    }
    if (written) await this.#handle.write([bytesOf(digests)], first * DIGEST_BYTES);
    return written;
  }

  async #put({ first, digests }: ExpectedDigests): Promise<void> {
    const pages = digests.length / 2;
    const stored = await this.read(first, pages);
    for (let page = 0; page < pages; page += 1) {
      if (isKnown(digests, page)) stored.set(digests.subarray(2 * page, 2 * page + 2), 2 * page);
    }
    try {
      await this.#handle.write([bytesOf(stored)], first * DIGEST_BYTES);
    } catch (error) {
      // What was not written is unknown still.
      asFault(error);
    }
  }
}

/** Pages from `first` on, one byte for each: 1 where a record is about to be appended that has other content. */
export interface ChangedPages {
  readonly first: number;
  readonly changed: Uint8Array;
}

/** Digests of pages from `first` on that will be held by the target; 0 where none is to be noted. */
export interface ExpectedDigests {
  readonly first: number;
  readonly digests: PageDigests;
  /** The last sequence of their records, and the log's generation when they were appended. */
  readonly sequence: number;
  readonly generation: number;
}

const FILE = "digests";
