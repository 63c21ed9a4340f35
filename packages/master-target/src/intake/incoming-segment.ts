import { type ByteBudget, KeptBytes } from "@leeward/base";
import type { StagedSegment } from "@leeward/journal";
import type { SegmentPart } from "@leeward/proto";
import { type FileHandle, type Files, LARGE_IO_BYTES } from "@leeward/world";

/**
 * A segment that is coming in, part by part, in the journal's staging folder. It becomes part of the journal only when it is whole; the journal
 * checks it and makes it durable first; until then a crash leaves a staged file, which the journal's next open removes.
 */
export class IncomingSegment {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #first: SegmentPart;
  readonly #kept: KeptBytes;
  #received = 0;

  private constructor(path: string, handle: FileHandle, { first, kept }: { first: SegmentPart; kept: KeptBytes }) {
    this.#path = path;
    this.#handle = handle;
    this.#kept = kept;
    this.#first = { ...first, sha256: Uint8Array.from(first.sha256) };
  }

  static async begin(
    { files, memory }: { readonly files: Files; readonly memory: ByteBudget },
    path: string,
    first: SegmentPart,
  ): Promise<IncomingSegment> {
    if ((await files.status(path)) !== undefined) await files.remove(path);
    const handle = await files.open(path, "create", { bypassCacheFrom: LARGE_IO_BYTES });
    return new IncomingSegment(path, handle, { first, kept: new KeptBytes(memory) });
  }

  /** Whether the part goes on where the last one ended, in the same segment, sent by who has the same authority. */
  continues(part: SegmentPart): boolean {
    const { branch, from, to, epoch, totalBytes, sha256 } = this.#first;
    return (
      part.branch === branch &&
      part.from === from &&
      part.to === to &&
      part.epoch === epoch &&
      part.totalBytes === totalBytes &&
      part.position === this.#received &&
      Buffer.compare(part.sha256, sha256) === 0
    );
  }

  get isWhole(): boolean {
    return this.#received === this.#first.totalBytes;
  }

  /** The payload is nobody else's any more. @throws Fault `disk-full` and what else the file throws */
  async add(payload: Uint8Array): Promise<void> {
    await this.#handle.write([payload], this.#received);
    this.#kept.add(payload);
    this.#received += payload.length;
  }

  /** Written, and not durable: the journal makes it so while it checks it. */
  async finish(): Promise<StagedSegment> {
    await this.#handle.close();
    const { branch, from, to, sha256 } = this.#first;
    const staged = { path: this.#path, branch, from, to, sha256 };
    return this.#kept.isKept ? { ...staged, bytes: this.#kept } : staged;
  }

  /** Its bytes are not needed in memory any more. */
  forget(): void {
    this.#kept.drop();
  }

  /** Leaves no file behind. */
  async drop(files: Files): Promise<void> {
    this.#kept.drop();
    await this.#handle.close();
    if ((await files.status(this.#path)) !== undefined) await files.remove(this.#path);
  }
}
