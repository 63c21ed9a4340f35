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
  #received = 0;

  private constructor(path: string, handle: FileHandle, first: SegmentPart) {
    this.#path = path;
    this.#handle = handle;
    this.#first = { ...first, sha256: Uint8Array.from(first.sha256) };
  }

  static async begin(files: Files, path: string, first: SegmentPart): Promise<IncomingSegment> {
    if ((await files.status(path)) !== undefined) await files.remove(path);
    return new IncomingSegment(path, await files.open(path, "create", { bypassCacheFrom: LARGE_IO_BYTES }), first);
  }

  /** Whether the part goes on where the last one ended, in the same segment. */
  continues(part: SegmentPart): boolean {
    const { branch, from, to, totalBytes, sha256 } = this.#first;
    return (
      part.branch === branch &&
      part.from === from &&
      part.to === to &&
      part.totalBytes === totalBytes &&
      part.position === this.#received &&
      Buffer.compare(part.sha256, sha256) === 0
    );
  }

  get isWhole(): boolean {
    return this.#received === this.#first.totalBytes;
  }

  /** @throws Fault `disk-full` and what else the file throws */
  async add(payload: Uint8Array): Promise<void> {
    await this.#handle.write([payload], this.#received);
    this.#received += payload.length;
  }

  /** Written, and not durable: the journal makes it so while it checks it. */
  async finish(): Promise<StagedSegment> {
    await this.#handle.close();
    const { branch, from, to, sha256 } = this.#first;
    return { path: this.#path, branch, from, to, sha256 };
  }

  /** Leaves no file behind. */
  async drop(files: Files): Promise<void> {
    await this.#handle.close();
    if ((await files.status(this.#path)) !== undefined) await files.remove(this.#path);
  }
}
