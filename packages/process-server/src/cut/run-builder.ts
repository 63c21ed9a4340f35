import type { Extent } from "@leeward/block";
import type { ChangeKind, Run } from "./change.ts";
import type { CoalesceOptions } from "./coalescer.ts";
import { isZero } from "./zero-block.ts";

interface OpenRun {
  kind: ChangeKind;
  offset: number;
  length: number;
  parts: Uint8Array[];
}

/** Joins pieces that come in the order of their offsets, and takes zero blocks out of payload. */
export class RunBuilder {
  readonly #options: CoalesceOptions;
  readonly #runs: Run[] = [];
  #open: OpenRun | undefined;

  constructor(options: CoalesceOptions) {
    this.#options = options;
  }

  /** Payload at `offset`; whole aligned blocks of it that are zero become `zero`. */
  addPayload(offset: number, payload: Uint8Array): void {
    const { zeroBlockBytes } = this.#options;
    let keptFrom = 0;
    let at = (zeroBlockBytes - (offset % zeroBlockBytes)) % zeroBlockBytes;
    for (; at + zeroBlockBytes <= payload.length; at += zeroBlockBytes) {
      if (!isZero(payload, at, zeroBlockBytes)) continue;
      this.#addWrite(offset + keptFrom, payload.subarray(keptFrom, at));
      this.addEmpty("zero", { offset: offset + at, length: zeroBlockBytes });
      keptFrom = at + zeroBlockBytes;
    }
    this.#addWrite(offset + keptFrom, payload.subarray(keptFrom));
  }

  addEmpty(kind: "zero" | "discard", extent: Extent): void {
    const open = this.#open;
    if (open !== undefined && open.kind === kind && open.offset + open.length === extent.offset) {
      open.length += extent.length;
    } else {
      this.#begin({ kind, offset: extent.offset, length: extent.length, parts: [] });
    }
  }

  finish(): Run[] {
    if (this.#open !== undefined) this.#runs.push(this.#open);
    this.#open = undefined;
    return this.#runs;
  }

  #addWrite(offset: number, payload: Uint8Array): void {
    const { runBytesMax } = this.#options;
    let at = offset;
    let rest = payload;
    while (rest.length > 0) {
      // Runs end at multiples of their maximum, so that a long sequential write is cut at the same places each time.
      const room = runBytesMax - (at % runBytesMax);
      const part = rest.subarray(0, room);
      this.#addPart(at, part);
      at += part.length;
      rest = rest.subarray(part.length);
    }
  }

  #addPart(offset: number, part: Uint8Array): void {
    const open = this.#open;
    const follows = open !== undefined && open.kind === "write" && open.offset + open.length === offset;
    if (follows && offset % this.#options.runBytesMax !== 0) {
      open.length += part.length;
      open.parts.push(part);
    } else {
      this.#begin({ kind: "write", offset, length: part.length, parts: [part] });
    }
  }

  #begin(run: OpenRun): void {
    if (this.#open !== undefined) this.#runs.push(this.#open);
    this.#open = run;
  }
}
