import { type FrameHead, frameDamaged, type SegmentHeader } from "@leeward/proto";

/** Frames follow one another: by ordinal, and the records of a log by sequence. */
export class FrameOrder {
  readonly #isLog: boolean;
  #ordinal = 0;
  #sequence: number;

  constructor(header: SegmentHeader) {
    this.#isLog = header.kind === "log";
    this.#sequence = header.from;
  }

  /** @throws Fault `frame-damaged` when the frame is not the next one */
  check(head: FrameHead): void {
    const byRecords = this.#isLog && head.kind === "records";
    if (head.number !== (byRecords ? this.#sequence : this.#ordinal)) {
      throw frameDamaged("it does not follow the one before it", { kind: head.kind, number: head.number });
    }
    if (byRecords) this.#sequence += head.count;
    else this.#ordinal += 1;
  }
}
