import type { Extent } from "@leeward/block";
import type { ChangeKind, Run } from "./change.ts";
import type { CoalesceOptions } from "./coalescer.ts";
import { isZero } from "./zero-block.ts";

/** When what makes up a run was written. */
interface Stamp {
  readonly sequence: number;
  readonly timeMicros: number;
}

interface OpenRun {
  sequence: number;
  timeMicros: number;
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
  addPayload(stamp: Stamp, offset: number, payload: Uint8Array): void {
    const { zeroBlockBytes } = this.#options;
    let keptFrom = 0;
    let at = (zeroBlockBytes - (offset % zeroBlockBytes)) % zeroBlockBytes;
    for (; at + zeroBlockBytes <= payload.length; at += zeroBlockBytes) {
      if (!isZero(payload, at, zeroBlockBytes)) continue;
      this.#addWrite(stamp, offset + keptFrom, payload.subarray(keptFrom, at));
      this.addEmpty(stamp, "zero", { offset: offset + at, length: zeroBlockBytes });
      keptFrom = at + zeroBlockBytes;
    }
    this.#addWrite(stamp, offset + keptFrom, payload.subarray(keptFrom));
  }

  addEmpty(stamp: Stamp, kind: "zero" | "discard", extent: Extent): void {
    const open = this.#open;
    if (open !== undefined && open.kind === kind && open.offset + open.length === extent.offset) {
      open.length += extent.length;
      renew(open, stamp);
    } else {
      this.#begin(stamp, { kind, offset: extent.offset, length: extent.length, parts: [] });
    }
  }

  finish(): Run[] {
    if (this.#open !== undefined) this.#runs.push(this.#open);
    this.#open = undefined;
    return this.#runs;
  }

  #addWrite(stamp: Stamp, offset: number, payload: Uint8Array): void {
    const { runBytesMax } = this.#options;
    let at = offset;
    let rest = payload;
    while (rest.length > 0) {
      // Runs end at multiples of their maximum, so that a long sequential write is cut at the same places each time.
      const room = runBytesMax - (at % runBytesMax);
      const part = rest.subarray(0, room);
      this.#addPart(stamp, at, part);
      at += part.length;
      rest = rest.subarray(part.length);
    }
  }

  #addPart(stamp: Stamp, offset: number, part: Uint8Array): void {
    const open = this.#open;
    const follows = open !== undefined && open.kind === "write" && open.offset + open.length === offset;
    if (follows && offset % this.#options.runBytesMax !== 0) {
      open.length += part.length;
      open.parts.push(part);
      renew(open, stamp);
    } else {
      this.#begin(stamp, { kind: "write", offset, length: part.length, parts: [part] });
    }
  }

  #begin({ sequence, timeMicros }: Stamp, run: Omit<OpenRun, keyof Stamp>): void {
    if (this.#open !== undefined) this.#runs.push(this.#open);
    this.#open = { sequence, timeMicros, ...run };
  }
}

function renew(run: OpenRun, { sequence, timeMicros }: Stamp): void {
  if (sequence <= run.sequence) return;
  run.sequence = sequence;
  run.timeMicros = timeMicros;
}
