/** Writes an index run: a file that holds no records, only sorted entries into other files. */
import { assert, isFault } from "@leeward/base";
import { encodeFooter, HEADER_BYTES, type IndexEntry, NO_COUNTS, type SegmentFooter } from "@leeward/proto";
import type { World } from "@leeward/world";
import { FrameFileWriter, type SegmentFileOptions } from "./frame-file-writer.ts";
import { IndexBuilder } from "./index-builder.ts";
import type { SegmentFacts } from "./segment-writer.ts";

/** Items of a page: a run is read for a few entries here and there, and what is decoded for each is a page. */
const RUN_PAGE_ITEMS = 128;

export interface IndexRunOptions extends SegmentFileOptions {
  /** `to` is known. */
  readonly draft: SegmentFileOptions["draft"] & { readonly kind: "index-run"; readonly to: number };
}

export class IndexRunWriter implements AsyncDisposable {
  readonly #world: World;
  readonly #file: FrameFileWriter;
  readonly #builder: IndexBuilder;
  readonly #options: IndexRunOptions;
  #ended = false;

  private constructor(world: World, file: FrameFileWriter, options: IndexRunOptions) {
    this.#world = world;
    this.#file = file;
    this.#options = options;
    this.#builder = new IndexBuilder(file, RUN_PAGE_ITEMS);
  }

  /** Begins the file at `path`. @throws what the files throw */
  static async create(world: World, options: IndexRunOptions): Promise<IndexRunWriter> {
    return new IndexRunWriter(world, await FrameFileWriter.create(world, options), options);
  }

  /**
   * The next entries, sorted by offset and disjoint over all calls; `file` is a number that the maker gives to each file. A few
   * pages are in memory, whatever the size. @throws what the files throw
   */
  async add(entries: Iterable<IndexEntry>): Promise<void> {
    await this.#builder.add(entries);
  }

  /** Ends the file: durable, its name too, when it settles. @throws what the files throw */
  async seal(): Promise<SegmentFacts> {
    assert(!this.#ended, "a file is sealed once");
    const { draft, path } = this.#options;
    const { root, entryCount } = await this.#builder.finish();
    const footer: SegmentFooter = {
      from: draft.from,
      to: draft.to,
      rawBytes: 0,
      entryCount,
      ...(root === undefined ? {} : { root }),
      diskBytes: draft.diskBytes,
      wallMicros: this.#world.clock.wallMicros(),
      counts: NO_COUNTS,
      recordsEnd: HEADER_BYTES,
      digest: this.#file.digest(),
      marks: [],
      spans: [],
    };
    const facts = await this.#file.finish(await this.#file.add("footer", encodeFooter(footer)));
    this.#ended = true;
    return { path, ...facts, header: this.#file.header, footer };
  }

  /** Removes the file; does nothing once it is sealed. */
  async abort(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#file.abort();
  }

  /** As `abort`; a file that cannot be removed is left, for the fault that ended the writing is the one that counts. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.abort();
    } catch (error) {
      if (!isFault(error)) throw error;
    }
  }
}
