import { createHash, type Hash } from "node:crypto";
import { Fault } from "@leeward/base";
import type { SegmentPart } from "@leeward/proto";
import type { FileHandle, Files } from "@leeward/world";

/**
 * A segment that is coming in, part by part, in a file of its own beside the journal. It becomes part of the journal only when it is
 * whole and its digest is what the sender said; until then a crash leaves a file that the next start removes.
 */
export class StagedSegment {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #hash: Hash = createHash("sha256");
  readonly #total: number;
  readonly #expected: string;
  #received = 0;

  private constructor(path: string, handle: FileHandle, first: SegmentPart) {
    this.path = path;
    this.#handle = handle;
    this.#total = first.totalBytes;
    this.#expected = Buffer.from(first.sha256).toString("hex");
  }

  static async begin(files: Files, folder: string, first: SegmentPart): Promise<StagedSegment> {
    const path = `${folder}/${first.from}-${first.to}.part`;
    if ((await files.status(path)) !== undefined) await files.remove(path);
    return new StagedSegment(path, await files.open(path, "create"), first);
  }

  /** Whether the part goes on where the last one ended, in the same segment. */
  continues(part: SegmentPart): boolean {
    return (
      part.position === this.#received &&
      part.totalBytes === this.#total &&
      Buffer.from(part.sha256).toString("hex") === this.#expected
    );
  }

  get isWhole(): boolean {
    return this.#received === this.#total;
  }

  /** @throws Fault `disk-full` and what else the file throws */
  async add(payload: Uint8Array): Promise<void> {
    await this.#handle.write([payload], this.#received);
    this.#hash.update(payload);
    this.#received += payload.length;
  }

  /** Durable when it settles; its bytes are what the sender said. @throws Fault `segment-damaged-in-flight` */
  async finish(): Promise<void> {
    const found = this.#hash.digest("hex");
    if (found !== this.#expected) {
      throw new Fault({
        code: "segment-damaged-in-flight",
        kind: "transient",
        message: "A segment's bytes are not those that its sender announced; it is asked for again.",
        detail: { expected: this.#expected, found },
      });
    }
    await this.#handle.datasync();
    await this.#handle.close();
  }

  /** Leaves no file behind. */
  async drop(files: Files): Promise<void> {
    await this.#handle.close();
    if ((await files.status(this.path)) !== undefined) await files.remove(this.path);
  }
}
