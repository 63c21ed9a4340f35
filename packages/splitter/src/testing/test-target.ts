import assert from "node:assert/strict";
import { isFault } from "@leeward/base";
import { decodeFrames, type LogRecord } from "@leeward/proto";
import type { Splitter } from "../splitter.ts";
import { replay } from "./replay.ts";

/** What a target was sent, and keeps over every stop of the splitter: never more than was sendable. */
export class TestTarget {
  readonly records: LogRecord[] = [];
  /** What it holds where the branch begins; nothing unless told. */
  base: Uint8Array | undefined;

  get last(): number {
    return this.records.at(-1)?.sequence ?? 0;
  }

  /** Takes all that may leave now; continuity is checked. */
  async pull(splitter: Splitter): Promise<void> {
    const through = splitter.facts().sendableSequence;
    await using cursor = splitter.cursor(this.last + 1);
    if (cursor === undefined) return;
    for (;;) {
      const frames = await cursor.next({ through, bytesMax: 64 << 10 });
      if (frames === undefined) return;
      for (const record of decodeFrames(frames.bytes.slice())) {
        assert.equal(record.sequence, this.last + 1, "the history that was sent goes on");
        assert.ok(record.sequence <= through);
        this.records.push(record);
      }
      this.#checkVoids();
    }
  }

  /** Pulls, and acknowledges everything as journaled that this splitter may have sent. */
  async take(splitter: Splitter): Promise<void> {
    try {
      await this.pull(splitter);
    } catch (error) {
      // A log that cannot be read now is read later.
      if (!isFault(error, "io-failed")) throw error;
    }
    splitter.journaled(Math.min(this.last, splitter.facts().sendableSequence));
  }

  content(sizeBytes: number, through?: number): Buffer {
    const { base: data } = this;
    if (data === undefined) return replay(this.records, sizeBytes, through);
    const held = { kind: "write", sequence: 0, timeMicros: 0, offset: 0, length: data.length, data } as const;
    return replay([held, ...this.records], sizeBytes, through);
  }

  /** Whether `sequence` lies inside of a span of the given reasons. */
  isInside(sequence: number, reasons: readonly string[]): boolean {
    return this.spans().some(
      ({ from, to, reason }) =>
        reasons.includes(reason) && from <= sequence && sequence < (to ?? Number.POSITIVE_INFINITY),
    );
  }

  /** Every span, each begun once and ended once at most. */
  spans(): { readonly spanId: string; readonly reason: string; readonly from: number; to: number | undefined }[] {
    const spans: { spanId: string; reason: string; from: number; to: number | undefined }[] = [];
    for (const record of this.records) {
      if (record.kind === "span-begin") {
        const { spanId, reason } = record.span;
        assert.ok(!spans.some((span) => span.spanId === spanId), "a span begins once");
        spans.push({ spanId, reason, from: record.sequence, to: undefined });
      }
      if (record.kind === "span-end") {
        const span = spans.find(({ spanId }) => spanId === record.spanId);
        assert.ok(span !== undefined && span.to === undefined, "a span that has begun ends once");
        span.to = record.sequence;
      }
    }
    return spans;
  }

  /** What was sent of a refused write was sent together with the void that names it. */
  #checkVoids(): void {
    for (const record of this.records) {
      if (record.kind === "void") assert.ok(record.refusedTo < record.sequence);
    }
  }
}
